"""OneRoster 1.2 (and 1.1) as a service: other systems read people, classes and the grade book, and write results.

Every id is the one that the source of the row gave it. What a client sees is what the person who made it may see, at the
client's organisation: the web role's row-level security binds here as on every page.
"""
