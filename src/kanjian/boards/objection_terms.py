"""What can be objected to in a unit's report, and what would hold instead 异议内容; read from the edition's files."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from django.utils.translation import gettext as _

from kanjian.boards.changes import CellChange, Changes, TrackChange
from kanjian.boards.inputs import read_column
from kanjian.boards.models import Edition, Objection
from kanjian.boards.selectors.editions import files_of
from kanjian.boards.states import BoardError
from kanjian.boards.store.editions import EditionFiles
from kanjian.calendars.periods import Period
from kanjian.measures.models import Indicator
from kanjian.scoring.rules.veto import Veto, When
from kanjian.scoring.scheme import Node
from kanjian.scoring.scheme.columns import node_numbers

Kind = Objection.Kind
Row = dict[str, object]


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell that an indicator reads, as the edition has it."""

    node: str
    indicator: str
    period: str
    value: float | None
    applies: bool

    @property
    def status(self) -> str:
        """What the cell says: present | missing | not_applicable."""
        if not self.applies:
            return "not_applicable"
        return "missing" if self.value is None else "present"


@dataclass(frozen=True, slots=True)
class StandingVeto:
    """A veto in effect on a unit: its code and names, and the cell that triggers it."""

    code: str
    name: str
    name_en: str
    indicator: str
    period: str
    value: float
    lifted: float  # what the cell would read without the event


def row_of(edition: Edition, unit: str) -> Row:
    """The unit's row of ``details``; ``BoardError`` (no_unit)."""
    row = files_of(edition).detail(unit)
    if row is None:
        raise BoardError("no_unit", _("单位 %(unit)s 不在这一期榜单中") % {"unit": unit})
    return row


def cells_of(files: EditionFiles, row: Row, node: str) -> list[Cell]:
    """The cells that an indicator reads; ``BoardError`` (no_indicator) for a node that is none."""
    leaf = next((each for each in files.scheme.leaves() if each.code == node), None)
    if leaf is None:
        raise BoardError("no_indicator", _("这一期的方法没有指标 %(node)s") % {"node": node})
    return list(_cells(files, row, leaf))


def missing_cells(files: EditionFiles, row: Row) -> list[Cell]:
    """The cells of the edition's own period that nobody collected, of indicators that count; vetoes left out."""
    period = str(files.summary["period"])
    every = (
        cell
        for leaf in files.scheme.leaves()
        if leaf.role != "context" and not isinstance(leaf.rule, Veto)
        for cell in _cells(files, row, leaf)
    )
    found = {(cell.indicator, cell.period): cell for cell in every if cell.status == "missing"}
    return [cell for cell in found.values() if cell.period == period]


def _cells(files: EditionFiles, row: Row, leaf: Node) -> Iterator[Cell]:
    period = Period.parse(str(files.summary["period"]))
    not_applicable = str(row["na"] or "")
    for column in dict.fromkeys(node_numbers(leaf)):
        read = read_column(column, period)
        value = row.get(f"input.{column}")
        number = value if isinstance(value, float) else None
        yield Cell(leaf.code, read.indicator, read.period, number, f'"{column}"' not in not_applicable)


def vetoes_on(files: EditionFiles, row: Row) -> list[StandingVeto]:
    """The vetoes that are in effect on the unit."""
    return list(_vetoes(files, row))


def _vetoes(files: EditionFiles, row: Row) -> Iterator[StandingVeto]:
    for node in files.scheme.nodes():
        for veto in node.vetoes:
            yield from _standing(
                files, row, (veto.code, veto.name, veto.name_en), (veto.input, veto.document), veto.when
            )
        if isinstance(node.rule, Veto):
            names, column = (node.code, node.name, node.name_en), node.columns()[0]
            yield from _standing(files, row, names, (column, node.rule.document), node.rule.when)


def _standing(
    files: EditionFiles, row: Row, names: tuple[str, str, str], read: tuple[str, str | None], when: When
) -> Iterator[StandingVeto]:
    column, document = read
    value = row.get(f"input.{column}")
    if not isinstance(value, float) or not when.holds(np.array([value]))[0]:
        return
    if document and not row.get(f"text.{document}"):
        return  # without its document the veto is flagged and not applied
    source = read_column(column, Period.parse(str(files.summary["period"])))
    yield StandingVeto(*names, source.indicator, source.period, value, _lifted(when))


def _lifted(when: When) -> float:
    """A value that does not meet the condition: nothing happened, where that is one."""
    if when.at_least is not None:
        return 0.0 if when.at_least > 0 else when.at_least - 1
    return (when.at_most or 0.0) + 1


def tracks_of(files: EditionFiles) -> list[tuple[str, str, str]]:
    """Code and names of the edition's tracks."""
    return list(files.tracks.drop_nulls("track").select("track", "name", "name_en").iter_rows())


def wanted_changes(
    edition: Edition, unit: str, kind: str, *, node: str = "", cells: Sequence[CellChange] = (), track: str = ""
) -> Changes:
    """What would hold if the objection were upheld; ``BoardError`` names what is missing or makes no sense."""
    files, row = files_of(edition), row_of(edition, unit)
    match kind:
        case Kind.VALUE:
            return _values(cells_of(files, row, node), unit, cells)
        case Kind.VETO:
            return _veto(vetoes_on(files, row), unit, node)
        case Kind.EXCLUSION:
            return _exclusion(files, row, unit, cells)
        case Kind.TRACK:
            return _track(files, row, unit, track)
        case _:
            return Changes()


def _values(known: list[Cell], unit: str, wanted: Sequence[CellChange]) -> Changes:
    stands = {(cell.indicator, cell.period): cell for cell in known}
    differing = []
    for cell in wanted:
        now = stands.get((cell.indicator, cell.period))
        if cell.unit != unit or now is None:
            raise BoardError("other_cell", _("该指标不读取 %(cell)s") % {"cell": f"{cell.indicator} {cell.period}"})
        _require_limits(cell)
        if (cell.value, cell.status) != (now.value, now.status):
            differing.append(cell)
    if not differing:
        raise BoardError("nothing_differs", _("请至少填写一个与现值不同的数值"))
    return Changes(tuple(differing))


def _require_limits(cell: CellChange) -> None:
    """The limits of the indicator hold for objections as for entries."""
    indicator = Indicator.objects.filter(code=cell.indicator).first()
    if indicator is None or cell.value is None:
        return
    low, high = indicator.minimum, indicator.maximum
    if (low is not None and cell.value < low) or (high is not None and cell.value > high):
        limits = f"{'' if low is None else f'{low:g}'}–{'' if high is None else f'{high:g}'}"
        text = _("%(indicator)s 应在 %(limits)s 之间") % {"indicator": indicator, "limits": limits}
        raise BoardError("outside_limits", text)


def _veto(standing: list[StandingVeto], unit: str, node: str) -> Changes:
    found = next((each for each in standing if each.code == node), None)
    if found is None:
        raise BoardError("no_veto", _("该单位这一期没有一票否决 %(node)s") % {"node": node})
    return Changes((CellChange(unit, found.indicator, found.period, found.lifted),))


def _exclusion(files: EditionFiles, row: Row, unit: str, cells: Sequence[CellChange]) -> Changes:
    if row["rank"] is not None:
        raise BoardError("is_ranked", _("该单位这一期参加了排名"))
    missing = missing_cells(files, row)
    if cells:
        return _values(missing, unit, cells)
    if not missing:
        raise BoardError("nothing_missing", _("该单位没有未采集的数据，排除另有原因：请对有关数值或方法提出异议"))
    # Nothing is made up: without data of its own the claim is that these indicators do not apply to the unit.
    claimed = (CellChange(unit, each.indicator, each.period, None, "not_applicable") for each in missing)
    return Changes(tuple(claimed))


def _track(files: EditionFiles, row: Row, unit: str, track: str) -> Changes:
    if track not in {code for code, _name, _name_en in tracks_of(files)}:
        raise BoardError("no_track", _("请选择应归入的赛道"))
    if track == row["track"]:
        raise BoardError("same_track", _("该单位已在所选赛道"))
    return Changes(tracks=(TrackChange(unit, track),))
