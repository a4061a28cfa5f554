"""The pages of the set-up: the very first one (begin), and the steps that follow it."""
