"""Who did it: an agent is named by exactly one of mailbox, its digest, OpenID, account."""

import re
from hashlib import sha1
from typing import Any

from django.utils.translation import gettext as _

from .words import Invalid, check_iri, check_names, check_object, check_text

IDENTIFIERS = ("mbox", "mbox_sha1sum", "openid", "account")
MAILBOX = re.compile(r"mailto:[^@\s]+@[^@\s]+", re.IGNORECASE)
SHA1 = re.compile(r"[0-9a-fA-F]{40}", re.ASCII)
AGENT = frozenset({"objectType", "name", *IDENTIFIERS})


def check_actor(actor: Any, path: str) -> None:
    """An agent, or a group that says so."""
    check_object(actor, path)
    if actor.get("objectType", "Agent") == "Group":
        check_group(actor, path)
    else:
        check_agent(actor, path)


def check_agent(agent: Any, path: str) -> None:
    check_object(agent, path)
    if agent.get("objectType", "Agent") != "Agent":
        raise Invalid(f"{path}.objectType", _("it is 'Agent'"))
    check_names(agent, AGENT, path)
    if not _check_identifiers(agent, path):
        raise Invalid(path, _("name the person by one of mbox, mbox_sha1sum, openid, account"))


def check_group(group: Any, path: str) -> None:
    check_object(group, path)
    if group.get("objectType") != "Group":
        raise Invalid(f"{path}.objectType", _("it is 'Group'"))
    check_names(group, AGENT | {"member"}, path)
    is_named = _check_identifiers(group, path)
    members = group.get("member", [])
    if not isinstance(members, list):
        raise Invalid(f"{path}.member", _("it is a list"))
    if not is_named and not members:
        raise Invalid(f"{path}.member", _("a group without a name of its own lists its members"))
    for place, member in enumerate(members):
        check_agent(member, f"{path}.member[{place}]")


def _check_identifiers(agent: dict[str, Any], path: str) -> bool:
    if "name" in agent and not isinstance(agent["name"], str):
        raise Invalid(f"{path}.name", _("it is a text"))
    given = [name for name in IDENTIFIERS if name in agent]
    if len(given) > 1:
        raise Invalid(path, _("name the person by one of mbox, mbox_sha1sum, openid, account, not by two"))
    for name in given:
        _check_identifier(name, agent[name], f"{path}.{name}")
    return bool(given)


def _check_identifier(name: str, value: Any, path: str) -> None:
    if name == "mbox" and not (isinstance(value, str) and MAILBOX.fullmatch(value)):
        raise Invalid(path, _("it is an address such as mailto:ann@example.org"))
    if name == "mbox_sha1sum" and not (isinstance(value, str) and SHA1.fullmatch(value)):
        raise Invalid(path, _("it is a SHA-1 digest of forty hexadecimal digits"))
    if name == "openid":
        check_iri(value, path)
    if name == "account":
        check_object(value, path)
        check_names(value, frozenset({"homePage", "name"}), path)
        check_iri(value.get("homePage"), f"{path}.homePage")
        check_text(value.get("name"), f"{path}.name")


def callings(actor: dict[str, Any]) -> list[str]:
    """How a person of the roster may be known by this actor: `mbox:ann@example.org`, `account:ann01`. A group is nobody."""
    if actor.get("objectType") == "Group":
        return []
    if "mbox" in actor:
        return [f"mbox:{_mailbox(actor['mbox'])}"]
    if "mbox_sha1sum" in actor:
        return [f"sha1:{actor['mbox_sha1sum'].lower()}"]
    if "openid" in actor:
        return [f"account:{actor['openid'].lower()}"]
    name = actor["account"]["name"].strip().lower()
    return [f"account:{name}", *([f"mbox:{name}"] if "@" in name else [])]


def callings_of(*, username: str, email: str, ids: list[str]) -> list[str]:
    """The same of a person of the roster."""
    found = [f"account:{one.strip().lower()}" for one in (username, *ids) if one.strip()]
    if email.strip():
        found.append(f"mbox:{email.strip().lower()}")
        found += [f"sha1:{digest}" for digest in {digest_of(email.strip()), digest_of(email.strip().lower())}]
    return found


def digest_of(email: str) -> str:
    return sha1(f"mailto:{email}".encode(), usedforsecurity=False).hexdigest()


def _mailbox(mbox: str) -> str:
    return mbox.partition(":")[2].lower()
