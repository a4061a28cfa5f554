"""Words that differ between school systems: a term pack for each language. Which English a site speaks is its
`term_pack`; `accounts.middleware` makes that English the active language of whoever reads English.

A term's name is the American word in small letters. Sentences with a term in them are written with the `term` tag
or `word()`; a whole page in another language is gettext's business.
"""

from dataclasses import dataclass

from django.utils.translation import get_language

from crescendo.core import numbers


@dataclass(frozen=True)
class Term:
    """One word, its plural, and its grammatical gender where the language has one."""

    one: str
    many: str
    gender: str = ""


def _same(one: str) -> Term:
    return Term(one, one)


PACKS: dict[str, dict[str, Term]] = {
    "en-us": {
        "student": Term("student", "students"),
        "teacher": Term("teacher", "teachers"),
        "school": Term("school", "schools"),
        "district": Term("district", "districts"),
        "class": Term("class", "classes"),
        "grade": Term("grade", "grades"),
        "grade level": Term("grade level", "grade levels"),
        "mark": Term("grade", "grades"),
        "evaluation": Term("evaluation", "evaluations"),
        "evaluator": Term("evaluator", "evaluators"),
        "professional development": _same("professional development"),
        "PD": _same("PD"),
        "principal": Term("principal", "principals"),
        "counselor": Term("counselor", "counselors"),
        "family": Term("family", "families"),
        "enrollment": Term("enrollment", "enrollments"),
        "assignment": Term("assignment", "assignments"),
        "semester": Term("semester", "semesters"),
        "term": Term("grading period", "grading periods"),
        "math": _same("math"),
        "behavior": _same("behavior"),
        "program": Term("program", "programs"),
        "school year": Term("school year", "school years"),
        "homeroom": Term("homeroom", "homerooms"),
        "tardy": _same("tardy"),
        "chronic absence": _same("chronic absence"),
        "governor": Term("board member", "board members"),
    },
    "en-gb": {
        "student": Term("pupil", "pupils"),
        "teacher": Term("teacher", "teachers"),
        "school": Term("school", "schools"),
        "district": Term("trust", "trusts"),
        "class": Term("class", "classes"),
        "grade": Term("year", "years"),
        "grade level": Term("year group", "year groups"),
        "mark": Term("mark", "marks"),
        "evaluation": Term("appraisal", "appraisals"),
        "evaluator": Term("appraiser", "appraisers"),
        "professional development": _same("continuing professional development"),
        "PD": _same("CPD"),
        "principal": Term("headteacher", "headteachers"),
        "counselor": Term("pastoral lead", "pastoral leads"),
        "family": Term("family", "families"),
        "enrollment": Term("enrolment", "enrolments"),
        "assignment": Term("piece of work", "pieces of work"),
        "semester": Term("half-year", "half-years"),
        "term": Term("term", "terms"),
        "math": _same("maths"),
        "behavior": _same("behaviour"),
        "program": Term("programme", "programmes"),
        "school year": Term("school year", "school years"),
        "homeroom": Term("form", "forms"),
        "tardy": _same("late"),
        "chronic absence": _same("persistent absence"),
        "governor": Term("governor", "governors"),
    },
    "es": {
        "student": Term("estudiante", "estudiantes", "m"),
        "teacher": Term("docente", "docentes", "m"),
        "school": Term("escuela", "escuelas", "f"),
        "district": Term("distrito", "distritos", "m"),
        "class": Term("clase", "clases", "f"),
        "grade": Term("grado", "grados", "m"),
        "grade level": Term("grado escolar", "grados escolares", "m"),
        "mark": Term("calificación", "calificaciones", "f"),
        "evaluation": Term("evaluación docente", "evaluaciones docentes", "f"),
        "evaluator": Term("persona evaluadora", "personas evaluadoras", "f"),
        "professional development": Term("desarrollo profesional", "desarrollo profesional", "m"),
        "PD": Term("desarrollo profesional", "desarrollo profesional", "m"),
        "principal": Term("director o directora", "directores y directoras", "m"),
        "counselor": Term("consejero o consejera", "consejeros y consejeras", "m"),
        "family": Term("familia", "familias", "f"),
        "enrollment": Term("inscripción", "inscripciones", "f"),
        "assignment": Term("tarea", "tareas", "f"),
        "semester": Term("semestre", "semestres", "m"),
        "term": Term("período de calificación", "períodos de calificación", "m"),
        "math": Term("matemáticas", "matemáticas", "f"),
        "behavior": Term("conducta", "conducta", "f"),
        "program": Term("programa", "programas", "m"),
        "school year": Term("año escolar", "años escolares", "m"),
        "homeroom": Term("aula principal", "aulas principales", "f"),
        "tardy": Term("tarde", "tarde"),
        "chronic absence": Term("ausentismo crónico", "ausentismo crónico", "m"),
        "governor": Term("miembro de la junta", "miembros de la junta", "m"),
    },
}


def pack_name() -> str:
    """The term pack of the active language; American English where there is none."""
    language = (get_language() or "").lower()
    if language in PACKS:
        return language
    return language[:2] if language[:2] in PACKS else "en-us"


def word(name: str, *, n: int = 1, capital: bool = False) -> str:
    """The term in the active language: `word("student", n=3)` is 'students', 'pupils' or 'estudiantes'."""
    term = PACKS[pack_name()].get(name)
    if term is None:
        raise KeyError(f"No term '{name}'. The terms are: {', '.join(sorted(PACKS['en-us']))}.")
    text = term.one if n == 1 else term.many
    return text[:1].upper() + text[1:] if capital else text


def counted(name: str, n: int) -> str:
    """'1 student', '1,204 students'."""
    return f"{numbers.count(n)} {word(name, n=n)}"
