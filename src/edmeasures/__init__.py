"""edmeasures: published education measures over plain tables. Imports neither Django nor crescendo."""

from .evaluate import Results, evaluate

__all__ = ["Results", "evaluate"]
