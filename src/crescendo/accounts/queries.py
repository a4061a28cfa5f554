"""Reads of accounts: the site's row, and the trail of who looked and who changed."""

from datetime import date

from django.conf import settings
from django.db.models import QuerySet

from crescendo.core.once import once_a_page

from .models import AuditEntry, Site, User


@once_a_page
def get_site() -> Site:
    """What this database is. A database that nobody described is an ordinary site."""
    return Site.objects.filter(pk=1).order_by().first() or Site()


def language_spoken(language: str, site: Site) -> str:
    """The language somebody is spoken to in: English is the site's (its term pack), any other is their own."""
    return _site_english(site) if language.lower().startswith("en") else language


def _site_english(site: Site) -> str:
    return site.term_pack if site.term_pack.startswith("en") else settings.LANGUAGE_CODE


def list_languages(site: Site) -> list[tuple[str, str]]:
    """The languages a reader may choose from; English stands there once, as this site speaks it."""
    others = [(code, name) for code, name in settings.LANGUAGES if not code.startswith("en")]
    return [(_site_english(site), "English"), *others]


def find_day_and_zone() -> tuple[date | None, str]:
    """The demo's day (None on a real site, where time goes on) and the time zone of the site's schools."""
    site = get_site()
    return site.demo_today if site.made_by_demo else None, site.time_zone


def is_new_site() -> bool:
    """Nobody can sign in yet: the site has to be set up first."""
    return not User.objects.exists()


def list_views_of_student(*, student_id: int) -> QuerySet[AuditEntry]:
    """Who has looked at this student's record, newest first. Row-level security shows it to the family, to the student
    and to whoever may see the trail."""
    return (
        AuditEntry.objects.filter(student_id=student_id, verb="student.viewed")
        .select_related("by")
        .order_by("-at", "-id")
    )


def list_audit_entries(*, student_id: int | None = None, by_id: int | None = None) -> QuerySet[AuditEntry]:
    """The trail, newest first, of one student or of one person where asked."""
    entries = AuditEntry.objects.select_related("by").order_by("-at", "-id")
    if student_id is not None:
        entries = entries.filter(student_id=student_id)
    return entries if by_id is None else entries.filter(by_id=by_id)
