"""The question bank: open questions by stage. In the reader's language; a coach changes the words to fit."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from .models import Stage

BANK: dict[str, tuple[str | Promise, ...]] = {
    Stage.GOAL: (
        _("What would you like to be different for your students?"),
        _("What does it look like now, on an ordinary day?"),
        _("How will you know that it has changed?"),
        _("What have you tried already, and what came of it?"),
        _("Which small part of it would you start with?"),
    ),
    Stage.OBSERVE: (
        _("What should I watch for?"),
        _("Which students should I look at, and why those?"),
        _("What do you expect to happen?"),
        _("How would you like me to write down what I see?"),
    ),
    Stage.DEBRIEF: (
        _("What stood out for you?"),
        _("What did your students do that tells you it worked?"),
        _("How did that compare with what you had planned?"),
        _("What do you think was behind that?"),
        _("What would you keep, and what would you change?"),
        _("What is the smallest thing you could try this week?"),
    ),
    Stage.MODEL: (
        _("What did you notice me do, and what did students do then?"),
        _("Which part would fit your class, and which would not?"),
        _("How would you say that in your own words?"),
        _("What would you need to try it tomorrow?"),
    ),
    Stage.CO_PLAN: (
        _("What should students be able to do at the end of the lesson?"),
        _("Where could they get stuck, and how would you see it?"),
        _("How could the time be divided?"),
        _("What could you leave out?"),
    ),
}


def questions_for(stage: str) -> list[str]:
    """The open questions of one stage, in the language of the page."""
    return [str(question) for question in BANK.get(stage, ())]
