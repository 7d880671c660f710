"""A file of units as a frame 单位表: reading and checking, without a database.

One row per unit. Columns, by English or Chinese heading: code 代码 (required), name 名称, name_en 英文名, kind 类别,
parent 上级代码, track 赛道, valid_from 设立日, valid_to 撤销日, longitude 经度, latitude 纬度 (WGS84 degrees), and
``attribute:<name>`` 属性:<名> for anything else. A blank cell says nothing: it leaves what is stored alone. Titles may
stand above the headings, and sheets of explanations in front.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass

import polars as pl
from django.utils.translation import gettext as _
from django.utils.translation import override

from kanjian import tables
from kanjian.orgs.models import Unit

KEPT = 200  # problems kept with their place; the rest is counted
HEADINGS: Mapping[str, tuple[str, ...]] = {
    "code": ("代码", "编码", "单位代码", "单位编码"),
    "name": ("名称", "单位", "单位名称"),
    "name_en": ("英文名", "英文名称"),
    "kind": ("类别", "类型"),
    "parent": ("上级代码", "上级编码", "上级"),
    "track": ("赛道", "赛道代码", "分类"),
    "valid_from": ("设立日", "起始日", "设立日期"),
    "valid_to": ("撤销日", "终止日", "撤销日期"),
    "longitude": ("经度",),
    "latitude": ("纬度",),
}
LENGTHS = {"code": 40, "name": 100, "name_en": 100, "track": 40}
DATES = ("valid_from", "valid_to")
DEGREES = {"longitude": 180.0, "latitude": 90.0}
ATTRIBUTE_PREFIXES = ("attribute:", "属性:", "属性：")
# What people write for a kind beside its code and its name.
KIND_WORDS = {
    Unit.Kind.COUNTY: ("区", "县", "县级市"),
    Unit.Kind.TOWNSHIP: ("乡", "镇", "街道", "乡镇"),
    Unit.Kind.VILLAGE: ("行政村",),
}


@dataclass(frozen=True, slots=True)
class RowProblem:
    """What is wrong in one cell and how to mend it; rows count from 1 as in the file, row 0 is the file as a whole."""

    row: int
    column: str
    code: str
    message: str
    remedy: str

    def __str__(self) -> str:
        return f"{self.row}/{self.column}: {self.message}"


class UnitTableError(ValueError):
    """The file was not taken; nothing was written. `problems` are the first, `total` counts all."""

    def __init__(self, problems: Collection[RowProblem], total: int | None = None) -> None:
        self.problems = list(problems)
        self.total = len(self.problems) if total is None else total
        super().__init__("; ".join(str(problem) for problem in self.problems[:3]))


def read_units(name: str, content: bytes) -> pl.DataFrame:
    """All cells as trimmed text (blank: null) in columns named as in ``HEADINGS``, and ``row``, the line in the file.

    The ending of `name` decides how it is read (``tables``: CSV, TSV, XLSX, Parquet). Raises ``UnitTableError`` when it
    is no table or lacks the code, for headings that mean nothing and for formulas that failed.
    """
    table = _table(name, content)
    frame = table.frame.select(pl.all().cast(pl.String).str.strip_chars().replace("", None))
    frame = frame.drop(heading for heading in _unnamed(frame) if frame[heading].is_null().all())
    named = {heading: _column(heading) for heading in frame.columns}
    problems = list(_heading_problems(named, table.first_row - 1)) or list(_failed_formulas(table, named))
    if problems:
        raise UnitTableError(problems[:KEPT], len(problems))
    frame = frame.rename(named).with_row_index("row", table.first_row)
    absent = [pl.lit(None, pl.String).alias(column) for column in HEADINGS if column not in frame.columns]
    return frame.with_columns(pl.col("row").cast(pl.Int64), *absent).filter(
        pl.any_horizontal(pl.exclude("row").is_not_null())
    )


def _table(name: str, content: bytes) -> tables.Table:
    headings = ("code", *HEADINGS["code"])
    try:
        return tables.read_table(tables.Source(name, content), tables.Options(headings))
    except tables.TableError as error:
        problems = [_worded(problem, problem.column) for problem in error.problems[:KEPT]]
        raise UnitTableError(problems, len(error.problems)) from error


def _worded(found: tables.Problem, column: str) -> RowProblem:
    """What the reader of tables found, in words. All that leaves no cell to point at is `unreadable`."""
    texts = {
        "unknown_type": (_("不支持的文件类型“%(value)s”"), _("另存为 XLSX、CSV 或 Parquet")),
        "unreadable": (_("文件无法读取：%(reason)s"), _("确认文件没有损坏，另存为 XLSX、CSV 或 Parquet 后重试")),
        "too_large": (_("文件解压后超过 %(limit)s"), _("删去用不到的工作表和空白区域，或另存为 CSV")),
        "encoding": (_("文件编码无法识别"), _("另存为 UTF-8 或 GB18030（GBK）编码的 CSV")),
        "empty_file": (_("没有数据行"), _("表头之下至少要有一行数据")),
        "duplicate_column": (_("表头“%(value)s”重复出现"), _("每个表头只保留一列")),
        "too_many_cells": (_("这一行有 %(cells)s 个单元格，表头只有 %(columns)s 个"), _("含逗号的内容要加引号")),
        "cell_error": (_("单元格是公式错误 %(value)s"), _("改正公式，或粘贴为数值")),
    }
    message, remedy = texts[found.code]
    code = "unreadable" if found.code in {"encoding", "empty_file"} else found.code
    return RowProblem(found.row, column, code, message % {"value": found.value, **found.particulars}, remedy)


def _unnamed(frame: pl.DataFrame) -> Iterator[str]:
    return (heading for heading in frame.columns if heading.startswith(tables.UNNAMED))


def _heading_problems(named: Mapping[str, str], row: int) -> Iterator[RowProblem]:
    """Headings that mean nothing, two that mean the same, and the lack of the one that must be."""
    columns = list(named.values())
    yield from (_unknown_heading(heading, row) for heading, column in named.items() if not column)
    for column in sorted({column for column in columns if column and columns.count(column) > 1}):
        yield _worded(tables.Problem("duplicate_column", row, value=column), column)
    if "code" not in columns:
        yield RowProblem(row, "code", "no_code", _("找不到代码列"), _("在表头写“代码”（code）"))


def _failed_formulas(table: tables.Table, named: Mapping[str, str]) -> Iterator[RowProblem]:
    """A blank cell would leave alone what is stored; the person who wrote a formula meant something else."""
    return (_worded(found, named[found.column]) for found in table.errors if found.column in named)


def _column(heading: str) -> str:
    """The column a heading means; empty when none."""
    wanted = tables.normal(heading)
    for column, words in HEADINGS.items():
        if wanted == column or wanted in words:
            return column
    written = heading.strip()
    for prefix in ATTRIBUTE_PREFIXES:
        if written.lower().startswith(prefix) and len(written) > len(prefix):
            return "attribute:" + written[len(prefix) :].strip()
    return ""


def _unknown_heading(heading: str, row: int) -> RowProblem:
    shown = "" if heading.startswith(tables.UNNAMED) else heading
    message = _("表头“%(heading)s”无法识别") % {"heading": shown}
    return RowProblem(row, shown, "unknown_heading", message, _("删除该列，或写成“属性:%(h)s”") % {"h": shown})


def interpret(frame: pl.DataFrame) -> pl.DataFrame:
    """Texts become what they mean, in place; what does not becomes null and keeps its text in ``<column>_text``.

    ``kind`` becomes its code, ``valid_from`` and ``valid_to`` dates, ``longitude`` and ``latitude`` numbers.
    """
    written = [pl.col(column).alias(f"{column}_text") for column in ("kind", *DATES, *DEGREES)]
    kinds = pl.col("kind").replace_strict(kind_words(), default=None, return_dtype=pl.String)
    dates = [_date(column) for column in DATES]
    degrees = [pl.col(column).cast(pl.Float64, strict=False).fill_nan(None) for column in DEGREES]
    return frame.with_columns(*written, kinds, *dates, *degrees)


def _date(column: str) -> pl.Expr:
    """2026-01-31, 2026/1/31, 2026.1.31, 20260131, with or without a time of day behind it."""
    day = pl.col(column).str.split(" ").list.first().str.replace_all(r"[/.年月]", "-").str.strip_suffix("日")
    formats = [day.str.to_date(form, strict=False) for form in ("%Y-%m-%d", "%Y%m%d")]
    return pl.coalesce(*formats).alias(column)


def kind_words() -> dict[str, str]:
    """What may stand in the kind column → the kind's code."""
    with override(None):  # the labels' own Chinese, whatever language is active
        words = {str(kind.label): kind.value for kind in Unit.Kind}
    words |= {kind.value: kind.value for kind in Unit.Kind}
    return words | {word: kind.value for kind, others in KIND_WORDS.items() for word in others}


def check(frame: pl.DataFrame, known: pl.DataFrame) -> tuple[list[RowProblem], int]:
    """All that is wrong with an interpreted frame: the first problems by row, and how many there are.

    `known`: stored units with columns ``code``, ``parent`` (code), ``valid_from``, ``valid_to``.
    """
    stored = known.select("code", is_known=pl.lit(value=True), known_from="valid_from", known_to="valid_to")
    frame = frame.join(stored, on="code", how="left", maintain_order="left")
    found = [*_cell_problems(frame), *_parent_problems(frame, known)]
    found.sort(key=lambda problem: problem.row)
    return found[:KEPT], len(found)


def _cell_problems(frame: pl.DataFrame) -> Iterable[RowProblem]:
    is_new = pl.col("is_known").is_null()
    code, row = pl.col("code"), pl.col("row")
    yield from _where(frame, code.is_null(), "code", "blank_code", _("缺少代码"), _("填写单位代码"))
    later = code.is_not_null() & (row > row.min().over("code"))
    yield from _where(frame, later, "code", "duplicate_code", _("代码“%(value)s”重复出现"), _("每个单位只保留一行"))
    for column, label in (("name", _("名称")), ("kind", _("类别"))):
        blank = is_new & code.is_not_null() & pl.col(column if column == "name" else "kind_text").is_null()
        message = _("新单位缺少%(label)s") % {"label": label}
        yield from _where(frame, blank, column, f"blank_{column}", message, _("填写%(label)s") % {"label": label})
    for column, length in LENGTHS.items():
        too_long = pl.col(column).str.len_chars() > length
        message = _("“%(value)s”超过 %(length)d 个字") % {"value": "%(value)s", "length": length}
        yield from _where(frame, too_long, column, "too_long", message, _("缩短内容"))
    unknown = pl.col("kind").is_null() & pl.col("kind_text").is_not_null()
    kinds = "、".join(str(kind.label) for kind in Unit.Kind)
    remedy = _("可填：%(kinds)s") % {"kinds": kinds}
    yield from _where(frame, unknown, "kind_text", "unknown_kind", _("类别“%(value)s”无法识别"), remedy)
    for column in DATES:
        bad = pl.col(column).is_null() & pl.col(f"{column}_text").is_not_null()
        yield from _where(frame, bad, f"{column}_text", "bad_date", _("“%(value)s”不是日期"), _("写成 2026-01-31"))
    reversed_ = pl.coalesce("valid_to", "known_to") <= pl.coalesce("valid_from", "known_from")
    stated = pl.col("valid_to").is_not_null() | pl.col("valid_from").is_not_null()
    yield from _where(frame, stated & reversed_, "valid_to", "interval", _("撤销日不晚于设立日"), _("核对两个日期"))
    for column, limit in DEGREES.items():
        number, text = pl.col(column), pl.col(f"{column}_text")
        bad = text.is_not_null() & (number.is_null() | (number.abs() > limit))
        message, remedy = _("“%(value)s”不是经纬度"), _("写成 WGS84 十进制度数，如 120.10")
        yield from _where(frame, bad, f"{column}_text", "bad_degrees", message, remedy)


def _parent_problems(frame: pl.DataFrame, known: pl.DataFrame) -> Iterable[RowProblem]:
    stated = pl.col("parent").is_not_null()
    codes = pl.concat([frame["code"], known["code"]]).drop_nulls().unique().to_list()
    unknown = stated & pl.col("parent").is_in(codes).not_()
    message, remedy = _("上级代码“%(value)s”不存在"), _("核对上级代码，或把上级单位也放进文件")
    yield from _where(frame, unknown, "parent", "unknown_parent", message, remedy)
    closed = known.filter(pl.col("valid_to").is_not_null()).select(parent="code", parent_end="valid_to")
    dated = frame.join(closed, on="parent", how="left", maintain_order="left")
    living = pl.col("valid_to").is_null() | (pl.col("valid_to") > pl.col("parent_end"))
    orphan = pl.col("parent_end").is_not_null() & living & pl.col("is_known").is_null()
    message, remedy = _("上级“%(value)s”已撤销"), _("填写承接单位的代码")
    yield from _where(dated, orphan, "parent", "closed_parent", message, remedy)
    looping = cycles(frame, known)
    message, remedy = _("上级“%(value)s”构成循环"), _("核对上级代码：单位不能是自己的上级")
    yield from _where(frame, pl.col("code").is_in(looping), "parent", "cycle", message, remedy)


def cycles(frame: pl.DataFrame, known: pl.DataFrame) -> set[str]:
    """Codes of the frame whose stated parent closes a loop, with the file's parents put over the stored ones."""
    above: dict[str, str | None] = dict(known.select("code", "parent").iter_rows())
    stated = frame.filter(pl.col("parent").is_not_null() & pl.col("code").is_not_null())
    above |= dict(stated.select("code", "parent").iter_rows())
    looping: set[str] = set()
    walked: set[str] = set()
    for code in stated["code"]:
        path: dict[str, None] = {}  # in the order of the way up
        at: str | None = code
        while at is not None and at not in walked:
            walked.add(at)
            path[at] = None
            at = above.get(at)
        if at in path:
            way = list(path)
            looping.update(way[way.index(at) :])
    return looping & set(stated["code"])


def _where(frame: pl.DataFrame, condition: pl.Expr, column: str, code: str, *texts: str) -> Iterable[RowProblem]:
    """Problems of the rows where the condition holds; `texts`: message (with the cell as ``%(value)s``) and remedy."""
    (message, remedy), shown = texts, column.removesuffix("_text")
    for row, value in frame.filter(condition).select("row", column).iter_rows():
        yield RowProblem(row, shown, code, message % {"value": value}, remedy)
