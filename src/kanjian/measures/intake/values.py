"""What a cell says 单元格含义: a number, not collected 未采集, not applicable 不适用, nothing, or nonsense."""

import polars as pl

# "NA" is what statistics programs write for a missing value.
MISSING = ("未采集", "缺失", "missing", "na", "nan", "null")
NOT_APPLICABLE = ("不适用", "not applicable", "not_applicable")
# People mean either of the two by these; the file has to say which.
UNCLEAR = ("-", "--", "—", "——", "/", "无", "n/a", "#n/a", "none", "空", "*")
STATUSES = {
    "present": ("present", "有值"),
    "missing": ("missing", "未采集", "缺失"),
    "not_applicable": ("not_applicable", "not applicable", "不适用"),
}
GROUPED_THOUSANDS = r"^[+-]?\d{1,3}(,\d{3})+(\.\d+)?$"
LONGEST_NOTE = 300


def interpret(cells: pl.DataFrame, *, blank_is_missing: bool) -> pl.DataFrame:
    """Adds ``value`` and ``status`` (null: the cell says nothing) and completes ``problem``.

    Expects the columns of ``shaping.CELLS`` and ``problem``. Texts that are numbers with grouped thousands or
    full-width digits are read; everything else that is neither a number nor one of the words above is a problem.
    """
    cells = _read_decorated_numbers(cells)
    word = pl.col("raw").str.to_lowercase()
    said = pl.col("said").str.to_lowercase()
    status = pl.coalesce(*(pl.when(said.is_in(words)).then(pl.lit(name)) for name, words in STATUSES.items()))
    is_blank = pl.col("raw").is_null() & pl.col("number").is_null()
    shown = (
        pl.when(word.is_in(MISSING))
        .then(pl.lit("missing"))
        .when(word.is_in(NOT_APPLICABLE))
        .then(pl.lit("not_applicable"))
        .when(pl.col("number").is_not_null())
        .then(pl.lit("present"))
        .when(is_blank & pl.lit(blank_is_missing))
        .then(pl.lit("missing"))
    )
    cells = cells.with_columns(shown=shown, stated=status)
    problem = _problem(word, is_blank)
    final = pl.when(is_blank & pl.col("stated").is_not_null()).then("stated").otherwise("shown")
    return cells.with_columns(
        pl.coalesce("problem", problem).alias("problem"),
        final.alias("status"),
        pl.when(final == "present").then("number").alias("value"),
        pl.col("note").fill_null(""),
    ).drop("shown", "stated")


def _problem(word: pl.Expr, is_blank: pl.Expr) -> pl.Expr:
    is_text = pl.col("shown").is_null() & is_blank.not_()
    unclear_status = pl.col("said").is_not_null() & pl.col("stated").is_null()
    contradiction = pl.col("stated").is_not_null() & (
        (is_blank.not_() & (pl.col("stated") != pl.col("shown"))) | (is_blank & (pl.col("stated") == "present"))
    )
    conditions = {
        "unclear_blank": is_text & word.is_in(UNCLEAR),
        "percent": is_text & word.str.contains(r"^[+-]?[\d.,]+\s*[%％]$"),
        "not_number": is_text,
        "not_finite": pl.col("number").is_infinite(),
        "bad_status": unclear_status,
        "status_conflict": contradiction,
        "note_too_long": pl.col("note").str.len_chars() > LONGEST_NOTE,
    }
    return pl.coalesce(*(pl.when(condition).then(pl.lit(name)) for name, condition in conditions.items()))


def _read_decorated_numbers(cells: pl.DataFrame) -> pl.DataFrame:
    """Numbers written as ``1,234.5`` or ``１２``; only looked for when some text is not a plain number."""
    if not cells.select((pl.col("raw").is_not_null() & pl.col("number").is_null()).any()).item():
        return cells
    plain = pl.col("raw").str.normalize("NFKC")
    grouped = pl.when(plain.str.contains(GROUPED_THOUSANDS)).then(plain.str.replace_all(",", "")).otherwise(plain)
    is_truth = pl.col("raw").str.to_lowercase().is_in(["true", "false"])
    read = pl.when(is_truth.not_()).then(grouped.cast(pl.Float64, strict=False).fill_nan(None))
    return cells.with_columns(pl.coalesce("number", read).alias("number"))


def check_limits(cells: pl.DataFrame) -> pl.DataFrame:
    """Completes ``problem`` for numbers outside of the indicator's ``minimum`` and ``maximum``."""
    below = pl.when(pl.col("value") < pl.col("minimum")).then(pl.lit("below_minimum"))
    above = pl.when(pl.col("value") > pl.col("maximum")).then(pl.lit("above_maximum"))
    return cells.with_columns(pl.coalesce("problem", below, above).alias("problem"))
