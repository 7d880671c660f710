"""The method page 方法, the data page 数据 and the evidence behind a cell 依据."""

from dataclasses import dataclass, field
from datetime import datetime

from kanjian.boards.selectors.shapes.common import Band, EditionHead, Labelled, Named
from kanjian.boards.selectors.shapes.units import IndicatorRow, UnitHead


@dataclass(frozen=True, slots=True)
class MethodNode(Labelled):
    """One node of the scheme as a document 方法."""

    code: str
    name: str
    name_en: str
    depth: int  # 0 = root
    is_leaf: bool
    weight: float  # as written, among its siblings
    share: float  # effective share of the whole, 0..1
    rule: str  # in words, in the reader's language
    formula: str  # in symbols
    notes: list[str]  # missing-data rule, floors, vetoes, caps … in words
    unit: str = ""
    source: str = ""
    direction: str = "up"
    inputs: list[str] = field(default_factory=list)
    full: float = 100.0


@dataclass(frozen=True, slots=True)
class SchemeHead:
    """One version of a method."""

    id: int
    version: str
    hash: str
    valid_from: str
    note: str
    created_at: datetime
    editions: int


@dataclass(frozen=True, slots=True)
class MethodDifference:
    """What differs between two versions at one place."""

    path: str
    before: str
    after: str
    kind: str


@dataclass(frozen=True, slots=True)
class Method:
    """The method page: the scheme as a document, its versions, and what changed since the version before."""

    board: Named
    scheme: SchemeHead
    title: Named
    note: str
    nodes: list[MethodNode]
    general: list[str]  # tracks, ties, eligibility … in words
    bands: list[Band]
    versions: list[SchemeHead]
    compared_with: SchemeHead | None
    differences: list[MethodDifference]
    text: str  # the YAML, as hashed


@dataclass(frozen=True, slots=True)
class DataFile:
    """One file of an edition."""

    name: str
    size: int
    sha256: str
    rows: int | None


@dataclass(frozen=True, slots=True)
class DataPage:
    """The open data of an edition and how to recompute it."""

    edition: EditionHead
    files: list[DataFile]
    release_files: list[DataFile]
    hash: str
    release_hash: str
    scheme_hash: str
    command: str
    engine: str


@dataclass(frozen=True, slots=True)
class EvidenceCell(Labelled):
    """One value behind an indicator, with its source."""

    code: str
    name: str
    name_en: str
    period: str
    value: float | None
    status: str
    source: str  # file, form or system
    row: int | None  # line in the source, first data line = 2
    recorded_at: datetime | None
    recorded_by: str
    current_value: float | None  # what the working copy says now
    differs: bool  # the working copy was corrected after the release


@dataclass(frozen=True, slots=True)
class Evidence:
    """Where one cell of a report comes from: the value in the release and the row of the file it was read from."""

    edition: EditionHead
    unit: UnitHead
    indicator: IndicatorRow
    cells: list[EvidenceCell]
