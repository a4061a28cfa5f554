"""edmeasures: published education measures over plain tables. Imports neither Django nor crescendo."""

from .evaluate import Results, evaluate, roll_up

__all__ = ["Results", "evaluate", "roll_up"]
