"""Deliberately WRONG theorems: the gate must refute every one, or its "confirmed" means nothing.

Each is a mistake that implementations make. They are checked with the same options and plugins as everything else.
"""

from __future__ import annotations

from icontract import ensure, require

from calybris_spec import chain, cost, gates, masks
from calybris_spec.codes import ELIGIBLE
from calybris_spec.cost import cost_microunits
from calybris_spec.decision import Rejections, dominant_gate
from calybris_spec.finance import shown_totals
from calybris_spec.integers import WIDTHS, holds
from calybris_spec.layout import little_endian
from calybris_spec.ledger import RESERVE, Account, commit, is_account, reserve
from calybris_spec.logic import NONE, implies, within
from calybris_spec.ranking import Candidate, outranks
from calybris_spec.snapshot import BALANCED, finding_of, has_widths, restore_row_of
from calybris_spec.theorems import unfolded
from calybris_spec.theorems.chain import Head, Line, continues, head_behind, is_chain, is_hash, problem_at
from calybris_spec.types import Model, Policy, Request, is_model, is_policy, is_request
from calybris_spec.utility import scaled

appraise, bare_cost, covers = unfolded(gates.appraise), unfolded(cost.cost_microunits), unfolded(masks.covers)
U16, U32, U64, I64 = WIDTHS["u16"], WIDTHS["u32"], WIDTHS["u64"], WIDTHS["i64"]


@require(lambda policy, model, request: is_policy(policy) & is_model(model) & is_request(request))
@ensure(lambda result: result)
def wrong_tokens_may_be_swapped(policy: Policy, model: Model, request: Request) -> bool:
    """Output tokens at the input rate."""
    return appraise(policy, model, request).terms.cost == cost_microunits(
        request.output_tokens,
        model.input_cost_microunits_per_million_tokens,
        request.input_tokens,
        model.output_cost_microunits_per_million_tokens,
    )


@require(lambda policy, model, request: is_policy(policy) & is_model(model) & is_request(request))
@require(lambda request, budget: holds(U64, budget) & (budget <= request.budget_limit_microunits))
@ensure(lambda result: result)
def wrong_less_budget_never_hurts(policy: Policy, model: Model, request: Request, budget: int) -> bool:
    """The theorem about more budget, the wrong way round."""
    there = appraise(policy, model, request._replace(budget_limit_microunits=budget))
    return implies(appraise(policy, model, request).gate == ELIGIBLE, there.gate == ELIGIBLE)


@require(lambda tokens, rate: holds(U32, tokens) & holds(U64, rate))
@ensure(lambda result: result)
def wrong_both_sides_are_rounded_together(tokens: int, rate: int) -> bool:
    """One ceiling over the sum."""
    return bare_cost(tokens, rate, tokens, rate) == min((2 * tokens * rate + 999_999) // 1_000_000, 2**64 - 1)


@require(lambda value, one_bps, other_bps: (value >= 0) & holds(U16, one_bps) & holds(U16, other_bps))
@ensure(lambda result: result)
def wrong_two_floors_are_as_good_as_one(value: int, one_bps: int, other_bps: int) -> bool:
    """Rounding after each proportion."""
    return unfolded(scaled)(value, one_bps, other_bps) == value * one_bps // 10_000 * other_bps // 10_000


@require(lambda have, need: holds(U64, have) & holds(U64, need))
@ensure(lambda result: result)
def wrong_a_larger_mask_covers_a_smaller_one(have: int, need: int) -> bool:
    """A mask taken for a number."""
    return implies(have >= need, covers(have, need))


@ensure(lambda result: result)
def wrong_the_higher_id_wins(one: Candidate, other: Candidate) -> bool:
    """The last tie-break, the wrong way round."""
    return implies(
        outranks(one, other) & (one.utility == other.utility) & (one.cost == other.cost), one.model_id >= other.model_id
    )


@require(lambda rejections: all([number >= 0 for number in rejections]))
@ensure(lambda result: result)
def wrong_the_first_of_equal_counts_dominates(rejections: Rejections) -> bool:
    """Ties to the first gate instead of the last of the list."""
    gate = dominant_gate(rejections)
    return all([rejections[k - 1] < rejections[gate - 1] for k in range(1, gate)])


@require(lambda value: holds(U64, value))
@ensure(lambda result: result)
def wrong_the_highest_byte_comes_first(value: int) -> bool:
    """Big endian."""
    return little_endian(value, U64)[0] == value // 2**56


@require(lambda head, a, b: is_chain(head, (a, b)) & is_hash((a, b)))
@ensure(lambda result: result)
def wrong_a_tail_that_is_cut_off_breaks_the_chain(head: Head, a: Line, b: Line) -> bool:
    """A chain taken for an anchor."""
    return (problem_at(head, a) != NONE) | (problem_at(head_behind(a), b) != NONE)


@require(lambda head, a, b: is_chain(head, (a, b)) & is_hash((a, b)))
@ensure(lambda result: result)
def wrong_two_entries_may_be_swapped_unnoticed(head: Head, a: Line, b: Line) -> bool:
    """A log taken for a set of entries."""
    return is_chain(head, (b, a))


@require(lambda head, a, t: continues(head, a) & continues(head, t) & is_hash((a, t)))
@ensure(lambda result: result)
def wrong_an_anchor_need_not_be_compared_by_hash(head: Head, a: Line, t: Line, keyed: bool) -> bool:
    """The same number of entries taken for the same entries."""
    one, other = chain.Head(a.sequence, a.entry_hash), chain.Head(t.sequence, t.entry_hash)
    return (problem_at(head, a) == NONE) & (chain.anchor_problem(one, keyed, other, keyed) == NONE)


@require(lambda head, a, b, t: is_chain(head, (a, b)) & continues(head, t) & is_hash((a, b, t)))
@ensure(lambda result: result)
def wrong_a_changed_entry_with_a_new_hash_is_found_where_it_is(head: Head, a: Line, b: Line, t: Line) -> bool:
    """A change is seen at the next entry, by its link, and not before."""
    return implies(a.data != t.data, problem_at(head, t) != NONE) & (problem_at(head_behind(a), b) == NONE)


@require(lambda a, t: (a.previous_hash == t.previous_hash) & (a.digest == t.digest))
@ensure(lambda result: result)
def wrong_equal_hashes_mean_equal_data_under_any_hash(a: Line, t: Line) -> bool:
    """The assumption about collisions left out."""
    return a.data == t.data


@require(lambda account, held: is_account(account) & within(0, held, account.reserved_microcents))
@require(lambda actual: holds(I64, actual))
@ensure(lambda result: result)
def wrong_an_overrun_gives_the_hold_back(account: Account, held: int, actual: int) -> bool:
    """A hold that is dropped by whoever cannot pay."""
    row, after = commit(account, True, held, actual)
    return implies(row != NONE, after.reserved_microcents == account.reserved_microcents - held)


@require(lambda account, cost, cap: is_account(account) & holds(I64, cost) & within(1, cap, 2**63 - 1))
@ensure(lambda result: result)
def wrong_the_money_is_asked_before_the_cap(account: Account, cost: int, cap: int) -> bool:
    """Checks in another order than the clause."""
    status = RESERVE[reserve(account, True, cost, cap).row].status
    return implies((cost >= 1) & (account.remaining_microcents < cost), status == "insufficient")


@require(lambda account: has_widths(account))
@ensure(lambda result: result)
def wrong_what_balances_may_be_restored(account: Account) -> bool:
    """Money in holds that no snapshot has."""
    return implies(finding_of(account) == BALANCED, restore_row_of(account, is_repeat=False) == NONE)


@require(lambda initial, committed: (initial >= 0) & (committed >= 0))
@ensure(lambda result: result)
def wrong_a_total_that_does_not_fit_saturates(initial: int, committed: int) -> bool:
    """A wrong number in a certificate, where none is due."""
    return shown_totals(initial, committed).initial == min(initial, 2**63 - 1)
