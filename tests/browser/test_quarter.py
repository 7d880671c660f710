"""A whole quarter 一个季度, from the opening of the window to agreed pairs: people at pages, machines at the interface.

The acts stand in ``quarter/``, one function each; ``docs/guides/quarter.md`` tells the same in words. It runs on both
databases.
"""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from kanjian.boards.models import Edition, Objection
from kanjian.collecting.models import Sheet, Step
from kanjian.ledger.selectors import verify_chain
from kanjian.measures.models import Flag, Revision, Value
from kanjian.pairing.models import Pair

from .quarter import pairing, publishing, reporting
from .quarter.stage import Stage
from .quarter.world import HETANG, QUARTER, VILLAGES, make_world

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.quarter]


@pytest.fixture
def stage(visit, settings, home, tmp_path_factory) -> Stage:
    """The small city with five published quarters, everybody at home."""
    default = {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": home / "files"}}
    settings.STORAGES = {**settings.STORAGES, "default": default}
    return Stage(visit, make_world(), tmp_path_factory.mktemp("quarter"))


def test_a_whole_quarter(stage: Stage) -> None:
    windows = reporting.open_windows(stage)
    sheet = reporting.clerk_fills_in(stage)
    secret = reporting.token_for(stage, "liuzhen-xitong")
    reporting.machines_report(stage, windows["villages"], secret)
    reporting.department_uploads(stage)
    reporting.township_returns(stage, windows["villages"], sheet)
    reporting.everybody_approves(stage, windows)
    reporting.flags_are_reviewed(stage)
    edition = publishing.freeze_and_compute(stage)
    publishing.review_and_show(stage, edition)
    objection = publishing.clerk_objects(stage)
    publishing.reviewer_upholds(stage, objection)
    corrected = publishing.correction_is_applied(stage, edition)
    with time_machine.travel(timezone.now() + timedelta(days=1), tick=True):  # the night after the window's last day
        publishing.two_people_publish(stage, corrected)
        publishing.anybody_sees_the_source(stage)
        said = publishing.anybody_verifies(stage)
        number = pairing.pairs_are_proposed(stage)
        pair = pairing.both_sides_agree(stage, number)
    assert "equal bit for bit" in said
    the_sheets_kept_their_history(sheet)
    the_edition_stands(edition, corrected, objection)
    assert Pair.objects.get(pk=pair).state == Pair.State.AGREED
    assert {each.side for each in Pair.objects.get(pk=pair).confirmations.all()} == {"mentee", "mentor", "organiser"}
    chain = verify_chain()
    assert chain.broken is None


def the_sheets_kept_their_history(sheet: int) -> None:
    """All thirteen accepted; the returned one tells its whole way, with the reason it came back for."""
    assert set(Sheet.objects.values_list("state", flat=True)) == {Sheet.State.ACCEPTED}
    assert Sheet.objects.count() == len(VILLAGES) + 1
    steps = Step.objects.filter(sheet=sheet).order_by("id")
    assert [each.verb for each in steps] == ["submit", "return", "submit", "approve", "approve", "accept"]
    assert (steps[1].reason, steps[1].by.username) == ("no_evidence", "liuzhen")
    assert Flag.objects.get(kind="outlier").state == Flag.State.EXPLAINED


def the_edition_stands(first: int, corrected: int, objection: int) -> None:
    """The corrected edition is published by the second person, the first one kept; the value tells its source."""
    edition = Edition.objects.get(pk=corrected)
    assert (edition.period, edition.state, edition.published_by.username) == (QUARTER, "published", "guanli")
    assert Edition.objects.get(pk=first).state == Edition.State.SUPERSEDED
    assert Objection.objects.get(pk=objection).state == Objection.State.APPLIED
    value = Value.objects.select_related("batch").get(unit__code=HETANG, indicator__code="B1", period=QUARTER)
    assert value.value == publishing.right_income()
    assert f"异议 #{objection}" in value.batch.note
    before = Revision.objects.get(unit__code=HETANG, indicator__code="B1", period=QUARTER)
    assert before.value == round(publishing.right_income() - reporting.MISTYPED, 2)
