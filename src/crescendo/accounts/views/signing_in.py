"""Signing in and out, the password, the language."""

import math
from datetime import timedelta

from django.conf import settings
from django.contrib import auth, messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from crescendo.accounts import actions, attempts, queries, second_factor
from crescendo.accounts.cast import CAST
from crescendo.accounts.forms import NewPasswordForm, SignInForm
from crescendo.accounts.models import User
from crescendo.core import live
from crescendo.core.errors import NotAllowed
from crescendo.ui.addresses import safe_next

HALF_IN = "accounts.half_in"  # in the session: whose password was right, and when; the code is still to come
A_YEAR = 60 * 60 * 24 * 365


@sensitive_post_parameters("password")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    """Sign in with name and password; too many wrong ones have to wait."""
    if request.user.is_authenticated:
        return redirect(safe_next(request))
    form = SignInForm(request.POST or None)
    if form.is_valid():
        attempt = attempts.attempt_by(
            username=form.cleaned_data["username"], address=request.META["REMOTE_ADDR"]
        )
        now = timezone.now()  # the real clock: a demo's day stands still, and waiting would never end
        if wait := attempts.wait_for(attempt, at=now):
            form.add_error(None, wait_words(wait))
            return _sign_in_page(request, form, status=429)
        if user := auth.authenticate(request, **form.cleaned_data):
            return _go_on(request, user)
        attempts.note_failure(attempt, at=now)
        form.add_error(
            None, _("This name and this password do not belong together. Check both and try again.")
        )
    return _sign_in_page(request, form)


def wait_words(wait: timedelta) -> str:
    """How long somebody has to wait after too many wrong ones."""
    minutes = max(1, math.ceil(wait.total_seconds() / 60))
    return ngettext(
        "There were too many wrong passwords. Wait %(n)s minute, then try again.",
        "There were too many wrong passwords. Wait %(n)s minutes, then try again.",
        minutes,
    ) % {"n": minutes}


def _sign_in_page(request: HttpRequest, form: SignInForm, *, status: int = 200) -> HttpResponse:
    made_by_demo = queries.get_site().made_by_demo
    users = (
        User.objects.filter(is_demo=True, is_active=True, username__in=CAST)
        if made_by_demo
        else User.objects.none()
    )
    found = {user.username: user for user in users}
    cast = [{"user": found[name], "words": words} for name, words in CAST.items() if name in found]
    page = {"form": form, "cast": cast, "next": safe_next(request)}
    return render(request, "accounts/sign_in.html", page, status=status)


@never_cache
@require_POST
def sign_in_as(request: HttpRequest) -> HttpResponse:
    """One-click sign-in for the cast. Only in a database that the demo made, and only as somebody the demo made."""
    if not queries.get_site().made_by_demo:
        raise NotAllowed(_("One-click sign-in exists only in a demo. Sign in with your name and password."))
    if request.user.is_authenticated:  # nobody begins a session in another's name: sign out first
        return redirect(safe_next(request))
    user = get_object_or_404(User, username=request.POST.get("username", ""), is_demo=True, is_active=True)
    return begin_session(request, user, how="demo")


def _go_on(request: HttpRequest, user: User) -> HttpResponse:
    """Into the site, or to the code from the phone where somebody has one. Not signed in before that."""
    if second_factor.find(user) is None:
        return begin_session(request, user, how="password")
    request.session.cycle_key()
    request.session[HALF_IN] = [user.pk, timezone.now().timestamp()]
    following = safe_next(request)
    return redirect(
        reverse("accounts:second_step") + ("" if following == "/" else "?" + urlencode({"next": following}))
    )


def begin_session(request: HttpRequest, user: User, *, how: str) -> HttpResponse:
    """Signed in, in a session with a new key: what was known of the old one opens nothing."""
    request.session.pop(HALF_IN, None)
    auth.login(request, user, backend="django.contrib.auth.backends.ModelBackend")
    _record(request, user, "session.begun", how)
    response = redirect(safe_next(request, settings.LOGIN_REDIRECT_URL))
    _keep_language(response, user.language, request)
    return response


def _record(request: HttpRequest, user: User, verb: str, reason: str) -> None:
    actions.record_audit(
        verb=verb, object_type="user", object_id=user.pk, by=user.pk, at=request.at, reason=reason
    )


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """End the session on this device."""
    if request.user.is_authenticated:
        _record(request, request.user, "session.ended", "asked")
        live.stop_listening(request.user.pk)
        auth.logout(request)
        messages.success(request, _("You are signed out."))
    return redirect("accounts:sign_in")


@sensitive_post_parameters()
@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def password_change(request: HttpRequest) -> HttpResponse:
    """Change my password; other devices are signed out."""
    form = NewPasswordForm(request.user, request.POST or None)
    if form.is_valid():
        user = form.save(commit=False)
        user.save(update_fields=["password"])
        live.stop_listening(user.pk)
        auth.update_session_auth_hash(request, user)
        _record(request, user, "password.changed", "asked")
        messages.success(request, _("Your password is changed. Other devices are signed out."))
        return redirect("/")
    return render(request, "accounts/password_change.html", {"form": form})


@require_POST
def language_set(request: HttpRequest) -> HttpResponse:
    """The language of pages on this device and, for somebody signed in, of messages to them."""
    response = redirect(safe_next(request))
    language = request.POST.get("language", "")
    if language in dict(settings.LANGUAGES):
        _keep_language(response, language, request)
        if request.user.is_authenticated:
            User.objects.filter(pk=request.user.pk).update(language=language)
    return response


def _keep_language(response: HttpResponse, language: str, request: HttpRequest) -> None:
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        language,
        max_age=A_YEAR,
        httponly=True,
        samesite="Lax",
        secure=request.is_secure(),
    )
