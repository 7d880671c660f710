"""How many queries a page costs: never more than the baseline beside this file.

A page that needs fewer may lower it: ``KANJIAN_WRITE_BASELINE=1 pytest tests/boards/test_views_queries.py`` writes what
was counted. Counts hold for SQLite and PostgreSQL.
"""

import json
import os
from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

pytestmark = pytest.mark.django_db

BASELINE = Path(__file__).with_name("query_counts.json")
BOARD = "/boards/villages/2025-Q4/"
PAGES = {
    "index": "/boards/",
    "board": BOARD,
    "board filtered": f"{BOARD}?track=near&county=C1&search=c&sort=score",
    "report": f"{BOARD}units/V003/",
    "evidence": f"{BOARD}units/V003/B2/",
    "compare": f"{BOARD}compare/",
    "compare units": f"{BOARD}compare/?left=V003&right=V004",
    "compare periods": f"{BOARD}compare/?left=V003&with=2025-Q3",
    "method": "/boards/villages/method/",
    "data": f"{BOARD}data/",
    "csv": f"{BOARD}download.csv",
}


def counted(client, address: str, **headers: str) -> int:
    """Queries of one request, once what is kept in memory is warm."""
    client.get(address, **headers)
    with CaptureQueriesContext(connection) as queries:
        answer = client.get(address, **headers)
        if answer.streaming:
            b"".join(answer.streaming_content)
    assert answer.status_code == 200, address
    return len(queries)


def test_pages_ask_the_database_no_more_than_they_did(season, client_of, administrator) -> None:
    people = {"anonymous": client_of(None), "administrator": client_of(administrator)}
    found = {
        name: {page: counted(client, address) for page, address in PAGES.items()}
        | {"report in English": counted(client, PAGES["report"], HTTP_ACCEPT_LANGUAGE="en")}
        | {"table": counted(client, BOARD, HTTP_HX_REQUEST="true", HTTP_HX_TARGET="board-table")}
        for name, client in people.items()
    }
    if os.environ.get("KANJIAN_WRITE_BASELINE"):
        BASELINE.write_text(json.dumps(found, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    baseline = json.loads(BASELINE.read_text(encoding="utf-8"))
    more = {
        f"{name}: {page}": (count, baseline[name].get(page))
        for name, pages in found.items()
        for page, count in pages.items()
        if count > baseline[name].get(page, -1)
    }
    assert not more, f"pages that run more queries than the baseline (now, before): {more}"


def test_editions_and_boards_do_not_add_queries(season, client_of) -> None:
    """The list of boards costs the same for two boards as for one, the board the same for every period."""
    from kanjian.boards.models import Board

    client = client_of(None)
    before = {page: counted(client, PAGES[page]) for page in ("index", "board")}
    for number in range(3):
        Board.objects.create(code=f"more-{number}", name="又一个", unit_kind="village", is_public=True)
    assert counted(client, PAGES["index"]) == before["index"]
    assert counted(client, PAGES["board"].replace("Q4", "Q2")) == before["board"]
