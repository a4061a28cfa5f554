"""What is refused before a door's own view is asked (a NUL in an address, an address that is none) is said in JSON too."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _

DOORS = ("/api/v1/", "/oauth/", "/ims/oneroster/")
ROSTER = DOORS[2]


class DoorMiddleware:
    """Pages for people stay what they are; another system reads no HTML."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        is_page = response.get("Content-Type", "text/html").startswith("text/html")
        if response.status_code < 400 or not is_page or not request.path.startswith(DOORS):
            return response
        kept = {name: response[name] for name in ("Allow", "Retry-After") if name in response}
        return JsonResponse(
            _words(request.path, response.status_code), status=response.status_code, headers=kept
        )


def _words(path: str, status: int) -> dict[str, object]:
    words = {
        400: _("The address or the body holds something that no text holds, such as a NUL character."),
        404: _("There is no such address. docs/api.md lists them."),
        405: _("This address is asked in another way. docs/api.md says how."),
        413: _("This is more than the address takes. Send less at once."),
    }.get(status, _("Something went wrong here. Send it again in a while; it is safe to."))
    if not path.startswith(ROSTER):
        return {"problem": words}
    code = "unknownobject" if status == 404 else "internal_server_error" if status >= 500 else "invaliddata"
    minor = {"imsx_codeMinorFieldName": "TargetEndSystem", "imsx_codeMinorFieldValue": code}
    return {
        "imsx_codeMajor": "failure", "imsx_severity": "error", "imsx_description": words,
        "imsx_CodeMinor": {"imsx_codeMinorField": [minor]},
    }  # fmt: skip
