"""The 51-country index through the ordinary import; skips where the reference data is not there."""

from pathlib import Path

import polars as pl
import pytest
from django.conf import settings

from kanjian.boards.models import Edition
from kanjian.boards.store.editions import open_edition
from kanjian.demo import asem, places
from kanjian.ledger.models import Event
from kanjian.measures.models import Indicator, Value
from kanjian.orgs.models import Unit

pytestmark = pytest.mark.django_db


def test_absent_reference_is_told_plainly(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    monkeypatch.setenv("KANJIAN_REFERENCE", str(tmp_path))
    with pytest.raises(asem.ReferenceAbsentError, match=r"iData\.csv.*KANJIAN_REFERENCE"):
        asem.load_asem()
    assert not Unit.objects.exists()


@pytest.mark.reference
def test_published_ranks_are_those_of_coinr(reference: Path, home: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("KANJIAN_REFERENCE", str(reference))
    board = asem.load_asem()
    assert Unit.objects.filter(kind=Unit.Kind.COUNTRY, synthetic=False).count() == 51
    assert Indicator.objects.count() == 49
    assert Value.objects.count() == 51 * 49
    assert Value.objects.filter(status="missing").count() == 63
    edition = Edition.objects.get(board=board, state=Edition.State.PUBLISHED)
    files = open_edition(settings.HOME, edition.hash)
    expected = pl.read_csv(reference / "asem" / "a_minmax_amean" / "ranks.csv")
    found = files.scores().select("unit", "rank", "score").collect()
    both = found.join(expected, left_on="unit", right_on="uCode")
    assert both.height == 51
    assert both["rank"].to_list() == both["Index"].to_list()
    aggregated = pl.read_csv(reference / "asem" / "a_minmax_amean" / "aggregated.csv")
    index = found.join(aggregated.select("uCode", "Index"), left_on="unit", right_on="uCode")
    assert (index["score"] / index["Index"] - 1).abs().max() < 1e-9
    events = Event.objects.count()
    assert asem.load_asem() == board
    assert Event.objects.count() == events


@pytest.mark.reference
def test_everything_has_a_chinese_name(reference: Path):
    meta = pl.read_csv(reference / "asem" / "iMeta.csv", infer_schema_length=None)
    nodes = meta.filter(pl.col("Type").is_in(["Indicator", "Aggregate"]))["iCode"].to_list()
    assert [row["code"] for row in places.rows("asem.csv")] == nodes
    countries = pl.read_csv(reference / "asem" / "iData.csv")["uCode"].to_list()
    assert [row["code"] for row in places.rows("asem-countries.csv")] == countries
    scheme = asem.asem_scheme(meta)
    assert all(not node.name.isascii() for node in scheme.nodes())
    assert all(node.name_en.isascii() for node in scheme.nodes())
