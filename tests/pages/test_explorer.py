"""The pages that the command writes, in a browser: a decision, a log, a ledger."""

import json
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from calybris_ref import BudgetSnapshot, KernelInput, PolicySnapshot
from calybris_ref.cli import main
from tests.pages.conftest import NASTY, Opened, violations
from tests.support import ledgers, logs, records

pytestmark = pytest.mark.slow  # `make pages` runs them, with a browser

MANY = 1_000
PAGE_SECONDS = 4.0  # of a machine that does other work, too
RECORD = logs.compact(logs.record())
U64, I64 = 2**64 - 1, 2**63 - 1


@pytest.fixture(scope="module")
def made(folder: Path) -> Path:
    """Every page that the tests open."""
    out = folder / "explorer"
    out.mkdir()
    models = [
        records.model(1),
        records.model(2, quality_bps=7_000),
        records.model(3, quality_bps=10),
        records.model(4, input_cost_microunits_per_million_tokens=10**9),
        records.model(5, p95_latency_ms=900, output_cost_microunits_per_million_tokens=1),
        records.model(6, enabled=0),
    ]
    decision(out, "decision", records.policy(models), records.request())
    decision(out, "refused", records.policy(models), records.request(risk_bps=9_700))
    many = [
        records.model(one, quality_bps=5_000 + one % 4_000, enabled=one % 7 and 1, p95_latency_ms=one % 1_100)
        for one in range(1, MANY + 1)
    ]
    decision(out, "many", records.policy(many), records.request())
    extreme = [
        records.model(1, p95_latency_ms=2**32 - 1),
        records.model(2, p95_latency_ms=0, quality_bps=65_535),
        records.model(3, p95_latency_ms=1),
    ]
    policy = records.unchecked(extreme, latency_penalty_microunits_per_ms=U64)
    request = records.request(business_value_microunits=I64, confidence_bps=65_535, max_p95_latency_ms=0)
    decision(out, "extreme", policy, request, constructor="unchecked")

    whole = logs.log(*[RECORD, json.dumps({"note": NASTY}).encode()] * 150)
    (out / "whole.wal").write_bytes(whole)
    lines = whole.splitlines(keepends=True)
    (out / "broken.wal").write_bytes(b"".join(lines[:6]) + lines[6].replace(b'"metadata"', b'"metadota"', 1) + lines[7])
    fifth = {"schema_version": "calybris.wal-anchor.v1", "sequence": 5, "keyed": False}
    fifth["last_hash"] = json.loads(lines[4])["entry_hash"]
    (out / "anchor.json").write_text(json.dumps(fifth))
    for name, code in (("whole", 0), ("broken", 1)):
        options = ["--html", str(out / f"{name}.html"), "--anchor", str(out / "anchor.json")]
        assert main(["wal", "show", str(out / f"{name}.wal"), *options]) == code

    tenants = [
        ledgers.tenant("acme", 5_000, 2_500, 500, 2_000),
        ledgers.tenant(NASTY, 3_000, 100, 0, 2_950),
        ledgers.tenant("negative", 1_000, -500, 0, 1_500),
        ledgers.tenant("globex", 9_000, 9_000),
    ]
    ledger(out, "ledger", ledgers.snapshot(tenants))
    return out


def decision(out: Path, name: str, policy: PolicySnapshot, request: KernelInput, **more: str) -> None:
    (out / "policy.json").write_text(json.dumps({**policy.to_dict(), **more}))
    (out / "request.json").write_text(json.dumps(request.to_dict()))
    files = ["--policy", str(out / "policy.json"), "--input", str(out / "request.json")]
    assert main(["explain", *files, "--html", str(out / f"{name}.html")]) == 0


def ledger(out: Path, name: str, snapshot: BudgetSnapshot) -> None:
    (out / "snapshot.json").write_text(json.dumps(snapshot.to_dict()))
    assert main(["ledger", "show", str(out / "snapshot.json"), "--html", str(out / f"{name}.html")]) == 1


PAGES = ("decision", "refused", "extreme", "whole", "broken", "ledger")


def visible_rows(page: Page) -> int:
    return page.locator(".rows > li:visible").count()


def models(page: Page) -> list[str]:
    return [text.removeprefix("Model ") for text in page.locator(".rows > li:visible strong").all_text_contents()]


# ---- lists


def test_candidates_are_filtered_and_sorted(opened: Opened, made: Path) -> None:
    page = opened.open(made / "decision.html")
    expect(page.get_by_role("status")).to_have_text("6 candidates")
    assert models(page)[:3] == ["5", "1", "2"]
    page.get_by_label("Order").select_option("largest utility")
    assert models(page)[:3] == ["5", "1", "2"]
    page.get_by_label("Order").select_option("place in the catalog")
    assert models(page) == ["1", "2", "3", "4", "5", "6"]
    page.get_by_label("Kind").select_option("stopped at budget")
    expect(page.get_by_role("status")).to_have_text("1 of 6 candidates")
    assert models(page) == ["4"]
    page.get_by_label("Kind").select_option("all candidates")
    page.get_by_label("Model id holds").fill("6")
    assert models(page) == ["6"]


def test_a_count_of_a_gate_leads_to_who_was_turned_away(opened: Opened, made: Path) -> None:
    page = opened.open(made / "decision.html")
    page.get_by_role("row").filter(has_text="quality").get_by_role("link").click()
    expect(page.get_by_label("Kind")).to_have_value("quality")
    assert models(page) == ["3"]
    assert page.url.endswith("#candidates")


def test_a_thousand_candidates_stay_usable(opened: Opened, made: Path) -> None:
    page = opened.open(made / "many.html")
    assert page.evaluate("performance.getEntriesByType('navigation')[0].loadEventEnd") < PAGE_SECONDS * 1_000
    expect(page.get_by_role("status")).to_have_text("1,000 candidates; the first 100 are shown")
    assert visible_rows(page) == 100
    page.get_by_role("button", name="Show 100 more").click()
    assert visible_rows(page) == 200
    expect(page.locator(".rows > li:visible summary").nth(100)).to_be_focused()
    taken = page.evaluate(
        """() => {
          const start = performance.now();
          const order = document.querySelector('[data-role=order]');
          order.value = '3';
          order.dispatchEvent(new Event('input', { bubbles: true }));
          document.body.getBoundingClientRect();
          return performance.now() - start;
        }"""
    )
    assert taken < PAGE_SECONDS * 1_000
    page.get_by_label("Model id holds").fill("999")
    assert models(page) == ["999"]


def test_bars_have_one_scale_or_each_its_own(opened: Opened, made: Path) -> None:
    page = opened.open(made / "decision.html")

    def widths() -> list[float]:
        script = "all => all.map(one => one.getBoundingClientRect().width)"
        found: list[float] = page.locator("svg.bar rect.value").evaluate_all(script)
        return found

    common = widths()
    assert common[2] < common[0] * 0.9
    page.get_by_label("Bars").select_option("each on its own scale")
    own = widths()
    assert own[2] == pytest.approx(own[0], rel=0.01)


def test_bars_of_64_bit_extremes_stay_within_the_page(opened: Opened, made: Path) -> None:
    page = opened.open(made / "extreme.html")
    expect(page.get_by_label("Bars")).to_have_value("own")
    for scale in ("own", "common"):
        page.get_by_label("Bars").select_option(scale)
        for bar in page.locator("svg.bar").all():
            box = bar.bounding_box()
            assert box is not None
            assert 0 < box["width"] <= 1_280
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_without_a_script_everything_is_there(opened: Opened, made: Path) -> None:
    context = opened.page.context.browser
    assert context is not None
    plain = context.new_page(java_script_enabled=False)
    plain.goto((made / "many.html").as_uri())
    expect(plain.locator(".rows > li:visible")).to_have_count(MANY)
    expect(plain.locator(".filters")).to_be_hidden()
    plain.goto((made / "decision.html").as_uri())
    plain.get_by_text("The fields as a table").first.click()
    expect(plain.get_by_role("rowheader", name="risk_bps", exact=True)).to_be_visible()
    plain.close()


# ---- bytes


def test_bytes_by_pointer_and_keyboard(opened: Opened, made: Path) -> None:
    page = opened.open(made / "decision.html")
    section = page.locator(".octets").first
    told, fields = section.locator(".told"), section.locator(".field")
    expect(told).to_have_text("Point at a field, or reach the bytes with Tab and move with the arrow keys.")
    fields.nth(2).hover()
    expect(told).to_have_text("requested_model_id: offset 17, 4 bytes, value 1; 01 00 00 00")
    fields.nth(2).focus()
    page.keyboard.press("ArrowRight")
    expect(fields.nth(3)).to_be_focused()
    expect(told).to_have_text("input_tokens: offset 21, 4 bytes, value 1,000; e8 03 00 00")
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("End")
    expect(fields.last).to_be_focused()
    page.keyboard.press("ArrowDown")
    expect(fields.last).to_be_focused()
    page.keyboard.press("Home")
    expect(fields.first).to_be_focused()
    expect(told).to_have_text("tag: offset 0, 9 bytes, value calyinp1\\0; 63 61 6c 79 69 6e 70 31 00")
    page.keyboard.press("Tab")  # out of the bytes, whichever of them was reached
    expect(section.locator("summary")).to_be_focused()
    page.keyboard.press("Shift+Tab")
    expect(fields.first).to_be_focused()
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"


def test_everything_by_keyboard(opened: Opened, made: Path) -> None:
    page = opened.open(made / "decision.html")
    reached: set[Any] = set()
    for _ in range(60):
        page.keyboard.press("Tab")
        reached.add(
            page.evaluate("document.activeElement.closest('a, button, summary, select, input, div')?.className")
        )
        reached.add(page.evaluate("document.activeElement.dataset.role ?? document.activeElement.tagName"))
    assert reached >= {"skip", "kind", "text", "order", "scale", "SUMMARY", "field head current"}


# ---- logs and ledgers


def test_a_log_is_a_timeline(opened: Opened, made: Path) -> None:
    page = opened.open(made / "whole.html")
    expect(page.get_by_role("heading", level=1)).to_have_text("The log holds valid")
    expect(page.get_by_role("status")).to_have_text("301 rows; the first 100 are shown")
    expect(page.locator(".rows .anchor")).to_contain_text("295 more stand behind it")
    page.get_by_label("Kind").select_option("no decision")
    expect(page.get_by_role("status")).to_have_text("150 of 301 rows; the first 100 are shown")
    page.locator(".rows > li:visible summary").first.click()
    expect(page.locator(".rows > li:visible pre").first).to_contain_text("<img src=x")


def test_a_broken_log_shows_where(opened: Opened, made: Path) -> None:
    page = opened.open(made / "broken.html")
    for place in (page.locator(".notice"), page.locator(".entry.broken")):
        expect(place).to_contain_text("line 7: the chain is broken")
        expect(place).to_contain_text("expected")


def test_a_ledger_has_bars(opened: Opened, made: Path) -> None:
    page = opened.open(made / "ledger.html")
    expect(page.locator(".notice")).to_have_count(2)
    page.get_by_label("Kind").select_option("balanced")
    expect(page.locator(".rows > li:visible")).to_have_count(2)
    acme = page.locator(".rows > li:visible").first
    parts = acme.locator("rect").evaluate_all("all => all.map(one => one.getBoundingClientRect().width)")
    assert parts[0] == pytest.approx(sum(parts[1:]), rel=0.01)


# ---- what every page keeps to


@pytest.mark.parametrize(
    "opened",
    [
        {"color_scheme": scheme, "viewport": {"width": width, "height": 900}}
        for scheme in ("light", "dark")
        for width in (1280, 320)
    ],
    indirect=True,
)
def test_axe_finds_nothing_serious_and_no_page_is_wider_than_its_window(opened: Opened, made: Path) -> None:
    for name in PAGES:
        page = opened.open(made / f"{name}.html")
        for folded in page.locator("details").all():
            folded.evaluate("one => { one.open = true; }")
        for field in page.locator(".field").all()[:1]:
            field.focus()
        assert violations(page) == [], name
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), name


@pytest.mark.parametrize("opened", [{"color_scheme": "dark"}, {"color_scheme": "light"}], indirect=True)
@pytest.mark.parametrize("name", PAGES)
def test_the_colours_follow_the_system(opened: Opened, made: Path, name: str) -> None:
    page = opened.open(made / f"{name}.html")
    bright = "getComputedStyle(document.body).backgroundColor.match(/\\d+/g).every(one => one > 127)"
    assert page.evaluate(bright) == page.evaluate("matchMedia('(prefers-color-scheme: light)').matches")


@pytest.mark.parametrize("name", ["whole", "ledger"])
def test_no_text_of_a_file_becomes_markup(opened: Opened, made: Path, name: str) -> None:
    page = opened.open(made / f"{name}.html")
    assert page.locator("img").count() == 0
    assert page.evaluate("window.broken") is None
    assert "<img src=x" in (page.locator(".rows").text_content() or "")
