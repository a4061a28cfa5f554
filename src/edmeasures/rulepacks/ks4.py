"""Key stage 4 in England: which subject stands in which group of Attainment 8, by version of the definition.

The slots themselves are the same in every version here: English (doubled when language and literature were both
entered), mathematics doubled, the best three of the EBacc group, the best three of all that is left.
"""

#: Where the slots and groups were published.
SOURCE_TITLE = (
    "Secondary accountability measures: guide for maintained secondary schools, academies and free schools"
)
SOURCE_WHERE = (
    "Attainment 8 and Progress 8; English doubled when both were taken; combined science fills two slots"
)
SOURCE_URL = "https://www.gov.uk/government/publications/progress-8-school-performance-measure"

_2019: tuple[tuple[str, str], ...] = (
    ("english_language", "english_language"),
    ("english_literature", "english_literature"),
    ("maths", "maths"),
    ("biology", "science"),
    ("chemistry", "science"),
    ("physics", "science"),
    ("computer_science", "science"),
    ("combined_science", "combined_science"),
    ("geography", "humanities"),
    ("history", "humanities"),
    ("french", "languages"),
    ("german", "languages"),
    ("spanish", "languages"),
    ("italian", "languages"),
    ("mandarin", "languages"),
    ("urdu", "languages"),
    ("latin", "languages"),
)

#: Subjects of the EBacc groups by version. A subject that is not listed is open.
SUBJECTS: dict[str, tuple[tuple[str, str], ...]] = {"2019": _2019}
