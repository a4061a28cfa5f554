"""Data out, whole: a package that another system reads, in a format that others defined.

The numbers on pages are taken along elsewhere (`docs/exports.md`). What is here hands over the rows themselves, so it is
for those who answer for the data: it runs from the command line, and each export leaves a line in the audit trail.
"""
