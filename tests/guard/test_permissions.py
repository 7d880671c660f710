"""Who may ask for what: every address × every role × GET and POST, compared with ``docs/permissions.md``.

A new address is missing from the table: run ``KANJIAN_WRITE_BASELINE=1 pytest tests/guard/test_permissions.py``, READ
the new lines (is each cell what you meant?) and commit them. An argument of the address without a sample value: give it
one in ``tests/guard/conftest.py``, best an object that exists.

Nothing is kept: each request is rolled back. Pages are not drawn, so the test takes seconds; what stands on a page is
the matter of the rooms' own tests.
"""

import logging
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from django.conf import settings
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

pytestmark = pytest.mark.django_db
TABLE = Path(__file__).resolve().parents[2] / "docs" / "permissions.md"
METHODS = ("GET", "POST")
HELP = "; run KANJIAN_WRITE_BASELINE=1 pytest tests/guard/test_permissions.py, read the difference, commit it"
INTRODUCTION = """# Who may ask for what

One line for each address and method, one column for each role; compared with the running program by
`tests/guard/test_permissions.py`, which also rewrites it (`KANJIAN_WRITE_BASELINE=1`).

The sample is one city on the day an edition lies open to objections. The objects asked for belong to one village; its
reporter, the reviewer of its township, the people of the county and of the city ask. POST and PUT are sent empty:
**yes** means that the door is open (a form comes back, or the action says what is missing), not that anything happens.
What a person then sees and does is narrowed further by scope, by state, and by the rule that nobody decides on the own
work.

**yes** let in · **login** asked to sign in · **confirm** asked for the password again · **403** not allowed ·
**404** does not exist for this person · other numbers as in HTTP; methods that are refused to everybody have no line

"""


def patterns(found: list[URLPattern | URLResolver], path: str = "/", names: str = "") -> Iterator[tuple[str, str]]:
    """Address, and name with its namespace."""
    for each in found:
        if isinstance(each, URLResolver):
            inner = f"{names}{each.namespace}:" if each.namespace else names
            yield from patterns(each.url_patterns, path + str(each.pattern), inner)
        else:
            yield path + str(each.pattern), f"{names}{each.name}"


def filled(address: str, name: str, arguments: dict[str, Any]) -> str:
    """The address with sample values: by ``namespace:name.argument``, ``namespace.argument`` or ``argument``."""

    def value(match: re.Match[str]) -> str:
        argument = match["plain"] or match["named"]
        for key in (f"{name}.{argument}", f"{name.partition(':')[0]}.{argument}", argument):
            if key in arguments:
                return str(arguments[key])
        raise LookupError(f"{address} ({name}): give {argument!r} a sample value in tests/guard/conftest.py")

    text = re.sub(r"<(?:\w+:)?(?P<plain>\w+)>|\(\?P<(?P<named>\w+)>[^)]*\)", value, address)
    return text.replace("^", "").replace("$", "")


def shown(address: str) -> str:
    """The address as the table writes it."""
    text = re.sub(r"\(\?P<(\w+)>[^)]*\)", r"<\1>", address).replace("^", "").replace("$", "")
    return re.sub(r"<\w+:(\w+)>", r"<\1>", text)


def answer_of(client: Client, method: str, address: str) -> str:
    """What the table says about one request; nothing of it stays."""
    place = transaction.savepoint()
    try:
        answer = client.generic(method, address)
    finally:
        transaction.savepoint_rollback(place)
    where = answer.headers.get("Location", "")
    if answer.status_code in {301, 302} and where.startswith("/accounts/login/?next="):
        return "login"
    if answer.status_code in {301, 302} and where.startswith("/accounts/reauthenticate/"):
        return "confirm"
    return "yes" if answer.status_code < 400 else str(answer.status_code)


def asked(sample: Any) -> dict[str, list[str]]:
    """Line of the table → a word for every role; methods that an address refuses to everybody have no line."""
    sessions = {name: _session(person) for name, person in sample.people.items()}
    found: dict[str, list[str]] = {}
    all_patterns = patterns(get_resolver().url_patterns)
    addresses = [(address, filled(address, name, sample.arguments)) for address, name in all_patterns]
    for address, real in addresses:
        for method in (*METHODS, "PUT") if address.startswith("/api/") else METHODS:
            line: list[str] = []
            for session in sessions.values():
                client = Client(raise_request_exception=False)
                if session:
                    client.cookies[settings.SESSION_COOKIE_NAME] = session
                line.append(answer_of(client, method, real))
                if line == ["405"]:  # refused before anybody was asked who they are
                    break
            if set(line) - {"login", "405"}:
                found[f"{shown(address)} {method}"] = line
    return found


def _session(person: Any) -> str:
    if person is None:
        return ""
    client = Client()
    client.force_login(person)
    return client.cookies[settings.SESSION_COOKIE_NAME].value


def as_table(found: dict[str, list[str]], roles: list[str]) -> str:
    lines = [f"| address | {' | '.join(roles)} |", f"|---|{'---|' * len(roles)}"]
    lines += [f"| `{address}` | {' | '.join(words)} |" for address, words in sorted(found.items())]
    return INTRODUCTION + "\n".join(lines) + "\n"


def from_table(text: str) -> dict[str, list[str]]:
    rows = (line.strip("| ").split(" | ") for line in text.splitlines() if line.startswith("| `/"))
    return {address.strip("`"): words for address, *words in rows}


def test_every_address_answers_every_role_as_the_table_says(sample) -> None:
    logging.disable(logging.ERROR)  # most answers are refusals, and each would be written down
    try:
        with patch("django.template.backends.django.Template.render", return_value=""):
            found = asked(sample)
    finally:
        logging.disable(logging.NOTSET)
    roles = list(sample.people)
    failing = [address for address, words in found.items() if "500" in words]
    assert not failing, f"addresses that fail for somebody: {failing}"
    if os.environ.get("KANJIAN_WRITE_BASELINE"):
        TABLE.write_text(as_table(found, roles), encoding="utf-8")
    table = from_table(TABLE.read_text(encoding="utf-8"))
    missing = sorted(found.keys() - table.keys())
    gone = sorted(table.keys() - found.keys())
    assert not missing, f"addresses that docs/permissions.md does not know: {missing}{HELP}"
    assert not gone, f"addresses of docs/permissions.md that do not exist: {gone}{HELP}"
    differing = [
        f"{address} as {role}: {now}, not {before}"
        for address in sorted(found)
        for role, now, before in zip(roles, found[address], table[address], strict=True)
        if now != before
    ]
    assert not differing, "\n".join(["answers that differ from docs/permissions.md" + HELP, *differing])


def test_the_table_gives_nobody_what_only_posts_give() -> None:
    """Whatever is rewritten: without a post nothing below these addresses opens, and the API never answers a page."""
    table = from_table(TABLE.read_text(encoding="utf-8"))
    inner = ("/people/users", "/people/units", "/people/audit", "/people/health", "/collecting/manage", "/boards/new")
    for address, words in table.items():
        if address.startswith(inner):
            assert words[0] == "login", address
            assert words[1] in {"403", "404"}, address
        if address.startswith("/api/"):
            assert not {"login", "confirm"} & set(words), address
