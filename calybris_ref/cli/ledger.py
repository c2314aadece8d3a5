"""`calybris-ref ledger`: what a snapshot of a ledger holds, and whether it lost money (LEDGER-10, LEDGER-11, FIN-1)."""

import argparse
import json
import sys
from typing import Any

from calybris_ref.cli.arguments import positive
from calybris_ref.cli.pages import PAGE_ROWS, check_page, write_page
from calybris_ref.cli.pages.ledger import ledger_page, title
from calybris_ref.cli.records import load_snapshot, readable
from calybris_ref.cli.terminal import EXIT_OK, EXIT_WRONG, one_line, paint, table
from calybris_ref.errors import ConservationError, RestoreError
from calybris_ref.finance import prove_snapshot
from calybris_ref.ledger import BudgetSnapshot, check_restorable, conservation_finding
from calybris_ref.outcomes import Balanced, ConservationStatus, Violation

_EXAMPLES = """\
examples:
  calybris-ref ledger show snapshot.json
  calybris-ref ledger prove snapshot.json --json > proof.json

Every amount is in microcents. Exit code 1 when the ledger does not balance.
"""
_SUMMARIES = {
    "show": "the money of each tenant, and whether it balances",
    "prove": "print the proof that no money was lost, or why there is none",
}


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.epilog = _EXAMPLES
    actions = parser.add_subparsers(title="actions", dest="action", metavar="ACTION", required=True)
    for name, summary in _SUMMARIES.items():
        own = actions.add_parser(name, help=summary, description=f"{summary[0].upper()}{summary[1:]}.")
        own.add_argument("snapshot", metavar="SNAPSHOT", help="the snapshot as JSON ('-': stdin)")
        own.add_argument("--json", action="store_true", help="print JSON")
        if name == "show":
            own.add_argument("--html", metavar="FILE", help="write a page with the money of each tenant as bars")
            own.add_argument(
                "--limit",
                metavar="N",
                type=positive,
                default=PAGE_ROWS,
                help="tenants on the page (default: %(default)s)",
            )


def run(arguments: argparse.Namespace) -> int:
    """Print the ledger or its proof."""
    snapshot = load_snapshot(arguments.snapshot)
    if arguments.action == "show":
        return _show(snapshot, arguments)
    return _prove(snapshot, as_json=arguments.json)


def _show(snapshot: BudgetSnapshot, arguments: argparse.Namespace) -> int:
    place, finding = conservation_finding(snapshot)
    refused = _restore_refusal(snapshot)
    if arguments.html:
        check_page(arguments.html, arguments.snapshot)
        said = f"{refused} [{refused.code}]" if refused else None
        write_page(arguments.html, title(finding), ledger_page(snapshot, said, arguments.limit), about="A ledger")
    if arguments.json:
        status: dict[str, Any] = {"status": finding.status, "restorable": refused is None}
        if isinstance(finding, Violation):
            status |= {"tenant_id": finding.tenant_id, "delta_microcents": finding.delta_microcents}
        print(json.dumps({**status, "snapshot": snapshot.to_dict()}))
    else:
        print(_tenants(snapshot))
        print(f"\n{_balance(snapshot, place, finding)}")
        if refused:
            print(f"no engine restores this snapshot: {one_line(str(refused))} [{refused.code}]")
        if arguments.html:
            print(f"written to {one_line(arguments.html)}")
    return EXIT_OK if isinstance(finding, Balanced) else EXIT_WRONG


def _prove(snapshot: BudgetSnapshot, *, as_json: bool) -> int:
    try:
        proof = prove_snapshot(snapshot)
    except ConservationError as error:
        if as_json:
            print(json.dumps({"status": "refused", "code": error.code, "at": error.at, "detail": error.detail}))
        else:
            print(f"{paint('refused', 'bad', sys.stdout)}: {one_line(str(error))} [{error.code}]")
        return EXIT_WRONG
    if as_json:
        print(json.dumps(proof.to_dict()))
    else:
        print(f"{paint('proved', 'good', sys.stdout)}: every tenant's money is in exactly one place\n")
        print(table(("proof", ""), readable(proof)))
    return EXIT_OK


def _tenants(snapshot: BudgetSnapshot) -> str:
    amounts: list[tuple[int, ...]] = [
        (one.initial_microcents, one.remaining_microcents, one.reserved_microcents, one.committed_microcents)
        for one in snapshot.tenants
    ]
    names = [one_line(tenant.tenant_id) for tenant in snapshot.tenants]
    if len(names) > 1:
        names.append("total")
        amounts.append(tuple(sum(column) for column in zip(*amounts, strict=True)))
    rows = [(name, *map(str, row)) for name, row in zip(names, amounts, strict=True)]
    return table(("tenant", "initial", "remaining", "reserved", "committed"), rows, right=(1, 2, 3, 4))


def _balance(snapshot: BudgetSnapshot, place: int, finding: ConservationStatus) -> str:
    version = (
        f"version {snapshot.version}, open holds: {snapshot.active_reservations}, "
        f"log watermark: {'none' if snapshot.wal_high_watermark is None else snapshot.wal_high_watermark}"
    )
    if isinstance(finding, Balanced):
        return f"{paint('balanced', 'good', sys.stdout)}: {version}"
    tenant_id = one_line(snapshot.tenants[place].tenant_id)
    if isinstance(finding, Violation):
        wrong = f"{tenant_id} is off by {finding.delta_microcents} microcents"
    else:
        wrong = f"the parts of {tenant_id} add up to more than an i64 holds"
    return f"{paint(finding.status, 'bad', sys.stdout)}: {wrong}; {version}"


def _restore_refusal(snapshot: BudgetSnapshot) -> RestoreError | None:
    try:
        check_restorable(snapshot)
    except RestoreError as error:
        return error
    return None
