"""Load the sample city through the ordinary actions 载入演示城市: nothing here writes to a table by itself.

Every step looks first whether it was done; a second run writes nothing, and a run that was cut off is finished by the
next one. What people changed meanwhile stays.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from django.conf import settings

from kanjian.boards.actions.add_scheme_version import add_scheme_version
from kanjian.boards.actions.compute_edition import compute_edition
from kanjian.boards.actions.create_board import create_board
from kanjian.boards.actions.record_overlap import record_overlap
from kanjian.boards.derived import RANK_GAIN
from kanjian.boards.models import Board, SchemeVersion
from kanjian.calendars.actions import seed_years
from kanjian.demo import accounts, collecting, places, redlines, schemes, tables
from kanjian.demo.city import City, make_city
from kanjian.demo.objections import load_objections
from kanjian.demo.pairing import load_pairing
from kanjian.demo.publishing import is_published, publish_period, published
from kanjian.demo.values import PERIODS, catalogue
from kanjian.jobs.progress import SILENT, Reporter
from kanjian.measures.actions import (
    compute_indicators,
    define_indicator,
    import_rules,
    import_values,
    run_quality,
)
from kanjian.measures.intake import Source
from kanjian.measures.models import Batch, Indicator, QualityRun
from kanjian.orgs.actions.create_track import create_track
from kanjian.orgs.actions.import_units import import_units
from kanjian.orgs.actions.load_map import load_map
from kanjian.orgs.actions.merge_units import merge_units
from kanjian.orgs.maps import has_map
from kanjian.orgs.models import Lineage, Track, Unit

BOARD = "strong-village"
CHECKED = 3  # of the last quarters, whose values are looked at again
DERIVED = {"F3": f"{RANK_GAIN}:{BOARD}"}


@dataclass(frozen=True)
class Sample:
    """The city, generated when it is first asked for: a second run needs none of it."""

    @cached_property
    def city(self) -> City:
        """The generated city."""
        return make_city()


def load_city(reporter: Reporter = SILENT, *, periods: Sequence[str] = PERIODS) -> Board:
    """Load the sample city and publish its quarters; returns the board. Safe to run again.

    ``periods``: all eight, or the first of them. Demo accounts are made where ``KANJIAN_DEMO`` is set. Raises what the
    actions raise.
    """
    sample = Sample()
    seed_years()
    _units(sample, reporter)
    _indicators(reporter)
    board, first, following = _board(periods[-1])
    for period in periods:
        if not is_published(board, period):
            _quarter(sample, first, period, reporter, is_last=period == periods[-1])
    _trial(board, following, periods[-1], reporter)
    _quality(periods[-CHECKED:], reporter)
    redlines.load_ceilings()
    collecting.load_collections(periods[-1], reporter)
    load_pairing(board)
    if settings.DEMO:
        accounts.make_accounts()
        redlines.load_exception(BOARD, schemes.FIRST)
    return board


def _units(sample: Sample, reporter: Reporter) -> None:
    if not Unit.objects.filter(code=tables.CITY).exists():
        reporter.start(0, "Sample city 生成样例城市")
        known = set(Track.objects.values_list("code", flat=True))
        for order, row in enumerate(places.rows("tracks.csv")):
            if row["code"] not in known:
                texts = {"name": row["name"], "name_en": row["name_en"], "description": row["description"]}
                create_track(code=row["code"], by=None, order=order, **texts)
        import_units(
            "sample-city-units.parquet", tables.units_file(sample.city), by=None, synthetic=True, reporter=reporter
        )
    if not Lineage.objects.filter(kind=Lineage.Kind.MERGED, predecessor__code__startswith=tables.CITY).exists():
        _merge(sample.city)
    if not has_map(tables.CITY):
        load_map(Unit.objects.get(code=tables.CITY), tables.map_file(sample.city), by=None)


def _merge(city: City) -> None:
    codes = (*city.merger.predecessors, city.merger.successor)
    units = {unit.code: unit for unit in Unit.objects.filter(code__in=codes)}
    gone = [units[code] for code in city.merger.predecessors]
    merge_units(gone, into=units[city.merger.successor], day=city.merger.day, document=city.merger.document, by=None)


def _indicators(reporter: Reporter) -> None:
    """The catalogue, registered once; a definition that was changed on the platform stays changed."""
    rows = catalogue()
    known = set(Indicator.objects.values_list("code", flat=True))
    missing = [(order, row) for order, row in enumerate(rows) if row["code"] not in known]
    departments = {unit.code: unit for unit in Unit.objects.filter(kind=Unit.Kind.DEPARTMENT)}
    natures = {row["indicator"]: row["nature"] for row in places.rows("natures.csv")}
    reporter.start(len(missing), "Indicators 登记指标")
    for order, row in missing:
        define_indicator(
            row["code"],
            by=None,
            name=row["name"],
            name_en=row["name_en"],
            description=row["description"],
            unit_of_measure=row["unit"],
            higher_is_better=row["better"] == "up",
            decimals=int(row["decimals"]),
            minimum=float(row["minimum"]),
            maximum=float(row["maximum"]),
            source=row["source"],
            reporter_kind=Unit.Kind.VILLAGE if row["source"] == Indicator.Source.ENTERED else "",
            derived_by=DERIVED.get(row["code"], ""),
            nature=natures.get(row["code"], ""),
            department=departments[tables.code_of(row["department"])],
            order=order,
        )
        reporter.advance()


def _board(last: str) -> tuple[Board, SchemeVersion, SchemeVersion]:
    board = Board.objects.filter(code=BOARD).first()
    if board is None:
        board = create_board(
            code=BOARD,
            name="强村富民指数（样例）",
            name_en="Strong Village Index (sample)",
            description="虚构数据：914个村、46项指标、三条赛道，方法为建议稿。",
            description_en="Invented data: 914 villages, 46 indicators, three tracks; the method is a proposal.",
            unit_kind=Unit.Kind.VILLAGE,
            root=Unit.objects.get(code=tables.CITY),
            is_public=True,
            synthetic=True,
            by=None,
        )
    starts = {schemes.FIRST: PERIODS[0], schemes.NEXT: last}
    versions = [_version(board, label, start) for label, start in starts.items()]
    return board, versions[0], versions[1]


def _version(board: Board, label: str, start: str) -> SchemeVersion:
    standing = SchemeVersion.objects.filter(board=board, version=label).first()
    if standing is not None:
        return standing
    note = schemes.strong_village(label).note
    return add_scheme_version(board, schemes.strong_village_text(label), by=None, valid_from=start, note=note)


def _quarter(sample: Sample, version: SchemeVersion, period: str, reporter: Reporter, *, is_last: bool) -> None:
    """One quarter from its table to the published edition."""
    name = f"sample-city-{period}"
    if not Batch.objects.filter(source=f"{name}.parquet").exists():
        source = Source.of_frame(tables.values_of(sample.city, period), name)
        note = f"样例数据（虚构），其中B3为统计调查资料，{period}"
        import_values(source, by=None, note=note, reporter=reporter)
    compute_indicators(period, by=None, only=DERIVED, reporter=reporter)
    publish_period(version, period, reporter, load_objections if is_last else None)


def _quality(periods: Sequence[str], reporter: Reporter) -> None:
    """The rules of the sample, and what the quality checks find in the last quarters."""
    import_rules(Source("rules.csv", (places.DATA / "rules.csv").read_bytes()), by=None, only_missing=True)
    city = Unit.objects.get(code=tables.CITY)
    for period in periods:
        if not QualityRun.objects.filter(root=city, period=period).exists():
            run_quality(city, period, by=None, reporter=reporter)


def _trial(board: Board, version: SchemeVersion, period: str, reporter: Reporter) -> None:
    """The last quarter with the next version of the method, as a draft beside what the version in force says."""
    standing = published(board, period)
    if standing is not None and not version.editions.exists():
        reporter.start(0, "Trial of the next method 按新方法试算")
        record_overlap(compute_edition(version, standing.release, by=None), by=None)
