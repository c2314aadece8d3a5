"""`calybris-ref ledger show --html`: the money of each tenant, and what does not add up."""

import json
from pathlib import Path

from calybris_ref import BudgetSnapshot, ledger_digest
from tests.cli.conftest import Result, Run, Write
from tests.support import ledgers
from tests.support.pages import Reader

I64_MAX = 2**63 - 1
GOOD = ledgers.snapshot(
    [ledgers.tenant("acme", 1_000, 400, 100, 500), ledgers.tenant("<b>é\u202e", 70, 70), ledgers.tenant("", 0)],
    version=4,
    active_reservations=1,
    wal_high_watermark=9,
)
WRONG = ledgers.snapshot(
    [
        ledgers.tenant("fine", 100, 100),
        ledgers.tenant("more", 100, 30, 0, 71),
        ledgers.tenant("less", 100, 30, 0, 69),
        ledgers.tenant("negative", 100, -50, 0, 150),
        ledgers.tenant("too much", I64_MAX, I64_MAX, 0, 1),
    ]
)


def shown(cli: Run, write: Write, tmp_path: Path, snapshot: BudgetSnapshot, *options: str) -> tuple[Result, Reader]:
    write("s.json", snapshot.to_dict())
    result = cli("ledger", "show", "s.json", "--html", "ledger.html", *options)
    assert result.err == ""
    return result, Reader((tmp_path / "ledger.html").read_text("utf-8"))


def test_a_ledger_that_balances(cli: Run, write: Write, tmp_path: Path) -> None:
    result, page = shown(cli, write, tmp_path, GOOD)
    assert result.code == 0
    assert result.out.endswith("\nwritten to ledger.html\n")
    assert page.text_of("h1") == "The ledger balances balanced"
    acme, nasty, empty = page.texts("li")
    assert acme.endswith("remaining 400 + reserved 100 + committed 500 = 1,000 = initial 1,000")
    assert nasty.startswith("<b>é\\u202ebalanced")
    assert page.count("b") == 0
    assert empty == (
        "(no name)balancedinitial 0Every amount is 0.remaining 0 + reserved 0 + committed 0 = 0 = initial 0"
    )
    for words in (
        "version4",
        "open holds1",
        "log watermark9",
        "restorableno: active_reservations: 1",
        "initial, all1,070",
    ):
        assert words in page.text, words
    assert ledger_digest(GOOD).hex() in page.text
    assert "tenants[1].tenant_id: offset" in (tmp_path / "ledger.html").read_text("utf-8")


def test_bars_are_as_long_as_their_amounts(cli: Run, write: Write, tmp_path: Path) -> None:
    _, page = shown(cli, write, tmp_path, GOOD)
    svg, other = (attributes for name, attributes in page.elements if name == "svg")
    assert (svg["data-own"], svg["data-common"], svg["viewbox"]) == ("0 0 10000 27",) * 3
    assert (other["data-own"], other["data-common"]) == ("0 0 10000 27", f"0 0 {10_000 * 1_000 // 70} 27")
    rects = [attributes for name, attributes in page.elements if name == "rect"][:4]
    assert [(rect["class"], rect["x"], rect["width"]) for rect in rects] == [
        ("value", "0", "10000"),
        ("utility", "0", "4000"),
        ("cost", "4000", "1000"),
        ("latency", "5000", "5000"),
    ]


def test_what_does_not_balance_is_said_of_each(cli: Run, write: Write, tmp_path: Path) -> None:
    result, page = shown(cli, write, tmp_path, WRONG)
    assert result.code == 1
    assert page.text_of("h1") == "The ledger does not balance violation"
    assert "Of 5 tenants, 4 do not balance." in page.text
    more, less, negative, too_much, fine = page.texts("li")
    assert more.startswith("moreviolationthe parts are 1 microcents more than initial.")
    assert more.endswith("= 101 ≠ initial 100")
    assert less.startswith("lessviolationthe parts are 1 microcents less than initial.")
    assert negative.startswith("negativeviolationremaining is −50, and never may be negative.")
    assert too_much.startswith("too muchaggregate overflowthe parts add up to more than 64 bits hold.")
    assert "9,223,372,036,854,775,808 ≠ initial" in too_much
    assert fine.startswith("finebalanced")
    for words in (more, less, negative, too_much):
        assert words.partition("violation")[2].partition(".")[0] in page.text


def test_a_negative_amount_stands_left_of_zero(cli: Run, write: Write, tmp_path: Path) -> None:
    _, page = shown(cli, write, tmp_path, ledgers.snapshot([ledgers.tenant("n", 100, -50, 0, 150)]))
    rects = [(one["class"], one["x"], one["width"]) for name, one in page.elements if name == "rect"]
    assert rects == [
        ("value", "2500", "5000"),
        ("utility", "0", "2500"),
        ("latency", "2500", "7500"),
        ("zero", "2500", "20"),
    ]


def test_one_tenant_and_none(cli: Run, write: Write, tmp_path: Path) -> None:
    _, page = shown(cli, write, tmp_path, ledgers.snapshot([ledgers.tenant("a", 1)]))
    assert "Of 1 tenant, 1 do not balance." in page.text
    _, page = shown(cli, write, tmp_path, ledgers.snapshot())
    assert "There is no tenant." in page.text
    assert "restorableyes" in page.text


def test_many_tenants_are_counted(cli: Run, write: Write, tmp_path: Path) -> None:
    tenants = [ledgers.tenant(f"t{one}", 10, 10 if one < 30 else 9) for one in range(45)]
    result, page = shown(cli, write, tmp_path, ledgers.snapshot(tenants), "--limit", "16", "--json")
    assert "This page holds 16 of 45 tenants, those that do not balance first" in page.text
    assert [row.partition("v")[0].partition("b")[0] for row in page.texts("li")] == [
        *(f"t{one}" for one in range(30, 45)),
        "t0",
    ]
    assert "5 more tenants do not balance." in page.text
    assert json.loads(result.out)["status"] == "violation"
