"""What every app stands on: school time, numbers as people read them, names in order, dates that both count.

Knows no school facts. `grants` says what each database role may do; `datasets` how an app offers facts to measurement.
"""
