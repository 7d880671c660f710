"""Generated requests: whatever is sent, the API answers as its description says and never fails."""

from collections.abc import Iterator

import pytest
import schemathesis
from django.core.cache import caches
from django.core.wsgi import get_wsgi_application
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from kanjian.boards.models import Edition
from kanjian.orgs.actions import create_token
from kanjian.orgs.models import Post
from kanjian.pairing.models import Round

# Each request opens and closes its connection, as on a server: so no transaction may be around the test.
pytestmark = pytest.mark.django_db(transaction=True)
EXAMPLES, FEW = 20, 8
CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]


WORKING = ("/collections", "/windows", "/sheets", "/values")
PAIRING = ("/pairing",)
REST = ("/boards", "/editions")


def operations(beginnings: tuple[str, ...]) -> "Iterator[schemathesis.APIOperation]":
    """Operations whose path begins so; the three groups together are all of them."""
    schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", get_wsgi_application())
    for found in schema.get_all_operations():
        operation = found.ok()
        path = operation.path.removeprefix("/api/v1")
        assert path.startswith((*WORKING, *PAIRING, *REST)), path
        if path.startswith(beginnings):
            yield operation


def test_answers_are_as_described(season: list[Edition]) -> None:
    """Every operation, with numbers and codes of which half exist, so that requests get somewhere."""
    known = {"number": season[-1].pk, "code": "villages"}
    reached = {operation.label: ask(operation, known) for operation in operations(REST)}
    assert len(reached) == 9
    assert all(200 in statuses for statuses in reached.values()), reached
    assert any(404 in statuses for statuses in reached.values())


def test_answers_about_sheets_are_as_described(ground, cast) -> None:
    """With the token of a person who reports and reviews everywhere; writing may be refused, never half done."""
    for role in ("reporter", "reviewer"):
        Post.objects.create(user=cast.clerk, unit=ground.collection.root, role=role)
    _token, secret = create_token(cast.clerk, name="测试", by=cast.clerk, scope="write")
    caches["limits"].clear()
    reached = {}
    for operation in operations(WORKING):
        number = ground.window.pk if "/windows/" in operation.label else ground.sheet().pk
        known = {"number": number, "code": "villages"}
        reached[operation.label] = ask(operation, known, {"authorization": f"Bearer {secret}"}, FEW)
    assert len(reached) == 14
    for label, statuses in reached.items():
        assert statuses & ({200} if label.startswith("GET") else {200, 409, 422, 403}), (label, statuses)


def test_answers_about_pairs_are_as_described(proposed) -> None:
    """Of a round whose agreed pairs are public, asked by nobody in particular."""
    proposed.pairs.update(state="agreed")
    Round.objects.update(is_public=True)
    caches["limits"].clear()
    known = {"number": proposed.pk, "pair": proposed.pairs.first().pk}
    reached = {operation.label: ask(operation, known, examples=FEW) for operation in operations(PAIRING)}
    assert len(reached) == 4
    assert all(200 in statuses for statuses in reached.values()), reached


def ask(
    operation: "schemathesis.APIOperation",
    known: dict[str, object],
    headers: dict[str, str] | None = None,
    examples: int = EXAMPLES,
) -> set[int]:
    """Send generated requests to one operation; the statuses that came back."""
    statuses: set[int] = set()
    existing = known | ({"code": "V001"} if "/units/" in operation.label else {})

    @settings(max_examples=examples, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(case=operation.as_strategy(), is_known=st.booleans())
    def send(case: schemathesis.Case, is_known: bool) -> None:
        if is_known:
            case.path_parameters |= {key: existing[key] for key in case.path_parameters if key in existing}
        response = case.call(headers={"host": "127.0.0.1", **(headers or {})})
        statuses.add(response.status_code)
        case.validate_response(response, checks=CHECKS)

    send()
    return statuses
