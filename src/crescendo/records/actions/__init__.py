"""Every write of records by a person or a sending system: taps, registers, marks, scores, corrections."""

from .attendance import (
    RegisterTaken,
    list_called,
    marks_of_day,
    record_attendance_mark,
    record_register,
)
from .coursework import (
    add_coursework,
    change_coursework,
    count_recorded,
    restore_coursework,
    withdraw_coursework,
)
from .days import close_day, open_day_again
from .facts import (
    MADE_HERE,
    correct_attendance,
    forget_student,
    record_participation,
    renew_behaviour,
)
from .scores import record_score
from .sent import end_sending_key, find_sending_key, make_sending_key, record_sent_marks
from .sheets import (
    MISSING,
    Result,
    ScoresSaved,
    count_unscored,
    list_members,
    record_scores,
    results_of,
    written,
)

__all__ = [
    "MADE_HERE",
    "MISSING",
    "RegisterTaken",
    "Result",
    "ScoresSaved",
    "add_coursework",
    "change_coursework",
    "close_day",
    "correct_attendance",
    "count_recorded",
    "count_unscored",
    "end_sending_key",
    "find_sending_key",
    "forget_student",
    "list_called",
    "list_members",
    "make_sending_key",
    "marks_of_day",
    "open_day_again",
    "record_attendance_mark",
    "record_participation",
    "record_register",
    "record_score",
    "record_scores",
    "record_sent_marks",
    "renew_behaviour",
    "restore_coursework",
    "results_of",
    "withdraw_coursework",
    "written",
]
