"""A real Chromium, and a page of it that remembers what went wrong while it was used."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Dialog,
    Page,
    Request,
    sync_playwright,
)

CHROMIUM = next((found for name in ("chromium", "chromium-browser") if (found := shutil.which(name))), None)

# Without the sandbox, because CI runs as root; WebGL in software, because it has no graphics card.
ARGUMENTS = [
    "--no-sandbox",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--use-gl=angle",
    "--use-angle=swiftshader",
    "--enable-unsafe-swiftshader",
]
WIDTH, HEIGHT, NARROW = 1280, 900, 390
LARGE = {"width": 3840, "height": 2160}


@contextmanager
def chromium(*more: str) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=[*ARGUMENTS, *more])
        yield browser
        browser.close()


@dataclass
class Watched:
    """A page, and all that a reader should never meet in it."""

    page: Page
    site: str
    errors: list[str] = field(default_factory=list)
    dialogs: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)

    def open(self, path: str) -> Page:
        self.page.goto(f"{self.site}{path}", wait_until="networkidle")
        return self.page

    def answered(self, *endings: str) -> list[str]:
        """The paths that were asked for and end like that."""
        return [path for one in self.requests if (path := urlsplit(one).path).endswith(endings)]


@contextmanager
def watched(browser: Browser, site: str, **options: Any) -> Iterator[Watched]:
    """A fresh context of the browser: no cookie, no cache, no window of another test."""
    context = browser.new_context(**{"viewport": {"width": WIDTH, "height": HEIGHT}, **options})
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    found = Watched(context.new_page(), site)
    _watch(context, found)
    yield found
    context.close()


def _watch(context: BrowserContext, found: Watched) -> None:
    page, own = found.page, urlsplit(found.site).netloc

    def said(message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            found.errors.append(f"{message.type}: {message.text}")

    def failed(request: Request) -> None:
        if (
            request.failure != "net::ERR_ABORTED"
        ):  # an older question that a newer one replaces, or a download
            found.errors.append(f"failed: {request.url} {request.failure}")

    def asked(request: Request) -> None:
        found.requests.append(request.url)
        address = urlsplit(request.url)
        if address.scheme not in {"data", "blob"} and address.netloc != own:
            found.errors.append(f"foreign: {request.url}")

    def asked_of_the_reader(dialog: Dialog) -> None:
        found.dialogs.append(dialog.message)
        dialog.dismiss()

    page.on("console", said)
    page.on("pageerror", lambda error: found.errors.append(f"uncaught: {error}"))
    page.on("dialog", asked_of_the_reader)
    context.on("request", asked)
    context.on("requestfailed", failed)
