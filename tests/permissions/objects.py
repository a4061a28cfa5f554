"""What the column `with` of the matrix may name: a person or place of the cast, or something made for the purpose.

`student_id=sam` puts Sam's id into the address. Add an entry to MADE for things that the cast does not have.
"""

from collections.abc import Callable

from cast import AT, ON, Cast
from crescendo.comms import actions
from crescendo.comms.models import Delivery


def tess_message(cast: Cast) -> int:
    """A message in Tess's inbox, and in nobody else's."""
    tess = cast.users["tess"]
    actions.tell(kind="comms.greeting", arguments={"users": [tess.pk]}, by=tess, at=AT)
    while actions.address_next_entry(at=AT, on=ON):
        pass
    return Delivery.objects.get(recipient=tess, channel="inbox").pk


MADE: dict[str, Callable[[Cast], object]] = {
    "tess_message": tess_message,
}


def value(name: str, cast: Cast) -> object:
    """The id behind a name of the matrix; what is no name stands for itself."""
    if name in MADE:
        return MADE[name](cast)
    for things in (cast.students, cast.organisations, cast.classes, cast.staff, cast.family):
        if name in things:
            return things[name].pk
    return name
