"""Generated requests: whatever is sent, the API answers as its description says and never fails."""

import pytest
import schemathesis
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

# Each request opens and closes its connection, as on a server: so no transaction may be around the test.
pytestmark = pytest.mark.django_db(transaction=True)
EXAMPLES = 20
CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]


def test_answers_are_as_described(season: list[Edition]) -> None:
    """Every operation, with numbers and codes of which half exist, so that requests get somewhere."""
    schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", get_wsgi_application())
    known = {"number": season[-1].pk, "code": "villages"}
    reached = {operation.ok().label: ask(operation.ok(), known) for operation in schema.get_all_operations()}
    assert len(reached) == 8
    assert all(200 in statuses for statuses in reached.values()), reached
    assert any(404 in statuses for statuses in reached.values())


def ask(operation: "schemathesis.APIOperation", known: dict[str, object]) -> set[int]:
    """Send generated requests to one operation; the statuses that came back."""
    statuses: set[int] = set()
    existing = known | ({"code": "V001"} if "/units/" in operation.label else {})

    @settings(max_examples=EXAMPLES, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(case=operation.as_strategy(), is_known=st.booleans())
    def send(case: schemathesis.Case, is_known: bool) -> None:
        if is_known:
            case.path_parameters |= {key: existing[key] for key in case.path_parameters if key in existing}
        response = case.call(headers={"host": "127.0.0.1"})
        statuses.add(response.status_code)
        case.validate_response(response, checks=CHECKS)

    send()
    return statuses
