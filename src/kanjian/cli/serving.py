"""``demo``, ``serve``, ``check``, ``manage``: the platform from the command line."""

import os
import socket
import sys
from typing import TYPE_CHECKING, Annotated

import typer

from kanjian.cli import platform
from kanjian.cli.console import CALLED_WRONGLY, DATA_IS_WRONG, console, done, errors, fail, table, warn
from kanjian.cli.progress import bar

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

PATIENCE = 15  # seconds that a request has to end when the server stops
Host = Annotated[str, typer.Option(help="Address to listen on.")]
Port = Annotated[int, typer.Option(min=1, max=65535, help="Port to listen on.")]


def _refuse_taken(host: str, port: int) -> None:
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            fail(f"{host}:{port} is not free ({error.strerror}); choose another with --port", code=CALLED_WRONGLY)


def _in_worker(_target: str) -> "WSGIApplication":
    """The platform, loaded in a server process that leaves the terminal's group.

    Ctrl+C would reach the process itself and once more by way of the supervisor, and a process of Granian 2.8 that is
    told to stop twice never does.
    """
    if hasattr(os, "setpgrp"):
        os.setpgrp()
    from kanjian.wsgi import application

    return application


def _listen(host: str, port: int, workers: int) -> None:
    import multiprocessing

    from granian import Granian
    from granian.constants import Interfaces
    from granian.log import LogLevels

    # Pages read small tables: threads of several processes that wait for each other cost more than they bring.
    os.environ.setdefault("POLARS_MAX_THREADS", str(max(1, (os.cpu_count() or 1) // workers)))
    # Loading the sample city has started Polars' threads in this process, and a forked child of it would hang.
    multiprocessing.set_start_method("spawn", force=True)
    Granian(
        "kanjian.wsgi:application",
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=workers,
        blocking_threads=4,
        log_level=LogLevels.warning,
        workers_kill_timeout=PATIENCE,
    ).serve(target_loader=_in_worker)


def demo(
    host: Host = "127.0.0.1",
    port: Port = 8000,
    with_asem: Annotated[
        bool, typer.Option("--with-asem", help="Also load the 51-country ASEM index from the reference folder.")
    ] = False,
    serve: Annotated[bool, typer.Option(help="Serve the pages afterwards.")] = True,
    workers: Annotated[int, typer.Option(min=1, help="Server processes.")] = 2,
) -> None:
    """Load the sample city 演示城市 (once) and show it in the browser."""
    if serve:
        _refuse_taken(host, port)
    platform.demo_environment()
    platform.setup()
    from kanjian.demo import accounts, asem, load

    errors.print(f"Data folder: {platform.home()}")
    with bar("Preparing the database and the front-end parts …"):
        platform.prepare()
    with bar("Sample city …") as progress:
        load.load_city(progress)
        if with_asem:
            try:
                asem.load_asem(progress)
            except asem.ReferenceAbsentError as error:
                warn(str(error))
    done("The sample city is ready (synthetic data; people and villages are invented).")
    table("Accounts 演示账号", ["user", "password", "role"], accounts.printed())
    if not serve:
        return
    console.print(f"\n[bold]http://{host}:{port}/[/]   stop with Ctrl+C")
    _listen(host, port, workers)


def prepare(
    demo_data: Annotated[bool, typer.Option("--demo", help="The data folder of `kanjian demo`.")] = False,
) -> None:
    """Make or migrate the database and collect the static files, without serving. Safe to run again."""
    if demo_data:
        platform.demo_environment()
    platform.setup()
    with bar("Preparing the database and the front-end parts …"):
        platform.prepare()
    done(f"ready: {platform.home()}")


def serve(
    host: Host = "127.0.0.1",
    port: Port = 8000,
    workers: Annotated[int, typer.Option(min=1, help="Server processes.")] = 2,
    prepare: Annotated[
        bool, typer.Option("--prepare", help="First migrate the database and collect the static files.")
    ] = False,
) -> None:
    """Serve the platform. Needs KANJIAN_SECRET_KEY (or KANJIAN_SECRET_KEY_FILE)."""
    platform.setup()
    if prepare:
        platform.prepare()
    elif waiting := platform.pending_migrations():
        fail(f"the database lacks {len(waiting)} migrations", details=["run: kanjian serve --prepare"])
    _refuse_taken(host, port)
    done(f"http://{host}:{port}/")
    _listen(host, port, workers)


def check(
    demo_data: Annotated[bool, typer.Option("--demo", help="Check the data of `kanjian demo`.")] = False,
) -> None:
    """Look for stale sources, broken schemes, changed editions, a broken ledger. Exit code 1 when one is found."""
    if demo_data:
        platform.demo_environment()
    platform.setup()
    from kanjian import health

    if waiting := platform.pending_migrations():
        fail(f"the database lacks {len(waiting)} migrations", details=["run: kanjian serve --prepare"])
    found = health.run()
    rows = [(p.severity.value, p.code, p.message, p.remedy) for p in found]
    if rows:
        table("Findings 体检", ["severity", "check", "what", "remedy"], rows)
    if any(p.severity is health.Severity.ERROR for p in found):
        raise typer.Exit(DATA_IS_WRONG)
    done(f"{len(health.codes())} checks, no error" + (f", {len(rows)} warnings" if rows else ""))


def manage(context: typer.Context) -> None:
    """Run one of Django's own commands, for example createsuperuser or shell."""
    from django.core.management import execute_from_command_line

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", platform.SETTINGS)
    execute_from_command_line([sys.argv[0], *context.args])
