"""The one loop object: a plan is one goal with its measure, its actions, check-ins, reviews and how it closed.

Its subject is a student, a class, a member of staff, a team, a school or a district. Progress is computed from imported
and published numbers (`following`), never typed twice; only an own measure lives from check-ins. `support` and
`coaching` build on a plan and keep what is theirs beside it.
"""
