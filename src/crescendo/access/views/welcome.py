"""The way in for somebody who was invited: by the link of a letter, or by the code of a sheet. Neither is told apart
from outside when it opens nothing: used, withdrawn, out of date, or never there."""

from django.contrib import auth, messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from crescendo.access import actions, queries, secrets_of
from crescendo.access.forms import CodeForm, PasswordForm
from crescendo.accounts import attempts
from crescendo.accounts.models import User
from crescendo.core.errors import Refused

HELD = "access.invitation"  # in the session: the number and the secret, so that no address holds it twice
BACKEND = "django.contrib.auth.backends.ModelBackend"


@sensitive_post_parameters("code")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def welcome_code(request: HttpRequest) -> HttpResponse:
    """Which code stands on your sheet?"""
    form = CodeForm(request.POST or None)
    if not form.is_valid():
        return render(request, "access/welcome_code.html", {"form": form})
    read = secrets_of.read_code(form.cleaned_data["code"]) or (0, "")
    attempt = attempts.attempt_by(username=f"invitation {read[0]}", address=request.META["REMOTE_ADDR"])
    now = timezone.now()  # the real clock: a demo's day stands still, and waiting would never end
    if attempts.wait_for(attempt, at=now):
        form.add_error("code", _("There were too many wrong codes. Wait 15 minutes, then try again."))
        return render(request, "access/welcome_code.html", {"form": form}, status=429)
    invitation_id = queries.find_printed(read[0])
    if _hold(request, invitation_id, read[1]):
        return redirect("access:welcome")
    attempts.note_failure(attempt, at=now)
    actions.note_wrong_code(invitation_id=invitation_id, at=request.at)
    form.add_error(
        "code", _("This code opens nothing. Check each letter; if it stays so, ask the school for a new one.")
    )
    return render(request, "access/welcome_code.html", {"form": form})


@never_cache
@require_safe
def welcome_link(request: HttpRequest, token: str) -> HttpResponse:
    """The letter's link: keeps its secret in the session and goes on to an address without it."""
    read = secrets_of.read_token(token)
    if read and _hold(request, *read):
        return redirect("access:welcome")
    return render(request, "access/welcome_closed.html", status=404)


def _hold(request: HttpRequest, invitation_id: int, secret: str) -> bool:
    found = queries.find_invitation(invitation_id)
    fits = secrets_of.is_same(secret, found.digest if found else "")
    if not fits or found is None or not found.is_open or found.expires_at <= request.at:
        return False
    request.session[HELD] = [invitation_id, secret]
    return True


def _held(request: HttpRequest) -> tuple[queries.Found, str] | None:
    invitation_id, secret = request.session.get(HELD, (0, ""))
    found = queries.find_invitation(invitation_id)
    if found is None or not secrets_of.is_same(secret, found.digest) or not found.is_open:
        return None
    return found, secret


@sensitive_post_parameters()
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def welcome(request: HttpRequest) -> HttpResponse:
    """Choose a password, and you are in."""
    held = _held(request)
    if held is None:
        return render(request, "access/welcome_closed.html", status=404)
    found, secret = held
    somebody = User(username=found.username, email=found.email, display_name=found.person)
    form = PasswordForm(request.POST or None, person=somebody)
    if not request.user.is_authenticated and form.is_valid():
        try:
            user_id = _accept(request, found, secret, password=form.cleaned_data["password"])
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            return _let_in(request, User.objects.get(pk=user_id), found)
    return render(request, "access/welcome.html", {"form": form, "found": found})


def _accept(
    request: HttpRequest,
    found: queries.Found,
    secret: str,
    *,
    password: str | None,
    existing: int | None = None,
) -> int:
    return actions.accept_invitation(
        invitation_id=found.id,
        secret=secret,
        password=password,
        language=found.language or request.site.language or get_language() or "en-us",
        existing_user=existing,
        on=request.on,
        at=request.at,
    )


def _let_in(request: HttpRequest, user: User, found: queries.Found) -> HttpResponse:
    """Signed in at once, in a session of its own. A renewed sign-in has no second factor any more: it is made anew."""
    request.session.pop(HELD, None)
    auth.login(request, user, backend=BACKEND)
    messages.success(request, _("Welcome, %(name)s.") % {"name": found.person})
    return redirect("/")


@never_cache
@require_POST
def welcome_add(request: HttpRequest) -> HttpResponse:
    """Somebody who is signed in already adds the invited person to their own sign-in: a teacher who is a parent here."""
    held = _held(request)
    if held is None or not request.user.is_authenticated:
        return render(request, "access/welcome_closed.html", status=404)
    try:
        _accept(request, *held, password=None, existing=request.user.pk)
    except Refused as refusal:
        messages.error(request, str(refusal))
        return redirect("access:welcome")
    request.session.pop(HELD, None)
    messages.success(request, _("Your sign-in opens this as well now."))
    return redirect("/")
