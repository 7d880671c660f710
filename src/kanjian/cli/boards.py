"""``kanjian board …``: from values and a method to a published ranking, on the data of this installation 榜单."""

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kanjian.cli.console import CALLED_WRONGLY, console, done, fail, table, warn
from kanjian.cli.importing import Demo, start
from kanjian.cli.progress import bar

if TYPE_CHECKING:
    from kanjian.boards.models import Board, Edition, SchemeVersion
    from kanjian.orgs.models import Unit

app = typer.Typer(no_args_is_help=True, rich_markup_mode="rich")
Code = Annotated[str, typer.Argument(metavar="BOARD", help="Code of the board.")]
Period = Annotated[str, typer.Argument(metavar="PERIOD", help="Such as 2026, 2026-Q3 or 2026-09.")]
Which = Annotated[int, typer.Option("--edition", help="Number of the edition, where a period has several.")]
SHOWN = 5


@app.command(epilog="[bold]Example[/bold]  kanjian board create villages --name 村级评价 --root 3305 --public")
def create(
    code: Code,
    name: Annotated[str, typer.Option(help="Chinese name.")],
    name_en: Annotated[str, typer.Option("--name-en", help="English name.")] = "",
    description: Annotated[str, typer.Option(help="One sentence, in Chinese.")] = "",
    root: Annotated[str, typer.Option(help="Code of the unit whose inner units are ranked; default all.")] = "",
    kind: Annotated[str, typer.Option(help="Kind of the ranked units: village, township, county, …")] = "village",
    public: Annotated[bool, typer.Option("--public", help="Readable without logging in.")] = False,
    synthetic: Annotated[bool, typer.Option("--synthetic", help="Marks invented sample data.")] = False,
    demo: Demo = False,
) -> None:
    """Make a board 建榜单: which units are ranked, and who may read it."""
    start(demo=demo)
    from django.core.exceptions import ValidationError

    from kanjian.boards.actions import create_board
    from kanjian.boards.states import BoardError
    from kanjian.orgs.models import Unit

    kinds = [str(each) for each in Unit.Kind.values]
    if kind not in kinds:
        fail(f"--kind {kind!r}: one of {', '.join(kinds)}", code=CALLED_WRONGLY)
    try:
        create_board(
            code=code,
            name=name,
            name_en=name_en,
            description=description,
            root=_unit(root) if root else None,
            unit_kind=kind,
            is_public=public,
            synthetic=synthetic,
            by=None,
        )
    except BoardError as error:
        fail(str(error))
    except ValidationError as error:
        fail(f"{code}: {'; '.join(error.messages)}", code=CALLED_WRONGLY)
    done(f"board {code}; next: kanjian board version {code} scheme.yaml --from PERIOD")


def _unit(code: str) -> "Unit":
    from kanjian.orgs.models import Unit

    unit = Unit.objects.filter(code=code).first()
    return unit or fail(f"no unit {code!r}; import units first: kanjian import units FILE", code=CALLED_WRONGLY)


def _board(code: str) -> "Board":
    from kanjian.boards.models import Board

    board = Board.objects.select_related("root").filter(code=code).first()
    if board is None:
        known = ", ".join(Board.objects.values_list("code", flat=True)) or "none yet"
        fail(f"no board {code!r}; boards: {known}", code=CALLED_WRONGLY)
    return board


@app.command(epilog="[bold]Example[/bold]  kanjian board version villages scheme.yaml --from 2026-Q1 --note 第一版")
def version(
    code: Code,
    scheme: Annotated[Path, typer.Argument(metavar="SCHEME", help="YAML or JSON file.", exists=True, dir_okay=False)],
    valid_from: Annotated[str, typer.Option("--from", help="First period it is meant for, such as 2026-Q1.")],
    note: Annotated[str, typer.Option(help="What changed and why; shown on the method page.")] = "",
    register: Annotated[
        bool, typer.Option("--register", help="Also register the indicators that are not known yet.")
    ] = False,
    demo: Demo = False,
) -> None:
    """Add a version of the method 方法版本. Says every problem at once, and what differs from the version in force."""
    start(demo=demo)
    from django.core.exceptions import ValidationError
    from django.db import transaction

    from kanjian.boards.actions import add_scheme_version
    from kanjian.boards.states import BoardError
    from kanjian.calendars.periods import PeriodError
    from kanjian.cli.schemes import load

    board, found = _board(code), load(scheme)
    before = board.versions.first()
    try:
        text = scheme.read_text(encoding="utf-8-sig")
        with transaction.atomic():
            added = add_scheme_version(board, text, by=None, valid_from=valid_from, note=note)
            if register:
                _register(added)
    except (BoardError, PeriodError) as error:
        fail(f"{scheme}: {error}")
    except ValidationError as error:
        fail(f"{scheme}: {'; '.join(error.messages)}")
    _differences(before, added)
    done(f"{code} {found.version}, from {added.valid_from}, {len(found.leaves())} indicators")
    _warn_of_missing(added)


def _register(added: "SchemeVersion") -> None:
    from kanjian.boards import needs
    from kanjian.measures.actions import register_indicators
    from kanjian.scoring import Scheme

    made = register_indicators(needs.missing(Scheme.load(added.text)), by=None, only_missing=True)
    if made.created:
        done(f"{len(made.created)} indicators registered: {', '.join(made.created)}")


def _differences(before: "SchemeVersion | None", added: "SchemeVersion") -> None:
    from kanjian.scoring import Scheme

    if before is None or before.hash == added.hash:
        return
    found = Scheme.load(before.text).differences(Scheme.load(added.text))
    rows = [(each.kind, each.path, _short(each.before), _short(each.after)) for each in found]
    table(f"{len(rows)} differences", ["kind", "where", before.version, added.version], rows)


def _short(value: object, longest: int = 60) -> str:
    text = "" if value is None else str(value)
    return text if len(text) <= longest else text[: longest - 1] + "…"


def _warn_of_missing(added: "SchemeVersion") -> None:
    from kanjian.boards import needs
    from kanjian.scoring import Scheme

    missing = [each.code for each in needs.missing(Scheme.load(added.text))]
    if missing:
        warn(
            f"{len(missing)} indicators are not registered: {', '.join(missing)}; "
            "kanjian import indicators --from-scheme SCHEME, or --register"
        )


@app.command(epilog="[bold]Example[/bold]  kanjian board compute villages 2026-Q3")
def compute(
    code: Code,
    period: Period,
    with_version: Annotated[str, typer.Option("--version", help="Version of the method; default the newest.")] = "",
    demo: Demo = False,
) -> None:
    """Freeze the period's values and compute a draft 冻结并计算. The same values and method give the same draft."""
    start(demo=demo)
    from kanjian.boards.actions import compute_edition, freeze_release
    from kanjian.boards.states import BoardError
    from kanjian.calendars.periods import PeriodError
    from kanjian.scoring import ValuesError

    board = _board(code)
    try:
        chosen = _version(board, period, with_version)
        with bar(f"Freezing {period} …") as progress:
            release = freeze_release(board, period, by=None)
            edition = compute_edition(chosen, release, by=None, reporter=progress)
    except (BoardError, PeriodError) as error:
        fail(str(error))
    except ValuesError as error:
        fail(f"{code} {period}: {len(error.problems)} problems", details=[str(each) for each in error.problems])
    _show(edition)
    hint = f"; next: kanjian board objection {code} {edition.period}" if edition.state == "draft" else ""
    done(f"edition {edition.pk} is {edition.get_state_display()}{hint}")


@app.command(epilog="[bold]Example[/bold]  kanjian board replay villages 2026-Q1 --version 2026.2")
def replay(
    code: Code,
    period: Period,
    with_version: Annotated[str, typer.Option("--version", help="Version of the method, whenever it begins.")],
    demo: Demo = False,
) -> None:
    """Compute a past period under any version 重放. Never published; to be compared with what was."""
    start(demo=demo)
    from kanjian.boards import actions
    from kanjian.boards.states import BoardError
    from kanjian.calendars.periods import PeriodError
    from kanjian.scoring import ValuesError

    board = _board(code)
    chosen = _version(board, period, with_version)
    try:
        with bar(f"Replaying {period} …") as progress:
            found = actions.replay(board, chosen, period, by=None, reporter=progress)
    except (BoardError, PeriodError) as error:
        fail(str(error))
    except ValuesError as error:
        fail(f"{code} {period}: {len(error.problems)} problems", details=[str(each) for each in error.problems])
    done(f"replay {found.pk} of {period} under {chosen.version}: {found.ranked} of {found.units} ranked")
    console.print(f"hash {found.hash}", markup=False, soft_wrap=True)


def _version(board: "Board", period: str, label: str) -> "SchemeVersion":
    from kanjian.boards.selectors.managing import version_in_force

    found = board.versions.filter(version=label).first() if label else version_in_force(board, period)
    if found is None:
        known = ", ".join(f"{each.version} (from {each.valid_from})" for each in board.versions.all()) or "none yet"
        fail(f"no version {label or f'for {period}'} of {board.code}; versions: {known}", code=CALLED_WRONGLY)
    return found


def _show(edition: "Edition") -> None:
    from kanjian.boards.selectors.overview import summary as summary_of
    from kanjian.boards.selectors.shapes import BoardQuery
    from kanjian.boards.selectors.table import board_page

    summary = summary_of(edition)
    console.print(
        f"{summary.units:,} units, {summary.ranked:,} ranked, coverage {summary.coverage:.1%}, "
        f"{summary.imputed_cells:,} imputed cells, {len(summary.warnings):,} warnings",
        soft_wrap=True,
    )
    for text in summary.warnings[:SHOWN]:
        warn(text)
    rows = board_page(edition, BoardQuery(size=20)).rows
    shown = [
        (each.track_name or each.track or "", each.track_rank, each.unit, each.label, each.score,
         each.band.code if each.band else "", each.reason_words)
        for each in rows
    ]  # fmt: skip
    columns = ["track", "rank", "unit", "name", "score", "band", "why not ranked"]
    table(f"First {len(shown)}", columns, [(a, _rank(b), *rest) for a, b, *rest in shown], right=["rank", "score"])


def _rank(value: float | None) -> str:
    return "" if value is None else f"{value:g}"


@app.command(epilog="[bold]Example[/bold]  kanjian board objection villages 2026-Q3 --working-days 7")
def objection(
    code: Code,
    period: Period,
    working_days: Annotated[
        int | None,
        typer.Option(min=1, max=60, help="Working days on which objections are taken, from tomorrow on; default 5."),
    ] = None,
    days: Annotated[
        int | None, typer.Option(min=0, max=60, help="Instead: calendar days, today included; 0: no window.")
    ] = None,
    edition: Which = 0,
    demo: Demo = False,
) -> None:
    """Show the draft to everybody who may see the board, and take objections 公示, for five working days by default."""
    if days is not None and working_days is not None:
        fail("give --working-days or --days, not both", code=CALLED_WRONGLY)
    start(demo=demo)
    from kanjian.boards.actions import open_objection
    from kanjian.boards.clocks import WINDOW_DAYS
    from kanjian.boards.states import BoardError, State

    found = _edition(_board(code), period, edition, State.DRAFT)
    try:
        opened = open_objection(found, by=None, days=days, working_days=working_days or WINDOW_DAYS)
    except BoardError as error:
        fail(str(error))
    if days == 0:
        warn("no window: only for a trial, or for what was shown elsewhere")
        done(f"{code} {opened.period} may be published now: kanjian board publish {code} {opened.period}")
        return
    if opened.objection_provisional:
        warn(f"the holidays of {opened.objection_provisional} are not known yet: the last day is provisional")
    done(f"{code} {opened.period} takes objections until {opened.objection_until}, and may be published afterwards")


@app.command(epilog="[bold]Example[/bold]  kanjian board publish villages 2026-Q3")
def publish(code: Code, period: Period, edition: Which = 0, demo: Demo = False) -> None:
    """Make the edition the valid one of its period 发布; the one before is superseded in the same step."""
    start(demo=demo)
    from kanjian.boards.actions import publish as publish_edition
    from kanjian.boards.states import BoardError, State

    found = _edition(_board(code), period, edition, State.OBJECTION)
    try:
        published = publish_edition(found, by=None)
    except BoardError as error:
        fail(str(error))
    done(f"{code} {published.period} is published: {published.ranked} of {published.units} units ranked")
    console.print(f"hash {published.hash}", soft_wrap=True)


def _edition(board: "Board", period: str, number: int, state: str) -> "Edition":
    """The edition of that number; else the newest of the period in the state; else the newest, to say why not."""
    editions = board.editions.order_by("-created_at", "-pk")
    if number:
        chosen = editions.filter(pk=number, period=period).first()
    else:
        of_period = editions.filter(period=period)
        chosen = of_period.filter(state=state).first() or of_period.first()
    if chosen is None:
        remedy = f"compute it: kanjian board compute {board.code} {period}"
        fail(f"no edition {number or ''} of {board.code} {period}; {remedy}")
    return chosen


@app.command("list", epilog="[bold]Example[/bold]  kanjian board list")
def list_boards(
    code: Annotated[str, typer.Argument(metavar="[BOARD]", help="One board with all its editions.")] = "",
    demo: Demo = False,
) -> None:
    """List the boards with their newest version and edition, or the editions of one."""
    start(demo=demo)
    from kanjian.boards.models import Board

    if code:
        _list_editions(_board(code))
        return
    rows = []
    for board in Board.objects.select_related("root"):
        newest, latest = board.versions.first(), board.editions.first()
        state = f"{latest.period} {latest.state}" if latest else ""
        rows.append((board.code, board.name, board.unit_kind, board.root.code if board.root else "(all)",
                     "yes" if board.is_public else "no", newest.version if newest else "", state))  # fmt: skip
    table(f"{len(rows)} boards", ["code", "name", "kind", "root", "public", "method", "newest edition"], rows)


def _list_editions(board: "Board") -> None:
    found = board.editions.select_related("scheme")
    rows = [
        (
            each.pk,
            each.period,
            each.state,
            each.scheme.version,
            f"{each.ranked}/{each.units}",
            _day(each.objection_until),
            each.hash[:12],
        )
        for each in found
    ]
    columns = ["edition", "period", "state", "method", "ranked", "objections until", "hash"]
    table(f"{board.code}: {len(rows)} editions", columns, rows)


def _day(day: date | None) -> str:
    return day.isoformat() if day else ""
