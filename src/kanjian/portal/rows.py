"""Rows of the two busiest tables 表格行: fifty units of a board, some fifty indicators of a report.

A row is one pattern instead of thirty nodes of a template; the tables around them are in ``boards/parts``.
"""

from collections.abc import Iterable

from django.utils.safestring import SafeString
from django.utils.translation import gettext, ngettext

from kanjian.boards import addresses
from kanjian.boards.selectors.shapes import BoardPage, BoardRow, Dimension, EditionHead, IndicatorRow
from kanjian.portal import components
from kanjian.portal.markup import joined, markup
from kanjian.portal.numbers import Writer, writer

_UNIT = """
            <tr>
              <td class="kj-num kj-right kj-at-rank">{rank}</td>
              <th scope="row"><a href="{url}">{name}</a><small>{place}</small></th>
              {band}
              <td class="kj-num kj-right kj-at-score">{score}{reason}</td>
              <td class="kj-at-interval" data-label="{interval_word}">{interval}</td>
              <td class="kj-at-move">{movement}</td>
              <td class="kj-at-trend">{trend}</td>
              <td class="kj-num kj-right kj-at-cover">{coverage}{flags}</td>
            </tr>
          """

_INDICATOR = """
            <tr id="indicator-{code}">
              <th scope="row"><span class="kj-code">{code}</span> {name}</th>
              <td class="kj-num kj-right" data-label="{value_word}"><span><a href="{url}">{value}
</a>{unit}{sample}
{flags}</span></td>
              <td class="kj-rule">{rule}</td>
              <td class="kj-num kj-right kj-points" data-label="{points_word}">{points}</td>
              <td class="kj-num kj-right kj-median" data-label="{median_word}">{median}</td>
              <td class="kj-num kj-right kj-weight" data-label="{weight_word}">{weight}</td>
              <td class="kj-num kj-right" data-label="{add_word}">{would_add}</td>
              <td data-label="{source_word}">{source}</td>
            </tr>
          """


def unit_rows(page: BoardPage) -> SafeString:
    """``{% unit_rows page %}``: the units on one page of a board."""
    write, words = writer(), {"interval_word": gettext("名次区间")}
    return joined(markup(_UNIT, **words, **_unit_cells(page, row, write)) for row in page.rows)


def _unit_cells(page: BoardPage, row: BoardRow, write: Writer) -> dict[str, str]:
    edition = page.edition
    track = "" if page.query.track else row.track_name
    return {
        "rank": components.rank_chip(row.track_rank, row.track_size, row.veil),
        "url": addresses.report(edition.board.code, edition.period, row.unit),
        "name": row.label,
        "place": " · ".join(part for part in (row.place, track) if part),
        "band": markup('<td class="kj-at-band">{}</td>', components.band_chip(row.band)) if page.facets.bands else "",
        "score": write.number(row.score, 2),
        "reason": markup('<small class="kj-reason">{}</small>', row.reason_words) if row.reason else "",
        "interval": components.rank_interval(row.rank_low, row.rank_high, row.track_size, row.track_rank),
        "movement": components.movement(row.movement, row.movement_reason, row.is_beyond_noise),
        "trend": components.sparkline(row.sparkline),
        "coverage": write.percent(row.coverage),
        "flags": _unit_flags(row),
    }


def _unit_flags(row: BoardRow) -> SafeString:
    flags = []
    if row.imputed:
        flags.append(ngettext("补值 %(n)s 项", "补值 %(n)s 项", row.imputed) % {"n": row.imputed})
    if row.small:
        flags.append(ngettext("样本不足 %(n)s 项", "样本不足 %(n)s 项", row.small) % {"n": row.small})
    return joined(markup('<small class="kj-flag">{}</small>', flag) for flag in flags)


def indicator_rows(edition: EditionHead, unit: str, rows: Iterable[IndicatorRow]) -> SafeString:
    """``{% indicator_rows edition unit.code rows %}``: the indicators of one dimension of a report."""
    words = {
        "value_word": gettext("数值"),
        "points_word": gettext("得分"),
        "median_word": gettext("赛道中位"),
        "weight_word": gettext("权重"),
        "add_word": gettext("满分可再加"),
        "source_word": gettext("责任部门"),
    }
    write = writer()
    return joined(markup(_INDICATOR, **words, **_indicator_cells(edition, unit, row, write)) for row in rows)


def _indicator_cells(edition: EditionHead, unit: str, row: IndicatorRow, write: Writer) -> dict[str, str]:
    flags = [] if row.status == "not_applicable" else row.flags
    return {
        "code": row.code,
        "name": row.label,
        "url": addresses.evidence(edition.board.code, edition.period, unit, row.code),
        "value": value(row, write),
        "unit": markup(" <small>{}</small>", row.unit) if row.value is not None and row.unit else "",
        "sample": sample(row, write),
        "flags": joined(markup(' <small class="kj-flag">{}</small>', flag) for flag in flags),
        "rule": row.rule,
        "points": _points(row, write),
        "median": write.number(row.median, 1),
        "weight": write.percent(row.weight, 1) if row.weight else "—",
        "would_add": write.signed(row.would_add) if row.would_add or row.weight else "—",
        "source": row.source or "—",
    }


def _points(row: IndicatorRow, write: Writer) -> str:
    if row.points is None:
        return "—"
    return markup(
        "<span>{}<small>/{}</small></span>{}",
        write.number(row.points, 1),
        write.number(row.full, 0),
        components.meter(row.points, row.full, mark=row.median),
    )


def value(row: IndicatorRow, write: Writer | None = None) -> str:
    """``{{ row|value }}``: the measured value, or that the indicator does not apply to the unit."""
    return gettext("不适用") if row.status == "not_applicable" else (write or writer()).measured(row.value)


def sample(row: IndicatorRow, write: Writer | None = None) -> SafeString:
    """``{{ row|sample }}``: of a rate, how many cases are behind it, and whose rate stands in for too few of them."""
    measured = (write or writer()).measured
    parts = []
    if row.cases is not None:
        pattern = ' <small class="kj-sample" title="{}">n={}</small>'
        parts.append(markup(pattern, gettext("样本数"), measured(row.cases, 0)))
    if row.pooled_from:
        words = gettext("按%(name)s合并，n=%(n)s") % {"name": row.pooled_from, "n": measured(row.pooled_cases, 0)}
        parts.append(markup(' <small class="kj-sample">{}</small>', words))
    return joined(parts)


def weight(item: Dimension) -> str:
    """``{{ dimension|weight }}``: its share of the whole, or that it stands outside the weights."""
    if item.role == "bonus":
        return gettext("加分")
    return gettext("减分") if item.role == "deduction" else writer().percent(item.weight)
