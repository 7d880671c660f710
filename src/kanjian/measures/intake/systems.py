"""One datum, one source 一数一源: which indicators may come in this way, and what has to be said with them."""

import re
from enum import StrEnum

import polars as pl

from kanjian.measures.intake.problems import Findings, Problem

_DATE = re.compile(r"(?:19|20)\d{2}\s*(?:[-./年]\s*(?:Q[1-4]|\d{1,2})|年)", re.IGNORECASE)


class Channel(StrEnum):
    """Which way values come in."""

    FILE = "file"
    COMPUTED = "computed"


def is_release_note(text: str) -> bool:
    """Whether the text names a publication and its date: words beside a year with a month, quarter or 年."""
    return bool(_DATE.search(text)) and len(re.sub(r"[\W\d_]", "", _DATE.sub("", text))) >= 2


def refusals(said: pl.DataFrame, channel: Channel, note: str, sheet: str, *, is_whole: bool) -> Findings:
    """One problem per indicator that may not come in this way, at its first cell.

    ``said``: cells that say something, with ``row, column, source, indicator`` (as written). ``is_whole``: the system
    itself or an administrator of the whole brings them in.
    """
    if channel != Channel.FILE:
        return Findings()
    firsts = said.group_by("indicator_id").agg(pl.col("row", "column", "source", "indicator").sort_by("row").first())
    problems = []
    for row, column, source, name in firsts.select("row", "column", "source", "indicator").sort("row").iter_rows():
        code = _refusal(source, note, is_whole=is_whole)
        if code:
            problems.append(Problem(code, row, column, sheet, name))
    return Findings.of(problems)


def _refusal(source: str, note: str, *, is_whole: bool) -> str:
    if source == "computed":
        return "computed_indicator"
    if source == "entered" and not is_whole:
        return "entered_indicator"
    if source == "entered" and not note.strip():
        return "no_reason"
    if source == "reference" and not is_release_note(note):
        return "no_release_note"
    return ""
