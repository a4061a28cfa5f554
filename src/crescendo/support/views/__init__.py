"""The pages of support: the caseload, opening, one plan, and what is written down while it is given."""
