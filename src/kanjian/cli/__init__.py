"""Command line 命令行: ``kanjian --help``.

Exit codes: 0 done; 1 the input or the data is not right (the message says where and how to mend it);
2 the command was called wrongly; 3 something nobody foresaw (a fault of Kanjian; one line says what).
"""

import logging
import os
import sys
import warnings

UNEXPECTED = 3


def main() -> None:
    """Run the command line. Imported late so that ``kanjian --help`` answers at once."""
    from kanjian.cli.app import app

    if not os.environ.get("KANJIAN_DEBUG"):
        _hush()
    try:
        app()
    except (SystemExit, KeyboardInterrupt):
        raise
    except BaseException as error:  # Polars reports a fault of its own as such
        if os.environ.get("KANJIAN_DEBUG"):
            raise
        sys.exit(_unexpected(error))


def _hush() -> None:
    """Keep the remarks that libraries make to programmers away from people."""
    warnings.simplefilter("ignore")
    logging.getLogger("fastexcel").setLevel(logging.ERROR)


def _unexpected(error: BaseException) -> int:
    """Say in one line that something happened which nobody foresaw, and how to learn more."""
    if isinstance(error, BrokenPipeError):  # whoever read our output has seen enough, as in ``kanjian … | head``
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    from rich.markup import escape

    from kanjian.cli.console import errors

    said = " ".join(str(error).split())[:300] or "no message"
    errors.print(f"[bold red]✗[/] unexpected {type(error).__name__}: {escape(said)}", soft_wrap=True)
    errors.print("  Nobody foresaw this. For the full trace put KANJIAN_DEBUG=1 before the command, and report it.")
    return UNEXPECTED
