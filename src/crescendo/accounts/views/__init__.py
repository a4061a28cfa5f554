"""The pages of a sign-in: signing in and out with password and language (signing_in), and the code after the password
(second_step)."""
