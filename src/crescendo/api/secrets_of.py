"""Secrets and their digests. Secrets are random and long, so that a plain digest keeps them."""

import hashlib
import secrets

CLIENT_PREFIX, TOKEN_PREFIX = "crescendo_client_", "crescendo_token_"


def make_client_id() -> str:
    return secrets.token_hex(12)


def make_secret() -> str:
    return CLIENT_PREFIX + secrets.token_urlsafe(32)


def make_token() -> str:
    return TOKEN_PREFIX + secrets.token_urlsafe(32)


def digest_of(secret: str) -> str:
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


def fits(secret: str, digest: str) -> bool:
    """Compared in a time that says nothing of how much of it is right."""
    return secrets.compare_digest(digest_of(secret), digest)
