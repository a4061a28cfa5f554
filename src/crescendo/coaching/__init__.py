"""Coaching and mentoring between two people: an agreement, cycles with a goal, sessions, feedback, one live action step.

Visibility V1: nobody but the two reads any of it; the private notes of each are read by that one alone. Row-level
security in PostgreSQL holds this, and the pages ask the same question. Appraisal never reads these tables (D10). What
a school may know is a handful of numbers about at least five pairs (`queries.find_counts`).
"""
