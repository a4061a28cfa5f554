"""A OneRoster 1.2 package (CSV, bulk) of what is live: strict, and the same bytes whenever the same things are stored.

Ids are those of the source that was named; of another source where it alone knows the thing and no id comes twice; and
`crescendo.<kind>.<number>` where nobody has one or where the standard's alphabet does not hold it.

What the standard cannot say is left out and counted: who has ended, whoever points at them, and coursework without a term.
A cell is never changed to keep a spreadsheet from running it: a name that begins with `=` is a name, and would come back
wrong. Such cells are counted, so that nobody opens the package in a spreadsheet unwarned.
"""
