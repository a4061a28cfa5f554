"""Crescendo: education performance management, once round the loop and again."""
