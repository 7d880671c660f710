"""A real browser against a real server on the loopback: chromium of the machine, nothing downloaded.

`KANJIAN_CHROMIUM` names another browser. Every page is watched: a request to another host, an error in the console, a
violation of the Content-Security-Policy or an uncaught exception fails the test.
"""

import json
import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

# Playwright keeps an event loop in this thread; the tests' own database calls are fine all the same.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"

ROOT = Path(__file__).resolve().parents[2]
AXE = ROOT / "frontend" / "node_modules" / "axe-core" / "axe.min.js"
WIDTHS = {"phone": (375, 812), "desk": (1366, 768), "wall": (1920, 1080)}
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


def chromium() -> str | None:
    """Where the machine's browser is."""
    return os.environ.get("KANJIAN_CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything in this folder needs a browser and built assets."""
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.browser)
            if chromium() is None:
                item.add_marker(pytest.mark.skip(reason="no chromium: install it or set KANJIAN_CHROMIUM"))


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict) -> dict:
    """The machine's chromium. In a container it has no user namespaces of its own."""
    return {**browser_type_launch_args, "executable_path": chromium(), "args": ["--no-sandbox", "--disable-gpu"]}


@dataclass
class Watched:
    """What happened on a page that must not happen."""

    home: str
    problems: list[str] = field(default_factory=list)

    def attach(self, context: BrowserContext) -> None:
        """Watch every page of a context; requests to other hosts are refused and reported."""
        context.route("**/*", self._route)
        context.on("console", self._console)
        context.on("weberror", lambda error: self.problems.append(f"exception: {error.error}"))

    def _route(self, route) -> None:
        address = urlsplit(route.request.url)
        if address.scheme in {"data", "blob", "about"} or f"{address.scheme}://{address.netloc}" == self.home:
            route.continue_()
        else:
            self.problems.append(f"request to another host: {route.request.url}")
            route.abort()

    def _console(self, message) -> None:
        # The status of a page that is meant to be 403 or 404 is no defect of the page.
        expected = "Failed to load resource" in message.text and ("404" in message.text or "403" in message.text)
        if message.type in {"error", "warning"} and not (expected and message.location["url"] in self.allowed):
            self.problems.append(f"{message.type}: {message.text} ({message.location.get('url', '')})")

    @property
    def allowed(self) -> set[str]:
        """Addresses that may answer 403 or 404."""
        return self._allowed

    _allowed: set[str] = field(default_factory=set)

    def may_fail(self, url: str) -> None:
        """This address is expected to answer with an error status."""
        self._allowed.add(url)


@dataclass
class Visitor:
    """One person at one screen."""

    page: Page
    home: str
    watched: Watched

    def open(self, path: str, *, status: int = 200) -> Page:
        """Go to a page of ours, expect its status, wait until charts are drawn."""
        url = self.home + path
        if status >= 400:
            self.watched.may_fail(url)
        answer = self.page.goto(url)
        assert answer is not None
        assert answer.status == status, f"{path}: {answer.status}"
        # Loaded is enough: waiting for a quiet network costs half a second on each of hundreds of pages.
        self.drawn()
        return self.page

    def settle(self) -> None:
        """Wait for the network and for charts."""
        self.page.wait_for_load_state("networkidle")
        self.drawn()

    def drawn(self) -> None:
        """Wait for charts."""
        self.page.wait_for_function("() => !document.querySelector('[data-chart]:not([data-chart-state=drawn])')")

    def violations(self) -> list[str]:
        """What axe finds on the page as it is now, one line each."""
        # Evaluated, not inserted as an element: the page's own policy stays in force.
        self.page.evaluate(AXE.read_text(encoding="utf-8"))
        found = self.page.evaluate("tags => axe.run(document, {runOnly: tags}).then(r => r.violations)", WCAG)
        return [
            f"{v['id']} ({v['impact']}): {node['html'][:200]} — {node['failureSummary']}"
            for v in found
            for node in v["nodes"]
        ]

    def overflow(self) -> str:
        """What sticks out to the right of the page, if the page scrolls sideways."""
        return self.page.evaluate(
            """() => {
              const width = document.documentElement.clientWidth;
              if (document.documentElement.scrollWidth <= width) return "";
              const all = [...document.querySelectorAll("body *")];
              const wide = all.filter((e) => e.getBoundingClientRect().right > width + 1);
              return wide.slice(0, 5).map((e) => e.outerHTML.slice(0, 120)).join(" | ");
            }"""
        )


@pytest.fixture
def visit(browser: Browser, live_server) -> Iterator[Callable[..., Visitor]]:
    """``visit(width="desk", language="zh-hans", theme="light", person=None)``: a visitor; problems fail at the end."""
    contexts: list[BrowserContext] = []
    watched = Watched(live_server.url)

    def make(*, width: str = "desk", language: str = "zh-hans", theme: str = "light", person=None) -> Visitor:
        across, down = WIDTHS[width]
        context = browser.new_context(
            viewport={"width": across, "height": down},
            color_scheme=theme,
            locale="en-GB" if language == "en" else "zh-CN",
        )
        contexts.append(context)
        watched.attach(context)
        cookies = {"django_language": language, **(_session(person) if person else {})}
        context.add_cookies([{"name": k, "value": v, "url": live_server.url} for k, v in cookies.items()])
        return Visitor(context.new_page(), live_server.url, watched)

    yield make
    for context in contexts:
        context.close()
    assert not watched.problems, json.dumps(watched.problems, ensure_ascii=False, indent=2)


def _session(person) -> dict[str, str]:
    from django.test import Client

    client = Client()
    client.force_login(person)
    return {"sessionid": client.cookies["sessionid"].value}


@pytest.fixture(autouse=True)
def _assets_are_built() -> None:
    if not AXE.is_file() or not (ROOT / "src/kanjian/assets/kanjian-vendor/tabler.css").is_file():
        pytest.fail("the front-end parts are not built: run `make assets`")
