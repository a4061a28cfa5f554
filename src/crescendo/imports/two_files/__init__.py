"""A real start with two files: one of students, one of attendance. Everything else is guessed, shown and confirmed.

A small school has no export of its roster in a standard, but it can save two lists. `reading` looks at them and
guesses; the page shows the guesses; `document` writes what was confirmed as an ordinary mapping of tables, so that
the import itself is the same as every other: preview, rows set aside with reasons, undo.

What the two files do not say is not made up: a day that the file does not name was not sent, unless somebody says
that school was held and nobody was away.
"""
