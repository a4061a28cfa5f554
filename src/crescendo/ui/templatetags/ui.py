"""The tag library that every template has built in. Each subject registers its tags when it is imported."""

from crescendo.ui.tags import blocks, charts, forms, frame, links, numbers, register, words

__all__ = ["blocks", "charts", "forms", "frame", "links", "numbers", "register", "words"]
