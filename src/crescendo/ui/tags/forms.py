"""Form fields: label, who reads it, help, errors, in this order, tied to the input for screen readers."""

from collections.abc import Mapping

from django import forms
from django.template import TemplateSyntaxError
from django.utils.translation import gettext as _

from . import COMPONENTS, register

GROUPS = (forms.RadioSelect, forms.CheckboxSelectMultiple)


def readers_words(readers: str, reaches_evaluation: bool) -> str:
    """Who will read what is written here, and whether it can be used in an evaluation."""
    reach = (
        _("It can become part of an evaluation.")
        if reaches_evaluation
        else _("It never reaches an evaluation.")
    )
    return _("Who reads this: %(readers)s.") % {"readers": readers} + " " + reach


@register.inclusion_tag(COMPONENTS + "field.html")
def field(
    bound: forms.BoundField, readers: str = "", reaches_evaluation: bool = False, label: str = ""
) -> Mapping[str, object]:
    """`{% field form.title %}`; for a text box `{% field form.note readers=_("you and your coach") %}`.

    A text box without `readers` is refused: above each stands who will read it.
    """
    widget = bound.field.widget
    if isinstance(widget, forms.Textarea) and not readers:
        raise TemplateSyntaxError(f"The text box '{bound.name}' has to say who reads it: readers=...")
    is_group = isinstance(widget, GROUPS)
    described = [f"{bound.id_for_label}-readers"] if readers else []
    if bound.help_text:
        described.append(f"{bound.id_for_label}-help")
    described += [
        f"{bound.id_for_label}-error{'' if n == 1 else f'-{n}'}" for n in range(1, len(bound.errors) + 1)
    ]
    attributes: dict[str, object] = {"aria-describedby": " ".join(described)} if described else {}
    if bound.errors:
        attributes["aria-invalid"] = "true"
    return {
        "id": bound.id_for_label,
        "label": label or bound.label,
        "widget": bound.as_widget(attrs={} if is_group else attributes),
        "help": bound.help_text,
        "errors": bound.errors,
        "error_word": _("Error"),
        "optional": ""
        if bound.field.required or isinstance(widget, forms.CheckboxInput)
        else _("(optional)"),
        "readers": readers_words(readers, reaches_evaluation) if readers else "",
        "is_checkbox": isinstance(widget, forms.CheckboxInput),
        "is_group": is_group,
        "described_by": " ".join(described) if is_group else "",
    }
