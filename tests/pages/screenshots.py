"""Takes a picture of each view, light, dark, narrow and large, for a person to look at, and those of the README."""

import sys
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser

from tests.pages.browser import HEIGHT, LARGE, NARROW, chromium, watched
from tests.pages.views import VIEWS
from tests.service.processes import serving

LOOKS: dict[str, dict[str, Any]] = {
    "light": {"color_scheme": "light"},
    "dark": {"color_scheme": "dark"},
    "narrow": {"viewport": {"width": NARROW, "height": HEIGHT}, "device_scale_factor": 2},
    "large": {"viewport": LARGE},
}
README = ("launches", "launch", "matrix", "network")
PICTURES = Path(__file__).parents[2] / "docs" / "pictures"


def main(folder: Path, site: str, names: list[str]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    with chromium() as browser:
        for name in names or VIEWS:
            for look, options in LOOKS.items():
                _take(browser, site, VIEWS[name], folder / f"{name}-{look}.png", options)
        for name in (one for one in names or README if one in README):
            _take(browser, site, VIEWS[name], PICTURES / f"{name}.png", {}, whole=False)


def _take(
    browser: Browser, site: str, path: str, file: Path, options: dict[str, Any], *, whole: bool = True
) -> None:
    with watched(browser, site, **options) as found:
        page = found.open(path)
        page.wait_for_timeout(500)  # the network settles
        page.screenshot(path=file, full_page=whole)
        print(file, *found.errors)


if __name__ == "__main__":
    target, chosen = Path(sys.argv[1]), sys.argv[2:]
    with serving() as own:
        main(target, str(own.client.base_url).rstrip("/"), chosen)
