"""The attendance kernel (D5): intervals and ranks in NumPy, never a row per student and day.

Arrow in, Arrow out. Everything depends on one student's rows and on the calendars, so that a range of students can be
handled at a time, on one machine or (as the function of a `mapInArrow`) on many.
"""
