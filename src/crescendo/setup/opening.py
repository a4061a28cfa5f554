"""What the terminal says about a new site: where its set-up is, and the code that opens it."""

from crescendo.accounts import queries as accounts

from . import code


def how_to_begin(address: str, *, to_person: bool) -> str:
    """A sentence with the code for a person at a terminal; only the file's name where the words may end in a log.

    Empty once somebody can sign in; what is left of the code then goes.
    """
    if not accounts.is_new_site():
        code.throw_away()
        return ""
    known = code.read_or_make()
    if to_person:
        return f"This site is new. Open {address}setup/ and give the set-up code: {known}"
    return f"This site is new. Open {address}setup/ ; the set-up code is in {code.path()}"
