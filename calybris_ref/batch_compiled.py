"""Many decisions at once, compiled: the rule of `kernel` on columns of 64-bit integers (extra `bulk`).

Clauses GATE-1 … GATE-12, MONEY-1 … MONEY-6, RANK-1 … RANK-3, DECIDE-1 … DECIDE-8, TRACE-1 and TRACE-2. `kernel` is the
code to read; this is the one to run by the million, and tests hold it to the other.

Why 64 bits are enough for every value that a record can hold: with value · confidence = W · 10^8 + w, the one floor of
the quality term is floor(value · confidence · quality / 10^8) = W · quality + floor(w · quality / 10^8), and the second
part is small. The risk term and, rounding up, the cost are split in the same way. W · quality stays below 2^61 (`near`)
unless the value itself is beyond it or a proportion is above 10,000 bps; then two digits to the base 2^31 are used. No
operation wraps around: numpy warns of one that would, and the tests also run this function uncompiled.

The function is one piece on purpose: a part of it as a function of its own would cost more than a decision. All that
it takes from elsewhere and that may change stands in this file, because numba compiles again only when this file does.
"""

from collections import namedtuple
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from calybris_ref.compiling import compiled
from calybris_ref.model import (
    NO_MODEL_ID,
    NO_MODEL_INDEX,
    Gate,
    KernelAction,
    KernelDecision,
    KernelInput,
    KernelReason,
    RejectionHistogram,
)
from calybris_ref.record import columns

RATE_TOKENS = 1_000_000
# A rate is a multiple of this and a rest. The rest times any u32 of tokens stays below 2^63, and a rate that anybody
# asks for has no multiple.
RATE_STEP = 2_048 * RATE_TOKENS
# What 64 bits do not hold has two digits to the base 2^31.
DIGIT_BITS = 31
DIGIT_MASK = 2**DIGIT_BITS - 1
# Four amounts up to this can be added and subtracted in 64 bits.
NEAR = 2**61

# The columns of `Catalog.gates`; a mask is the signed integer of the same bits.
QUALITY, LATENCY, CAPABILITIES, PROVIDER_BIT, REGIONS, RISK_CEILING, PENALTY, PENALTY_LOW, PENALTY_HIGH = range(9)
MODEL_ID, INDEX = 9, 10
GATE_COLUMNS = 11
# The columns of `Catalog.rates`, for each side: the rest of the rate; what the multiple costs per token; the most
# tokens whose cost an u64 holds. DEAR is 0 where the last two cannot matter.
IN_REST, OUT_REST, DEAR, IN_PER_TOKEN, OUT_PER_TOKEN, IN_TOKENS_MAX, OUT_TOKENS_MAX = range(7)
RATE_COLUMNS = 7

_EXECUTE, _SUBSTITUTE, _REJECT = (int(action) for action in KernelAction)
_REQUESTED = int(KernelReason.REQUESTED_MODEL_MAXIMIZES_UTILITY)
_ALTERNATIVE = int(KernelReason.ALTERNATIVE_MAXIMIZES_UTILITY)
_RISK_LIMIT = int(KernelReason.RISK_HARD_LIMIT)
_CONFIDENCE_LIMIT = int(KernelReason.CONFIDENCE_HARD_LIMIT)
_DISABLED, _QUALITY, _LATENCY, _CAPABILITY, _PROVIDER, _REGION, _RISK_CEILING, _BUDGET, _UTILITY = (
    int(gate) for gate in Gate
)
_COUNTS = len(Gate) + 1
_U16_MAX, _U32_MAX, _I64_MAX = 2**16 - 1, 2**32 - 1, 2**63 - 1
_DIGITS_END = 2 ** (63 - DIGIT_BITS)
# An unsigned number stays one only among unsigned numbers.
_U64_ZERO, _U64_MAX, _U64_NEAR = np.uint64(0), np.uint64(2**64 - 1), np.uint64(NEAR)
_BPS_SQUARED = np.uint64(10**8)
_TOKENS, _TOKENS_ROUND_UP = np.uint64(RATE_TOKENS), np.uint64(RATE_TOKENS - 1)
_BITS, _MASK = np.uint64(DIGIT_BITS), np.uint64(DIGIT_MASK)

# An array for each field. The masks of `Asked`, its last three, are signed integers of the same bits.
Asked = namedtuple("Asked", [column.name for column in columns(KernelInput)])  # type: ignore[misc]  # read from the table
Rejected = namedtuple("Rejected", [column.name for column in columns(RejectionHistogram)])  # type: ignore[misc]  # likewise
Decided = namedtuple("Decided", [column.name for column in columns(KernelDecision)])  # type: ignore[misc]  # likewise


class Catalog(NamedTuple):
    """A policy as `decide_rows` reads it.

    `gates` (signed) and `rates` (unsigned) have a row for each candidate that is not disabled, the best quality first,
    then the smaller model_id, then the earlier one. So of two candidates with equal utility and cost the earlier row is
    the better one (RANK-1, RANK-2), and behind the first whose quality is too low there is none whose quality will do.
    `dominance` has a row (gate, reason) for each gate, the strongest first (DECIDE-3). `near_weight` is the largest W
    with which the quality term of every candidate is below NEAR.
    """

    hard_risk_limit_bps: int
    minimum_confidence_bps: int
    risk_penalty_multiplier_bps: int
    disabled_models: int
    evaluated_models: int
    near_weight: int
    gates: NDArray[np.int64]
    rates: NDArray[np.uint64]
    dominance: NDArray[np.int64]


@compiled
def decide_rows(start: int, stop: int, catalog: Catalog, asked: Any, decided: Any, rejected: Any) -> None:
    """Decide the rows from `start` up to `stop`.

    `asked` is an Asked, `decided` a Decided, and `rejected` a Rejected whose arrays have no rows when nobody wants the
    counts. Numba finds their types when it is called.
    """
    gates, rates, dominance = catalog.gates, catalog.rates, catalog.dominance
    candidates = gates.shape[0]
    traced = len(rejected.disabled) > 0
    counts = np.zeros(_COUNTS, np.int64)
    for row in range(start, stop):
        decided.request_sequence[row] = asked.request_sequence[row]
        risk = np.int64(asked.risk_bps[row])
        confidence = np.int64(asked.confidence_bps[row])
        best = -1
        # GATE-1, GATE-2: nobody is looked at.
        if risk >= catalog.hard_risk_limit_bps or confidence < catalog.minimum_confidence_bps:
            decided.reason[row] = _RISK_LIMIT if risk >= catalog.hard_risk_limit_bps else _CONFIDENCE_LIMIT
            decided.evaluated_models[row] = 0
            for gate in range(_COUNTS):
                counts[gate] = 0
        else:
            minimum_quality = np.int64(asked.minimum_quality_bps[row])
            max_latency = np.int64(asked.max_p95_latency_ms[row])
            if max_latency == 0:
                max_latency = np.int64(_U32_MAX)
            needed = asked.required_capabilities[row]
            allowed = asked.allowed_provider_mask[row]
            wanted = asked.required_region_mask[row]
            anywhere = wanted == 0
            input_tokens, output_tokens = np.uint64(asked.input_tokens[row]), np.uint64(asked.output_tokens[row])
            budget = asked.budget_limit_microunits[row]

            # The risk term (MONEY-5) in two digits, and W and w of the quality term: the same for all candidates.
            value = np.uint64(max(asked.business_value_microunits[row], np.int64(0)))
            value_high, value_low = value // _BPS_SQUARED, value % _BPS_SQUARED
            factor = np.uint64(risk) * np.uint64(catalog.risk_penalty_multiplier_bps)
            product = (value_high & _MASK) * factor
            risk_low = np.int64((product & _MASK) + value_low * factor // _BPS_SQUARED)
            risk_high = np.int64((value_high >> _BITS) * factor + (product >> _BITS))
            factor = np.uint64(confidence)
            weight = np.int64(value_high * factor + value_low * factor // _BPS_SQUARED)
            weight_rest = value_low * factor % _BPS_SQUARED
            near = weight <= catalog.near_weight and risk_high < NEAR >> DIGIT_BITS
            risk_term = (risk_high << DIGIT_BITS) + risk_low if near else np.int64(0)
            weight_low, weight_high = weight & DIGIT_MASK, weight >> DIGIT_BITS

            second = -1
            eligible = over_budget = useless = 0
            best_utility = second_utility = np.int64(0)
            best_cost = second_cost = _U64_ZERO
            enough_quality = candidates
            for place in range(candidates):
                quality = gates[place, QUALITY]
                # GATE-5: nobody behind has a better quality.
                if quality < minimum_quality:
                    enough_quality = place
                    break
                # GATE-6 … GATE-10 in one jump, because a wrong guess of the processor costs more than all of them.
                if (
                    (gates[place, LATENCY] > max_latency)
                    | (gates[place, CAPABILITIES] & needed != needed)
                    | (gates[place, PROVIDER_BIT] & allowed == 0)
                    | ((gates[place, REGIONS] & wanted == 0) & (not anywhere))
                    | (risk > gates[place, RISK_CEILING])
                ):
                    continue
                # MONEY-1, MONEY-2, GATE-11.
                input_cost = (input_tokens * rates[place, IN_REST] + _TOKENS_ROUND_UP) // _TOKENS
                output_cost = (output_tokens * rates[place, OUT_REST] + _TOKENS_ROUND_UP) // _TOKENS
                if rates[place, DEAR] == _U64_ZERO:
                    cost = input_cost + output_cost
                elif input_tokens > rates[place, IN_TOKENS_MAX] or output_tokens > rates[place, OUT_TOKENS_MAX]:
                    cost = _U64_MAX
                else:
                    input_cost += input_tokens * rates[place, IN_PER_TOKEN]
                    output_cost += output_tokens * rates[place, OUT_PER_TOKEN]
                    cost = input_cost + output_cost if output_cost <= _U64_MAX - input_cost else _U64_MAX
                if cost > budget:
                    over_budget += 1
                    continue
                # MONEY-4, MONEY-6: in one number where it is sure to fit, else in two digits and clamped.
                rest = np.int64(weight_rest * np.uint64(quality) // _BPS_SQUARED)
                if near:
                    utility = (
                        weight * quality + rest - risk_term - np.int64(min(cost, _U64_NEAR)) - gates[place, PENALTY]
                    )
                else:
                    partial = weight_low * quality
                    low = (partial & DIGIT_MASK) + rest - risk_low
                    low -= np.int64(cost & _MASK) + gates[place, PENALTY_LOW]
                    high = weight_high * quality + (partial >> DIGIT_BITS) - risk_high
                    high -= np.int64(cost >> _BITS) + gates[place, PENALTY_HIGH]
                    high += low >> DIGIT_BITS
                    if high < 0:
                        utility = np.int64(0)
                    elif high >= _DIGITS_END:
                        utility = np.int64(_I64_MAX)
                    else:
                        utility = (high << DIGIT_BITS) | (low & DIGIT_MASK)
                if utility <= 0:
                    useless += 1
                    continue
                eligible += 1
                # RANK-1, RANK-3; of equals the earlier row stays the better one.
                if utility > best_utility or (utility == best_utility and cost < best_cost):
                    second, second_utility, second_cost = best, best_utility, best_cost
                    best, best_utility, best_cost = place, utility, cost
                elif utility > second_utility or (utility == second_utility and cost < second_cost):
                    second, second_utility, second_cost = place, utility, cost

            decided.evaluated_models[row] = catalog.evaluated_models
            if best >= 0:
                requested = gates[best, MODEL_ID] == asked.requested_model_id[row]
                decided.action[row] = _EXECUTE if requested else _SUBSTITUTE
                decided.reason[row] = _REQUESTED if requested else _ALTERNATIVE
                decided.selected_model_id[row] = gates[best, MODEL_ID]
                decided.selected_model_index[row] = gates[best, INDEX]
                decided.estimated_cost_microunits[row] = best_cost
                decided.expected_utility_microunits[row] = best_utility
                decided.counterfactual_model_id[row] = gates[second, MODEL_ID] if second >= 0 else NO_MODEL_ID
                decided.counterfactual_utility_microunits[row] = second_utility
                decided.eligible_models[row] = min(eligible, _U16_MAX)
            if best < 0 or traced:
                slow = incapable = foreign = elsewhere = risky = 0
                for place in range(enough_quality):
                    # Each candidate counts where it fails first (GATE-3, TRACE-1), again without a jump.
                    left = 1
                    fails = int(gates[place, LATENCY] > max_latency)
                    slow += fails
                    left -= fails
                    fails = left & int(gates[place, CAPABILITIES] & needed != needed)
                    incapable += fails
                    left -= fails
                    fails = left & int(gates[place, PROVIDER_BIT] & allowed == 0)
                    foreign += fails
                    left -= fails
                    fails = left & int((gates[place, REGIONS] & wanted == 0) & (not anywhere))
                    elsewhere += fails
                    left -= fails
                    risky += left & int(risk > gates[place, RISK_CEILING])
                counts[_DISABLED] = catalog.disabled_models
                counts[_QUALITY] = candidates - enough_quality
                counts[_LATENCY] = slow
                counts[_CAPABILITY] = incapable
                counts[_PROVIDER] = foreign
                counts[_REGION] = elsewhere
                counts[_RISK_CEILING] = risky
                counts[_BUDGET] = over_budget
                counts[_UTILITY] = useless
                for gate in range(_COUNTS):
                    counts[gate] = min(counts[gate], _U16_MAX)
            if best < 0:
                most = -1
                for place in range(dominance.shape[0]):
                    count = counts[dominance[place, 0]]
                    if count > most:
                        most = count
                        decided.reason[row] = dominance[place, 1]
        if traced:
            rejected.disabled[row] = counts[_DISABLED]
            rejected.quality[row] = counts[_QUALITY]
            rejected.latency[row] = counts[_LATENCY]
            rejected.capability[row] = counts[_CAPABILITY]
            rejected.provider[row] = counts[_PROVIDER]
            rejected.region[row] = counts[_REGION]
            rejected.risk_ceiling[row] = counts[_RISK_CEILING]
            rejected.budget[row] = counts[_BUDGET]
            rejected.utility[row] = counts[_UTILITY]
        if best < 0:
            decided.action[row] = _REJECT
            decided.selected_model_id[row] = NO_MODEL_ID
            decided.selected_model_index[row] = NO_MODEL_INDEX
            decided.estimated_cost_microunits[row] = 0
            decided.expected_utility_microunits[row] = 0
            decided.counterfactual_model_id[row] = NO_MODEL_ID
            decided.counterfactual_utility_microunits[row] = 0
            decided.eligible_models[row] = 0
