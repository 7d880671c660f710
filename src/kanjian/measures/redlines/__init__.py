"""Red lines as code 红线: what may not be scored, asked or published, as checks with stable codes. Pure: no database.

| module | what it holds |
|---|---|
| `catalogue` | the red lines: what, why, how to mend, from which rule |
| `wording` | word lists in Chinese and English, with innocent look-alikes |
| `natures` | declared natures of indicators |
| `checks` | facts in, findings out |
| `schemes` | a whole method: leaf → columns → indicators |
"""

from kanjian.measures.redlines.catalogue import RED_LINES, RedLine, Severity, Words
from kanjian.measures.redlines.checks import (
    GRASSROOTS,
    Datum,
    Finding,
    Held,
    captured,
    evidenced,
    grounded,
    over_ceiling,
    personal,
    published,
    repeated,
    scored,
    self_confirmed,
    self_judged,
    vetoed,
)
from kanjian.measures.redlines.natures import NATURE_NAMES, NATURE_WORDS, NATURES
from kanjian.measures.redlines.schemes import indicator_codes, scheme_findings

__all__ = [
    "GRASSROOTS",
    "NATURES",
    "NATURE_NAMES",
    "NATURE_WORDS",
    "RED_LINES",
    "Datum",
    "Finding",
    "Held",
    "RedLine",
    "Severity",
    "Words",
    "captured",
    "evidenced",
    "grounded",
    "indicator_codes",
    "over_ceiling",
    "personal",
    "published",
    "repeated",
    "scheme_findings",
    "scored",
    "self_confirmed",
    "self_judged",
    "vetoed",
]
