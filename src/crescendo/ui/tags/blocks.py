"""Components that hold content or stand for one thing: figure, task, table, notice, explanation, person ..."""

from collections.abc import Mapping
from itertools import count
from typing import Any

from django.template import Context
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.text import slugify
from django.utils.translation import gettext as _

from crescendo.ui import printing, reasons
from crescendo.ui.tables import Table

from . import COMPONENTS, register

KINDS_OF_NOTICE = ("info", "good", "attention", "bad")


def page_id(context: Context, stem: str) -> str:
    """An id that no other element of this page has."""
    numbers = context.render_context.dicts[0].setdefault("ui_ids", count(1))
    return f"{slugify(stem)[:40] or 'part'}-{next(numbers)}"


@register.inclusion_tag(COMPONENTS + "figure.html")
def figure(
    label: str,
    value: printing.Number | None = None,
    kind: str = "percent",
    digits: int | None = None,
    change: printing.Number | None = None,
    since: str = "",
    better: str = "",
    reason: str = "",
    note: str = "",
    href: str = "",
    more: str = "",
    meaning: str = "",
    shown: str = "",
    explain: str = "",
) -> Mapping[str, object]:
    """One number: its change in words first, then its level; or why it is not evaluated. Missing is not zero.

    `shown` stands in place of a value that may only be read as a range ("95% or more"). `explain` is where the number is
    traced to its rows: the value leads there.
    """
    moved = (
        printing.change(change, kind=kind, digits=digits, since=since, better=better)
        if value is not None
        else None
    )
    return {
        "label": label,
        "meaning": meaning,
        "value": printing.number(value, kind, digits) if value is not None else shown,
        "missing": reasons.not_evaluated(reason),
        "change": moved.words if moved else "",
        "change_kind": moved.kind if moved else "",
        "note": note,
        "href": href,
        "more": more or _("See more"),
        "explain": explain,
        "explain_hint": _("explain this number"),
    }


@register.simple_block_tag
def tasks(content: str, label: str = "") -> str:
    """`{% tasks %}{% task ... %}{% endtasks %}`: what to do, each one sentence and one button."""
    return render_to_string(COMPONENTS + "tasks.html", {"content": content, "label": label})


@register.inclusion_tag(COMPONENTS + "task.html", takes_context=True)
def task(
    context: Context, sentence: str, action: str = "", href: str = "", detail: str = "", post: bool = False
) -> Mapping[str, object]:
    """One plain sentence and one button. With `post` the button changes something."""
    return {
        "sentence": sentence,
        "action": action,
        "href": href,
        "detail": detail,
        "post": post,
        "csrf_token": context.get("csrf_token", ""),
    }


@register.simple_block_tag(takes_context=True)
def datatable(context: Context, content: str, caption: str, stack: bool = False) -> str:
    """`{% datatable caption="..." %}<thead>...<tbody>...{% enddatatable %}`; scrolls sideways on its own on a phone.

    With `stack`, each row becomes a small list on a phone: give every cell a `data-label`.
    """
    return render_to_string(
        COMPONENTS + "data_table.html",
        {"content": content, "caption": caption, "stack": stack, "id": page_id(context, "table")},
    )


def table_markup(context: Context, table: Table, stack: bool = False) -> SafeString:
    rows = render_to_string(COMPONENTS + "table_rows.html", {"table": table, "rows": table.printed_rows()})
    return render_to_string(
        COMPONENTS + "data_table.html",
        {"content": rows, "caption": table.caption, "stack": stack, "id": page_id(context, "table")},
    )


@register.simple_tag(takes_context=True)
def table(context: Context, table: Table, stack: bool = False) -> SafeString:
    """`{% table table %}` for a `crescendo.ui.tables.Table`."""
    return table_markup(context, table, stack)


@register.simple_block_tag
def notice(content: str, kind: str = "info", title: str = "", live: bool = False) -> str:
    """Something the reader has to know. Kinds: info, good, attention, bad; the kind is written out, not only coloured.

    `live` for what appears after the page has loaded: screen readers then announce it.
    """
    words = {"info": _("Note"), "good": _("Done"), "attention": _("Please look"), "bad": _("Not done")}
    if kind not in words:
        raise ValueError(f"A notice's kind is '{kind}'. Use one of: {', '.join(KINDS_OF_NOTICE)}.")
    role = ("alert" if kind == "bad" else "status") if live else ""
    return render_to_string(
        COMPONENTS + "notice.html",
        {"content": content, "kind": kind, "title": title, "kind_words": words[kind], "role": role},
    )


@register.simple_block_tag(takes_context=True)
def explain(context: Context, content: str, word: str) -> str:
    """`{% explain "chronic absence" %}Missing 10% ...{% endexplain %}`: the word, and what it means on a press."""
    return render_to_string(
        COMPONENTS + "explain.html",
        {"content": content, "word": word, "id": page_id(context, "explain"), "hint": _("what this means")},
    )


@register.simple_block_tag
def how_we_know(content: str, href: str = "", label: str = "") -> str:
    """The method and its caution, one press away; `href` is the definition's public page."""
    return render_to_string(
        COMPONENTS + "how_we_know.html",
        {
            "content": content,
            "href": href,
            "label": label or _("How we know"),
            "more": _("Read the whole definition"),
        },
    )


@register.simple_block_tag
def emptystate(content: str, title: str) -> str:
    """`{% emptystate "No classes yet" %}<p>what to do</p>{% endemptystate %}`: why nothing is here, and the way out."""
    return render_to_string(COMPONENTS + "empty_state.html", {"content": content, "title": title})


@register.inclusion_tag(COMPONENTS + "progress.html", takes_context=True)
def progress(
    context: Context, label: str, value: float | None = None, words: str = "", id: str = ""
) -> Mapping[str, object]:
    """How far a long job is: `value` from 0 to 1, or None while nobody knows. `words` says it in numbers."""
    return {
        "label": label,
        "value": value,
        "words": words,
        "id": id,
        "label_id": page_id(context, "progress"),
    }


@register.inclusion_tag(COMPONENTS + "badge.html")
def badge(label: str, kind: str = "plain") -> Mapping[str, object]:
    """A short word about a state. Kinds: plain, info, good, attention, bad. The word says it; the colour repeats it."""
    return {"label": label, "kind": kind}


@register.simple_block_tag
def people(content: str, label: str = "") -> str:
    """`{% people %}{% person ... %}{% endpeople %}`"""
    return render_to_string(COMPONENTS + "people.html", {"content": content, "label": label})


@register.inclusion_tag(COMPONENTS + "person.html")
def person(name: str, href: str = "", well: str = "", note: str = "", role: str = "") -> Mapping[str, Any]:
    """A person, named first by what goes well (`well`); what needs attention (`note`) comes after."""
    return {"name": name, "href": href, "well": well, "note": note, "role": role}
