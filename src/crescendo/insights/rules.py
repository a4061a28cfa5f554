"""What is looked at and from when it is worth a look. Chosen in advance, and the same for everybody."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Driver:
    """A measure that stands beside test scores. `fewest`: days, pieces or checks below which a value says little."""

    code: str
    fewest: int = 0
    is_yes_or_no: bool = False


# Every pair of these with each subject is computed and shown, so that nobody picks the best of many afterwards.
DRIVERS = (
    Driver("attendance_rate", fewest=20),
    Driver("coursework_completion", fewest=5),
    Driver("class_participation", fewest=5),
    Driver("activity_participation", is_yes_or_no=True),
)
MOST_SUBJECTS = 4
TESTED_BY = 0.5  # a subject that fewer of the enrolled were tested in says little about the school
