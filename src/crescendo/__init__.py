"""Crescendo: education performance management, once round the loop and again."""

__version__ = "0.1.0"
