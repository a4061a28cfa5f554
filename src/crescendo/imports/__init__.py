"""Data in, through one door: land the raw bytes, check, stage, preview the difference, approve, apply, undo.

A *source* is a system that sends us files; a *run* is one delivery of it. A *target* is a table of ours that rows
go to. Rows that cannot be used are *set aside* with a reason. Nothing is deleted: a row that a source no longer
sends is *ended*. `README.md` beside this file says how a new kind of source hands its rows over.
"""
