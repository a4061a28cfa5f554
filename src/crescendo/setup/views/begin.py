"""The first page of a new site, open to whoever knows the set-up code, and gone once somebody can sign in."""

from django.contrib import auth, messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from crescendo.accounts import attempts
from crescendo.accounts import queries as accounts
from crescendo.accounts.models import User
from crescendo.core.errors import Refused
from crescendo.setup import actions, code
from crescendo.setup.forms import BeginForm

BACKEND = "django.contrib.auth.backends.ModelBackend"


@sensitive_post_parameters()
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def begin(request: HttpRequest) -> HttpResponse:
    """Set up a new site: which school, and who looks after it?"""
    if not accounts.is_new_site():
        raise Http404
    form = BeginForm(request.POST or None)
    attempt = attempts.attempt_by(username="set-up code", address=request.META["REMOTE_ADDR"])
    now = timezone.now()  # the real clock: waiting has to end
    if request.method == "POST" and attempts.wait_for(attempt, at=now):
        form.add_error("code", _("There were too many wrong codes. Wait 15 minutes, then try again."))
        return render(request, "setup/begin.html", {"form": form}, status=429)
    if request.method == "POST" and not code.is_right(request.POST.get("code", "")):
        attempts.note_failure(attempt, at=now)
        form.add_error("code", _("This is not the set-up code of this site. Look at the terminal again."))
    elif form.is_valid() and (user := _begin(request, form)):
        auth.login(request, user, backend=BACKEND)
        messages.success(request, _("Welcome. Nobody else can set up this site now."))
        return redirect("setup:overview")
    return render(request, "setup/begin.html", {"form": form})


def _begin(request: HttpRequest, form: BeginForm) -> User | None:
    said = form.cleaned_data
    words = actions.SiteWords(
        said["name"], said["country"], said["time_zone"], said["language"], kind=said["kind"]
    )
    person = actions.FirstPerson(said["person"], said["username"], said["email"], said["password"])
    try:
        user_id = actions.begin_site(site=words, person=person, at=request.at)
    except Refused as refusal:
        form.add_error(None, ValidationError(str(refusal)))
        return None
    code.throw_away()
    return User.objects.get(pk=user_id)
