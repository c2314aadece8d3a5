"""Wrong rules planted into the ledger and its proofs: the proof gate must refuse every one.

The machinery is that of test_specification.py.
"""

from pathlib import Path

import pytest

from tests.mutants.planting import SOURCE, Mutant, refuse

LEDGER = ("ledger", "theorems.ledger")
BOOK = ("theorems.book",)
SNAPSHOT = ("snapshot", "theorems.snapshot")
FINANCE = ("finance", "theorems.finance")
LAYOUT = ("theorems.ledger_layout",)
MUTANTS = {
    "top-up-of-nothing": Mutant(
        "ledger.py", "first((amount <= 0, no(is_known)", "first((amount < 0, no(is_known)", LEDGER
    ),
    "top-up-asks-the-tenant-first": Mutant(
        "ledger.py", "first((amount <= 0, no(is_known),", "first((no(is_known), amount <= 0,", LEDGER
    ),
    "top-up-one-too-few": Mutant(
        "ledger.py",
        "account.initial_microcents + amount > I64_MAX",
        "account.initial_microcents + amount >= I64_MAX",
        LEDGER,
    ),
    "top-up-asks-what-remains": Mutant(
        "ledger.py",
        "account.initial_microcents + amount > I64_MAX",
        "account.remaining_microcents + amount > I64_MAX",
        LEDGER,
    ),
    "top-up-grants-nothing": Mutant(
        "ledger.py",
        "account._replace(initial_microcents=granted, remaining_microcents=remaining)",
        "account._replace(remaining_microcents=remaining)",
        LEDGER,
    ),
    "cap-is-exclusive": Mutant("ledger.py", "(cap > 0) & (held > cap)", "(cap > 0) & (held >= cap)", LEDGER),
    "cap-of-zero-is-a-cap": Mutant("ledger.py", "(cap > 0) & (held > cap)", "(cap >= 0) & (held > cap)", LEDGER),
    "cap-looks-at-the-cost": Mutant("ledger.py", "(cap > 0) & (held > cap)", "(cap > 0) & (cost > cap)", LEDGER),
    "cap-behind-the-money": Mutant(
        "ledger.py",
        "(cap > 0) & (held > cap), account.remaining_microcents < cost",
        "account.remaining_microcents < cost, (cap > 0) & (held > cap)",
        LEDGER,
    ),
    "reserve-all-but-one": Mutant(
        "ledger.py", "account.remaining_microcents < cost)", "account.remaining_microcents <= cost)", LEDGER
    ),
    "reserve-keeps-what-remains": Mutant(
        "ledger.py",
        "remaining, reserved = account.remaining_microcents - cost,",
        "remaining, reserved = account.remaining_microcents,",
        LEDGER,
    ),
    "overrun-drops-the-hold": Mutant(
        "ledger.py",
        "    row = commit_row(account, is_open, held, actual)\n    if row != NONE:\n        return Step(row, account)",
        "    row = commit_row(account, is_open, held, actual)\n    if row != NONE:\n"
        "        return Step(row, account._replace(reserved_microcents=account.reserved_microcents - held))",
        LEDGER,
    ),
    "overrun-within-what-remains": Mutant(
        "ledger.py", "actual - held > account.remaining_microcents", "actual > held", LEDGER
    ),
    "overrun-goes-below-zero": Mutant(
        "ledger.py",
        "actual - held > account.remaining_microcents",
        "actual - held > account.initial_microcents",
        LEDGER,
    ),
    "surplus-is-kept": Mutant(
        "ledger.py", "account.remaining_microcents + held - actual,", "account.remaining_microcents,", LEDGER
    ),
    "commit-of-zero-is-no-commit": Mutant(
        "ledger.py", "            actual < 0,\n", "            actual <= 0,\n", LEDGER
    ),
    "the-hold-is-committed": Mutant(
        "ledger.py", "account.committed_microcents + actual,\n", "account.committed_microcents + held,\n", LEDGER
    ),
    "release-into-committed": Mutant(
        "ledger.py",
        "remaining, reserved = account.remaining_microcents + held, account.reserved_microcents - held",
        "remaining, reserved = account.remaining_microcents, account.reserved_microcents - held",
        LEDGER,
    ),
    "insufficient-by-another-name": Mutant(
        "ledger.py", 'Outcome("overrun", (REMAINING,))', 'Outcome("insufficient", (REMAINING,))', LEDGER
    ),
    "a-bad-cost-shows-what-remains": Mutant("book.py", "0 if nothing_shown else", "-1 if nothing_shown else", BOOK),
    "a-hold-is-closed-twice": Mutant(
        "book.py", "for kept in book.holds if kept.number != hold.number]", "for kept in book.holds]", BOOK
    ),
    "a-number-is-given-twice": Mutant("book.py", "        next_number=book.next_number + 1,\n", "", BOOK),
    "numbers-start-again-after-a-restore": Mutant(
        "book.py", "Book(rows, (), (), book.next_number,", "Book(rows, (), (), 1,", BOOK
    ),
    "caps-survive-a-restore": Mutant(
        "book.py", "Book(rows, (), (), book.next_number,", "Book(rows, book.caps, (), book.next_number,", BOOK
    ),
    "holds-survive-a-restore": Mutant(
        "book.py", "Book(rows, (), (), book.next_number,", "Book(rows, (), book.holds, book.next_number,", BOOK
    ),
    "the-baseline-survives-a-restore": Mutant(
        "book.py", "snapshot.version, saturated_total(committed))", "snapshot.version, book.baseline)", BOOK
    ),
    "versions-start-again-after-a-restore": Mutant(
        "book.py", "snapshot.version, saturated_total(committed))", "book.version, saturated_total(committed))", BOOK
    ),
    "everybody-is-paid": Mutant(
        "book.py",
        "Row(row.tenant_id, account) if row.tenant_id == tenant_id else row",
        "Row(row.tenant_id, account)",
        BOOK,
    ),
    "ensure-tops-up": Mutant(
        "book.py", "if budget < 0 or find(book.rows, tenant_id) is not None:", "if budget < 0:", BOOK
    ),
    "a-budget-of-zero-is-none": Mutant("book.py", "if budget < 0 or find", "if budget <= 0 or find", BOOK),
    "one-cap-for-all": Mutant(
        "book.py",
        "if kept.tenant_id != tenant_id])\n    return book._replace(caps=",
        "if False])\n    return book._replace(caps=",
        BOOK,
    ),
    "versions-wrap": Mutant(
        "book.py", "return min(version + 1, U64_MAX)", "return (version + 1) % (U64_MAX + 1)", BOOK
    ),
    "tenants-as-they-came": Mutant(
        "book.py",
        "by_bytes = sorted(book.rows, key=lambda row: str(row.tenant_id).encode())",
        "by_bytes = book.rows",
        BOOK,
    ),
    "conservation-asks-the-sign-first": Mutant(
        "snapshot.py",
        "total != account.initial_microcents, account.remaining_microcents < 0))",
        "account.remaining_microcents < 0, total != account.initial_microcents))",
        SNAPSHOT,
    ),
    "conservation-without-the-holds": Mutant(
        "snapshot.py",
        "account.remaining_microcents + account.reserved_microcents + account.committed_microcents",
        "account.remaining_microcents + account.committed_microcents",
        SNAPSHOT,
    ),
    "the-delta-has-the-other-sign": Mutant(
        "snapshot.py",
        "missing = sum_of(account) - account.initial_microcents",
        "missing = account.initial_microcents - sum_of(account)",
        SNAPSHOT,
    ),
    "restore-asks-initial-before-remaining": Mutant(
        "snapshot.py",
        "            account.remaining_microcents < 0,\n            account.initial_microcents < 0,\n",
        "            account.initial_microcents < 0,\n            account.remaining_microcents < 0,\n",
        SNAPSHOT,
    ),
    "restore-takes-negative-holds": Mutant(
        "snapshot.py", "account.reserved_microcents != 0,", "account.reserved_microcents > 0,", SNAPSHOT
    ),
    "restore-of-the-unbalanced": Mutant("snapshot.py", "Finding(UNBALANCED, balance.place)", "FINE", SNAPSHOT),
    "restore-finds-neighbours-only": Mutant(
        "logic.py", "        seen.add(name)\n", "        seen = {name}\n", SNAPSHOT
    ),
    "totals-saturate": Mutant("finance.py", "else Totals(0, 0, fit)", "else Totals(I64_MAX, I64_MAX, fit)", FINANCE),
    "one-total-is-enough": Mutant(
        "finance.py",
        "fit = holds(AMOUNT, initial) & holds(AMOUNT, committed)",
        "fit = holds(AMOUNT, committed)",
        FINANCE,
    ),
    "totals-before-the-balance": Mutant(
        "finance.py", "first((no(is_balanced), no(fit)))", "first((no(fit), no(is_balanced)))", FINANCE
    ),
    "the-baseline-moves-back": Mutant("finance.py", "max(total, baseline))", "total)", FINANCE),
    "certified-although-absent": Mutant(
        "finance.py",
        "conservation_balanced=is_balanced & sums.are_representable",
        "conservation_balanced=is_balanced",
        FINANCE,
    ),
    "lengths-count-two-bytes": Mutant(
        "ledger_layout.py", 'LENGTH, COUNT, AMOUNT = WIDTHS["u32"]', 'LENGTH, COUNT, AMOUNT = WIDTHS["u16"]', LAYOUT
    ),
    "no-length-before-an-id": Mutant("ledger_layout.py", "little_endian(len(name), LENGTH) + name", "name", LAYOUT),
    "ledger-in-the-given-order": Mutant(
        "ledger_layout.py", "by_bytes = sorted(snapshot.tenants, key=name_bytes)", "by_bytes = snapshot.tenants", LAYOUT
    ),
    "a-watermark-of-zero-is-none": Mutant("ledger_layout.py", "() if mark is None else", "() if not mark else", LAYOUT),
    "a-watermark-without-its-tag": Mutant("ledger_layout.py", "return WATERMARK_TAG + little", "return little", LAYOUT),
}


@pytest.mark.slow
@pytest.mark.parametrize("name", MUTANTS)
def test_a_wrong_rule_is_refused(name: str, tmp_path: Path) -> None:
    refuse(MUTANTS[name], tmp_path)


@pytest.mark.parametrize("name", MUTANTS)
def test_a_mutant_changes_what_stands_there(name: str) -> None:
    mutant = MUTANTS[name]
    assert mutant.right in (SOURCE / mutant.file).read_text("utf-8")
    assert mutant.right != mutant.wrong
