"""Whose request it is: the client behind a bearer token, or the sending key of old, and what they may."""

import base64
import binascii
from collections.abc import Iterable
from dataclasses import dataclass

from django.http import HttpRequest
from django.utils.translation import gettext as _

from crescendo.accounts.models import User
from crescendo.records import actions as records
from crescendo.roster import queries as roster
from crescendo.roster import scope
from crescendo.roster.viewer import Viewer

from . import permissions, rate, scopes, secrets_of
from .models import AccessToken, Client

KEY_PER_MINUTE = 1200


class Turned(Exception):
    """A request that is not let in: the status, what is wrong, and headers."""

    def __init__(self, status: int, problem: str, **headers: str) -> None:
        super().__init__(problem)
        self.status, self.problem = status, problem
        self.headers = {name.replace("_", "-"): value for name, value in headers.items()}


@dataclass(frozen=True)
class Caller:
    """Another system at the door. `organisation_id` None: wherever its maker reaches."""

    name: str
    source: str
    scopes: frozenset[str]
    organisation_id: int | None
    user: User
    viewer: Viewer

    def check(self, *wanted: str) -> None:
        """One of these scopes is enough."""
        if self.scopes.isdisjoint(wanted):
            words = " " + _("or") + " "
            raise Turned(
                403, _("This token does not carry the scope %(scope)s.") % {"scope": words.join(wanted)}
            )


def let_in(request: HttpRequest, *, basic: bool = False) -> Caller:
    """The caller of this request. From here on PostgreSQL shows what the maker of its key may see.

    `basic`: the client may show its id and secret with every request, as learning platforms do.
    """
    kind, _space, secret = request.headers.get("Authorization", "").partition(" ")
    secret = secret.strip()
    found = (_by_token(secret, request) or _by_key(secret, request)) if kind.lower() == "bearer" else None
    if basic and kind.lower() == "basic":
        found = _by_secret(secret, request)
    if found is None:
        raise Turned(
            401,
            _(
                "Send a token in the header 'Authorization: Bearer ...'. It may have ended: ask for a new one."
            ),
            WWW_Authenticate="Bearer",
        )
    return found


def _by_token(secret: str, request: HttpRequest) -> Caller | None:
    if not secret.startswith(secrets_of.TOKEN_PREFIX):
        return None
    token = (
        AccessToken.objects.select_related("client__made_by")
        .filter(digest=secrets_of.digest_of(secret), expires_at__gt=request.at, client__ended_at=None)
        .first()
    )
    if token is None:
        return None
    return _caller_of(token.client, token.scopes, request)


def _by_secret(both: str, request: HttpRequest) -> Caller | None:
    try:
        name, _colon, secret = base64.b64decode(both, validate=True).decode().partition(":")
    except (binascii.Error, ValueError):
        return None
    client = (
        Client.objects.select_related("made_by").filter(client_id=name, ended_at=None).first()
        if name.isascii() and "\0" not in name
        else None
    )
    if client is None or not secrets_of.fits(secret, client.digest):
        return None
    return _caller_of(client, client.scopes, request)


def _caller_of(client: Client, given: Iterable[str], request: HttpRequest) -> Caller:
    _check_rate(f"client:{client.pk}", client.per_minute)
    viewer = _look(client.made_by, request)
    if not permissions.may_make_clients(viewer):
        raise Turned(403, _("Whoever made this connection may not any more. Ask for a new one."))
    may_give = scopes.covered(permissions.scopes_to_give(viewer))
    held = scopes.covered(given) & scopes.covered(client.scopes) & may_give
    return Caller(
        f"client:{client.pk}", client.source, frozenset(held), client.organisation_id, client.made_by, viewer
    )


def _by_key(secret: str, request: HttpRequest) -> Caller | None:
    key = records.find_sending_key(secret) if secret.isascii() and secret else None
    if key is None:
        return None
    _check_rate(f"key:{key.pk}", KEY_PER_MINUTE)
    viewer = _look(key.made_by, request)
    if not viewer.may("site.set_up"):
        raise Turned(403, _("Whoever made this key does not set up this site any more. Ask for a new key."))
    return Caller(f"key:{key.pk}", key.source, frozenset(scopes.INTAKE), None, key.made_by, viewer)


def _look(user: User, request: HttpRequest) -> Viewer:
    scope.look_as(user.pk, request.on)
    return roster.get_viewer(user=user, on=request.on)


def _check_rate(who: str, per_minute: int) -> None:
    if wait := rate.seconds_to_wait(who, per_minute):
        raise Turned(429, _("Too many requests. Wait %(n)s seconds.") % {"n": wait}, Retry_After=str(wait))


__all__ = ["Caller", "Turned", "let_in"]
