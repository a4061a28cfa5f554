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
from .scores import record_score
from .sent import end_sending_key, find_sending_key, make_sending_key, record_sent_marks

__all__ = [
    "MADE_HERE",
    "RegisterTaken",
    "correct_attendance",
    "end_sending_key",
    "find_sending_key",
    "forget_student",
    "list_called",
    "make_sending_key",
    "marks_of_day",
    "record_attendance_mark",
    "record_participation",
    "record_register",
    "record_score",
    "record_sent_marks",
    "renew_behaviour",
]
