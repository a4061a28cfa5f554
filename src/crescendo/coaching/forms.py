"""The shapes of what the two people write."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from crescendo.indicators import queries as indicators
from crescendo.roster.models import StaffMember
from crescendo.roster.viewer import Viewer
from crescendo.ui import vocabulary
from crescendo.ui.days import DayInput

from . import queries, rules
from .models import ActionStep, Cycle, Feedback, Kind, Review, Session, Stage
from .questions import questions_for
from .wording import usual_confidentiality

LONG = 20_000  # a text box holds at most this many characters


def _day(**how: Any) -> forms.DateField:
    return forms.DateField(widget=DayInput(), **how)


def _text(rows: int = 4, **how: Any) -> forms.CharField:
    return forms.CharField(widget=forms.Textarea(attrs={"rows": rows}), max_length=LONG, **how)


class Colleague(forms.ModelChoiceField):
    """Somebody who works with the viewer, by name."""

    def label_from_instance(self, person: StaffMember) -> str:
        return person.name


class InviteForm(forms.Form):
    """Whom, who coaches whom, on what; and the words both agree to."""

    colleague = Colleague(
        queryset=StaffMember.objects.none(), label=_("Who"), empty_label=_("Choose a colleague")
    )
    part = forms.ChoiceField(
        label=_("Who coaches whom?"),
        choices=[("coach", _("I coach my colleague")), ("coachee", _("My colleague coaches me"))],
        widget=forms.RadioSelect,
        initial="coach",
    )
    kind = forms.ChoiceField(
        label=_("What is it?"),
        choices=Kind.choices,
        initial=Kind.COACHING,
        help_text=_(
            "Coaching works on one goal at a time; mentoring goes with somebody through a longer time."
        ),
    )
    focus = forms.CharField(
        label=_("What is it about?"),
        max_length=200,
        help_text=_("In a few words, such as: use of time in lessons."),
    )
    every_weeks = forms.IntegerField(
        label=_("A session every ... weeks"), min_value=1, max_value=8, initial=2
    )
    ends_on = _day(label=_("Until"), required=False)
    confidentiality = _text(5, label=_("What we agree on"))
    agree = forms.BooleanField(
        label=_("I agree to these words"),
        error_messages={"required": _("Tick this: the two of you agree to the same words, you first.")},
    )

    def __init__(self, *args: Any, viewer: Viewer, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["colleague"].queryset = queries.list_colleagues(viewer=viewer)
        self.fields["confidentiality"].initial = usual_confidentiality


class AnswerForm(forms.Form):
    """Yes to the same words, or no."""

    answer = forms.ChoiceField(choices=[("accept", "accept"), ("decline", "decline")])


class CycleForm(forms.Form):
    """A goal for some weeks, and what students would show."""

    goal = forms.CharField(
        label=_("What should be different at the end?"),
        max_length=400,
        help_text=_("Such as: the first task has begun within three minutes of the bell."),
    )
    weeks = forms.IntegerField(
        label=_("Weeks"), min_value=1, max_value=12, initial=6, help_text=_("Four to six work well.")
    )
    own_measure = forms.CharField(
        label=_("What you will count"),
        max_length=200,
        required=False,
        help_text=_("Something students show. Such as: minutes until everybody works."),
    )
    indicator = forms.ChoiceField(label=_("Or a published number"), required=False)
    unit = forms.CharField(label=_("Unit"), max_length=40, required=False)
    baseline = forms.FloatField(label=_("Now"), required=False)
    target = forms.FloatField(label=_("At the end"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["indicator"].choices = [("", _("none")), *indicator_choices()]


def indicator_choices() -> list[tuple[str, list[tuple[str, str]]]]:
    """The published indicators by subject, in the reader's language."""
    return [
        (vocabulary.known_word(group), [(each.code, each.title) for each in definitions])
        for group, definitions in indicators.list_definitions()
    ]


class PlanForm(forms.Form):
    """When, and what kind of meeting."""

    planned_on = _day(label=_("Day"))
    kind = forms.ChoiceField(label=_("What for?"), choices=Stage.choices, initial=Stage.DEBRIEF)
    agenda = _text(3, label=_("Agenda"), required=False)


class SessionForm(forms.Form):
    """Preparing a session, and writing down what was said. One form for both, because both go on at once."""

    kind = forms.ChoiceField(label=_("What for?"), choices=Stage.choices)
    planned_on = _day(label=_("Planned for"))
    agenda = _text(3, label=_("Agenda"), required=False)
    stems = forms.MultipleChoiceField(
        label=_("Take from the question bank"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Ticked questions join your list when you save."),
    )
    questions = _text(
        5,
        label=_("Questions to ask"),
        required=False,
        help_text=_("One on each line. Open questions leave room."),
    )
    shared_notes = _text(6, label=_("Notes of you both"), required=False)
    private_note = _text(3, label=_("My own note"), required=False)
    held_on = _day(label=_("Held on"), required=False, help_text=_("Leave it empty until you have met."))
    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, session: Session, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        listed = set(session.questions)
        self.fields["stems"].choices = [
            (question, question) for question in questions_for(session.kind) if question not in listed
        ]

    def clean_questions(self) -> list[str]:
        questions = rules.split_questions(self.cleaned_data["questions"])
        if any(len(question) > 400 for question in questions):
            raise forms.ValidationError(
                _("One of the questions is longer than 400 characters. Make it shorter.")
            )
        return questions

    def all_questions(self) -> list[str]:
        """Those written, then those ticked."""
        return list(dict.fromkeys([*self.cleaned_data["questions"], *self.cleaned_data["stems"]]))


def session_values(session: Session, private_note: str) -> dict[str, object]:
    """What the form begins with."""
    return {
        "kind": session.kind,
        "planned_on": session.planned_on,
        "agenda": session.agenda,
        "questions": "\n".join(session.questions),
        "shared_notes": session.shared_notes,
        "private_note": private_note,
        "held_on": session.held_on,
        "version": session.version,
    }


class FeedbackForm(forms.Form):
    """Evidence before judgement: what was seen, what it led to, then a question or a suggestion."""

    observation = _text(
        3,
        label=_("1. What did you see or hear?"),
        help_text=_("Who did what. Such as: after the bell, six students waited four minutes for paper."),
    )
    effect = _text(
        3,
        label=_("2. What did it lead to?"),
        help_text=_("Such as: two of them began to talk, and the first task started nine minutes in."),
    )
    offer_kind = forms.ChoiceField(
        label=_("3. End with"),
        choices=Feedback.Offer.choices,
        widget=forms.RadioSelect,
        initial=Feedback.Offer.QUESTION,
    )
    offer = _text(3, label=_("Your question or suggestion"))

    def clean_observation(self) -> str:
        observation: str = self.cleaned_data["observation"]
        if not rules.says_what_was_seen(observation):
            raise forms.ValidationError(
                _("Say first what you saw or heard: who did what, in a sentence. Judgement can wait.")
            )
        return observation


class StepForm(forms.Form):
    """One small step that somebody could see."""

    what = forms.CharField(
        label=_("What will be tried?"),
        max_length=ActionStep._meta.get_field("what").max_length,
        help_text=_("Small, and somebody could see it. Such as: paper lies on the desks before the bell."),
    )
    due_on = _day(label=_("Until"))


class StepCheckForm(forms.Form):
    """One press about the live step."""

    do = forms.ChoiceField(choices=[(name, name) for name in ("practised", "seen", "done", "dropped")])


class ReviewForm(forms.Form):
    """How a cycle ended. The coachee alone is asked what they make of it."""

    result = forms.FloatField(label=_("Where it stands now"), required=False)
    result_words = _text(3, label=_("What is different?"), required=False)
    reflection = _text(
        5,
        label=_("What do you make of it?"),
        help_text=_("Your own words. With them the cycle is over."),
        required=False,
    )
    next = forms.ChoiceField(
        label=_("What comes next?"), choices=Review.Next.choices, widget=forms.RadioSelect
    )
    version = forms.IntegerField(widget=forms.HiddenInput, initial=0)

    def __init__(self, *args: Any, cycle: Cycle, is_coachee: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not is_coachee:
            del self.fields["reflection"]
        if not (cycle.own_measure or cycle.indicator):
            del self.fields["result"]
