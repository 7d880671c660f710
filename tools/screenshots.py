"""The pictures of the README, from the real pages: loads the sample city into a folder that goes away, serves it on the
loopback, takes `docs/images/*.png` and stops. Ten minutes at most.

``python tools/screenshots.py [FOLDER]`` — another folder to write to. ``KANJIAN_CHROMIUM`` names another browser.
"""

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

ROOT = Path(__file__).resolve().parents[1]
KANJIAN = Path(sys.executable).with_name("kanjian")
LOADING, STARTING, PAGE = 480, 60, 20_000  # seconds, seconds, milliseconds
DESK, TALL, PHONE, WALL = (1366, 768), (1366, 1180), (375, 812), (1920, 1080)
# Neither the best nor the worst: a report that has something to say.
REPORT = "#board-table tbody tr:nth-child(24) a[href*='/units/']"


@dataclass(frozen=True)
class Picture:
    """One picture: where to go, which link to follow there, at which screen, as which demo account."""

    name: str
    path: str
    language: str = "zh-hans"
    screen: tuple[int, int] = DESK
    theme: str = "light"
    follow: str = ""
    user: str = ""


PICTURES = (
    Picture("home", "/"),
    Picture("home-en", "/", language="en"),
    Picture("board", "/boards/strong-village/"),
    Picture("board-en", "/boards/strong-village/", language="en"),
    Picture("report", "/boards/strong-village/", screen=TALL, follow=REPORT),
    Picture("report-en", "/boards/strong-village/", language="en", screen=TALL, follow=REPORT),
    Picture("report-phone", "/boards/strong-village/", screen=PHONE, follow=REPORT),
    Picture("board-dark", "/boards/strong-village/", screen=WALL, theme="dark"),
    Picture("method", "/boards/strong-village/method/"),
    Picture("sheet-phone", "/collecting/", screen=PHONE, follow="main a[href*='/sheets/']", user="demo-reporter"),
    Picture("review", "/", screen=TALL, follow="main a[href*='/manage/']", user="demo-office"),
    Picture("flag", "/measures/flags/", follow="tbody a[href*='/flags/']", user="demo-office"),
    Picture("pairing", "/pairing/", screen=TALL, follow="tbody a[href*='/pairing/']", user="demo-office"),
)


def free_port() -> int:
    """A port of the loopback that nobody uses now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for(port: int, server: subprocess.Popen[bytes]) -> None:
    """Until the server answers; a server that died is told at once."""
    for _ in range(STARTING * 4):
        if server.poll() is not None:
            sys.exit("the server stopped before it answered")
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            time.sleep(0.25)
        else:
            return
    sys.exit(f"the server did not answer within {STARTING} s")


@contextmanager
def sample_city() -> Iterator[str]:
    """The sample city on the loopback; everything is gone afterwards."""
    home = tempfile.mkdtemp(prefix="kanjian-screenshots-")
    port = free_port()
    environment = {**os.environ, "KANJIAN_HOME": home}
    environment.pop("KANJIAN_DATABASE_URL", None)
    try:
        subprocess.run([KANJIAN, "demo", "--no-serve"], env=environment, check=True, timeout=LOADING)
        command = [KANJIAN, "demo", "--port", str(port), "--workers", "1"]
        with subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL) as server:
            try:
                wait_for(port, server)
                yield f"http://127.0.0.1:{port}"
            finally:
                server.terminate()
                try:
                    server.wait(15)
                except subprocess.TimeoutExpired:
                    server.kill()
    finally:
        shutil.rmtree(home, ignore_errors=True)


def settle(page: Page) -> None:
    """Until the network is quiet and every chart is drawn."""
    page.wait_for_load_state("networkidle", timeout=PAGE)
    page.wait_for_function("() => !document.querySelector('[data-chart]:not([data-chart-state=drawn])')", timeout=PAGE)


def sign_in(page: Page, address: str, user: str) -> None:
    """As a demo account; their passwords are public."""
    page.goto(f"{address}/accounts/login/")
    page.fill("[name=login]", user)
    page.fill("[name=password]", f"{user}-2026")
    page.press("[name=password]", "Enter")
    page.wait_for_url(lambda url: "/login/" not in url)


def take(browser: Browser, address: str, picture: Picture, folder: Path) -> None:
    """One picture."""
    width, height = picture.screen
    context = browser.new_context(viewport={"width": width, "height": height}, color_scheme=picture.theme)
    context.add_cookies([{"name": "django_language", "value": picture.language, "url": address}])
    page = context.new_page()
    page.set_default_timeout(PAGE)
    if picture.user:
        sign_in(page, address, picture.user)
    page.goto(address + picture.path)
    if picture.follow:
        page.goto(address + str(page.locator(picture.follow).first.get_attribute("href")))
    settle(page)
    page.screenshot(path=folder / f"{picture.name}.png")
    context.close()
    print(f"{picture.name}.png")


def main(arguments: list[str]) -> int:
    """All pictures."""
    folder = Path(arguments[0]) if arguments else ROOT / "docs" / "images"
    folder.mkdir(parents=True, exist_ok=True)
    chromium = os.environ.get("KANJIAN_CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    if chromium is None:
        sys.exit("no chromium: install it or set KANJIAN_CHROMIUM")
    with sample_city() as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        for picture in PICTURES:
            take(browser, address, picture, folder)
        browser.close()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
