"""What is wrong, missing or late in the data, where it has to be put right, and who does it.

catalogue   the rules: dimension, severity, which tables they concern, how to fix it at the source; one SELECT each
rules       the score and its published weights; which problem is the worst
checking    the worker asks every rule of every school and feed, and keeps today's counts as history
queries     what pages read; an indicator asks here for the worst open problem of its tables
"""
