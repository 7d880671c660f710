"""A board's method against the red lines 方法红线检查: lineage from the database, findings from ``measures.redlines``.

Errors refuse a version (``require_clean``) unless a valid exception stands; exceptions belong to one version
(``scheme:board/version``) or to the whole board (``board:code``).
"""

from collections.abc import Iterator
from dataclasses import dataclass

import polars as pl
from django.conf import settings
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from kanjian.boards.models import Board, Edition, SchemeVersion
from kanjian.boards.states import BoardError
from kanjian.boards.store.editions import open_edition
from kanjian.boards.store.folders import StoreError
from kanjian.measures.exceptions import Judged, judge, valid_exceptions
from kanjian.measures.linting import data_of
from kanjian.measures.models import Indicator, RedLineException
from kanjian.measures.redlines import (
    Finding,
    Severity,
    indicator_codes,
    personal,
    published,
    scheme_findings,
    self_judged,
)
from kanjian.orgs.models import Unit
from kanjian.scoring import Scheme

State = Edition.State


@dataclass(frozen=True, slots=True)
class Lint:
    """What the linter says of one version: findings with their exceptions, and every valid exception."""

    judged: list[Judged]
    exceptions: list[RedLineException]

    @property
    def refusing(self) -> list[Judged]:
        """Errors that no exception covers."""
        return [each for each in self.judged if each.refuses]

    @property
    def shown(self) -> list[Judged]:
        """Everything but notices."""
        return [each for each in self.judged if each.finding.severity is not Severity.NOTICE]

    @property
    def notices(self) -> list[Judged]:
        """What only informs."""
        return [each for each in self.judged if each.finding.severity is Severity.NOTICE]


def subject_of_version(board: Board, version: str) -> str:
    """The subject of an exception for one version."""
    return f"scheme:{board.code}/{version}"


def subject_of_board(board: Board) -> str:
    """The subject of an exception for every version of a board."""
    return f"board:{board.code}"


def lint(board: Board, scheme: Scheme) -> Lint:
    """Walk every indicator's lineage; four queries."""
    exceptions = valid_exceptions(subject_of_version(board, scheme.version), subject_of_board(board))
    return Lint(judge(_findings(board, scheme), exceptions), exceptions)


def lint_version(version: SchemeVersion) -> Lint:
    """The same for a stored version."""
    return lint(version.board, Scheme.load(version.text))


def require_clean(board: Board, scheme: Scheme) -> None:
    """Raise ``BoardError`` (red_line) with every error that no exception covers."""
    refusing = lint(board, scheme).refusing
    if refusing:
        what = "；".join(said(each.finding) for each in refusing)
        raise BoardError("red_line", _("触碰红线，未采纳：%(what)s") % {"what": what})


def said(finding: Finding) -> str:
    """One finding as a sentence in the reader's language."""
    language = get_language() or ""
    title, detail = finding.line.title.said(language), finding.detail.said(language)
    values = {
        "code": finding.code,
        "item": finding.item,
        "label": finding.label.said(language),
        "title": title,
        "detail": detail,
    }
    return _("%(code)s %(title)s——%(item)s %(label)s：%(detail)s") % values


def edition_findings(edition: Edition) -> list[Finding]:
    """R08, R10 for an edition that is out: read from its row and its files."""
    had_window = edition.objection_opened_at is not None and edition.objection_until is not None
    return list(
        published(
            f"edition:{edition.pk}",
            str(edition),
            method=edition.scheme.version,
            as_of=edition.as_of,
            has_intervals=_has_intervals(edition),
            had_window=had_window,
        )
    )


def _has_intervals(edition: Edition) -> bool:
    """Whether every unit that has a place has its stretch of places."""
    try:
        scores = open_edition(settings.HOME, edition.hash).scores()
        bare = scores.filter(pl.col("rank").is_not_null() & pl.col("rank_low").is_null())
        return bare.limit(1).collect().is_empty()
    except (StoreError, OSError, pl.exceptions.PolarsError):
        return False


def _findings(board: Board, scheme: Scheme) -> Iterator[Finding]:
    names = (board.name, board.name_en, scheme.name, scheme.name_en)
    yield from personal(board.code, *names, public=board.is_public)
    rows = Indicator.objects.filter(code__in=indicator_codes(scheme)).select_related("department")
    indicators = {row.code: row for row in rows}
    yield from scheme_findings(scheme, data_of(indicators.values()))
    if board.unit_kind == Unit.Kind.DEPARTMENT:
        yield from _self_judged(scheme, indicators)


def _self_judged(scheme: Scheme, indicators: dict[str, Indicator]) -> Iterator[Finding]:
    """A league of departments whose figures a department in it supplies."""
    for leaf in scheme.leaves():
        for code in dict.fromkeys(column.partition("@")[0] for column in leaf.columns()):
            row = indicators.get(code)
            answers = row.department if row is not None else None
            if row is not None and answers is not None and leaf.role != "context":
                datum = data_of([row])[code]
                ranked = answers.kind == Unit.Kind.DEPARTMENT and answers.valid_to is None
                yield from self_judged(datum, answers=answers.name, answers_is_ranked=ranked)


def lint_boards() -> Iterator[tuple[str, list[Judged]]]:
    """The newest method of every board, and its editions that are out."""
    for board in Board.objects.select_related("root"):
        version = board.versions.first()
        if version is not None:
            yield f"{board.code} {version.version}", lint_version(version).judged
        for edition in board.editions.filter(state=State.PUBLISHED).select_related("board", "scheme"):
            yield f"{board.code} {edition.period}", judge(edition_findings(edition), [])
