"""How many queries every page costs: never more than the baseline beside this file.

Each address of ``test_permissions`` that answers a page to the city's administrator is asked twice; the second time is
counted. ``KANJIAN_WRITE_BASELINE=1 pytest tests/guard/test_query_counts.py`` writes what was counted: look at the
difference before you commit it. Pages of the boards have a finer baseline of their own in ``tests/boards``.
"""

import json
import logging
import os
from pathlib import Path

import pytest
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import get_resolver
from tests.guard.test_permissions import filled, patterns, shown

pytestmark = pytest.mark.django_db
BASELINE = Path(__file__).with_name("query_counts.json")
WHO = "administrator, city"
# What these show is as long as the installation is large, or comes from outside of our rooms.
LEFT_OUT = ("/i18n/", "/api/v1/docs", "/people/health/")


def counted(client: Client, address: str) -> int | None:
    """Queries of the page once it is warm; None where there is no page."""
    place = transaction.savepoint()
    try:
        if client.get(address).status_code != 200:
            return None
        with CaptureQueriesContext(connection) as queries:
            answer = client.get(address)
            if answer.streaming:
                b"".join(answer.streaming_content)
        return len(queries)
    finally:
        transaction.savepoint_rollback(place)


def test_no_page_asks_the_database_more_than_it_did(sample) -> None:
    client = Client(raise_request_exception=False)
    client.force_login(sample.people[WHO])
    logging.disable(logging.ERROR)
    try:
        every = {
            shown(address): counted(client, filled(address, name, sample.arguments))
            for address, name in patterns(get_resolver().url_patterns)
            if not address.startswith(LEFT_OUT)
        }
    finally:
        logging.disable(logging.NOTSET)
    found = {address: count for address, count in sorted(every.items()) if count is not None}
    if os.environ.get("KANJIAN_WRITE_BASELINE"):
        BASELINE.write_text(json.dumps(found, indent=2) + "\n", encoding="utf-8")
    baseline = json.loads(BASELINE.read_text(encoding="utf-8"))
    more = {
        address: f"{count} queries, {baseline.get(address, 'unknown')} before"
        for address, count in found.items()
        if count > baseline.get(address, -1)
    }
    assert not more, f"look, mend or accept with KANJIAN_WRITE_BASELINE=1: {json.dumps(more, indent=2)}"
    assert len(found) > 100
