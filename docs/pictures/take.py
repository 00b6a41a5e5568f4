"""Takes the README's pictures of a lively demo: `python docs/pictures/take.py` (needs playwright and a chromium)."""

from __future__ import annotations

import io
import re
import subprocess
import sys
import tempfile
from pathlib import Path

from PIL import Image
from playwright.sync_api import Locator, Page, sync_playwright

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT))

from tests.page.conftest import CALM, found_chromium  # noqa: E402 - only now can it be found
from tests.test_demo import started  # noqa: E402 - as above

HERE = Path(__file__).parent
MOST_BYTES = 300_000
PACKED = re.compile(r"ready|packed|dispatched")
PATIENCE_MS = 240_000


def keep(page: Page, name: str) -> None:
    """One picture, with as many colours as fit into the bytes that a README may ask of a reader."""
    page.mouse.move(2, 2)  # nothing shall look pressed
    page.wait_for_timeout(700)
    image = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
    for colours in (256, 192, 128, 96, 64):
        palette = image.quantize(colours, method=Image.Quantize.FASTOCTREE)
        image.quantize(palette=palette, dither=Image.Dither.FLOYDSTEINBERG).save(HERE / name, optimize=True)
        if (HERE / name).stat().st_size <= MOST_BYTES:
            return


def phone(page: Page, role: str) -> Locator:
    return page.locator(f'[data-role="{role}"]').first


def desk_and_drawer(page: Page) -> None:
    """A season under way: the crop is harvested and paid, the farmer packs; then what happens behind that order."""
    page.get_by_role("button", name="▶ Tour").click()
    page.locator(".show-act", has_text="📐 Sorted").wait_for(timeout=PATIENCE_MS)
    keep(page, "desk.png")
    page.get_by_role("button", name="Behind").click()
    page.locator("#drawer .state.current", has_text=PACKED).wait_for(timeout=PATIENCE_MS)
    keep(page, "drawer.png")


def small(page: Page) -> None:
    """One phone on a phone: the group reads of a sale and sees how far it is."""
    page.get_by_role("tab", name="Group").click()
    phone(page, "group").get_by_text("buyers").last.wait_for()
    keep(page, "phone.png")


def main() -> None:
    chromium = found_chromium()
    with tempfile.TemporaryDirectory() as home, started(Path(home), "demo", "--port", "0") as visitor:
        visitor.comes_in()
        visitor.waits_for("The market is open.")
        with sync_playwright() as driver:
            browser = driver.chromium.launch(executable_path=chromium, args=list(CALM))
            narrow = browser.new_page(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
            narrow.goto(visitor.url)
            small(narrow)
            narrow.close()
            wide = browser.new_page(viewport={"width": 1440, "height": 900})
            wide.goto(visitor.url)
            wide.locator(".slot").first.wait_for()
            desk_and_drawer(wide)
            browser.close()


if __name__ == "__main__":
    try:
        main()
    except subprocess.SubprocessError as error:
        sys.exit(str(error))
