"""Who a student is does not predict for them: names of columns that are refused as predictors."""

from __future__ import annotations

import re
from collections.abc import Iterable

#: Words of column names, as they stand between underscores, spaces and capitals. One word is enough.
_WORDS = frozenset({
    "address", "age", "birth", "citizen", "citizenship", "disability", "disabled", "disadvantaged",
    "displaced", "economic", "educational", "eld", "ell", "ethnic", "ethnicity", "famsize", "farms",
    "father", "fathers", "fedu", "fjob", "foster", "frl", "frpl", "fsm", "gender", "guardian",
    "homeless", "idea", "iep", "imd", "immigrant", "income", "indigenous", "international", "language",
    "marital", "medu", "migrant", "mjob", "mother", "mothers", "nacionality", "national", "nationality",
    "native", "newcomer", "parent", "parents", "pell", "postcode", "poverty", "pronoun", "pstatus",
    "pupilpremium", "race", "racial", "refugee", "region", "religion", "scholarship", "sen", "send",
    "ses", "sex", "swd", "title1", "zip", "zipcode",
})  # fmt: skip
_PAIRS = (
    "special needs",
    "free meals",
    "free lunch",
    "home address",
    "english learner",
    "lunch status",
    "pupil premium",
)


def demographic(names: Iterable[str]) -> list[str]:
    """Those of the names that speak of who a student is and where they come from.

    Names are all that can be looked at: a column `x7` that holds the postcode passes, and a person has to see it.

    Examples
    --------
    >>> demographic(["absences", "imd_band", "Gender", "homeLanguage", "percentage", "highest_education"])
    ['imd_band', 'Gender', 'homeLanguage']
    """
    return [name for name in names if _is_demographic(name)]


def _is_demographic(name: str) -> bool:
    parts = re.sub(r"([a-z])([A-Z])", r"\1 \2", name).lower().replace("'s", "")
    words = re.findall(r"[a-z0-9]+", parts)
    joined = " ".join(words)
    return any(word in _WORDS for word in words) or any(pair in joined for pair in _PAIRS)
