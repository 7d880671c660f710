"""A file of values as a table 读文件: found by its unit heading, refused in this room's words."""

from kanjian import tables
from kanjian.measures.intake.options import Options
from kanjian.measures.intake.problems import Findings, IntakeError, Problem

UNIT_HEADINGS = (
    *("unit_code", "ucode", "unit", "单位编码", "单位代码", "code", "编码", "代码"),
    *("单位", "单位名称", "行政村", "村", "村社区"),
)


def read_table(source: tables.Source, options: Options, headings: tuple[str, ...] = UNIT_HEADINGS) -> tables.Table:
    """Read a file; ``IntakeError`` when it cannot be read as a table with a heading.

    The heading's row is the first with one of ``headings``, or with the unit column that was chosen. A table without
    it is read from its first row; the caller then says what is missing.
    """
    wanted = (options.unit_column,) if options.unit_column else headings
    try:
        return tables.read_table(source, tables.Options(headings=wanted, sheet=options.sheet))
    except tables.TableError as error:
        raise IntakeError(Findings.of(Problem.of(problem) for problem in error.problems)) from error
