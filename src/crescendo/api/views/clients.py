"""Which other systems may come in, and what each may do."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from crescendo.api import actions, permissions, queries
from crescendo.api.forms import ClientForm
from crescendo.api.scopes import SCOPES
from crescendo.core.errors import Refused


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def client_list(request: HttpRequest) -> HttpResponse:
    """The connections, newest secrets shown once, and a form for another."""
    permissions.check_may_make_clients(request.viewer)
    form = ClientForm(request.POST or None, viewer=request.viewer)
    if request.method == "POST" and form.is_valid():
        try:
            return _make(request, form)
        except Refused as problem:
            form.add_error(None, str(problem))
    clients = [
        {"client": client, "scopes": [SCOPES[scope] for scope in client.scopes if scope in SCOPES]}
        for client in queries.list_clients(viewer=request.viewer)
    ]
    return render(request, "api/client_list.html", {"form": form, "clients": clients})


def _make(request: HttpRequest, form: ClientForm) -> HttpResponse:
    said = form.cleaned_data
    client, secret = actions.make_client(
        title=said["title"], source=said["source"], scopes=said["scopes"],
        organisation_id=said["organisation"].pk, by=request.viewer, at=request.at,
    )  # fmt: skip
    page = {
        "client": client,
        "secret": secret,
        "token_url": request.build_absolute_uri(reverse("api:token_issue")),
        "site": request.build_absolute_uri("/").rstrip("/"),
    }
    return render(request, "api/client_made.html", page)


@login_required
@require_POST
def client_end(request: HttpRequest, client_pk: int) -> HttpResponse:
    """From now on it stays outside."""
    client = actions.end_client(client_pk=client_pk, by=request.viewer, at=request.at)
    messages.success(
        request, _("%(title)s is disconnected. Its secret opens nothing any more.") % {"title": client.title}
    )
    return redirect("api:client_list")
