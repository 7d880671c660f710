"""Two collections of the sample city with an open window 样例采集: one by villages, one by a department for all.

The window is open on the day of loading; in the township of the demo accounts some sheets are on their way already.
Nothing is accepted: the values of the quarter are for whoever plays it through.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from django.utils import timezone

from kanjian.calendars.periods import Period
from kanjian.collecting import actions
from kanjian.collecting.cells import Cell
from kanjian.collecting.models import Collection, Entry, Extension, Sheet, Window
from kanjian.collecting.states import Level
from kanjian.demo import tables
from kanjian.jobs.progress import Reporter
from kanjian.measures.actions import define_indicator
from kanjian.measures.models import Indicator, Value
from kanjian.orgs.models import Unit

TOWNSHIP = "330502009"  # of the demo accounts
# Of the villages of that township, in order of their codes; the first three are left to the demo clerks.
SUBMITTED, APPROVED, RETURNED = slice(3, 9), slice(3, 6), 9


@dataclass(frozen=True, slots=True)
class Sample:
    """What one sample collection asks for."""

    code: str
    name: str
    name_en: str
    description: str
    reporter_kind: str
    chain: tuple[str, ...]
    minutes: dict[str, float]  # indicator → minutes
    optional: frozenset[str] = frozenset()


VILLAGES = Sample(
    "village-quarter",
    "村级工作季报（样例）",
    "Quarterly village report (sample)",
    "强村富民指数中由村里填报的九项；别处已有的数据不再要求填报。",
    Unit.Kind.VILLAGE,
    (Level.TOWNSHIP, Level.DEPARTMENT, Level.OFFICE),
    {"A3": 2, "A5": 2, "A7": 2, "B4": 3, "B8": 4, "B9": 5, "D1": 2, "D6": 3, "D7": 3},
    frozenset({"B8"}),
)
FARMING = Sample(
    "farming-quarter",
    "农业农村季报（样例）",
    "Quarterly farming report (sample)",
    "农业农村局按三资平台和检查记录，为全部村填报。",
    Unit.Kind.DEPARTMENT,
    (Level.DEPARTMENT, Level.OFFICE),
    {"B1": 60, "B6": 60, "C8": 60},  # one table for all villages, minutes to put a column of it together
    frozenset({"B6"}),
)


def load_collections(last_period: str, reporter: Reporter) -> None:
    """Both collections with the window after the last published period; what is there already is left alone."""
    period = Period.parse(last_period).next().code
    for sample in (VILLAGES, FARMING):
        if not Collection.objects.filter(code=sample.code).exists():
            reporter.start(0, f"Collections 采集项目 {sample.code}")
            _open(_collection(sample), period)
    window = Window.objects.filter(collection__code=VILLAGES.code).order_by("-period").first()
    if window is not None and not Entry.objects.filter(sheet__window=window).exists():
        _begin(window)


def _collection(sample: Sample) -> Collection:
    today = timezone.localdate()
    collection = actions.create_collection(
        sample.code,
        root=Unit.objects.get(code=tables.CITY),
        by=None,
        synthetic=True,
        name=sample.name,
        name_en=sample.name_en,
        description=sample.description,
        owner=Unit.objects.get(code=tables.code_of("D18")),
        subject_kind=Unit.Kind.VILLAGE,
        reporter_kind=sample.reporter_kind,
        frequency=Collection.Frequency.QUARTER,
        chain=list(sample.chain),
        document="样例办发〔2026〕1号（虚构）",
        plan_year=today.year,
        ends_on=today + timedelta(days=500),
    )
    indicators = _entered(sample)
    specs = [
        actions.FieldSpec(indicators[code], is_required=code not in sample.optional, minutes=minutes)
        for code, minutes in sample.minutes.items()
    ]
    actions.set_fields(collection, specs, by=None)
    return actions.activate_collection(collection, by=None)


def _entered(sample: Sample) -> dict[str, Indicator]:
    """The indicators by code. What villages fill in is entered by them; a catalogue of an earlier day said imported."""
    found = Indicator.objects.in_bulk(list(sample.minutes), field_name="code")
    if sample.reporter_kind != Unit.Kind.VILLAGE:
        return found
    wrong = [code for code, each in found.items() if each.source != Indicator.Source.ENTERED]
    changed = {"source": Indicator.Source.ENTERED, "reporter_kind": sample.reporter_kind}
    return found | {code: define_indicator(code, by=None, **changed) for code in wrong}


def _open(collection: Collection, period: str) -> Window:
    today = timezone.localdate()
    return actions.open_window(
        collection,
        period,
        opens_on=today - timedelta(days=5),
        due_on=today + timedelta(days=5),
        closes_on=today + timedelta(days=15),
        by=None,
    )


def _begin(window: Window) -> None:
    """Some villages have handed in, some went on to the department, one was returned, one asks for more time."""
    sheets = list(
        Sheet.objects.filter(window=window, reporter__parent__code=TOWNSHIP)
        .select_related("reporter", "window__collection__root", "window__collection__owner")
        .order_by("reporter__code")
    )
    if len(sheets) <= RETURNED:
        return
    before = _before(window, sheets)
    for sheet in (*sheets[SUBMITTED], sheets[RETURNED]):
        said = before[sheet.reporter.code].items()
        cells = [_cell(sheet.reporter.code, code, value, turn) for turn, (code, value) in enumerate(said, sheet.pk)]
        actions.record_entries(sheet, cells, by=None, origin=Entry.Origin.WEB)
        actions.submit(sheet, by=None)
    actions.approve(sheets[APPROVED], by=None)
    comment = "党员联户走访覆盖率与系统记录不一致，请核对后再报"
    actions.return_sheet(sheets[RETURNED], by=None, reason="inconsistent", comment=comment)
    if not Extension.objects.filter(window=window).exists():
        until = window.closes_on + timedelta(days=5)
        asked = actions.ask_extension(sheets[-1], by=None, reason="村部搬迁，网络月底才通", until=until)
        actions.decide_extension(asked, by=None, grant=True, decision="情况属实，同意延期")
        actions.ask_extension(sheets[-2], by=None, reason="台账补录需要一周", until=until)


def _before(window: Window, sheets: Sequence[Sheet]) -> dict[str, dict[str, float | None]]:
    """What the villages said the quarter before, by unit and indicator; those without a value: none."""
    codes = list(window.collection.fields.order_by("order").values_list("indicator__code", flat=True))
    found: dict[str, dict[str, float | None]] = {sheet.reporter.code: dict.fromkeys(codes) for sheet in sheets}
    values = Value.objects.filter(
        unit__in=[sheet.reporter_id for sheet in sheets],
        indicator__code__in=codes,
        period=Period.parse(window.period).previous().code,
    )
    for unit, code, value in values.values_list("unit__code", "indicator__code", "value"):
        found[unit][code] = value
    return found


def _cell(unit: str, code: str, value: float | None, turn: int) -> Cell:
    """A little less than the quarter before; where there was nothing, that it could not be collected."""
    if value is None:
        return Cell(unit, code, "", Value.Status.MISSING, note="台账正在补录（虚构）")
    if value == int(value):  # a count, or a rate that stands at its end
        return Cell(unit, code, value)
    return Cell(unit, code, round(max(0.0, value - (0.4, 0.3, 0.2, 0.5, 0.1)[turn % 5]), 1))
