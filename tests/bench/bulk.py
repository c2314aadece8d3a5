"""Jobs by the hundred thousand: decisions and digests from columns, against the wheel on records built before."""

from functools import partial
from typing import Any

import numpy as np
from calybris import _core as peer

from calybris_ref import KernelInput, KernelModel, PolicySnapshot, decision_digests, input_digests, prescribe_columns
from calybris_ref.record import columns
from tests.bench.jobs import ALL_ELIGIBLE, CATALOG, SCALARS, Job

ROWS = 100_000
FRAME = 256  # as many as a campaign sends at once

_KINDS = {"u16": np.uint16, "u32": np.uint32, "u64": np.uint64, "i64": np.int64}
Columns = dict[str, Any]


def jobs() -> list[Job]:
    """The jobs under one policy; building them checks that both sides do the same."""
    policy = PolicySnapshot.try_new(*SCALARS, [KernelModel(*row) for row in CATALOG])
    theirs = peer.PolicySnapshot(*SCALARS, [peer.KernelModel(*row) for row in CATALOG])
    ordinary = same(ALL_ELIGIBLE)
    found = []
    for name, asked in {"all eligible": ordinary, "mixed": mixed(ordinary, len(CATALOG))}.items():
        records = [peer.KernelInput(*row) for row in zip(*(column.tolist() for column in asked.values()), strict=True)]
        decided, decisions = prescribe_columns(policy, asked), theirs.prescribe_batch(records)
        for field in ("selected_model_id", "expected_utility_microunits", "counterfactual_model_id", "eligible_models"):
            if decided[field].tolist() != [getattr(decision, field) for decision in decisions]:
                raise AssertionError("the two do not do the same job")
        batch = partial(theirs.prescribe_batch, records)
        for threads in ("one thread", "two threads"):
            ours = partial(prescribe_columns, policy, asked, 1 + (threads == "two threads"))
            found.append(Job(f"{ROWS:,} decisions from columns, {name}, {threads}", ours, batch, 3, 1))
    frame = {key: column[:FRAME] for key, column in asked.items()}
    batch = partial(theirs.prescribe_batch, records[:FRAME])
    found.append(
        Job(f"{FRAME} decisions from columns, mixed", partial(prescribe_columns, policy, frame), batch, 200, 200)
    )
    digests = partial(_digests, asked, decided)
    bundles = partial(_bundles, theirs, records, decisions)
    if (digests()[0][0].hex(), digests()[1][0].hex()) != bundles()[0]:
        raise AssertionError("the two do not do the same job")
    found.append(Job(f"both digests of {ROWS:,} records from columns, against audit bundles", digests, bundles, 1, 1))
    return found


def same(request: tuple[int, ...]) -> Columns:
    """One request, many times."""
    return {
        column.name: np.full(ROWS, value, _KINDS[column.width.name])
        for column, value in zip(columns(KernelInput), request, strict=True)
        if column.width
    }


def mixed(ordinary: Columns, models: int) -> Columns:
    """Requests of which no two are the same, and of which each gate lets some candidates pass and some not."""
    rng = np.random.default_rng(1)
    limits = {
        "requested_model_id": (1, models),
        "input_tokens": (1, 5_000),
        "output_tokens": (1, 2_000),
        "business_value_microunits": (10**6, 10**9),
        "budget_limit_microunits": (1_000, 20_000),
        "risk_bps": (0, 9_600),
        "confidence_bps": (5_000, 10_000),
        "minimum_quality_bps": (5_000, 9_000),
        "max_p95_latency_ms": (300, 1_000),
        "required_capabilities": (0, 7),
        "allowed_provider_mask": (1, 255),
        "required_region_mask": (0, 15),
    }
    varied = {name: rng.integers(*ends, ROWS, ordinary[name].dtype, endpoint=True) for name, ends in limits.items()}
    return ordinary | varied | {"request_sequence": np.arange(ROWS, dtype=np.uint64)}


def _digests(asked: Columns, decided: Columns) -> tuple[list[bytes], list[bytes]]:
    return input_digests(asked), decision_digests(decided)


def _bundles(policy: Any, records: list[Any], decisions: list[Any]) -> list[tuple[str, str]]:
    bundles = [policy.audit_bundle(*pair) for pair in zip(records, decisions, strict=True)]
    return [(bundle["input_digest_hex"], bundle["decision_digest_hex"]) for bundle in bundles[:1]]
