"""Live intake: batches of marks, accepted at once and worked off within the second. Documented in docs/api.md."""

import uuid
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from crescendo.api import actions, callers, document, queries, scopes
from crescendo.api.answers import answering, problem, read_body, read_json
from crescendo.api.models import Batch

MOST = 10_000
PAGE = 1000


@answering("POST")
def batch_send(request: HttpRequest) -> HttpResponse:
    """Up to 10,000 marks. They are kept before this is answered; the status address says what became of each."""
    caller = callers.let_in(request)
    caller.check(*scopes.INTAKE)
    key = request.headers.get("Idempotency-Key", "")
    if not 0 < len(key) <= 255 or not key.isascii() or not key.isprintable():
        return problem(
            400, _("Send a key of your own in the header 'Idempotency-Key': 1 to 255 plain characters.")
        )
    body = read_body(request)
    sent = read_json(body)
    marks = sent.get("marks") if isinstance(sent, dict) else None
    if not isinstance(marks, list) or not 1 <= len(marks) <= MOST:
        return problem(400, _('Send {"marks": [...]} with 1 to %(most)s marks.') % {"most": MOST})
    try:
        batch, is_new = actions.accept_batch(
            body=body, received=len(marks), idempotency_key=key, caller=caller, at=request.at
        )
    except actions.OtherBody:
        return problem(409, _("This Idempotency-Key came before with another body. Use a new key."))
    response = JsonResponse(describe(batch), status=202)
    response["Location"] = reverse("api:batch_status", args=[batch.number])
    if not is_new:
        response["Idempotency-Replayed"] = "true"
    return response


@answering("GET")
def batch_status(request: HttpRequest, number: uuid.UUID) -> HttpResponse:
    """How far a batch is; when it is worked off, the marks that were not written and why, a thousand at a time."""
    caller = callers.let_in(request)
    batch = queries.find_batch(number=number, caller=caller)
    if batch is None:
        return problem(404, _("You sent no batch of this number, or its answers are older than 30 days."))
    offset = request.GET.get("offset", "0")
    if not (offset.isascii() and offset.isdigit() and len(offset) <= 6):
        return problem(400, _("'offset' is a whole number, 0 or more."))
    found = batch.findings[int(offset) : int(offset) + PAGE]
    findings = [
        {"row": row, "key": key, "status": status, "problem": words}
        for row, key, status, words, _student in found
    ]
    return JsonResponse(describe(batch) | {"findings": findings})


def describe(batch: Batch) -> dict[str, Any]:
    answer: dict[str, Any] = {
        "number": str(batch.number),
        "status": batch.state,
        "received": batch.received,
        "accepted_at": batch.accepted_at.isoformat(),
        "status_url": reverse("api:batch_status", args=[batch.number]),
    }
    if batch.state == Batch.State.DONE:
        answer |= {"counts": batch.counts, "problems": len(batch.findings)}
        answer["finished_at"] = batch.finished_at.isoformat() if batch.finished_at else None
    answer["idempotency_key"] = batch.idempotency_key
    return answer


@answering("GET")
def document_read(request: HttpRequest) -> HttpResponse:
    """The OpenAPI 3.1 document of `/api/v1`."""
    return JsonResponse(document.describe(request.build_absolute_uri("/").rstrip("/")))
