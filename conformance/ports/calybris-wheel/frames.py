"""Frames (`decide.rows`): requests and decisions as rows of text, 13 canonical decimals with one space between two."""

import re
from collections.abc import Callable, Iterable, Mapping
from operator import attrgetter
from typing import Any

from calybris import KernelDecision, KernelInput
from values import Instead, integer, refusal

MOST_ROWS = 4_096
FIELDS = (
    "request_sequence",
    "requested_model_id",
    "input_tokens",
    "output_tokens",
    "business_value_microunits",
    "budget_limit_microunits",
    "risk_bps",
    "confidence_bps",
    "minimum_quality_bps",
    "max_p95_latency_ms",
    "required_capabilities",
    "allowed_provider_mask",
    "required_region_mask",
)
ANSWERED = attrgetter(
    "request_sequence",
    "action_code",
    "reason_code",
    "selected_model_id",
    "selected_model_index",
    "estimated_cost_microunits",
    "expected_utility_microunits",
    "counterfactual_model_id",
    "counterfactual_utility_microunits",
    "evaluated_models",
    "eligible_models",
    "policy_epoch",
    "catalog_epoch",
)
# Thirteen decimals that are not longer than those of 64 bits.
WELL_FORMED = re.compile(" ".join([r"(?:0|-?[1-9][0-9]{0,19})"] * 13)).fullmatch
WRITTEN = " ".join(["%d"] * 13)


def read_rows(rows: Any, request_of: Callable[[Mapping[str, str]], KernelInput]) -> list[KernelInput]:
    if not isinstance(rows, list) or not all(isinstance(row, str) for row in rows):
        raise TypeError("rows is a list of texts")
    if not 1 <= len(rows) <= MOST_ROWS:
        raise refusal("INTEGER_OUT_OF_RANGE", "rows")
    requests = []
    for place, row in enumerate(rows):
        try:
            if not WELL_FORMED(row):
                raise ValueError
            requests.append(KernelInput(*map(int, row.split(" "))))
        except (ValueError, OverflowError):
            requests.append(read_slowly(row, place, request_of))
    return requests


def read_slowly(row: str, place: int, request_of: Callable[[Mapping[str, str]], KernelInput]) -> KernelInput:
    """Says what is wrong: with the form, and then what the wheel says of the request, at its place."""
    at = f"rows[{place}]"
    pieces = row.split(" ", 12)
    record = dict(zip(FIELDS, pieces + [""] * (13 - len(pieces)), strict=True))
    for name, text in record.items():
        integer(text, f"{at}.{name}")
    try:
        return request_of(record)
    except Instead as instead:
        answer = instead.args[0]
        if "error" in answer:
            named = answer["error"]["at"]
            answer["error"]["at"] = at if named == "request" else f"{at}.{named}"
        raise


def written_rows(decisions: Iterable[KernelDecision]) -> list[str]:
    return [WRITTEN % ANSWERED(decision) for decision in decisions]
