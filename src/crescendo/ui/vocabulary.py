"""Words that stand in the data and that we know: roles we wrote, subjects, kinds of tests and of incidents that are
usual in schools. They are shown in the reader's language; a word that a school chose itself is shown as it is."""

from django.utils.translation import gettext, gettext_noop

ROLES = (
    gettext_noop("District leader"),
    gettext_noop("Principal"),
    gettext_noop("Counselor"),
    gettext_noop("Teacher"),
    gettext_noop("Aide"),
    gettext_noop("Instructional coach"),
    gettext_noop("Personnel"),
    gettext_noop("Mentor"),
    gettext_noop("Moderator"),
    gettext_noop("Data analyst"),
    gettext_noop("Governor"),
    gettext_noop("Administrator"),
)
SUBJECTS = (
    gettext_noop("Homeroom"),
    gettext_noop("English language arts"),
    gettext_noop("Mathematics"),
    gettext_noop("Science"),
    gettext_noop("Social studies"),
    gettext_noop("Electives"),
)
KINDS_OF_TESTS = (
    gettext_noop("State summative"),
    gettext_noop("Universal screener"),
    gettext_noop("District interim"),
    gettext_noop("Early learning check"),
    gettext_noop("Course exam"),
)
INCIDENTS = (
    gettext_noop("disruption"),
    gettext_noop("defiance"),
    gettext_noop("skipping class"),
    gettext_noop("conflict"),
    gettext_noop("fighting"),
    gettext_noop("property damage"),
    gettext_noop("bullying"),
)
CHARACTERISTICS = (
    gettext_noop("Race and ethnicity"),
    gettext_noop("English learner"),
    gettext_noop("Disability"),
    gettext_noop("Low income"),
    gettext_noop("Two or more"),
    gettext_noop("Native"),
    gettext_noop("White"),
    gettext_noop("Black"),
    gettext_noop("Asian"),
    gettext_noop("Hispanic"),
    gettext_noop("Yes"),
    gettext_noop("No"),
)
WHY_NO_SCORE = (gettext_noop("Absent"), gettext_noop("Exempt"), gettext_noop("Invalid"))
KNOWN = frozenset(ROLES + SUBJECTS + KINDS_OF_TESTS + INCIDENTS + CHARACTERISTICS + WHY_NO_SCORE)


def known_word(text: str) -> str:
    """The word in the active language where it is one of ours; otherwise as it was sent."""
    return gettext(text) if text in KNOWN else text
