"""Files that come without anybody sending them: a watched folder, another server's folder (SFTP), a system's own interface.

Each source is looked at by a job of its own, so that one that fails stops no other. What is found takes the way of every
delivery: raw bytes are kept first, then read, compared and, below the brake, applied. `doors.py` opens a place, `looking.py`
decides what is taken, `lateness.py` knows when a delivery should have come.
"""
