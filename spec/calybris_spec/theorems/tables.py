"""The closed tables and the defaults, written out a second time as the clauses print them.

A rule that reads a table proves nothing about the table itself. These theorems have no arguments, or only those of the
defaults: each is one comparison.
"""

from __future__ import annotations

from icontract import ensure, require

from calybris_spec import codes, config, digest, explain, inputs, integers, layout, policy, types, verify
from calybris_spec.builders import MODEL_METHODS, REQUEST_METHODS, Call, new_model, new_request, set_on_model
from calybris_spec.codes import Refusal
from calybris_spec.config import Config
from calybris_spec.integers import WIDTHS, Width, holds, unsigned

U8, U16, U32, U64 = WIDTHS["u8"], WIDTHS["u16"], WIDTHS["u32"], WIDTHS["u64"]


def rows(table: tuple[Refusal, ...]) -> str:
    """The refusals of a table as one text, a row behind the other; the row 0 is empty."""
    return "; ".join([f"{refusal.code} {refusal.at}".strip() for refusal in table])


def names(fields: dict[str, Width]) -> str:
    """The fields of a record with the names of their widths, in declaration order."""
    spelled = {width: name for name, width in WIDTHS.items()}
    return " ".join([f"{name}:{spelled[width]}" for name, width in fields.items()])


@ensure(lambda result: result)
def an_unsigned_width_of_n_bytes_ends_below_256_to_the_n() -> bool:
    """TYPES-1: the five widths, their sizes and both ends."""
    return [*WIDTHS.items()] == [
        ("u8", (1, 0, 255)),
        ("u16", (2, 0, 65_535)),
        ("u32", (4, 0, 4_294_967_295)),
        ("u64", (8, 0, 18_446_744_073_709_551_615)),
        ("i64", (8, -9_223_372_036_854_775_808, 9_223_372_036_854_775_807)),
    ] and unsigned(3) == (3, 0, 16_777_215)


@ensure(lambda result: result)
def a_model_and_a_request_have_these_fields() -> bool:
    """TYPES-2, TYPES-3: names, widths and order."""
    return (
        names(types.MODEL)
        == "model_id:u32 provider_id:u16 quality_bps:u16 risk_ceiling_bps:u16 enabled:u8 p95_latency_ms:u32 "
        "capabilities:u64 region_mask:u64 input_cost_microunits_per_million_tokens:u64 "
        "output_cost_microunits_per_million_tokens:u64"
    ) and (
        names(types.REQUEST) == "request_sequence:u64 requested_model_id:u32 input_tokens:u32 output_tokens:u32 "
        "business_value_microunits:i64 budget_limit_microunits:u64 risk_bps:u16 confidence_bps:u16 "
        "minimum_quality_bps:u16 max_p95_latency_ms:u32 required_capabilities:u64 allowed_provider_mask:u64 "
        "required_region_mask:u64"
    )


@ensure(lambda result: result)
def a_policy_and_a_decision_have_these_fields() -> bool:
    """TYPES-4, TYPES-5: names, widths and order."""
    return (
        names(types.POLICY) == "policy_epoch:u64 catalog_epoch:u64 hard_risk_limit_bps:u16 minimum_confidence_bps:u16 "
        "risk_penalty_multiplier_bps:u16 latency_penalty_microunits_per_ms:u64"
    ) and (
        names(types.DECISION)
        == "request_sequence:u64 action:u8 reason:u16 selected_model_id:u32 selected_model_index:u16 "
        "estimated_cost_microunits:u64 expected_utility_microunits:i64 counterfactual_model_id:u32 "
        "counterfactual_utility_microunits:i64 evaluated_models:u16 eligible_models:u16 policy_epoch:u64 "
        "catalog_epoch:u64"
    )


@ensure(lambda result: result)
def actions_and_reasons_have_these_codes() -> bool:
    """TYPES-6, TYPES-7: code by code, in ascending order."""
    return [*codes.ACTIONS.items()] == [(1, "execute_requested"), (2, "substitute"), (3, "reject")] and [
        *codes.REASONS.items()
    ] == [
        (1, "requested_model_maximizes_utility"),
        (2, "alternative_maximizes_utility"),
        (100, "risk_hard_limit"),
        (101, "confidence_hard_limit"),
        (102, "no_enabled_model"),
        (103, "quality_constraint"),
        (104, "latency_constraint"),
        (105, "capability_constraint"),
        (106, "provider_constraint"),
        (107, "region_constraint"),
        (108, "budget_constraint"),
        (109, "non_positive_utility"),
        (110, "risk_ceiling_constraint"),
    ]


@ensure(lambda result: result)
def actions_and_reasons_are_known_by_these_numbers() -> bool:
    """TYPES-6, TYPES-7: the constants that the rules use."""
    actions = (codes.EXECUTE_REQUESTED, codes.SUBSTITUTE, codes.REJECT)
    wins = (codes.REQUESTED_MODEL_MAXIMIZES_UTILITY, codes.ALTERNATIVE_MAXIMIZES_UTILITY)
    return (
        actions == (1, 2, 3) and wins == (1, 2) and (codes.RISK_HARD_LIMIT, codes.CONFIDENCE_HARD_LIMIT) == (100, 101)
    )


@ensure(lambda result: result)
def constants_have_these_values() -> bool:
    """TYPES-8, and what MONEY-1, MONEY-4 and DECIDE-2 add."""
    return (
        (codes.BASIS_POINTS, codes.MAX_BPS, codes.MAX_RISK_PENALTY_MULTIPLIER_BPS) == (10_000, 10_000, 50_000)
        and (codes.MAX_PROVIDER_ID, codes.MAX_CATALOG_MODELS, codes.NO_MODEL_INDEX) == (63, 65_535, 65_535)
        and codes.ALL_PROVIDERS == codes.ALL_REGIONS == 18_446_744_073_709_551_615
        and (codes.MICROCENTS_PER_CENT, codes.TOKENS_PER_RATE) == (1_000_000, 1_000_000)
    )


@ensure(lambda result: result)
def gates_stand_in_this_order_with_these_reasons() -> bool:
    """GATE-3 and TRACE-1; DECIDE-3 for the order in which equal counts are settled."""
    return [(gate.name, gate.reason) for gate in codes.GATES] == [
        ("eligible", 0),
        ("disabled", 102),
        ("quality", 103),
        ("latency", 104),
        ("capability", 105),
        ("provider", 106),
        ("region", 107),
        ("risk_ceiling", 110),
        ("budget", 108),
        ("utility", 109),
    ] and " ".join([codes.GATES[gate].name for gate in codes.DOMINANCE]) == (
        "capability region provider quality risk_ceiling latency budget utility disabled"
    )


@ensure(lambda result: result)
def integers_and_requests_are_refused_with_these_codes() -> bool:
    """TYPES-1, INPUT-1, in the order in which they are checked."""
    problems = [integers.read_integer(text, U8).problem for text in ("255", "01", "256")]
    told = [integers.REFUSALS[problem] for problem in problems]
    return told == ["", "INTEGER_NOT_CANONICAL", "INTEGER_OUT_OF_RANGE"] and rows(inputs.REFUSALS) == (
        "; INPUT_BPS_OUT_OF_RANGE risk_bps; INPUT_BPS_OUT_OF_RANGE confidence_bps; "
        "INPUT_BPS_OUT_OF_RANGE minimum_quality_bps"
    )


@ensure(lambda result: result)
def policies_are_refused_with_these_codes() -> bool:
    """POLICY-1 to POLICY-4 in the order in which they are checked, then POLICY-7."""
    return rows(policy.REFUSALS) == (
        "; POLICY_BPS_OUT_OF_RANGE hard_risk_limit_bps; POLICY_BPS_OUT_OF_RANGE minimum_confidence_bps; "
        "POLICY_BPS_OUT_OF_RANGE risk_penalty_multiplier_bps; POLICY_CATALOG_EMPTY models; "
        "POLICY_MODEL_ID_DUPLICATE models[{}].model_id; POLICY_PROVIDER_ID_OUT_OF_RANGE models[{}].provider_id; "
        "POLICY_BPS_OUT_OF_RANGE models[{}].quality_bps; POLICY_BPS_OUT_OF_RANGE models[{}].risk_ceiling_bps; "
        "POLICY_MODELS_ALL_DISABLED models; POLICY_CATALOG_TOO_LARGE models; "
        "POLICY_MODEL_ID_RESERVED models[{}].model_id; POLICY_ENABLED_OUT_OF_RANGE models[{}].enabled"
    )


@ensure(lambda result: result)
def configurations_and_digests_are_refused_with_these_codes() -> bool:
    """CONFIG-2, DIGEST-7, in the order in which they are checked."""
    return rows(config.REFUSALS) == (
        "; CONFIG_BPS_OUT_OF_RANGE hard_risk_limit_bps; CONFIG_BPS_OUT_OF_RANGE minimum_confidence_bps; "
        "CONFIG_BPS_OUT_OF_RANGE risk_penalty_multiplier_bps; CONFIG_CATALOG_SIZE_ZERO max_catalog_size; "
        "CONFIG_EXPOSURE_CAP_NEGATIVE default_exposure_cap_microcents"
    ) and rows(digest.REFUSALS) == (
        "; DIGEST_HEX_LENGTH_ODD text; DIGEST_HEX_CHARACTER_INVALID text[{}]; DIGEST_HEX_LENGTH_INVALID text"
    )


@ensure(lambda result: result)
def bundles_are_refused_with_these_codes() -> bool:
    """VERIFY-5, in the order in which they are checked."""
    return (
        rows(verify.REFUSALS)
        == (
            "; VERIFY_BUNDLE_SCHEMA_UNKNOWN schema_version; VERIFY_BUNDLE_ALGORITHM_UNKNOWN digest_algorithm; "
            "VERIFY_BUNDLE_PROOF_VERSION_UNKNOWN proof_version; VERIFY_BUNDLE_PRODUCER_UNKNOWN created_by; "
            "VERIFY_BUNDLE_REPLAY_INVALID replay_valid; VERIFY_BUNDLE_DIGEST_NOT_CANONICAL policy_digest_hex; "
            "VERIFY_BUNDLE_DIGEST_NOT_CANONICAL input_digest_hex; "
            "VERIFY_BUNDLE_DIGEST_NOT_CANONICAL decision_digest_hex"
        )
        and verify.PROOF_VERSION == 1
    )


@ensure(lambda result: result)
def every_status_but_three_is_a_rejection() -> bool:
    """EXPL-1."""
    return explain.STATUSES == {0: "eligible", 8: "over_budget", 9: "non_positive_utility"}


@ensure(lambda result: result)
def tags_end_with_a_zero_byte() -> bool:
    """DIGEST-1: three tags of nine bytes, and what each stands for."""
    return [*layout.KINDS.items()] == [
        ((99, 97, 108, 121, 112, 111, 108, 49, 0), "policy"),
        ((99, 97, 108, 121, 105, 110, 112, 49, 0), "input"),
        ((99, 97, 108, 121, 100, 99, 110, 49, 0), "decision"),
    ]


@require(lambda byte: holds(U8, byte))
@ensure(lambda result: result)
def nine_bytes_make_a_tag_whatever_follows(byte: int) -> bool:
    """DIGEST-6: each record is known by its tag, a shorter text is none, and neither is one with another first byte."""
    kinds = [layout.kind_of((*tag, byte)) for tag in (layout.POLICY_TAG, layout.INPUT_TAG, layout.DECISION_TAG)]
    others = [layout.kind_of(layout.POLICY_TAG[:-1]), layout.kind_of((98, *layout.POLICY_TAG[1:]))]
    return kinds == ["policy", "input", "decision"] and others == [None, None]


@ensure(lambda result: result)
def layouts_have_these_lengths() -> bool:
    """DIGEST-3 to DIGEST-5: the header of a policy, one model of it, a request, a decision."""
    lengths = (layout.POLICY_HEADER_BYTES, layout.MODEL_BYTES, layout.INPUT_BYTES, layout.DECISION_BYTES)
    empty = types.Snapshot(types.Policy(0, 0, 0, 0, 0, 0), ())
    return lengths == (39, 47, 79, 74) and len(layout.policy_bytes(empty)) == layout.POLICY_HEADER_BYTES


@ensure(lambda result: result)
def a_configuration_starts_with_these_defaults() -> bool:
    """CONFIG-1: the values, and the widths of the six integers."""
    return Config() == (2, 9_600, 5_500, 3_500, 0, False, 1_024) and names(config.CONFIG) == (
        "latency_penalty_microunits_per_ms:u64 hard_risk_limit_bps:u16 minimum_confidence_bps:u16 "
        "risk_penalty_multiplier_bps:u16 default_exposure_cap_microcents:i64 max_catalog_size:u64"
    )


@require(lambda sequence, model_id: holds(U64, sequence) & holds(U32, model_id))
@ensure(lambda result: result)
def a_request_starts_with_these_defaults(sequence: int, model_id: int) -> bool:
    """BUILD-1: nothing is asked for and nothing forbidden; full confidence, no risk."""
    built = new_request(sequence, model_id)
    start = (0, 0, 0, 18_446_744_073_709_551_615, 0, 10_000, 0, 0, 0, 18_446_744_073_709_551_615, 0)
    defaults = [one == other for one, other in zip(built[2:], start, strict=True)]
    return (built.request_sequence == sequence) & (built.requested_model_id == model_id) & all(defaults)


@require(lambda model_id, provider_id: holds(U32, model_id) & holds(U16, provider_id))
@ensure(lambda result: result)
def a_model_starts_with_these_defaults(model_id: int, provider_id: int) -> bool:
    """BUILD-2: on, of good quality, everywhere, and free."""
    built = new_model(model_id, provider_id)
    start = (8_000, 9_500, 1, 200, 0, 18_446_744_073_709_551_615, 0, 0)
    defaults = [one == other for one, other in zip(built[2:], start, strict=True)]
    return (built.model_id == model_id) & (built.provider_id == provider_id) & all(defaults)


@ensure(lambda result: result)
def every_method_of_a_builder_sets_these_fields() -> bool:
    """BUILD-1, BUILD-2."""
    return [" ".join([name, *fields]) for name, fields in REQUEST_METHODS.items()] == [
        "tokens input_tokens output_tokens",
        "business_value business_value_microunits",
        "budget_limit budget_limit_microunits",
        "risk risk_bps confidence_bps",
        "minimum_quality minimum_quality_bps",
        "max_latency max_p95_latency_ms",
        "capabilities required_capabilities",
        "providers allowed_provider_mask",
        "regions required_region_mask",
    ] and [" ".join([name, *fields]) for name, fields in MODEL_METHODS.items()] == [
        "quality quality_bps",
        "risk_ceiling risk_ceiling_bps",
        "enabled enabled",
        "latency p95_latency_ms",
        "capabilities capabilities",
        "regions region_mask",
        "cost input_cost_microunits_per_million_tokens output_cost_microunits_per_million_tokens",
    ]


@require(lambda input_rate, output_rate: holds(U64, input_rate) & holds(U64, output_rate))
@ensure(lambda result: result)
def input_rates_come_before_output_rates(input_rate: int, output_rate: int) -> bool:
    """BUILD-2: the arguments of `cost` are not swapped, and nothing else is set."""
    start = new_model(1, 2)
    built = set_on_model(start, Call("cost", (input_rate, output_rate)))
    others = [one == other for one, other in zip(built[:8], start[:8], strict=True)]
    return all(
        [
            built.input_cost_microunits_per_million_tokens == input_rate,
            built.output_cost_microunits_per_million_tokens == output_rate,
            *others,
        ]
    )
