"""The sample city through the ordinary actions, on the database of the run (SQLite or PostgreSQL)."""

from collections.abc import Iterator
from pathlib import Path

import polars as pl
import pytest
from django.conf import settings
from django.db import transaction
from django.test import override_settings

from kanjian.boards.models import Board, Edition, Objection
from kanjian.boards.store.editions import open_edition
from kanjian.demo import accounts, load, tables
from kanjian.demo.objections import load_objections
from kanjian.demo.values import PERIODS
from kanjian.demo.villages import MERGER_DAY
from kanjian.ledger.models import Event
from kanjian.measures.models import Batch, Flag, Indicator, QualityRun, Revision, Rule, Value
from kanjian.orgs.maps import has_map
from kanjian.orgs.models import Lineage, Membership, Post, Track, Unit, User
from kanjian.orgs.selectors import units_at

QUARTERS = PERIODS[:4]
pytestmark = pytest.mark.django_db


class CutOffError(Exception):
    """Stands for the plug being pulled."""


class Unplugged:
    """A reporter that ends the run when the second quarter is about to be published."""

    def start(self, _total: int, message: str = "") -> None:
        if QUARTERS[1] in message:
            raise CutOffError

    def advance(self, *_figures: object) -> None:
        pass


@pytest.fixture(scope="module")
def board(django_db_setup, django_db_blocker, tmp_path_factory) -> Iterator[Board]:
    """Four quarters, loaded once for this file in a run that is cut off and a run that finishes it; rolled back."""
    home: Path = tmp_path_factory.mktemp("home")
    with django_db_blocker.unblock(), override_settings(HOME=home, DEMO=True), transaction.atomic():
        with pytest.raises(CutOffError):
            load.load_city(Unplugged(), periods=QUARTERS)
        yield load.load_city(periods=QUARTERS)
        transaction.set_rollback(True)


def edition(board: Board, period: str) -> Edition:
    return Edition.objects.get(board=board, period=period, state=Edition.State.PUBLISHED)


def scores(board: Board, period: str) -> pl.DataFrame:
    return open_edition(settings.HOME, edition(board, period).hash).scores().collect()


def rows_everywhere() -> dict[str, int]:
    models = (Unit, Membership, Lineage, Track, Indicator, Value, Revision, Batch, Edition, Event, User, Post)
    return {model.__name__: model.objects.count() for model in models}


def test_units(board: Board):
    assert units_at().filter(kind=Unit.Kind.VILLAGE).count() == 914
    assert Unit.objects.filter(kind=Unit.Kind.TOWNSHIP).count() == 72
    assert Unit.objects.filter(kind__in=[Unit.Kind.COUNTY, Unit.Kind.AREA]).count() == 7
    assert Unit.objects.filter(kind=Unit.Kind.DEPARTMENT).count() == 30
    assert not Unit.objects.filter(synthetic=False).exists()
    village = Unit.objects.get(code="330502009001")
    assert village.parent.name == "织里镇"
    assert village.initials
    assert village.attributes["population"] > 300
    assert has_map(tables.CITY)


def test_three_tracks_with_names(board: Board):
    assert list(Track.objects.values_list("code", "name", "name_en")) == [
        ("cluster", "集聚提升", "Core villages"),
        ("suburb", "城郊融合", "Urban-fringe villages"),
        ("ecology", "生态保护", "Ecology villages"),
    ]
    assert Membership.objects.count() == 916


def test_the_merger_is_dated_history(board: Board):
    lines = Lineage.objects.filter(kind=Lineage.Kind.MERGED)
    assert {line.day for line in lines} == {MERGER_DAY}
    assert lines.count() == 2
    assert {line.predecessor.valid_to for line in lines} == {MERGER_DAY}
    assert [edition(board, period).units for period in QUARTERS] == [915, 915, 915, 914]


def test_every_indicator_has_a_department_that_answers(board: Board):
    assert Indicator.objects.count() == 56  # 46, the four registers behind vetoes, six case counts
    assert not Indicator.objects.filter(department=None).exists()
    assert Indicator.objects.get(code="B1").department.name == "农业农村局"


def test_all_units_are_ranked_and_scores_spread(board: Board):
    for period in QUARTERS:
        frame = scores(board, period)
        assert frame["rank"].null_count() == 0
        assert frame["score"].quantile(0.02) > 60
        assert frame["score"].quantile(0.98) < 95
        assert frame["score"].std() > 4
        assert frame["score"].n_unique() > 800
        assert set(frame["band"]) == {"excellent", "good", "fair", "improve"}


def test_ranks_move_modestly(board: Board):
    before, after = scores(board, QUARTERS[0]), scores(board, QUARTERS[1])
    both = before.join(after, on="unit", suffix="_after")
    assert 0.85 < both.select(pl.corr("score", "score_after", method="spearman")).item() < 0.99
    assert after["movement"].null_count() == 0


def test_after_the_merger_its_track_is_not_comparable(board: Board):
    reasons = dict(scores(board, QUARTERS[3]).select("track", "movement_reason").unique().iter_rows())
    assert reasons == {"cluster": "membership", "suburb": None, "ecology": None}


def test_f3_is_the_movement_of_the_edition_before(board: Board):
    cells = Value.objects.filter(indicator__code="F3")
    for period in QUARTERS[:2]:
        assert set(cells.filter(period=period).values_list("status", flat=True)) == {"not_applicable"}
    for period, last in ((QUARTERS[2], QUARTERS[1]), (QUARTERS[3], QUARTERS[2])):
        found = dict(cells.filter(period=period, status="present").values_list("unit__code", "value"))
        moved = dict(scores(board, last).select("unit", "movement").drop_nulls().iter_rows())
        heir = {code for code in moved if code not in found}
        assert found == {code: gain for code, gain in moved.items() if code in found}
        assert len(heir) <= 2  # the two that no longer exist


def test_a_veto_with_a_document_caps_the_grade(board: Board):
    cell = Value.objects.select_related("unit").get(indicator__code="V4", value__gt=0)
    row = scores(board, cell.period).filter(unit=cell.unit.code).row(0, named=True)
    assert cell.note
    assert row["band"] in {"fair", "improve"}
    files = open_edition(settings.HOME, edition(board, cell.period).hash)
    assert "veto" in files.detail(cell.unit.code)["flags"]


def test_the_next_method_is_tried_as_a_draft(board: Board):
    draft = Edition.objects.get(board=board, state=Edition.State.DRAFT)
    assert (draft.period, draft.scheme.version) == (QUARTERS[-1], "2026.2")
    assert {e.scheme.version for e in Edition.objects.filter(state=Edition.State.PUBLISHED)} == {"2026.1"}
    assert draft.overlap.replay.scheme.version == "2026.1"
    flags = open_edition(settings.HOME, draft.hash).table("details")["flags"].drop_nulls()
    assert flags.str.contains('"pooled"').any()


def test_the_board_is_public_and_says_it_is_synthetic(board: Board):
    assert board.is_public
    assert board.synthetic
    assert board.root.code == tables.CITY


def test_a_second_run_changes_nothing(board: Board):
    before = rows_everywhere()
    user = User.objects.get(username="demo-reader")
    load.load_city(periods=QUARTERS)
    assert rows_everywhere() == before
    assert User.objects.get(username="demo-reader").password == user.password


def test_what_people_changed_stays(board: Board):
    indicator = Indicator.objects.get(code="B1")
    indicator.name = "改过的名称"
    indicator.save()
    cell = Value.objects.filter(indicator=indicator, period=QUARTERS[0]).first()
    Value.objects.filter(pk=cell.pk).update(value=1.0)
    load.load_city(periods=QUARTERS)
    assert Indicator.objects.get(code="B1").name == "改过的名称"
    assert Value.objects.get(pk=cell.pk).value == 1.0


def test_the_last_quarters_were_checked_and_changed_nothing(board: Board):
    assert set(QualityRun.objects.values_list("period", flat=True)) == set(QUARTERS[-3:])
    assert Rule.objects.filter(retired_at=None).count() >= 8
    assert Flag.objects.filter(period=QUARTERS[2], kind="outlier", indicator__code="B1").exists()
    assert Flag.objects.exclude(state="open").count() == 0
    assert not Revision.objects.exists()


def test_accounts(board: Board):
    printed = {user: password for user, password, _ in accounts.printed()}
    assert len(printed) == len(accounts.ACCOUNTS)
    for account in accounts.ACCOUNTS:
        user = User.objects.get(username=account.username)
        assert user.check_password(printed[account.username])
        assert not user.is_superuser
        assert list(user.posts.values_list("role", "unit__code")) == [(account.role, account.unit)]
    roles = {account.role for account in accounts.ACCOUNTS}
    assert roles == set(Post.Role)


def test_the_last_quarter_has_objections_that_were_answered(board: Board):
    found = Objection.objects.select_related("edition", "unit")
    assert {each.kind for each in found} == {"value", "track"}  # no veto in this quarter
    assert {(each.edition, each.state) for each in found} == {(edition(board, QUARTERS[-1]), "rejected")}
    assert all(each.answer and each.reason and not each.is_late for each in found)
    worst = found.get(kind="value")
    lowest = Value.objects.filter(period=QUARTERS[-1], indicator__code="C8", status="present").order_by("value").first()
    assert (worst.unit_id, worst.node) == (lowest.unit_id, "C8")


def test_a_veto_of_the_quarter_is_objected_to_as_well(board: Board):
    """2025-Q2 has one; the edition is opened again for this test, and the whole file is rolled back."""
    standing = edition(board, QUARTERS[2])
    cell = Value.objects.select_related("unit").get(period=standing.period, indicator__code="V4", value__gt=0)
    standing.state = Edition.State.OBJECTION
    with transaction.atomic():
        standing.save(update_fields=["state"])
        load_objections(standing)
        load_objections(standing)  # a second time writes nothing
        kinds = {each.kind: each for each in standing.objections.select_related("unit")}
        transaction.set_rollback(True)
    assert set(kinds) == {"value", "track", "veto"}
    assert (kinds["veto"].unit, kinds["veto"].node, kinds["veto"].state) == (cell.unit, "VV4", "rejected")
