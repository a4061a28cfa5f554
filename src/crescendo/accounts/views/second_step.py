"""The code after the password, and the page on which somebody puts it on their phone."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from crescendo.accounts import attempts, second_factor
from crescendo.accounts.forms import EndFactorForm, StepForm
from crescendo.accounts.models import User
from crescendo.accounts.views.signing_in import HALF_IN, begin_session, wait_words

HALF_IN_SECONDS = 600


def _half_in(request: HttpRequest) -> User | None:
    """Whose password was right a moment ago."""
    user_id, at = request.session.get(HALF_IN, (0, 0))
    if not 0 <= timezone.now().timestamp() - at < HALF_IN_SECONDS:
        return None
    return User.objects.filter(pk=user_id, is_active=True).first()


@sensitive_post_parameters("code")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def second_step(request: HttpRequest) -> HttpResponse:
    """Which code does your phone show?"""
    user = _half_in(request)
    if user is None or request.user.is_authenticated:
        return redirect(settings.LOGIN_URL)
    form = StepForm(request.POST or None)
    if form.is_valid():
        attempt = attempts.attempt_by(username=f"second step {user.pk}", address=request.META["REMOTE_ADDR"])
        now = timezone.now()  # the real clock, which the codes follow
        if wait := attempts.wait_for(attempt, at=now):
            form.add_error("code", wait_words(wait))
            return render(request, "accounts/second_step.html", {"form": form}, status=429)
        if how := second_factor.pass_with(
            user=user, code=form.cleaned_data["code"], at=request.at, clock=now
        ):
            return begin_session(request, user, how=how)
        attempts.note_failure(attempt, at=now)
        form.add_error(
            "code", _("This code does not fit. Wait for the next one, or use one that you wrote down.")
        )
    return render(request, "accounts/second_step.html", {"form": form})


@sensitive_post_parameters()
@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def second_factor_set(request: HttpRequest) -> HttpResponse:
    """How do I sign in with a code as well?"""
    factor = second_factor.find(request.user)
    if factor is not None:
        return _known(request)
    made = second_factor.begin(user=request.user, at=request.at)
    form = StepForm(request.POST or None)
    if form.is_valid():
        code = form.cleaned_data["code"]
        codes = second_factor.confirm(user=request.user, code=code, at=request.at, clock=timezone.now())
        if codes:
            return render(request, "accounts/recovery_codes.html", {"codes": codes, "is_first": True})
        form.add_error(
            "code",
            _("This code does not fit. Check the clock of your phone, then type the code it shows now."),
        )
    said = second_factor.address(made, request.user, request.site.name)
    page = {"form": form, "picture": second_factor.picture(said), "secret": made.secret}
    return render(request, "accounts/second_factor.html", page)


def _known(request: HttpRequest) -> HttpResponse:
    """It counts already: new codes to write down, or back to the password alone. Both ask for the password."""
    form = EndFactorForm(request.POST or None, user=request.user)
    if form.is_valid():
        if "end" in request.POST:
            second_factor.end(user=request.user, at=request.at)
            messages.success(request, _("You sign in with your password alone again."))
            return redirect("/")
        codes = second_factor.make_recovery_codes(user=request.user, at=request.at)
        return render(request, "accounts/recovery_codes.html", {"codes": codes, "is_first": False})
    left = second_factor.count_recovery_codes(request.user)
    return render(request, "accounts/second_factor_known.html", {"form": form, "left": left})
