"""Where a form may send its reader afterwards."""

from django.http import HttpRequest
from django.utils.http import url_has_allowed_host_and_scheme


def safe_next(request: HttpRequest, otherwise: str = "/") -> str:
    """The address that the form or the link named, if it is ours; a stranger's is ignored."""
    address = request.POST.get("next") or request.GET.get("next") or otherwise
    is_ours = url_has_allowed_host_and_scheme(
        address, {request.get_host()}, require_https=request.is_secure()
    )
    return address if is_ours else otherwise
