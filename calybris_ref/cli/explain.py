"""`calybris-ref explain`: one decision, candidate by candidate, on a terminal, as JSON, or as a page.

Each candidate has the gate that turned it away, with what was measured against what limit (EXPL-2), or the terms of its
utility (EXPL-3), in the order of the decision (RANK-1, RANK-2).
"""

import argparse
import json
import sys
from hashlib import sha256
from typing import Any

from calybris_ref.cli.arguments import positive
from calybris_ref.cli.candidates import ELIGIBLE, RUNNER_UP, WINNER, Candidate, candidates, why
from calybris_ref.cli.pages import PAGE_ROWS, check_page, write_page
from calybris_ref.cli.pages.decision import decision_page, title
from calybris_ref.cli.records import add_constructor, check_one_stdin, load_policy, load_record
from calybris_ref.cli.terminal import EXIT_OK, columns, is_terminal, one_line, paint, table, visible_length
from calybris_ref.layout import decision_preimage, input_preimage, policy_preimage
from calybris_ref.model import KernelDecision, KernelInput
from calybris_ref.policy import PolicySnapshot

_EXAMPLES = """\
examples:
  calybris-ref explain --policy p.json --input r.json
  calybris-ref explain --policy p.json --input r.json --html decision.html
  calybris-ref explain --policy p.json --input r.json --json | jq .candidates[0]

Files are those of decide: integers may be JSON numbers or canonical decimal
strings. Every amount is in microunits.
"""
_TERMINAL_ROWS = 50
_COLUMNS = ("", "model", "outcome", "value", "- risk", "- cost", "- latency", "= utility")
_CAME_THROUGH = (WINNER, RUNNER_UP, ELIGIBLE)


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.epilog = _EXAMPLES
    parser.add_argument("--policy", required=True, metavar="FILE", help="the policy, with its catalog ('-': stdin)")
    parser.add_argument("--input", required=True, metavar="FILE", help="the request ('-': stdin)")
    add_constructor(parser)
    parser.add_argument(
        "--limit",
        metavar="N",
        type=positive,
        help=f"at most so many candidates (default: {_TERMINAL_ROWS}, on a page {PAGE_ROWS}, as JSON all)",
    )
    parser.add_argument("--html", metavar="FILE", help="write a page that stands alone, with the bytes of the digests")
    parser.add_argument("--json", action="store_true", help="print JSON")


def run(arguments: argparse.Namespace) -> int:
    """Decide, and show why."""
    check_one_stdin(arguments.policy, arguments.input)
    policy = load_policy(arguments.policy, arguments.constructor)
    request = load_record(KernelInput, arguments.input)
    decision, found = policy.prescribe(request), candidates(policy, request)
    if arguments.html:
        check_page(arguments.html, arguments.policy, arguments.input)
        body = decision_page(policy, request, decision, found, arguments.limit or PAGE_ROWS)
        write_page(arguments.html, title(decision), body, about="A decision")
    if arguments.json:
        print(json.dumps(_document(policy, request, decision, found, arguments.limit)))
        return EXIT_OK
    print(_head(policy, request, decision, found))
    if found:
        print(f"\n{_table(found[: arguments.limit or _TERMINAL_ROWS])}")
        shown = min(len(found), arguments.limit or _TERMINAL_ROWS)
        if shown < len(found):
            print(f"\n{shown:,} of {len(found):,} candidates; --limit {len(found)} shows all")
    if arguments.html:
        print(f"\nwritten to {one_line(arguments.html)}")
    return EXIT_OK


def _document(
    policy: PolicySnapshot, request: KernelInput, decision: KernelDecision, found: list[Candidate], limit: int | None
) -> dict[str, Any]:
    preimages = {
        "policy": policy_preimage(policy),
        "input": input_preimage(request),
        "decision": decision_preimage(decision),
    }
    return {
        "decision": decision.to_dict(),
        "why": why(decision, found, policy, request),
        "candidates_total": len(found),
        "candidates": [one.to_dict() for one in found[:limit]],
        "digests": {name: sha256(preimage).hexdigest() for name, preimage in preimages.items()},
    }


def _head(policy: PolicySnapshot, request: KernelInput, decision: KernelDecision, found: list[Candidate]) -> str:
    words = paint(decision.action.label, "good" if decision.is_executable else "bad", sys.stdout)
    chosen = f"model {decision.selected_model_id}" if decision.is_executable else decision.reason.label
    return f"{words}: {chosen}\n{why(decision, found, policy, request)}"


def _table(found: list[Candidate]) -> str:
    """The candidates as a table, or where the terminal is too narrow for it in blocks of lines."""
    rows = [_cells(one) for one in found]
    wide = table(_COLUMNS, rows, right=(0, 1, 3, 4, 5, 6, 7))
    if not is_terminal(sys.stdout) or max(map(visible_length, wide.splitlines())) <= columns(sys.stdout):
        return wide
    return "\n".join(line for cells in rows for line in _block(cells))


def _cells(one: Candidate) -> tuple[str, ...]:
    row = one.row
    has_terms = row.utility_microunits is not None
    utility = f"{row.utility_microunits:,}{' (clamped)' if one.is_saturated else ''}" if has_terms else ""
    numbers = (
        row.quality_adjusted_microunits,
        row.risk_penalty_microunits,
        row.cost_microunits,
        row.latency_penalty_microunits,
    )
    style = {WINNER: "good", RUNNER_UP: "bold", ELIGIBLE: "bold"}.get(one.role, "dim")
    return (
        f"{one.place:,}",
        str(one.model.model_id),
        paint(one.outcome, style, sys.stdout),
        *("" if amount is None else f"{amount:,}" for amount in numbers),
        utility,
    )


def _block(cells: tuple[str, ...]) -> list[str]:
    place, model, outcome, *amounts = cells
    lines = [f"{place:>4}  model {model}: {outcome}"]
    named = [(name, amount) for name, amount in zip(_COLUMNS[3:], amounts, strict=True) if amount]
    width = max((len(amount) for _, amount in named), default=0)
    return [*lines, *(f"      {name:<9}  {amount:>{width}}" for name, amount in named)]
