"""Mutants of the fast path of decisions: the vectors kill them as they kill those of the readable kernel.

They are not on the roster: how strong the vectors are is counted on one rule, written once. There are fewer of them,
too: where the fast path wrongly rejects every candidate nothing is wrong, because the readable kernel is asked then.
"""

from tests.mutants.mutation import bugs_in

fast = bugs_in("calybris_ref/kernel_fast.py")

_BEFORE_BEST = "if rank < (-best_utility, best_cost, -best.quality, best.model_id)"
_BEFORE_SECOND = "elif rank < (-second_utility, second_cost, -second.quality, second.model_id)"

MUTANTS = (
    fast("fast-quality", "GATE_BOUNDARY", "The boundary of quality.", "quality < minimum", "quality <= minimum"),
    fast("fast-latency", "GATE_BOUNDARY", "The boundary of latency.", "latency > max_l", "latency >= max_l"),
    fast("fast-ceiling", "GATE_BOUNDARY", "The boundary of risk.", "or risk > candidate", "or risk >= candidate"),
    fast("fast-budget", "GATE_BOUNDARY", "The boundary of the budget.", "if cost > budget", "if cost >= budget"),
    fast(
        "fast-capability",
        "MASK_TESTS_EXCHANGED",
        "One capability is enough.",
        "or candidate.capabilities & needed != needed",
        "or (needed and not candidate.capabilities & needed)",
    ),
    fast("fast-disabled", "GATE_ORDER", "What is off is a candidate.", " if row[2]]", "]"),
    fast(
        "fast-rounding",
        "COST_ROUNDING",
        "The sum is rounded, not each side.",
        " + _ROUND_UP) // _RATE_TOKENS + (",
        " + ",
    ),
    fast("fast-negative", "NEGATIVE_VALUE_KEPT", "A loss counts.", "value = 0", "value = -value"),
    fast("fast-every-bit", "MASK_32_BITS", "All providers are the first 31.", "_EVERY_BIT: Final = -1",
         "_EVERY_BIT: Final = 2**31 - 1"),
    fast("fast-split", "TWO_FLOORS", "The part of a value below the divisor is lost.",
         " + part_of_value * quality // _BPS_SQUARED", ""),
    fast("fast-clamp", "UTILITY_WRAPS", "Nothing is clamped.", "if weighted_value > _LARGEST_WEIGHTED_VALUE:",
         "if weighted_value < 0:"),
    fast("fast-zero", "UTILITY_ZERO_ELIGIBLE", "A utility of 0 is eligible.", "elif utility > 0", "elif utility >= 0"),
    fast("fast-tie-cost", "TIE_COST", "The higher cost wins.", "rank = (-utility, cost,", "rank = (-utility, -cost,"),
    fast("fast-tie-quality", "TIE_QUALITY", "The lower quality wins.", "cost, -quality, candidate",
         "cost, quality - 65_535, candidate"),
    fast("fast-later", "EQUAL_LATER_WINS", "Of equals the later wins.", _BEFORE_BEST, _BEFORE_BEST.replace("<", "<=")),
    fast("fast-no-tie", "TIE_MODEL_ID", "The first of equal utility wins.", _BEFORE_BEST, "if False"),
    fast("fast-stale", "RUNNER_UP_STALE", "A later second is overlooked.", _BEFORE_SECOND, "elif False"),
    fast("fast-epochs", "SEQUENCE_OR_EPOCHS", "The epochs are exchanged.",
         "snapshot.policy_epoch,\n        snapshot.catalog_epoch",
         "snapshot.catalog_epoch,\n        snapshot.policy_epoch"),
    fast("fast-index", "COUNTS_WRAP", "An index wraps.", "index if index < NO_MODEL_INDEX else NO_MODEL_INDEX",
         "index & NO_MODEL_INDEX"),
    fast("fast-eligible", "COUNTS_WRAP", "A count wraps.", "eligible if eligible < _U16_MAX else _U16_MAX",
         "eligible & _U16_MAX"),
    fast("fast-evaluated", "COUNTS_WRAP", "A count wraps.", "evaluated if evaluated < _U16_MAX else _U16_MAX",
         "evaluated & _U16_MAX"),
)  # fmt: skip
