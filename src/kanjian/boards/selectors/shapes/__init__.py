"""What pages get 页面数据: small typed records of a board, an edition, a row. No query and no file is behind them.

Points are on the scheme's scale (0..100 unless it says otherwise), shares are 0..1, ranks start at 1. ``None`` always
means "there is none" (未采集, not ranked, not comparable), never zero; a ``reason`` beside it is a code, worded by
``words.reason``.
"""

from kanjian.boards.selectors.shapes.boards import (
    SORTS,
    Area,
    BoardMap,
    BoardPage,
    BoardQuery,
    EditionSummary,
    Facets,
    Histogram,
    Movers,
    Place,
)
from kanjian.boards.selectors.shapes.common import (
    Band,
    BoardHead,
    BoardRow,
    EditionHead,
    Facet,
    Named,
    in_language,
    reads_english,
)
from kanjian.boards.selectors.shapes.methods import (
    DataFile,
    DataPage,
    Evidence,
    EvidenceCell,
    Method,
    MethodDifference,
    MethodNode,
    SchemeHead,
)
from kanjian.boards.selectors.shapes.units import (
    Comparison,
    Dimension,
    HistoryPoint,
    IndicatorRow,
    Movement,
    Path,
    Share,
    Step,
    UnitHead,
    UnitReport,
)

__all__ = [
    "SORTS",
    "Area",
    "Band",
    "BoardHead",
    "BoardMap",
    "BoardPage",
    "BoardQuery",
    "BoardRow",
    "Comparison",
    "DataFile",
    "DataPage",
    "Dimension",
    "EditionHead",
    "EditionSummary",
    "Evidence",
    "EvidenceCell",
    "Facet",
    "Facets",
    "Histogram",
    "HistoryPoint",
    "IndicatorRow",
    "Method",
    "MethodDifference",
    "MethodNode",
    "Movement",
    "Movers",
    "Named",
    "Path",
    "Place",
    "SchemeHead",
    "Share",
    "Step",
    "UnitHead",
    "UnitReport",
    "in_language",
    "reads_english",
]
