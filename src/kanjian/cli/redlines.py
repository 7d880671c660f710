"""Red lines on the command line 红线: of a scheme file by its names, of the platform's boards and collections."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kanjian.cli import platform
from kanjian.cli.console import DATA_IS_WRONG, console, done, fail, table

if TYPE_CHECKING:
    from kanjian.measures.redlines import Finding
    from kanjian.scoring import Scheme

EXCEPTIONS = "exceptions.json"
COLUMNS = ["red line", "severity", "where", "what", "remedy"]


def refuse_forbidden(scheme: "Scheme", path: Path) -> None:
    """Stop on errors that no exception covers; ``exceptions.json`` of the open-data archive may lie beside the file."""
    from kanjian.measures.redlines import scheme_findings

    allowed = _allowed(path.with_name(EXCEPTIONS))
    errors = [each for each in scheme_findings(scheme) if each.refuses and not _is_allowed(each, allowed)]
    if errors:
        count = "1 red line is crossed" if len(errors) == 1 else f"{len(errors)} red lines are crossed"
        fail(f"{path}: {count}", details=[_sentence(each) for each in errors])


def show_warnings(scheme: "Scheme") -> None:
    """What is no error but asks for a look."""
    from kanjian.measures.redlines import scheme_findings

    rows = [_row(each) for each in scheme_findings(scheme)]
    if rows:
        table("Red lines 红线", COLUMNS, rows)


def lint(
    demo_data: Annotated[bool, typer.Option("--demo", help="Check the data of `kanjian demo`.")] = False,
) -> None:
    """Check all methods and collections against the red lines 红线. Exit code 1 when one refuses."""
    if demo_data:
        platform.demo_environment()
    platform.setup()
    if waiting := platform.pending_migrations():
        fail(f"the database lacks {len(waiting)} migrations", details=["run: kanjian prepare"])
    from kanjian.measures.linting import lint_everything
    from kanjian.measures.redlines import Severity

    rows, refusing, subjects, notices = [], 0, 0, 0
    for subject, judged in lint_everything():
        subjects += 1
        refusing += sum(each.refuses for each in judged)
        for each in judged:
            if each.finding.severity is Severity.NOTICE:
                notices += 1
                continue
            code, severity, where, what, remedy = _row(each.finding)
            stands = f"allowed by {each.exception.document}" if each.exception else severity
            rows.append((code, stands, f"{subject} {where}", what, remedy))
    if rows:
        table("Red lines 红线", COLUMNS, rows)
    if notices:
        console.print(f"{notices} scored indicators have not declared their nature (R14)", soft_wrap=True)
    if refusing:
        raise typer.Exit(DATA_IS_WRONG)
    done(f"{subjects} methods and collections, no red line crossed" + (f", {len(rows)} findings" if rows else ""))


def _allowed(path: Path) -> set[tuple[str, str]]:
    """(red line, item) of the exceptions beside the scheme; empty item: the whole scheme."""
    if not path.is_file():
        return set()
    try:
        rows = json.loads(path.read_text(encoding="utf-8"))
        found = {(str(row["code"]), str(row.get("item", ""))) for row in rows}
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        fail(f"{path}: not a list of exceptions: {error}")
    for row in rows:
        console.print(
            f"exception {row['code']} {row.get('item', '')}: {row.get('document', '')}", soft_wrap=True, markup=False
        )
    return found


def _is_allowed(finding: "Finding", allowed: set[tuple[str, str]]) -> bool:
    fits = {(finding.code, ""), (finding.code, finding.item)} & allowed
    return finding.line.may_be_excepted and bool(fits)


def _sentence(finding: "Finding") -> str:
    code, _severity, where, what, remedy = _row(finding)
    return f"{code} {where}: {what}. {remedy}"


def _row(finding: "Finding") -> tuple[str, str, str, str, str]:
    language = platform.language()
    what = f"{finding.line.title.said(language)} — {finding.detail.said(language)}"
    where = f"{finding.item} {finding.label.said(language)}".strip()
    return finding.code, finding.severity.value, where, what, finding.line.remedy.said(language)
