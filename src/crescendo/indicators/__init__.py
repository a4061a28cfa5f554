"""Snapshot, evaluate, publish: how facts become numbers that people can look up.

A *measurement run* copies the facts of one moment into Parquet files (`snapshot`), asks the measure library for
every indicator (`evaluation`) and publishes the results in one transaction (`publication`). Each definition is a
public page. What a definition says and how it is computed belongs to `edmeasures`; what to do about a number
belongs to the apps to the right.
"""
