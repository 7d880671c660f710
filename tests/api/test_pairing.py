"""Rounds and pairs as data: who sees which, what only those inside see, page by page."""

from datetime import timedelta
from itertools import chain

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from kanjian.pairing.models import Confirmation, Milestone, Pair, Round, Visit
from kanjian.pairing.selectors import rounds

pytestmark = pytest.mark.django_db
ROUNDS = "/api/v1/pairing/rounds"


def numbers(client: Client, found: Round, **asked: object) -> list[int]:
    """Pairs of the round that the API tells this client."""
    return [each["number"] for each in client.get(f"{ROUNDS}/{found.pk}/pairs", asked).json()["pairs"]]


def test_a_stranger_learns_nothing(proposed, client_of, xiaowang) -> None:
    pair = proposed.pairs.first()
    for person in (None, xiaowang):
        client = client_of(person)
        assert client.get(ROUNDS).json() == {"total": 0, "page": 1, "pages": 1, "rounds": []}
        hidden = [f"{ROUNDS}/{proposed.pk}", f"{ROUNDS}/{proposed.pk}/pairs", f"{ROUNDS}/{proposed.pk}/pairs/{pair.pk}"]
        assert [client.get(address).status_code for address in hidden] == [404, 404, 404]
        assert pair.mentee.name not in client.get(hidden[2]).content.decode()


def test_the_city_sees_what_the_page_shows(proposed, client_of, office) -> None:
    client = client_of(office.kezhang)
    rows = rounds.rows(office.kezhang, proposed)
    assert numbers(client, proposed) == [row.pair.pk for row in rows]
    page = client.get(ROUNDS, {"board": "villages", "state": "proposed"}).json()
    assert [(each["number"], each["pairs"], each["agreed"]) for each in page["rounds"]] == [(proposed.pk, len(rows), 0)]
    assert client.get(f"{ROUNDS}/{proposed.pk}").json() == page["rounds"][0]
    assert client.get(ROUNDS, {"board": "another"}).json()["total"] == 0
    assert client.get(ROUNDS, {"state": "closed"}).json()["total"] == 0
    told, row = client.get(f"{ROUNDS}/{proposed.pk}/pairs").json()["pairs"][0], rows[0].pair
    assert told["mentee"]["code"] == row.mentee.code
    assert told["cost"] == pytest.approx(told["distance"] + told["endowment"] + told["need"])
    assert [each["mentee"] for each in told["weak"]] == [each.mentee for each in rows[0].weak]


def test_a_village_sees_its_own_pairs_only(proposed, client_of, office) -> None:
    Pair.objects.filter(pk=proposed.pairs.first().pk).update(mentor=office.clerk.posts.get().unit)
    own = proposed.pairs.filter(mentee__code="V004") | proposed.pairs.filter(mentor__code="V004")
    assert 0 < own.count() < proposed.pairs.count()
    client = client_of(office.clerk)
    assert sorted(numbers(client, proposed)) == sorted(own.values_list("pk", flat=True))
    other = proposed.pairs.exclude(pk__in=own.values("pk")).first()
    assert client.get(f"{ROUNDS}/{proposed.pk}/pairs/{other.pk}").status_code == 404


def test_a_public_round_tells_agreed_pairs_without_their_plans(proposed, client_of, office) -> None:
    pair, other = proposed.pairs.all()[:2]
    Pair.objects.filter(pk=pair.pk).update(state="running", plan="一起把短板补上")
    Round.objects.update(is_public=True)
    Confirmation.objects.create(pair=pair, side="mentee", by=office.township)
    day = timezone.localdate() - timedelta(days=3)
    Milestone.objects.create(
        pair=pair, dimension="A", title="修路", responsible=pair.mentee, role="村委会", planned=day
    )
    Visit.objects.create(pair=pair, day=day, people="两村书记", work="对照报告", recorded_by=office.township)
    anybody, city = client_of(None), client_of(office.kezhang)
    assert numbers(anybody, proposed) == [pair.pk]
    address = f"{ROUNDS}/{proposed.pk}/pairs/{pair.pk}"
    outside, inside = anybody.get(address).json(), city.get(address).json()
    assert outside == inside | {"plan": None}
    assert outside["said_yes"] == ["mentee"]
    assert inside["plan"]["goal"] == "一起把短板补上"
    assert [(each["title"], each["light"]) for each in inside["plan"]["milestones"]] == [("修路", "red")]
    assert inside["plan"]["visits"][0]["work"] == "对照报告"
    assert office.township.username not in city.get(address).content.decode()
    assert anybody.get(f"{ROUNDS}/{proposed.pk}/pairs/{other.pk}").status_code == 404


def test_pairs_come_page_by_page_and_can_be_chosen(proposed, client_of, office) -> None:
    client = client_of(office.kezhang)
    everything = numbers(client, proposed)
    assert len(everything) > 2
    answer = client.get(f"{ROUNDS}/{proposed.pk}/pairs", {"size": 2}).json()
    assert (answer["total"], answer["pages"]) == (len(everything), -(-len(everything) // 2))
    pages = [numbers(client, proposed, size=2, page=page) for page in range(1, answer["pages"] + 2)]
    assert list(chain(*pages)) == everything
    assert pages[-1] == []
    first = proposed.pairs.get(pk=everything[0])
    assert numbers(client, proposed, unit=first.mentee.code) == [first.pk]
    assert first.pk in numbers(client, proposed, unit=first.mentor.code)
    assert set(numbers(client, proposed, track=first.track)) == set(
        proposed.pairs.filter(track=first.track).values_list("pk", flat=True)
    )
    assert numbers(client, proposed, state="running") == []
    assert client.get(f"{ROUNDS}/{proposed.pk}/pairs", {"state": "replaced"}).status_code == 422


def test_nothing_can_be_written(proposed, client_of, office) -> None:
    client = client_of(office.kezhang)
    for address in (ROUNDS, f"{ROUNDS}/{proposed.pk}", f"{ROUNDS}/{proposed.pk}/pairs"):
        assert {client.post(address).status_code, client.delete(address).status_code} == {405}


def test_more_pairs_on_a_page_cost_no_more_queries(proposed, client_of, office) -> None:
    client = client_of(office.kezhang)
    costs = []
    for size in (1, 1, 100):  # the first request warms up
        with CaptureQueriesContext(connection) as queries:
            numbers(client, proposed, size=size)
        costs.append(len(queries))
    assert costs[1] == costs[2]
