"""Every write of records by a person or a sending system: taps, registers, marks, scores, corrections."""

from .attendance import (
    RegisterTaken,
    list_called,
    marks_of_day,
    record_attendance_mark,
    record_register,
)
from .facts import (
    MADE_HERE,
    correct_attendance,
    forget_student,
    record_participation,
    renew_behaviour,
)

__all__ = [
    "MADE_HERE",
    "RegisterTaken",
    "correct_attendance",
    "forget_student",
    "list_called",
    "marks_of_day",
    "record_attendance_mark",
    "record_participation",
    "record_register",
    "renew_behaviour",
]
