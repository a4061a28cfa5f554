"""A forgotten password. The answer is the same whether or not anybody is called so."""

from django.contrib import messages
from django.contrib.auth.tokens import default_token_generator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.http import urlsafe_base64_decode
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from crescendo.access import actions
from crescendo.access.forms import ForgottenForm, PasswordForm
from crescendo.accounts import actions as accounts
from crescendo.accounts import attempts
from crescendo.accounts.models import User
from crescendo.core import live

HELD = "access.new_password"


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def password_forgotten(request: HttpRequest) -> HttpResponse:
    """Forgotten your password?"""
    form = ForgottenForm(request.POST or None)
    if not form.is_valid():
        return render(request, "access/password_forgotten.html", {"form": form})
    said = form.cleaned_data["said"]
    attempt = attempts.attempt_by(username=f"new password {said}", address=request.META["REMOTE_ADDR"])
    now = timezone.now()  # the real clock: waiting has to end
    if attempts.wait_for(attempt, at=now):
        form.add_error(None, _("That was asked for too often. Wait 15 minutes, then try again."))
        return render(request, "access/password_forgotten.html", {"form": form}, status=429)
    attempts.note_failure(attempt, at=now)
    actions.ask_for_new_password(said=said, at=request.at)
    return render(request, "access/password_asked.html")


@never_cache
@require_safe
def password_link(request: HttpRequest, number: str, token: str) -> HttpResponse:
    """The letter's link: keeps what it holds in the session and goes on to an address without it."""
    if _find(number, token) is None:
        return render(request, "access/password_closed.html", status=404)
    request.session[HELD] = [number, token]
    return redirect("access:password_new")


def _find(number: str, token: str) -> User | None:
    try:
        pk = int(urlsafe_base64_decode(number).decode("ascii"))
    except (ValueError, UnicodeDecodeError):
        return None
    user = User.objects.filter(pk=pk, is_active=True, is_demo=False).first() if 0 < pk < 2**62 else None
    return user if user and default_token_generator.check_token(user, token) else None


@sensitive_post_parameters()
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def password_new(request: HttpRequest) -> HttpResponse:
    """Choose a new password."""
    user = _find(*request.session.get(HELD, ("", "")))
    if user is None or (request.user.is_authenticated and request.user.pk != user.pk):
        return render(request, "access/password_closed.html", status=404)
    form = PasswordForm(request.POST or None, person=user)
    if form.is_valid():
        # The row is locked and the token asked again: a link pressed in two tabs changes the password once.
        locked = User.objects.select_for_update().get(pk=user.pk)
        if not default_token_generator.check_token(locked, request.session[HELD][1]):
            return render(request, "access/password_closed.html", status=404)
        locked.set_password(form.cleaned_data["password"])
        locked.save(update_fields=["password"])
        live.stop_listening(user.pk)
        accounts.record_audit(
            verb="password.changed",
            object_type="user",
            object_id=user.pk,
            by=user.pk,
            at=request.at,
            reason="letter",
        )
        request.session.flush()
        messages.success(
            request, _("Your password is changed. Sign in with it; other devices are signed out.")
        )
        return redirect("accounts:sign_in")
    return render(request, "access/password_new.html", {"form": form, "person": user})
