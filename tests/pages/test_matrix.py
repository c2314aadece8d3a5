"""The matrix in a browser: deviations by pointer and by keyboard, the way to a report, accessibility."""

from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.pages.conftest import Opened, violations

pytestmark = pytest.mark.slow  # `make pages` runs them, with a browser


def test_a_cell_shows_what_deviates_while_it_is_pointed_at(opened: Opened, matrix: Path) -> None:
    page = opened.open(matrix)
    tip = page.get_by_role("tooltip")
    expect(tip).to_be_hidden()
    page.locator('[data-cell="0/hex"]').hover()
    expect(tip).to_contain_text("Refusals are thrown.")
    expect(tip).to_contain_text("fault")
    expect(tip).to_be_in_viewport()
    tip.hover()  # what it says can be read and selected
    page.wait_for_timeout(300)
    expect(tip).to_be_visible()
    page.get_by_role("heading", level=1).hover()
    expect(tip).to_be_hidden()


def test_a_cell_shows_what_deviates_while_it_has_the_focus(opened: Opened, matrix: Path) -> None:
    page = opened.open(matrix)
    cell, tip = page.locator('[data-cell="1/budget"]'), page.get_by_role("tooltip")
    cell.focus()
    expect(tip).to_contain_text("and")
    expect(cell).to_have_attribute("aria-describedby", "deviations")
    page.keyboard.press("Escape")
    expect(tip).to_be_hidden()


def test_a_cell_leads_to_the_report_of_its_port(opened: Opened, matrix: Path) -> None:
    page = opened.open(matrix)
    assert page.locator('button[data-cell="1/hex"]').count() == 1  # its report has no page
    page.locator('a[data-cell="0/hex"]').click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("wrong in many ways")
    expect(page.get_by_label("Suite", exact=True)).to_have_value("hex")
    expect(page.get_by_label("Outcome")).to_have_value("wrong")


@pytest.mark.parametrize(
    "opened",
    [
        {"color_scheme": scheme, "viewport": {"width": width, "height": 900}}
        for scheme in ("light", "dark")
        for width in (1280, 360)
    ],
    indirect=True,
)
def test_axe_finds_nothing_serious(opened: Opened, matrix: Path) -> None:
    page = opened.open(matrix)
    for folded in page.locator("details").all():
        folded.evaluate("one => { one.open = true; }")
    page.locator('[data-cell="0/budget"]').focus()
    expect(page.get_by_role("tooltip")).to_be_visible()
    assert violations(page) == []


@pytest.mark.parametrize("opened", [{"java_script_enabled": False}], indirect=True)
def test_without_a_script_the_deviations_are_there(opened: Opened, matrix: Path) -> None:
    page = opened.open(matrix)
    page.locator("summary").first.click()
    expect(page.locator("details").first.locator("li").first).to_be_visible()


@pytest.mark.parametrize("opened", [{"viewport": {"width": 320, "height": 800}}], indirect=True)
def test_a_narrow_page_is_not_wider_than_its_window(opened: Opened, matrix: Path) -> None:
    page = opened.open(matrix)
    page.locator('[data-cell="1/hex"]').focus()
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
