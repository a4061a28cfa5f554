"""The token endpoint (OAuth 2, client credentials) by Authlib, over our own tables: digests, never secrets."""

import os
from datetime import timedelta
from typing import Any

from authlib.integrations.django_oauth2 import AuthorizationServer
from authlib.oauth2.rfc6749 import ClientMixin, grants
from authlib.oauth2.rfc6749.errors import InvalidScopeError
from authlib.oauth2.rfc6749.requests import OAuth2Request

from . import scopes, secrets_of
from .models import AccessToken, Client

# TLS ends in front of us (docs/operate.md), so what arrives here is plain http by design; Authlib would refuse it.
os.environ.setdefault("AUTHLIB_INSECURE_TRANSPORT", "1")
LIFETIME = timedelta(hours=1)
MOST_SCOPE = 4000  # characters; the list of all is shorter


class Known(ClientMixin):  # type: ignore[misc]
    """A client as Authlib asks about it."""

    def __init__(self, client: Client) -> None:
        self.client = client

    def get_client_id(self) -> str:
        return self.client.client_id

    def get_allowed_scope(self, scope: str) -> str:
        return " ".join(scopes.granted(scope or "", self.client.scopes))

    def check_client_secret(self, client_secret: str) -> bool:
        return secrets_of.fits(client_secret, self.client.digest)

    def check_endpoint_auth_method(self, method: str, endpoint: str) -> bool:
        return method in {"client_secret_basic", "client_secret_post"}

    def check_grant_type(self, grant_type: str) -> bool:
        return grant_type == "client_credentials"


class Server(AuthorizationServer):  # type: ignore[misc]
    """Authlib's rules of the exchange; what is looked up and kept is ours."""

    def __init__(self) -> None:
        super().__init__(Client, AccessToken)
        self.register_grant(ClientCredentials)

    def load_config(self, config: dict[str, Any]) -> None:
        mine = {
            "access_token_generator": lambda **_: secrets_of.make_token(),
            "token_expires_in": {"client_credentials": int(LIFETIME.total_seconds())},
        }
        super().load_config(config | mine)

    def query_client(self, client_id: str) -> Known | None:
        if not _is_plain(client_id):
            return None
        found = Client.objects.filter(client_id=client_id, ended_at=None).first()
        return Known(found) if found else None

    def save_token(self, token: dict[str, Any], request: OAuth2Request) -> None:
        AccessToken.objects.create(
            digest=secrets_of.digest_of(token["access_token"]),
            client=request.client.client,
            scopes=sorted({scopes.short(scope) for scope in token.get("scope", "").split()}),
            expires_at=request._request.at + LIFETIME,
        )


class ClientCredentials(grants.ClientCredentialsGrant):  # type: ignore[misc]
    """HTTP Basic, as the standard says, or id and secret in the form, as some send them."""

    TOKEN_ENDPOINT_AUTH_METHODS = ["client_secret_basic", "client_secret_post"]

    def validate_token_request(self) -> None:
        super().validate_token_request()
        asked = self.request.payload.scope or ""
        if len(asked) > MOST_SCOPE or not self.request.client.get_allowed_scope(asked):
            raise InvalidScopeError("This client holds none of these scopes.")


def _is_plain(text: object) -> bool:
    return isinstance(text, str) and text.isascii() and text.isprintable() and len(text) <= 40
