"""The public pages of the definitions. Signed out or in, everybody may read how a number is made."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from crescendo.indicators import drawn, queries, spoken, wording
from edmeasures import compose, rulepacks


@require_safe
def definition_list(request: HttpRequest) -> HttpResponse:
    """What do our numbers mean?"""
    subjects = [
        (wording.subject_title(subject), definitions) for subject, definitions in queries.list_catalogue()
    ]
    return render(request, "indicators/definition_list.html", {"subjects": subjects})


@require_safe
def definition_view(request: HttpRequest, code: str) -> HttpResponse:
    """One definition: its question, its sentence, its sources, its parameters, its caution and its SELECT."""
    definition = queries.get_definition(code)
    name = definition.sql.removesuffix(".sql")
    statements = [compose.STATEMENTS[block] for block in (name, *reversed(compose.order(name)))]
    packs = queries.list_packs(code)
    context = {
        "definition": definition,
        "subject": wording.subject_title(definition.subject),
        "sentence": wording.plain_sentence(definition),
        "unit": wording.unit_words(definition.unit),
        "direction": wording.DIRECTIONS[definition.direction],
        "adding_up": wording.KINDS[definition.kind],
        "parameters": wording.parameter_table(
            definition, [spoken.rule_pack(pack) for pack in rulepacks.all()], packs
        ),
        "drawing": drawn.drawing_of(code),
        "statements": statements,
        "run": queries.find_latest_run(),
    }
    return render(request, "indicators/definition_view.html", context)
