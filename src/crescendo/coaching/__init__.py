"""Coaching between two people: agreement, cycle, sessions, one live action step. Nobody else reads it (V1, D10)."""
