"""`calybris-ref decide`: the decision of a policy for one request or many, as a table or as JSON.

With `--trace` also where the candidates went (TRACE-1), with `--explain` also what happened to each (EXPL-1 … EXPL-4).
"""

import argparse
import json
import sys
from collections.abc import Iterable
from typing import Any

from calybris_ref.cli.records import add_constructor, check_one_stdin, load_lines, load_policy, load_record, readable
from calybris_ref.cli.terminal import EXIT_OK, paint, table
from calybris_ref.model import (
    MAX_PROVIDER_ID,
    CandidateExplanation,
    CandidateStatus,
    DecisionTrace,
    Gate,
    KernelDecision,
    KernelInput,
)
from calybris_ref.policy import PolicySnapshot

_EXAMPLES = """\
examples:
  calybris-ref decide --policy p.json --input r.json --explain
  calybris-ref decide --policy p.json --inputs rs.jsonl --json > ds.jsonl
  my-service export 17 | calybris-ref decide --policy p.json --input -

Integers may be JSON numbers or canonical decimal strings, as in the vectors.
Every amount is in microunits.
"""

# What happened to a candidate, by its gate or else by its status, with the two numbers that were compared (EXPL-2). A
# mask reads best in hex.
_OUTCOMES = {
    "eligible": "eligible",
    "disabled": "disabled",
    "quality": "quality {measured} bps < {limit}",
    "latency": "latency {measured} ms > {limit}",
    "capability": "capability {measured:#x} lacks {limit:#x}",
    "provider": "provider {measured} not in {limit:#x}",
    "provider_unknown": "provider {measured} is above {limit}",
    "region": "region {measured:#x} not in {limit:#x}",
    "risk_ceiling": "risk {measured} bps > {limit}",
    "over_budget": "cost > budget {limit}",
    "non_positive_utility": "utility not positive",
}


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.epilog = _EXAMPLES
    parser.add_argument("--policy", required=True, metavar="FILE", help="the policy, with its catalog ('-': stdin)")
    requests = parser.add_mutually_exclusive_group(required=True)
    requests.add_argument("--input", metavar="FILE", help="the request ('-': stdin)")
    requests.add_argument("--inputs", metavar="FILE", help="many requests, one JSON object a line ('-': stdin)")
    add_constructor(parser)
    parser.add_argument("--trace", action="store_true", help="show how many candidates failed at each gate")
    parser.add_argument("--explain", action="store_true", help="show what happened to each candidate, and its money")
    parser.add_argument("--json", action="store_true", help="print JSON, one line per request")


def run(arguments: argparse.Namespace) -> int:
    """Decide and print."""
    check_one_stdin(arguments.policy, arguments.input, arguments.inputs)
    policy = load_policy(arguments.policy, arguments.constructor)
    requests: Iterable[KernelInput]
    if arguments.inputs is None:
        requests = [load_record(KernelInput, arguments.input)]
    else:
        requests = load_lines(KernelInput, arguments.inputs)
    if arguments.json:
        for request in requests:
            print(json.dumps(_document(policy, request, trace=arguments.trace, explain=arguments.explain)))
    elif arguments.inputs is None or arguments.trace or arguments.explain:
        for place, request in enumerate(requests):
            print(end="\n" if place else "")
            print(_page(policy, request, trace=arguments.trace, explain=arguments.explain))
    else:
        print(_overview(policy.prescribe(request) for request in requests))
    return EXIT_OK


def _document(policy: PolicySnapshot, request: KernelInput, *, trace: bool, explain: bool) -> dict[str, Any]:
    """The decision as a record; with `trace` or `explain` it is one member of an object."""
    decision, traced = policy.prescribe_with_trace(request)
    if not trace and not explain:
        return decision.to_dict()
    document: dict[str, Any] = {"decision": decision.to_dict()}
    if trace:
        document["trace"] = traced.to_dict()
    if explain:
        document["candidates"] = [row.to_dict() for row in policy.explain(request)]
    return document


def _page(policy: PolicySnapshot, request: KernelInput, *, trace: bool, explain: bool) -> str:
    decision, traced = policy.prescribe_with_trace(request)
    parts = [table(("decision", ""), readable(decision))]
    if trace:
        parts.append(_histogram(traced))
    if explain:
        parts.append(_candidates(decision, policy.explain(request)))
    return "\n\n".join(parts)


def _overview(decisions: Iterable[KernelDecision]) -> str:
    header = ("sequence", "decision", "model", "cost", "utility", "eligible", "of")
    rows = [
        (
            str(decision.request_sequence),
            verdict(decision),
            str(decision.selected_model_id) if decision.is_executable else "",
            str(decision.estimated_cost_microunits) if decision.is_executable else "",
            str(decision.expected_utility_microunits) if decision.is_executable else "",
            str(decision.eligible_models),
            str(decision.evaluated_models),
        )
        for decision in decisions
    ]
    return table(header, rows, right=(0, 2, 3, 4, 5, 6))


def verdict(decision: KernelDecision) -> str:
    """The action, and for a rejection why; the two other actions have one reason each (DECIDE-1)."""
    if decision.is_executable:
        return paint(decision.action.label, "good", sys.stdout)
    return f"{paint(decision.action.label, 'bad', sys.stdout)}: {decision.reason.label}"


def _histogram(trace: DecisionTrace) -> str:
    rows = [(name, count) for name, count in readable(trace.rejections) if count != "0"]
    rows += [("evaluated", str(trace.evaluated_models)), ("eligible", str(trace.eligible_models))]
    return table(("failed first at", "models"), rows, right=(1,))


def _candidates(decision: KernelDecision, explanations: Iterable[CandidateExplanation]) -> str:
    header = ("#", "model", "outcome", "cost", "quality", "risk", "latency", "utility")
    rows = [
        (
            str(row.model_index),
            str(row.model_id),
            _outcome(decision, row),
            *(
                "" if number is None else str(number)
                for number in (
                    row.cost_microunits,
                    row.quality_adjusted_microunits,
                    row.risk_penalty_microunits,
                    row.latency_penalty_microunits,
                    row.utility_microunits,
                )
            ),
        )
        for row in explanations
    ]
    if not rows:
        return f"no candidate was looked at: {decision.reason.label}"
    return table(header, rows, right=(0, 1, 3, 4, 5, 6, 7))


def _outcome(decision: KernelDecision, row: CandidateExplanation) -> str:
    if row.status is CandidateStatus.ELIGIBLE and row.model_index == decision.selected_model_index:
        return paint("selected", "good", sys.stdout)
    kind = (row.status if row.gate is None else row.gate).label
    if row.gate is Gate.PROVIDER and row.measured is not None and row.measured > MAX_PROVIDER_ID:
        kind = "provider_unknown"
    text = _OUTCOMES[kind].format(measured=row.measured, limit=row.limit)
    return text if row.status is CandidateStatus.ELIGIBLE else paint(text, "dim", sys.stdout)
