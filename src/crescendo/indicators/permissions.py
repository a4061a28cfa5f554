"""Who may see which numbers.

- A student's numbers: whoever may see the student (`roster`), behaviour with its own permission.
- An organisation's numbers: staff with `results.see` at their posts' organisations, those below (their schools) and
  those above (what a school is compared with); a family and a student at the student's own school.
- Small groups: shown as they are to staff whose post reaches every student of the organisation (a principal of a small
  school loses no cell); hidden from everybody else: governors, coaches, teachers, families, exports for them.
- Groups by a sensitive characteristic, and behaviour, as they are: only with the permission for these.
- Definitions: everybody, signed in or not.
"""

from dataclasses import dataclass

from crescendo.core.once import once_a_page
from crescendo.roster import queries as roster
from crescendo.roster.viewer import Viewer

OPEN_CHARACTERISTICS = frozenset({"", "grade_level"})


@dataclass(frozen=True)
class ResultScope:
    """The organisations whose numbers a viewer may see, and those where small groups are shown too."""

    organisations: frozenset[int]
    unhidden: frozenset[int]
    may_see_demographics: bool
    may_see_behaviour: bool

    def allows(self, organisation_id: int) -> bool:
        """Whether any of the organisation's numbers may be seen."""
        return organisation_id in self.organisations

    def shows_small(self, organisation_id: int, characteristic: str, indicator: str) -> bool:
        """Whether this group is shown however small: the viewer may see its students and what is said of them."""
        return (
            organisation_id in self.unhidden
            and (self.may_see_demographics or characteristic in OPEN_CHARACTERISTICS)
            and (self.may_see_behaviour or not is_behaviour(indicator))
        )


def is_behaviour(indicator: str) -> bool:
    """Behaviour has a permission of its own."""
    return indicator.startswith("behaviour")


@once_a_page
def result_scope(viewer: Viewer) -> ResultScope:
    """What the viewer's posts of the day, or their child's school, open."""
    seen: set[int] = set()
    if viewer.may("results.see"):
        places = [post.organisation_id for post in viewer.posts]
        seen.update(roster.list_subtree_ids(places) if places else [])
        for place in places:
            seen.update(roster.list_ancestor_ids(place))
    if viewer.is_family or viewer.is_student:
        seen.update(roster.list_schools(viewer=viewer).values_list("pk", flat=True))
    reached = [post.organisation_id for post in viewer.posts if post.student_scope == "organisation"]
    unhidden = roster.list_subtree_ids(reached) if reached and viewer.may("students.see") else []
    return ResultScope(
        organisations=frozenset(seen),
        unhidden=frozenset(unhidden),
        may_see_demographics=viewer.may("demographics.see"),
        may_see_behaviour=viewer.may("behaviour.see"),
    )
