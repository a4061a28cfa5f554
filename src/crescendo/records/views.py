"""Marks from other systems, as JSON. Documented in docs/api.md."""

import json

from django.http import HttpRequest, JsonResponse
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from crescendo.roster import queries as roster
from crescendo.roster import scope

from .actions import sent


@csrf_exempt  # no cookie opens this address: only the key does
@require_POST
def mark_send(request: HttpRequest) -> JsonResponse:
    """Up to 500 marks of one sending system; an answer for each."""
    kind, _space, secret = request.headers.get("Authorization", "").partition(" ")
    key = sent.find_sending_key(secret.strip()) if kind.lower() == "bearer" and secret else None
    if key is None:
        return _problem(_("Send your key in the header 'Authorization: Bearer ...'."), 401)
    scope.look_as(key.made_by_id, request.on)
    viewer = roster.get_viewer(user=key.made_by, on=request.on)
    if not viewer.may("site.set_up"):
        return _problem(
            _("Whoever made this key does not set up this site any more. Ask for a new key."), 403
        )
    try:
        marks = json.loads(request.body)["marks"]
    except (ValueError, TypeError, KeyError, RecursionError):
        marks = None
    if not isinstance(marks, list) or len(marks) > sent.MOST:
        return _problem(_('Send {"marks": [...]} with at most %(most)s marks.') % {"most": sent.MOST}, 400)
    found = sent.record_sent_marks(marks=marks, source=key.source, by=viewer, at=request.at)
    return JsonResponse({"answers": found})


def _problem(words: str, status: int) -> JsonResponse:
    response = JsonResponse({"problem": words}, status=status)
    if status == 401:
        response["WWW-Authenticate"] = "Bearer"
    return response
