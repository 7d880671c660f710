"""What every act stands on: a browser for each person, a machine for each token."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

from playwright.sync_api import Page

from .world import World


@dataclass
class Stage:
    """The theatre: who is who, and where the browsers are."""

    visit: Callable[..., Any]
    world: World
    folder: Path
    visitors: dict[str, Any] = field(default_factory=dict)

    def visitor(self, name: str, *, width: str = "desk") -> Any:
        """The person's browser; opened once, kept for the whole play. An empty name: somebody without an account."""
        if name not in self.visitors:
            person = self.world.people[name] if name else None
            self.visitors[name] = self.visit(width=width, person=person)
        return self.visitors[name]

    def open(self, name: str, path: str, *, width: str = "desk") -> Page:
        """The person goes to a page of the platform, which must answer 200."""
        visitor = self.visitor(name, width=width)
        answer = visitor.page.goto(visitor.home + path)
        assert answer is not None
        assert answer.status == 200, f"{name} {path}: {answer.status}"
        return visitor.page

    def machine(self, secret: str) -> "Machine":
        """A program with a personal token."""
        return Machine(self.visitor("").home + "/api/v1", secret)


@dataclass(frozen=True)
class Machine:
    """A program that speaks HTTP and JSON, as any other program does."""

    root: str
    secret: str

    def send(self, method: str, path: str, body: object = None, *, key: str = "") -> tuple[int, Any]:
        """The status and the answer."""
        headers = {"Authorization": f"Bearer {self.secret}", "Content-Type": "application/json"}
        headers |= {"Idempotency-Key": key} if key else {}
        content = None if method == "GET" else json.dumps(body or {}).encode()
        request = Request(self.root + path, data=content, headers=headers, method=method)
        try:
            with urlopen(request) as answer:
                return answer.status, json.load(answer)
        except HTTPError as error:
            return error.code, json.load(error)


def press(page: Page, name: str, *, within: str = "main") -> None:
    """Press the button of that name, and wait for the page that comes."""
    with page.expect_navigation(wait_until="load"):
        page.locator(within).get_by_role("button", name=name, exact=True).click()


def follow(page: Page, name: str, *, within: str = "main") -> None:
    """Follow the link of that name."""
    with page.expect_navigation(wait_until="load"):
        page.locator(within).get_by_role("link", name=name, exact=True).first.click()


def reads(page: Page) -> str:
    """What the page says."""
    return page.locator("main").inner_text()


def number_in(url: str) -> int:
    """The last number of an address."""
    return int([part for part in url.partition("?")[0].split("/") if part.isdigit()][-1])
