"""The help list 帮扶名单 of an edition: the last of each track and the lowest band, where a little does most."""

import json
from dataclasses import dataclass
from typing import Any

import polars as pl

from kanjian.boards.helping import Offer, offers_for
from kanjian.boards.models import Edition
from kanjian.boards.selectors.departments import answering
from kanjian.boards.selectors.editions import files_of, head
from kanjian.boards.selectors.methods import shares
from kanjian.boards.selectors.shapes import BoardRow, EditionHead, Facet, in_language
from kanjian.boards.selectors.table import board_row, facets
from kanjian.boards.sight import Sight
from kanjian.boards.store.editions import EditionFiles
from kanjian.orgs.policies import Person
from kanjian.scoring.scheme import Node

SIZE = 20
WEAKEST = 3


@dataclass(frozen=True, slots=True)
class Weak:
    """A node where the unit is below its track's median: what reaching the median would add to the score."""

    code: str
    label: str
    points: float
    median: float
    gain: float
    department: str


@dataclass(frozen=True, slots=True)
class HelpRow:
    """One unit of the list."""

    row: BoardRow
    dimensions: list[Weak]
    indicators: list[Weak]
    offers: list[Offer]


@dataclass(frozen=True, slots=True)
class HelpList:
    """One page of the list; ``percent`` of each track, and who stands in the lowest band."""

    edition: EditionHead
    percent: int
    band: str
    rows: list[HelpRow]
    total: int
    page: int
    pages: int
    tracks: list[Facet]


def help_list(edition: Edition, sight: Sight, reader: Person, *, track: str = "", page: int = 1) -> HelpList:
    """The units that need help among those the reader answers for, in the order of tracks and places.

    ``sight``: whole for who may help everybody; else the reader's own units alone are listed.
    """
    files, percent = files_of(edition), edition.board.bottom_percent
    ladder = files.summary["bands"]
    lowest = ladder[-1] if len(ladder) > 1 else None
    wanted = Sight(percent).hidden()
    if lowest is not None:
        wanted |= pl.col("band") == lowest["code"]
    if not sight.is_whole:
        wanted &= pl.col("unit").is_in(list(sight.sees))
    if track:
        wanted &= pl.col("track") == track
    found = files.scores().filter(wanted).collect().sort("position")
    pages = max(1, -(-found.height // SIZE))
    page = min(max(1, page), pages)
    shown = found.slice((page - 1) * SIZE, SIZE)
    return HelpList(
        edition=head(edition),
        percent=percent,
        band=in_language(lowest["name"], lowest["name_en"]) if lowest else "",
        rows=_rows(edition, files, shown, reader),
        total=found.height,
        page=page,
        pages=pages,
        tracks=facets(files).tracks,
    )


def _rows(edition: Edition, files: EditionFiles, shown: pl.DataFrame, reader: Person) -> list[HelpRow]:
    positions = shown["position"].to_list()
    details = files.details().filter(pl.col("position").is_in(positions)).collect().sort("position")
    return [
        HelpRow(
            row=board_row(files, row),
            dimensions=_weakest(files, row, [node for node in files.scheme.tree.children if not node.is_leaf]),
            indicators=_weakest(files, row, files.scheme.leaves()),
            offers=offers_for(edition.board, edition.period, row["unit"], reader),
        )
        for row in details.iter_rows(named=True)
    ]


def _weakest(files: EditionFiles, row: dict[str, Any], nodes: list[Node]) -> list[Weak]:
    """The nodes whose median would add most, the largest first; rates of too few cases and extras are left out."""
    share, departments = shares(files.scheme), answering(files.scheme)
    medians, flags = files.node_figures(row["track"]), json.loads(row["flags"] or "{}")
    found = []
    for node in nodes:
        points, median = row[f"points.{node.code}"], medians.get(node.code, (None, None))[0]
        if node.role != "score" or points is None or median is None or "small_sample" in flags.get(node.code, []):
            continue
        gain = share[node.code] * (median - points)
        if gain > 0:
            label = in_language(node.name, node.name_en) or node.code
            found.append(Weak(node.code, label, points, median, gain, departments.get(node.source, node.source)))
    return sorted(found, key=lambda each: -each.gain)[:WEAKEST]
