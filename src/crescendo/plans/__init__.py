"""The one loop object: a plan is one goal with its measure, its actions, check-ins, reviews and how it closed.

Its subject is a student, a class, a member of staff, a team, a school or a district.
"""
