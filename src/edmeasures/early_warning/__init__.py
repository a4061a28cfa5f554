"""Early-warning models that say what they know, when they knew it, how often they err, and against what.

`build` makes features from facts known by the prediction day and from nothing else; `choose` decides by the past alone
which are used; `validate` trains on past cohorts and tests on a later one, beside the ABC rule and "worst places first";
`reasons` says why a student stands where they stand;
`Validation.card()` is the model card. Demographic predictors are refused unless a reason is given. A score above .95 is
searched for leaks. Needs scikit-learn (`edmeasures[models]`).
"""

from .among import place_among
from .baselines import abc_score, worst_places_first
from .card import ModelCard
from .choice import Choice, Tried, choose
from .cohort import Cohort
from .fairness import Subgroup, by_subgroup
from .known import Frame, Known, build
from .lead_time import LeadTime, first_flags, lead_time
from .leakage import Leakage, look_for_leaks
from .model import Model, fit
from .reasons import Reason, reasons
from .validation import Scored, Validation, cross_validate, validate

__all__ = [
    "Choice",
    "Cohort",
    "Frame",
    "Known",
    "LeadTime",
    "Leakage",
    "Model",
    "ModelCard",
    "Reason",
    "Scored",
    "Subgroup",
    "Tried",
    "Validation",
    "abc_score",
    "build",
    "by_subgroup",
    "choose",
    "cross_validate",
    "first_flags",
    "fit",
    "lead_time",
    "look_for_leaks",
    "place_among",
    "reasons",
    "validate",
    "worst_places_first",
]
