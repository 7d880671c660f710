"""``kanjian verify …``: compute a published edition again and compare hash for hash 核验."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kanjian.cli.console import CALLED_WRONGLY, console, done, fail
from kanjian.cli.importing import Demo, start

if TYPE_CHECKING:
    from kanjian.boards.models import Edition


def verify(
    target: Annotated[
        str, typer.Argument(metavar="FILE.zip | EDITION | BOARD", help="An open-data zip; or an edition here.")
    ],
    period: Annotated[str, typer.Argument(metavar="[PERIOD]", help="With a board: the period.")] = "",
    expect: Annotated[str, typer.Option(help="Hash that the edition should have, as its page shows it.")] = "",
    demo: Demo = False,
) -> None:
    """Compute an edition again from its release and method, and compare it hash for hash with what was published.

    A downloaded zip needs nothing else: no database, no settings, no network. Exit code 0: all is as published; 1:
    something differs, and it is said what; 2: there is nothing to check.
    """
    path = Path(target)
    if path.suffix.lower() == ".zip" or path.is_file():
        _zip(path, expect)
    else:
        start(demo=demo)
        _here(target, period, expect)


def _zip(path: Path, expect: str) -> None:
    from django.conf import settings

    if not settings.configured:
        settings.configure(USE_I18N=False)  # nothing is read from the environment: no key, no database
    from kanjian.boards.bundles import BundleError, verify_bundle

    if not path.is_file():
        fail(f"there is no file {path}", code=CALLED_WRONGLY)
    try:
        report = verify_bundle(path, expect)
    except BundleError as error:
        fail(f"{path.name}: {error}", code=CALLED_WRONGLY)
    console.print(f"edition {report.edition}", soft_wrap=True)
    console.print(f"release {report.release}", soft_wrap=True)
    console.print(f"method  {report.scheme} ({report.version})", soft_wrap=True, markup=False)
    if not report.holds:
        lines = [f"{found.where}: {found.message}" for found in report.findings]
        fail(f"{path.name} is not what was published: {len(lines)} findings", details=lines)
    done(f"{path.name}: {report.period}, {report.units} units, recomputed from the release, equal bit for bit")
    if not expect:
        console.print("Compare the edition's hash with the one on the platform's page, or give it with --expect.")


def _here(target: str, period: str, expect: str) -> None:
    from django.conf import settings

    from kanjian.boards.recomputing import verify as recompute
    from kanjian.boards.store.folders import StoreError

    edition = _edition(target, period)
    console.print(f"edition {edition.hash} ({edition.state})", soft_wrap=True)
    lines = []
    if expect and expect != edition.hash:
        lines.append(f"this is edition {edition.hash}, not {expect}")
    try:
        found = recompute(settings.HOME, edition.hash)
    except StoreError as error:
        fail(f"{edition.board.code} {edition.period} is not what was published", details=[*lines, str(error)])
    lines += found.differences
    lines += [f"recomputed {found.found}"] if found.found != found.expected else []
    if lines:
        fail(f"{edition.board.code} {edition.period} is not what was published", details=lines)
    done(f"{edition.board.code} {edition.period}: {edition.units} units, recomputed, equal bit for bit")


def _edition(target: str, period: str) -> "Edition":
    """The edition of that number; or the published one of board and period, else the newest."""
    from kanjian.boards.models import Edition

    found = Edition.objects.select_related("board")
    if target.isdigit() and not period:
        edition = found.filter(pk=int(target)).first()
        if edition is None:
            fail(f"there is no edition {target}", code=CALLED_WRONGLY)
        return edition
    of_board = found.filter(board__code=target, **({"period": period} if period else {}))
    edition = of_board.filter(state=Edition.State.PUBLISHED).order_by("-period").first() or of_board.first()
    if edition is None:
        fail(f"there is no edition of {target} {period}, and no file {target}", code=CALLED_WRONGLY)
    return edition
