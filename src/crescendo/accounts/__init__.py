"""Who can sign in, what each role may do, and the trail of what was done.

A User is a way in, not a person in a school: people (students, staff, family) live in `roster` and point here.
Roles and permissions are data; who holds which role where is a dated post in `roster`.
"""
