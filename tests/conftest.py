"""What every test stands on: settings through the environment, named people, a small city.

`KANJIAN_TEST_DATABASE_URL=postgresql://…` runs the same tests on PostgreSQL; each run makes and drops its own database.
"""

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings

# How long an example takes says something about the machine, not about the code; CI tries the same examples every time.
hypothesis_settings.register_profile(
    "kanjian", deadline=None, derandomize="CI" in os.environ, suppress_health_check=[HealthCheck.too_slow]
)
hypothesis_settings.load_profile("kanjian")

WORKER = os.environ.get("PYTEST_XDIST_WORKER", "main")
HOME = Path(tempfile.mkdtemp(prefix=f"kanjian-test-{WORKER}-"))


def _database_url() -> str:
    url = os.environ.get("KANJIAN_TEST_DATABASE_URL", "")
    # Runs side by side must not share a database: the process number tells them apart.
    return f"{url}_{os.getpid()}" if url else "sqlite:///:memory:"


os.environ.update(
    DJANGO_SETTINGS_MODULE="kanjian.settings",
    KANJIAN_SECRET_KEY="only-for-tests-0123456789-abcdefghijklmnopqrstuvwxyz",
    KANJIAN_HOME=str(HOME),
    KANJIAN_DATABASE_URL=_database_url(),
    KANJIAN_HTTPS="0",
    KANJIAN_REQUIRE_MFA="0",
    KANJIAN_LOG_LEVEL="WARNING",
)
for name in ("KANJIAN_DEBUG", "KANJIAN_DEMO", "KANJIAN_TASKS_BACKEND", "KANJIAN_SECRET_KEY_FILE"):
    os.environ.pop(name, None)

if TYPE_CHECKING:
    from django.test import Client

    from kanjian.orgs.models import Unit, User


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_setupnodes() -> None:
    """Workers inherit the environment; with this they would read the settings before they have their own folder."""
    os.environ.pop("DJANGO_SETTINGS_MODULE")


def pytest_configure() -> None:
    """Before Django starts: static files without a manifest (there is no build here) and a fast password hash."""
    from django.conf import settings

    if HOME.resolve() != settings.HOME:
        # Whoever exports it makes Django read the settings before this file can point them at a folder of their own.
        raise pytest.UsageError("unset DJANGO_SETTINGS_MODULE: tests must not run in an installation's data folder")
    settings.STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    (HOME / "static").mkdir(exist_ok=True)


def pytest_unconfigure() -> None:
    """Leave nothing behind."""
    shutil.rmtree(HOME, ignore_errors=True)


@pytest.fixture(autouse=True)
def _own_language() -> Iterator[None]:
    """The command line chooses a language for its process; no test may leave it to the next one."""
    from django.utils import translation

    translation.activate("zh-hans")
    yield
    translation.deactivate()


@pytest.fixture
def home(settings, tmp_path: Path) -> Path:
    """A data folder of this test alone (editions, releases, files)."""
    settings.HOME = tmp_path
    return tmp_path


@pytest.fixture
def one_upload(settings) -> None:
    """One file a day and person; what other tests counted is forgotten."""
    from django.core.cache import caches

    caches["limits"].clear()
    settings.LIMITS = {**settings.LIMITS, "uploads": "1/d"}


@pytest.fixture
def reference() -> Path:
    """The shared reference data, named by KANJIAN_REFERENCE or lying beside the repository."""
    root = Path(__file__).resolve().parents[1]
    folder = Path(os.environ.get("KANJIAN_REFERENCE", root.parent / "shared" / "reference"))
    if not folder.is_dir():
        pytest.skip(f"no reference data at {folder}: set KANJIAN_REFERENCE")
    return folder


@pytest.fixture(scope="session")
def is_postgres() -> bool:
    """Whether this run uses PostgreSQL."""
    return os.environ["KANJIAN_DATABASE_URL"].startswith("postgres")


@dataclass(frozen=True)
class SmallCity:
    """One city, two counties, two townships in the first, three villages; and a department."""

    city: "Unit"
    county: "Unit"
    other_county: "Unit"
    township: "Unit"
    other_township: "Unit"
    village: "Unit"
    sister_village: "Unit"
    far_village: "Unit"
    department: "Unit"


@pytest.fixture
def small_city(db) -> SmallCity:
    """城 › 东县 › 柳镇 › 荷塘村、石桥村; 东县 › 松镇 › 云岭村; 城 › 西县; 城 › 农业农村局."""
    from kanjian.orgs.models import Unit

    def unit(code: str, name: str, kind: str, parent: "Unit | None" = None) -> "Unit":
        return Unit.objects.create(code=code, name=name, kind=kind, parent=parent)

    city = unit("C", "湖城市", "city")
    county = unit("C1", "东县", "county", city)
    township = unit("C101", "柳镇", "township", county)
    other_township = unit("C102", "松镇", "township", county)
    return SmallCity(
        city=city,
        county=county,
        other_county=unit("C2", "西县", "county", city),
        township=township,
        other_township=other_township,
        village=unit("C10101", "荷塘村", "village", township),
        sister_village=unit("C10102", "石桥村", "village", township),
        far_village=unit("C10201", "云岭村", "village", other_township),
        department=unit("C-NY", "农业农村局", "department", city),
    )


def _person(username: str, display_name: str) -> "User":
    from kanjian.orgs.models import User

    return User.objects.create_user(username=username, password="password-of-" + username, display_name=display_name)


def _holder(username: str, display_name: str, role: str, unit: "Unit") -> "User":
    from kanjian.orgs.models import Post

    person = _person(username, display_name)
    Post.objects.create(user=person, unit=unit, role=role)
    return person


@pytest.fixture
def xiaowang(db) -> "User":
    """小王, a citizen with an account and no post: the stranger of every view test."""
    return _person("xiaowang", "小王")


@pytest.fixture
def ligong(small_city: SmallCity) -> "User":
    """李工, reader of 东县."""
    return _holder("ligong", "李工", "reader", small_city.county)


@pytest.fixture
def village_clerk(small_city: SmallCity) -> "User":
    """村文书, reporter of 荷塘村."""
    return _holder("cunwenshu", "村文书", "reporter", small_city.village)


@pytest.fixture
def reviewer(small_city: SmallCity) -> "User":
    """审核员, reviewer of 柳镇."""
    return _holder("shenheyuan", "审核员", "reviewer", small_city.township)


@pytest.fixture
def methodologist(small_city: SmallCity) -> "User":
    """方法员, methodologist of the whole city."""
    return _holder("fangfayuan", "方法员", "methodologist", small_city.city)


@pytest.fixture
def administrator(small_city: SmallCity) -> "User":
    """管理员, administrator of the whole city."""
    return _holder("guanliyuan", "管理员", "administrator", small_city.city)


@pytest.fixture
def county_administrator(small_city: SmallCity) -> "User":
    """县管理员, administrator of 东县 only."""
    return _holder("xianguanliyuan", "县管理员", "administrator", small_city.county)


@pytest.fixture
def client_of() -> "Callable[[User | None], Client]":
    """A function that gives a browser in which the person is signed in; None gives an anonymous one."""
    from django.test import Client

    def make(person: "User | None") -> "Client":
        client = Client()
        if person is not None:
            client.force_login(person)
        return client

    return make
