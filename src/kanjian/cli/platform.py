"""Bringing Django up from the command line."""

import hashlib
import os
import secrets
from pathlib import Path
from typing import NoReturn

from kanjian.cli.console import CALLED_WRONGLY, fail

SETTINGS = "kanjian.settings"


def home() -> Path:
    """The folder an installation writes to, made if it is not there."""
    folder = Path(os.environ.get("KANJIAN_HOME", "kanjian-data")).resolve()
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        _no_folder(folder, error)
    return folder


def _no_folder(folder: Path, error: OSError) -> NoReturn:
    fail(f"the data folder {folder} cannot be used: {error.strerror}; set KANJIAN_HOME", code=CALLED_WRONGLY)


def demo_environment() -> None:
    """Settings of the sample city: its own random key in the data folder, plain HTTP on this machine."""
    key = home() / "secret-key"
    if not key.exists():
        key.touch(mode=0o600)
        key.write_text(secrets.token_urlsafe(50), encoding="utf-8")
    if not os.environ.get("KANJIAN_SECRET_KEY"):
        os.environ.setdefault("KANJIAN_SECRET_KEY_FILE", str(key))
    os.environ["KANJIAN_DEMO"] = "1"


def setup() -> None:
    """Configure Django; a wrong setting is told in one line."""
    import django
    from django.core.exceptions import ImproperlyConfigured

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", SETTINGS)
    try:
        django.setup()
    except ImproperlyConfigured as error:
        fail(str(error), code=CALLED_WRONGLY)
    except OSError as error:
        _no_folder(Path(error.filename or home()), error)
    from django.utils import translation

    translation.activate(language())


def language() -> str:
    """The language of the terminal: Chinese where its locale is, otherwise English."""
    locale = next((os.environ[name] for name in ("LC_ALL", "LC_MESSAGES", "LANG") if os.environ.get(name)), "")
    if not locale.startswith("zh"):
        return "en"
    return "zh-hant" if locale.startswith(("zh_TW", "zh_HK", "zh_MO")) else "zh-hans"


def pending_migrations() -> list[str]:
    """Names of migrations that the database lacks; stops where there is no database to ask."""
    from django.db import DatabaseError, connection
    from django.db.migrations.executor import MigrationExecutor

    try:
        executor = MigrationExecutor(connection)
    except DatabaseError as error:
        said = " ".join(str(error).split())
        fail(f"the database cannot be used: {said}; check KANJIAN_DATABASE_URL", code=CALLED_WRONGLY)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return [str(migration) for migration, _ in plan]


def prepare() -> None:
    """Bring the database and its working-day calendar to this version, and collect the static files."""
    from django.core.management import call_command

    from kanjian.calendars.actions import seed_years

    if pending_migrations():
        call_command("migrate", verbosity=0, interactive=False)
    seed_years()
    collect_static()


def collect_static() -> None:
    """Collect and compress the static files. It takes long, so a stamp says when nothing has changed since."""
    from django.conf import settings
    from django.core.management import call_command

    stamp = Path(settings.STATIC_ROOT) / "collected"
    found = _static_fingerprint()
    if stamp.is_file() and stamp.read_text(encoding="ascii") == found:
        return
    stamp.unlink(missing_ok=True)
    call_command("collectstatic", verbosity=0, interactive=False, clear=True)
    stamp.write_text(found, encoding="ascii")


def _static_fingerprint() -> str:
    """Names, sizes and times of everything that would be collected, and the program's version."""
    from django.contrib.staticfiles.finders import get_finders

    from kanjian import __version__

    digest = hashlib.sha256(__version__.encode())
    for finder in get_finders():
        for path, storage in finder.list([]):
            state = Path(storage.path(path)).stat()
            digest.update(f"{path} {state.st_size} {state.st_mtime_ns}\n".encode())
    return digest.hexdigest()
