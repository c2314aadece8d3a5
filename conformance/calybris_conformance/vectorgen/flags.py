"""The mistakes that the vectors hunt: one flag per bug that a port really makes, and that at least one case catches.

A flag stands on a case when a port with that bug gives another answer to it (or to one of a flagged pair around a
boundary). `tests/mutants` holds, for every flag, a wrong implementation that the flagged cases must refute.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from calybris_conformance.vectorgen.flags_ledger import LEDGER_FLAGS
from calybris_conformance.vectorgen.flags_log import LOG_FLAGS
from calybris_conformance.vectorgen.note import note as _note

if TYPE_CHECKING:
    from calybris_conformance.corpus import Note

FLAGS: dict[str, Note] = {
    # integers and widths
    "DOUBLE_PRECISION": _note(
        "A 64-bit integer that went through a double loses its low bits.",
        "JSON parsers of many languages read every number as a double, which is exact only up to 2^53.",
        "TYPES-1",
    ),
    "NOT_CANONICAL_ACCEPTED": _note(
        "A text such as '007', '+1', '-0', ' 1' or '1_000' is read as an integer.",
        "Ready-made parsers are lenient; two spellings of one number give two hashes of one record.",
        "TYPES-1",
    ),
    "WIDTH_WRAPS": _note(
        "A value outside its width is cut to its low bits, or accepted, and not refused.",
        "A cast truncates silently; a language with one integer type has no width at all.",
        "TYPES-1 TYPES-9",
    ),
    # policy, input, config
    "POLICY_BOUND_OFF": _note(
        "A bound of the policy is exclusive, off by one, missing, or the one of another field.",
        "`<` for `<=`, or one limit of 10,000 for all proportions where the multiplier's is 50,000.",
        "POLICY-1 POLICY-3",
    ),
    "POLICY_ORDER": _note(
        "Of two faults in a policy the later one is reported.",
        "Checks are collected by kind, or stand in another order than the clauses.",
        "POLICY-1 POLICY-2 POLICY-3 POLICY-4",
    ),
    "DUPLICATE_MISSED": _note(
        "A model id that occurs twice is found only when the two models are neighbours.",
        "Ids are compared with the one before, without sorting first.",
        "POLICY-3",
    ),
    "ALL_DISABLED_ACCEPTED": _note(
        "A catalog in which no model is enabled is accepted.",
        "The check is the last one, and nothing else depends on it.",
        "POLICY-4",
    ),
    "CONSTRUCTOR_ORDER": _note(
        "`try_new` sorts the catalog, or `try_new_trusted` does not.",
        "The two share code; the selected index then counts in another order.",
        "POLICY-5 POLICY-7",
    ),
    "TRUSTED_CHECKS": _note(
        "`try_new_trusted` accepts model id 0 or an `enabled` above 1, or looks for them at another time.",
        "Two passes over the whole catalog come before everything else; one loop, or the shared checks, are shorter.",
        "POLICY-7",
    ),
    "TRUSTED_AT_SORTED": _note(
        "A refusal of `try_new_trusted` names the position after sorting, not the one in the catalog as given.",
        "The checks run on the sorted catalog and report its index.",
        "POLICY-7",
    ),
    "INPUT_BOUND_OFF": _note(
        "A bound of the request is exclusive, off by one or missing, or two faults are reported in another order.",
        "`<` for `<=`; checks in another order than the record's.",
        "INPUT-1",
    ),
    "CONFIG_ORDER": _note(
        "A bound of the configuration is wrong, or of two faults the later one is reported.",
        "Checks in declaration order, where the clause puts the proportions first.",
        "CONFIG-2",
    ),
    # cost and utility
    "COST_ROUNDING": _note(
        "The cost is rounded down, or the two sides are added before they are rounded up.",
        "Integer division rounds down by itself, and one division is shorter than two.",
        "MONEY-1",
    ),
    "COST_WRAPS": _note(
        "A cost beyond 2^64 − 1 wraps, and an unaffordable model becomes cheap.",
        "Tokens times rate needs 96 bits, the sum of two sides 65.",
        "MONEY-2",
    ),
    "NEGATIVE_VALUE_KEPT": _note(
        "A negative business value enters the utility as it is.",
        "The floor at 0 is left out; with a high risk the negative risk term then raises the utility.",
        "MONEY-3",
    ),
    "TWO_FLOORS": _note(
        "The quality term or the risk term is rounded down after each factor.",
        "value·bps/10^4 is computed first, to stay within 64 bits.",
        "MONEY-4 MONEY-5",
    ),
    "PRODUCT_64_BITS": _note(
        "A product of the utility is taken in 64 bits and wraps.",
        "value·bps·bps needs 91 bits, latency·penalty 96.",
        "MONEY-4 MONEY-5 MONEY-6",
    ),
    "UTILITY_WRAPS": _note(
        "A utility outside i64 wraps, and a ruinous model becomes the best.",
        "The exact sum is cast to 64 bits instead of clamped.",
        "MONEY-6",
    ),
    "UTILITY_CLAMPED_EARLY": _note(
        "A term of the utility is clamped to i64 before the others are subtracted.",
        "Saturating arithmetic term by term; only the sum is clamped.",
        "MONEY-6",
    ),
    # hard limits and gates
    "HARD_LIMIT_BOUNDARY": _note(
        "A risk equal to the hard limit is let through, or a confidence equal to the minimum is rejected.",
        "`>` for `>=`, or `<=` for `<`: the two limits are not alike.",
        "GATE-1 GATE-2",
    ),
    "HARD_LIMITS_SWAPPED": _note(
        "When both hard limits are broken, the confidence is reported.",
        "The two checks stand in the other order.",
        "GATE-1 GATE-2",
    ),
    "GATE_ORDER": _note(
        "A model that fails several gates is counted under another one than the first.",
        "Gates are reordered for speed, or grouped by what they read.",
        "GATE-3",
    ),
    "GATE_COUNTS_ALL": _note(
        "A model that fails several gates is counted under each of them.",
        "Every gate is evaluated and added to the histogram.",
        "GATE-3 TRACE-1",
    ),
    "ENABLED_ONLY_ONE": _note(
        "Only `enabled` = 1 counts as enabled.",
        "The flag is compared with 1; an unchecked policy may hold 2 to 255.",
        "GATE-4",
    ),
    "GATE_BOUNDARY": _note(
        "A quality, latency, risk or cost equal to its limit is rejected.",
        "`>=` for `>`: all four gates let the limit itself through, unlike the hard limit of the risk.",
        "GATE-5 GATE-6 GATE-10 GATE-11",
    ),
    "ZERO_CONSTRAINS": _note(
        "A latency limit of 0, or a region mask of 0, rejects every model.",
        "Both mean no constraint; a plain comparison says otherwise.",
        "GATE-6 GATE-9",
    ),
    "MASK_TESTS_EXCHANGED": _note(
        "One shared capability is enough, or every required region must be served.",
        "Each mask has its own test: all required capabilities, any required region.",
        "GATE-7 GATE-9",
    ),
    "PROVIDER_ABOVE_63": _note(
        "A provider id above 63 passes.",
        "A machine's shift takes the distance modulo the word; or a mask with all bits set is read as no check.",
        "GATE-8",
    ),
    "UTILITY_ZERO_ELIGIBLE": _note(
        "A utility of exactly 0 is eligible.",
        "`<` for `<=`.",
        "GATE-12",
    ),
    "MASK_32_BITS": _note(
        "The upper half of a mask is lost.",
        "Bitwise operators of some languages work on 32 bits.",
        "GATE-7 GATE-8 GATE-9",
    ),
    # ranking
    "TIE_COST": _note(
        "Equal utility: the lower cost does not win.",
        "The level is missing, reversed, or behind the quality.",
        "RANK-1",
    ),
    "TIE_QUALITY": _note(
        "Equal utility and cost: the higher quality does not win.",
        "The level is missing or reversed: it is the only one where more is better after the utility.",
        "RANK-1",
    ),
    "TIE_MODEL_ID": _note(
        "Equal but for the id: the lower model id does not win.",
        "The first or the last of the catalog stays, which is right only in a sorted catalog.",
        "RANK-1",
    ),
    "EQUAL_LATER_WINS": _note(
        "Of two candidates that are equal in everything that ranks, the later one wins.",
        "`>=` for `>` when the best is replaced.",
        "RANK-2",
    ),
    "RUNNER_UP_STALE": _note(
        "The runner-up is wrong when the best is replaced, or when a later candidate is only second.",
        "One of the two moves of a running best-and-second is left out.",
        "RANK-3",
    ),
    "COUNTERFACTUAL_IS_REQUESTED": _note(
        "The counterfactual is the requested model.",
        "The word suggests it; it is the runner-up.",
        "RANK-3",
    ),
    "REQUESTED_PREFERRED": _note(
        "The requested model wins when it is eligible, or wins ties.",
        "The request is read as a wish to honour.",
        "DECIDE-1",
    ),
    # decision
    "REJECT_NOT_BLANK": _note(
        "A rejection holds something of a candidate: an id, an index that is not 65,535, an amount.",
        "The record is filled on the way and not cleared.",
        "DECIDE-2",
    ),
    "HARD_LIMIT_EVALUATES": _note(
        "A rejection by a hard limit reports models as evaluated, or a histogram.",
        "The catalog is walked before the limits are looked at, or the count is the catalog's size.",
        "DECIDE-2 TRACE-2",
    ),
    "DOMINANT_TIES": _note(
        "When gates tie for the most rejections, the reason is not the one that stands last in the list.",
        "A maximum keeps the first of equals in most languages; or the list of the gates is used, which is another.",
        "DECIDE-3",
    ),
    "EMPTY_CATALOG": _note(
        "An empty catalog raises, or gives another reason than 102.",
        "A maximum over nothing; only an unchecked policy has no models.",
        "DECIDE-4",
    ),
    "COUNTS_WRAP": _note(
        "A count or an index beyond 65,535 wraps.",
        "The cast to 16 bits comes before the comparison.",
        "DECIDE-5 DECIDE-6 TRACE-1",
    ),
    "INDEX_SORTED": _note(
        "The selected index counts in the catalog sorted by id.",
        "The digest needs the sorted catalog, and the decision is taken on it.",
        "DECIDE-6",
    ),
    "SEQUENCE_OR_EPOCHS": _note(
        "The sequence or an epoch is missing from some decisions, or the two epochs are exchanged.",
        "Two u64 arguments next to each other; a rejection built elsewhere.",
        "DECIDE-8",
    ),
    "HISTOGRAM_BLANK": _note(
        "The histogram is all zero when everything was rejected.",
        "Early releases answered so.",
        "TRACE-1",
    ),
    # utility and explain
    "UTILITY_NOT_GATED": _note(
        "The utility of a model is returned although the request, or the model, does not pass.",
        "Only the formula is evaluated.",
        "UTIL-1",
    ),
    "EXPLAIN_FILLED": _note(
        "A number that does not exist is shown as 0, or a number that was never reached is shown.",
        "A row is a flat record; absent is null.",
        "EXPL-2 EXPL-3",
    ),
    "EXPLAIN_TERMS_CLAMPED": _note(
        "A term of the utility is shown clamped or wrapped to 64 bits.",
        "Only the utility is clamped; terms have up to 96 bits.",
        "EXPL-3",
    ),
    "EXPLAIN_NOT_CATALOG_ORDER": _note(
        "Rows are sorted by rank or id, or stand after a hard limit.",
        "The reader wants the best first; the clause wants the catalog.",
        "EXPL-1 EXPL-4",
    ),
    # digests
    "DIGEST_TAG": _note(
        "The tag is missing, lacks its final NUL, or is the one of another record.",
        "A string literal without its terminator.",
        "DIGEST-1",
    ),
    "DIGEST_ENDIAN": _note(
        "Fields are written big endian.",
        "Network order is the habit.",
        "DIGEST-2",
    ),
    "DIGEST_SIGN": _note(
        "A negative i64 is written as its magnitude, as 0, or in more than eight bytes.",
        "Languages without signed widths need two's complement by hand.",
        "DIGEST-2",
    ),
    "DIGEST_LAYOUT": _note(
        "A field is missing, exchanged with its neighbour, or of another width.",
        "Every field changed alone shows where; action is one byte and reason two.",
        "DIGEST-3 DIGEST-4 DIGEST-5 DIGEST-8",
    ),
    "DIGEST_CATALOG_ORDER": _note(
        "Models are hashed in the order of the catalog.",
        "The digest sorts by id, whatever order the snapshot keeps.",
        "DIGEST-3",
    ),
    "DIGEST_COUNT_HASHED": _note(
        "The number of models is hashed.",
        "Most serialisers prefix a list with its length.",
        "DIGEST-3",
    ),
    "HEX_LENIENT": _note(
        "Uppercase, white space, a prefix or digits of another script are decoded.",
        "Ready-made decoders are lenient; two spellings of one digest compare as different.",
        "DIGEST-7",
    ),
    "HEX_ORDER": _note(
        "Of two faults of a text the later one is reported.",
        "The length is checked first; the clause asks for odd, then characters, then the length.",
        "DIGEST-7",
    ),
    "HEX_CHARACTER_INDEX": _note(
        "The length and the position of a bad character are counted in characters.",
        "They count UTF-8 bytes.",
        "DIGEST-7",
    ),
    # verification
    "VERIFY_SHALLOW": _note(
        "A tampered decision verifies.",
        "Only some fields are compared, or only the choice.",
        "VERIFY-1",
    ),
    "VERIFY_DIGEST_LENIENT": _note(
        "A claimed digest in another spelling, or a part of it, is accepted.",
        "Claims are decoded, folded to lowercase or compared by prefix; it is a comparison of strings.",
        "VERIFY-2",
    ),
    "BUNDLE_REPLAY_TRUSTED": _note(
        "A bundle or certificate says that a decision replays which does not, or describes the replayed decision.",
        "The decision is taken again instead of the given one being checked.",
        "VERIFY-3 VERIFY-4 VERIFY-6",
    ),
    "CANONICAL_ORDER": _note(
        "A field of a bundle is not checked, or of two faults the later one is reported.",
        "Checks in declaration order, where the clause has its own.",
        "VERIFY-5",
    ),
    # builders
    "BUILDER_DEFAULTS": _note(
        "A builder starts from other values than the specified ones.",
        "Zero is the default of most languages; here confidence, budget, providers, regions and others are not 0.",
        "BUILD-1 BUILD-2 CONFIG-1",
    ),
    "BUILDER_FIRST_WINS": _note(
        "When a method is called twice, the first call counts, or a second list of models replaces the first.",
        "Setters that fill only what is empty; models accumulate, everything else is overwritten.",
        "BUILD-1 BUILD-2 BUILD-3",
    ),
    "BUILDER_CHECKS": _note(
        "The model builder validates, the input builder does not, or the policy builder checks in another order.",
        "One rule is used for all three.",
        "BUILD-1 BUILD-2 BUILD-3",
    ),
    # ledgers
    **LEDGER_FLAGS,
    # logs
    **LOG_FLAGS,
}
