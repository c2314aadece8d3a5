"""Takes the pictures of the documentation again: python -m tests.pages.screenshots.

From the reports that `make demo` and `make ports` leave in `out/`, and from a port that is wrong on purpose.
"""

import os
import shutil
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Browser, FloatRect, sync_playwright

from calybris_ref.cli import main

ROOT = Path(__file__).parents[2]
OUT, IMAGES = ROOT / "out", ROOT / "docs" / "images"
MATRIX = ("reference", "go", "typescript", "rust-crate-0.4.0", "rust-crate-1.3.0", "calybris-wheel-1.3.0")
DIGEST = "digest/input-fields/baseline"
LONGEST = 1000
WIDTH = 1240


def wrong_digest(folder: Path) -> Path:
    """The page of a port that writes fields big endian."""
    port = [os.path.relpath(sys.executable), "-m", "calybris_conformance.adapters.sabotage", "big_endian"]
    main(["conformance", "run", "--name", "big-endian", "--suite", "digest", "--out", str(folder), "--", *port])
    return folder / "report.html"


def take(browser: Browser, name: str, page: Path, behind: str = "", *, dark: bool = False, of: str = "body") -> None:
    """One picture of an element of a page, cut where it gets long; `behind` is a part of the address or a cell."""
    shown = browser.new_page(color_scheme="dark" if dark else "light", viewport={"width": WIDTH, "height": LONGEST})
    shown.goto(page.as_uri() + (behind if behind.startswith("#") else ""))
    shown.evaluate("document.activeElement.blur()")
    if behind and not behind.startswith("#"):
        shown.hover(behind)
    shown.locator(of).evaluate("one => one.scrollIntoView({ block: 'start', behavior: 'instant' })")
    box = shown.locator(of).bounding_box()
    if box is None:
        raise SystemExit(f"{page}: there is no {of}")
    clip: FloatRect = {**box, "height": min(box["height"], LONGEST - box["y"])}
    shown.screenshot(path=IMAGES / name, clip=clip)
    shown.close()


def run() -> None:
    """Takes all of them."""
    chromium = shutil.which(os.environ.get("CHROMIUM", "chromium"))
    if chromium is None:
        raise SystemExit("there is no chromium on the path")
    matrix = OUT / "matrix.html"
    main(["conformance", "matrix", "--html", str(matrix), *(str(OUT / name) for name in MATRIX)])
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        failure = wrong_digest(Path(folder))
        options = ["--no-sandbox"] if os.geteuid() == 0 else []
        browser = playwright.chromium.launch(executable_path=chromium, args=options)
        take(browser, "report.png", OUT / MATRIX[-1] / "report.html")
        take(browser, "report-failure.png", failure, f"#case={DIGEST}", dark=True, of=".cases > li:has(.detail)")
        take(browser, "matrix.png", matrix, '[data-cell="4/budget"]')
        browser.close()


if __name__ == "__main__":
    run()
