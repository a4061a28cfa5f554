"""Who and where: organisations, staff and posts, students, families, classes, terms and calendars; and scope.

Words: an *organisation* is a state, district, school or department; a *post* is a role held by a member of staff at
an organisation between two days; an *enrolment* is a student's dates at a school (both days count); a *class* is what
OneRoster calls a class; *scope* is the answer to "why may this person see this student?".
What happened to a student (attendance, marks) is `records`.
"""
