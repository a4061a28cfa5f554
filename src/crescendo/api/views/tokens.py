"""Where a client changes its secret for a token of an hour."""

from functools import cache

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from crescendo.api import signing_in


@cache
def _server() -> signing_in.Server:
    return signing_in.Server()


@csrf_exempt  # no cookie opens this address: only the client's secret does
@require_POST
def token_issue(request: HttpRequest) -> HttpResponse:
    """OAuth 2 client credentials (RFC 6749, 4.4), with or without a scope."""
    try:
        response = _server().create_token_response(request)
    except UnicodeDecodeError:  # Authlib takes what stands in Basic for UTF-8
        response = JsonResponse({"error": "invalid_client"}, status=401)
    response.setdefault("Cache-Control", "no-store")
    response.setdefault("Content-Type", "application/json")
    return response
