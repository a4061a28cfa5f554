"""How people get in: invitations by letter and by printed code, a new password, and who has a sign-in at all.

`accounts` knows sign-ins and `roster` knows people; here the two are brought together, always for a person who is in
the roster already. Nobody signs up: a school invites.
"""
