"""Pages composed of many domains: Today, students, classes, schools, districts, staff, reports, search; and the demo.

No facts of its own: it asks the other apps with `viewer=` and puts the answers into sentences.
"""
