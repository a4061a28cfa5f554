"""What happened: attendance, assessments, coursework, participation, behaviour, and course outcomes with credits.

Fact tables are partitioned by school year, keyed (school_year, id), and carry no foreign keys: references are proved
when rows are staged and by a nightly check. Missing is not zero: a mark that is not there is not a nought.
"""
