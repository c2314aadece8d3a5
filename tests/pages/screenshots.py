"""Takes the pictures of the documentation again: python -m tests.pages.screenshots.

From the reports that `make demo` and `make ports` leave in `out/`, from a port that is wrong on
purpose, and from a decision that is made here.
"""

import json
import os
import shutil
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Browser, FloatRect, sync_playwright

from calybris_ref import KernelInput, KernelModel, PolicySnapshot
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


def decision(folder: Path) -> Path:
    """The page of a decision in which most gates turn somebody away."""
    models = [
        #           id  provider  quality  ceiling  on  ms   can    where  microunits per million tokens
        KernelModel(1, 0, 7_200, 9_500, 1, 180, 0b001, 0b01, 150_000, 600_000),
        KernelModel(2, 1, 8_800, 9_000, 1, 420, 0b011, 0b11, 2_500_000, 10_000_000),
        KernelModel(3, 2, 9_600, 8_000, 1, 950, 0b111, 0b01, 15_000_000, 75_000_000),
        KernelModel(4, 1, 7_900, 9_500, 1, 300, 0b011, 0b10, 900_000, 2_500_000),
        KernelModel(5, 2, 6_600, 8_000, 1, 350, 0b111, 0b01, 150_000, 750_000),
        KernelModel(6, 0, 7_000, 9_000, 0, 200, 0b001, 0b01, 100_000, 400_000),
        KernelModel(7, 3, 9_100, 8_500, 1, 2_400, 0b111, 0b11, 3_000_000, 12_000_000),
        KernelModel(8, 3, 7_400, 9_000, 1, 1_450, 0b011, 0b11, 11_000_000, 14_000_000),
    ]
    policy = PolicySnapshot.try_new(
        policy_epoch=12,
        catalog_epoch=5,
        hard_risk_limit_bps=9_600,
        minimum_confidence_bps=5_500,
        risk_penalty_multiplier_bps=3_500,
        latency_penalty_microunits_per_ms=2,
        models=models,
    )
    request = KernelInput(
        request_sequence=7,
        requested_model_id=2,
        input_tokens=1_200,
        output_tokens=350,
        business_value_microunits=50_000,
        budget_limit_microunits=20_000,
        risk_bps=900,
        confidence_bps=9_000,
        minimum_quality_bps=7_000,
        max_p95_latency_ms=1_500,
        required_capabilities=0b1,
        allowed_provider_mask=0b1111,
        required_region_mask=0b11,
    )
    files = [folder / "policy.json", folder / "request.json"]
    for file, record in zip(files, (policy, request), strict=True):
        file.write_text(json.dumps(record.to_dict()), "utf-8")
    page = folder / "decision.html"
    main(["explain", "--policy", str(files[0]), "--input", str(files[1]), "--html", str(page)])
    return page


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
        take(browser, "explain.png", decision(Path(folder)))
        take(browser, "matrix.png", matrix, '[data-cell="4/budget"]')
        browser.close()


if __name__ == "__main__":
    run()
