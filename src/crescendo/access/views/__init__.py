"""The pages of access: the way in for who is invited (welcome), a forgotten password (passwords), and who has a
sign-in (people)."""
