"""How long the loop takes on a district of a given size: `python -m benchmarks`, or `make bench`.

Each step is the real command in a process of its own. What the database uses is counted with it.
"""
