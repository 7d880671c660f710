"""Two units of an edition, or one unit in two editions 对比; the gap is split exactly over the indicators."""

from django.http import Http404

from kanjian.boards.chains import earlier
from kanjian.boards.models import Edition
from kanjian.boards.rebuild import unit_result
from kanjian.boards.selectors.editions import files_of
from kanjian.boards.selectors.shapes import Comparison, IndicatorRow, Share, UnitReport
from kanjian.boards.selectors.units import plain_report
from kanjian.boards.sight import EVERYTHING, Sight
from kanjian.boards.store.editions import EditionFiles
from kanjian.scoring import Scheme
from kanjian.scoring.explanation import ExplanationError, Gap, gap

Side = tuple[EditionFiles, str]


def compare_units(edition: Edition, left: str, right: str, sight: Sight = EVERYTHING) -> Comparison:
    """Two units of one edition; ``Http404`` when one of them is not in it."""
    files = files_of(edition)
    past = earlier(edition.board, edition.period)
    reports = plain_report(edition, left, past, sight), plain_report(edition, right, past, sight)
    return _comparison(reports, (files, left), (files, right))


def compare_editions(before: Edition, after: Edition, code: str, sight: Sight = EVERYTHING) -> Comparison:
    """One unit in two editions, the later one on the left; ``Http404`` when it is missing in one of them."""
    if before.board_id != after.board_id:
        raise Http404("editions of different boards")
    here, there = (plain_report(each, code, earlier(each.board, each.period), sight) for each in (after, before))
    return _comparison((here, there), (files_of(after), code), (files_of(before), code))


def _comparison(reports: tuple[UnitReport, UnitReport], here: Side, there: Side) -> Comparison:
    left, right = reports
    scores = left.standing.score, right.standing.score
    reason, shares = None, []
    try:
        shares = _shares(here[0].scheme, _gap(here, there))
    except ExplanationError as error:
        reason = error.code
    return Comparison(
        left=left,
        right=right,
        gap=None if scores[0] is None or scores[1] is None else scores[0] - scores[1],
        shares=shares,
        indicators=_pairs(left, right),
        reason=reason,
    )


def _gap(here: Side, there: Side) -> Gap:
    result, versus = unit_result(*here), unit_result(*there)
    assert result is not None
    assert versus is not None, "the reports found both units"
    return gap(result, here[1], there[1], versus_result=versus)


def _shares(scheme: Scheme, found: Gap) -> list[Share]:
    """One bar per node, largest first; nodes that only the other edition's scheme knows keep their code."""
    names = {node.code: (node.name, node.name_en) for node in scheme.nodes()}
    return [Share(code, *names.get(code, ("", "")), points) for code, points in found.by_node().items()]


def _pairs(left: UnitReport, right: UnitReport) -> list[tuple[IndicatorRow, IndicatorRow]]:
    """The indicators that both sides have, in the order of the left one."""
    others = {row.code: row for row in right.indicators}
    return [(row, others[row.code]) for row in left.indicators if row.code in others]
