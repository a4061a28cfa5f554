"""Where the site says so, whoever could let others in or change their rights signs in with a code as well."""

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from crescendo.accounts import second_factor

POWERFUL = ("rights.manage", "posts.manage", "site.set_up")
STAYS_OPEN = ("accounts:second_factor_set", "accounts:sign_out", "accounts:language_set", "ui:display_set")


class SecondFactorMiddleware:
    """Leads them to the page where they put the code on their phone; until then they reach no other.

    Stands after the middlewares that know the viewer and the site.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if self._lacks_it(request):
            messages.warning(
                request, _("At this site your role needs a code as well as the password. Set it up first.")
            )
            return redirect("accounts:second_factor_set")
        return self.get_response(request)

    def _lacks_it(self, request: HttpRequest) -> bool:
        if not request.user.is_authenticated or not request.site.needs_second_factor:
            return False
        if not any(request.viewer.may(code) for code in POWERFUL):
            return False
        if request.path in {reverse(name) for name in STAYS_OPEN}:
            return False
        return second_factor.find(request.user) is None
