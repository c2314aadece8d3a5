"""Asking for less, paying less and risking less never cost a model its place (GATE-5 … GATE-12).

The first theorems are lemmas about money and masks alone, looked into. The others are about whole models and requests:
they know money and masks by name only, and take as their premise what a lemma says of the very same numbers. A model is
eligible when it fails no gate, which is the gate 0 of `appraise` (`the_gate_is_the_first_that_fails`).
"""

from __future__ import annotations

from typing import NamedTuple

from icontract import ensure, require

from calybris_spec import cost, masks, utility
from calybris_spec.cost import RATE, TOKENS
from calybris_spec.gates import failures, terms_of
from calybris_spec.integers import WIDTHS, holds
from calybris_spec.logic import implies, no
from calybris_spec.masks import MASK, PROVIDER_ID
from calybris_spec.theorems import unfolded
from calybris_spec.types import Model, Policy, Request, is_model, is_policy, is_request
from calybris_spec.utility import BPS, Terms, utility_microunits

bare_cost, bare_scaled = unfolded(cost.cost_microunits), unfolded(utility.scaled)
bare_latency, bare_utility = unfolded(utility.latency_term), unfolded(utility.utility_microunits)
bare_covers, bare_shares, bare_allows = unfolded(masks.covers), unfolded(masks.shares), unfolded(masks.allows)
U32, U64 = WIDTHS["u32"], WIDTHS["u64"]


@require(lambda tokens, other_tokens: holds(TOKENS, tokens) & holds(TOKENS, other_tokens))
@require(lambda rate, higher, other_rate: holds(RATE, rate) & holds(RATE, higher) & holds(RATE, other_rate))
@require(lambda rate, higher: rate <= higher)
@ensure(lambda result: result)
def a_lower_rate_never_costs_more(tokens: int, rate: int, higher: int, other_tokens: int, other_rate: int) -> bool:
    """Of either side, whatever the other side is (MONEY-1, MONEY-2)."""
    by_input = bare_cost(tokens, rate, other_tokens, other_rate) <= bare_cost(tokens, higher, other_tokens, other_rate)
    by_output = bare_cost(other_tokens, other_rate, tokens, rate) <= bare_cost(other_tokens, other_rate, tokens, higher)
    return by_input & by_output


@require(lambda value, bps, higher, other: all([value >= 0, holds(BPS, bps), holds(BPS, higher), holds(BPS, other)]))
@require(lambda bps, higher: bps <= higher)
@ensure(lambda result: result)
def a_lower_proportion_never_gives_more(value: int, bps: int, higher: int, other: int) -> bool:
    """Of either proportion: less risk is never penalised more, more quality never worth less (MONEY-4, MONEY-5)."""
    first_one = bare_scaled(value, bps, other) <= bare_scaled(value, higher, other)
    second_one = bare_scaled(value, other, bps) <= bare_scaled(value, other, higher)
    return first_one & second_one


@require(lambda latency, longer, penalty: holds(U32, latency) & holds(U32, longer) & holds(U64, penalty))
@require(lambda latency, longer: latency <= longer)
@ensure(lambda result: result)
def a_shorter_latency_is_never_penalised_more(latency: int, longer: int, penalty: int) -> bool:
    """MONEY-6."""
    return bare_latency(latency, penalty) <= bare_latency(longer, penalty)


def are_no_worse(terms: Terms, other: Terms) -> bool:
    """Whether each of the terms speaks at least as much for a model as its counterpart in the other ones."""
    gains = terms.quality >= other.quality
    return gains & (terms.risk <= other.risk) & (terms.cost <= other.cost) & (terms.latency <= other.latency)


@require(lambda terms, other: all([term >= 0 for term in (*terms, *other)]) & are_no_worse(terms, other))
@ensure(lambda result: result)
def better_terms_never_lower_the_utility(terms: Terms, other: Terms) -> bool:
    """All four at once (MONEY-6)."""
    return bare_utility(terms) >= bare_utility(other)


@require(lambda have, need, less: holds(MASK, have) & holds(MASK, need) & holds(MASK, less))
@ensure(lambda result: result)
def who_covers_a_mask_covers_what_it_covers(have: int, need: int, less: int) -> bool:
    """Fewer required capabilities are easier to have (GATE-7)."""
    return implies(bare_covers(have, need) & bare_covers(need, less), bare_covers(have, less))


@require(lambda mask, wider, provider: holds(MASK, mask) & holds(MASK, wider) & holds(PROVIDER_ID, provider))
@ensure(lambda result: result)
def a_wider_mask_allows_who_was_allowed(mask: int, wider: int, provider: int) -> bool:
    """GATE-8."""
    return implies(bare_allows(mask, provider) & bare_covers(wider, mask), bare_allows(wider, provider))


@require(lambda regions, mask, wider: holds(MASK, regions) & holds(MASK, mask) & holds(MASK, wider))
@ensure(lambda result: result)
def a_wider_mask_shares_what_was_shared(regions: int, mask: int, wider: int) -> bool:
    """Any shared bit passes, so more regions are easier to meet (GATE-9)."""
    return implies(bare_shares(regions, mask) & bare_covers(wider, mask), bare_shares(regions, wider))


class Worth(NamedTuple):
    """What a model costs and is worth to a request."""

    terms: Terms
    utility: int


def worth(policy: Policy, model: Model, request: Request) -> Worth:
    """Return the numbers that the last two gates look at, as `appraise` does."""
    terms = terms_of(policy, model, request)
    return Worth(terms, utility_microunits(terms))


def is_eligible(model: Model, request: Request, numbers: Worth) -> bool:
    """Whether the model fails no gate."""
    return no(any([*failures(model, request, numbers.terms.cost, numbers.utility)]))


def stays(policy: Policy, model: Model, request: Request, model_after: Model, request_after: Request) -> bool:
    """Whether a model that was eligible still is, by what the lemmas say of these very numbers."""
    here, there = worth(policy, model, request), worth(policy, model_after, request_after)
    lemmas = are_no_worse(there.terms, here.terms) & (there.utility >= here.utility)
    return implies(lemmas, implies(is_eligible(model, request, here), is_eligible(model_after, request_after, there)))


@require(lambda policy, model, request: is_policy(policy) & is_model(model) & is_request(request))
@require(lambda input_rate, output_rate: holds(RATE, input_rate) & holds(RATE, output_rate))
@require(lambda model, input_rate: input_rate <= model.input_cost_microunits_per_million_tokens)
@require(lambda model, output_rate: output_rate <= model.output_cost_microunits_per_million_tokens)
@ensure(lambda result: result)
def a_lower_price_never_hurts(
    policy: Policy, model: Model, request: Request, input_rate: int, output_rate: int
) -> bool:
    """An eligible model stays eligible when either rate, or both, get lower (GATE-11, GATE-12)."""
    cheaper = model._replace(
        input_cost_microunits_per_million_tokens=input_rate, output_cost_microunits_per_million_tokens=output_rate
    )
    return stays(policy, model, request, cheaper, request)


@require(lambda policy, model, request: is_policy(policy) & is_model(model) & is_request(request))
@require(lambda request, risk: holds(BPS, risk) & (risk <= request.risk_bps))
@ensure(lambda result: result)
def less_risk_never_hurts(policy: Policy, model: Model, request: Request, risk: int) -> bool:
    """Neither at the ceiling nor in the utility (GATE-10, GATE-12)."""
    return stays(policy, model, request, model, request._replace(risk_bps=risk))


@require(lambda policy, model, request: is_policy(policy) & is_model(model) & is_request(request))
@require(lambda model, ceiling: holds(BPS, ceiling) & (ceiling >= model.risk_ceiling_bps))
@ensure(lambda result: result)
def a_higher_risk_ceiling_never_hurts(policy: Policy, model: Model, request: Request, ceiling: int) -> bool:
    """The ceiling enters no term (GATE-10)."""
    here = worth(policy, model, request)
    after = model._replace(risk_ceiling_bps=ceiling)
    there = worth(policy, after, request)
    return (here.utility == there.utility) & implies(
        is_eligible(model, request, here), is_eligible(after, request, there)
    )


def asks_no_more(loose: Request, strict: Request) -> bool:
    """Whether no demand of one request is harder to meet than that of another; 0 limits no latency and no region."""
    return all(
        [
            loose.minimum_quality_bps <= strict.minimum_quality_bps,
            (loose.max_p95_latency_ms == 0)
            | ((strict.max_p95_latency_ms > 0) & (strict.max_p95_latency_ms <= loose.max_p95_latency_ms)),
            loose.budget_limit_microunits >= strict.budget_limit_microunits,
            masks.covers(strict.required_capabilities, loose.required_capabilities),
            masks.covers(loose.allowed_provider_mask, strict.allowed_provider_mask),
            (loose.required_region_mask == 0)
            | (
                (strict.required_region_mask > 0)
                & masks.covers(loose.required_region_mask, strict.required_region_mask)
            ),
        ]
    )


@require(lambda policy, model, strict: is_policy(policy) & is_model(model) & is_request(strict))
@require(lambda quality, latency, budget: holds(BPS, quality) & holds(U32, latency) & holds(U64, budget))
@require(lambda capabilities, providers, regions: all([holds(MASK, m) for m in (capabilities, providers, regions)]))
@ensure(lambda result: result)
def a_stricter_request_never_enlarges_the_eligible_set(
    policy: Policy,
    model: Model,
    strict: Request,
    quality: int,
    latency: int,
    budget: int,
    capabilities: int,
    providers: int,
    regions: int,
) -> bool:
    """Quality, latency, capabilities, providers, regions and budget, any number of them at once (GATE-5 … GATE-11)."""
    loose = strict._replace(
        minimum_quality_bps=quality,
        max_p95_latency_ms=latency,
        budget_limit_microunits=budget,
        required_capabilities=capabilities,
        allowed_provider_mask=providers,
        required_region_mask=regions,
    )
    has, provider, lies_in = model.capabilities, model.provider_id, model.region_mask
    lemmas = all(
        [
            implies(
                masks.covers(has, strict.required_capabilities)
                & masks.covers(strict.required_capabilities, capabilities),
                masks.covers(has, capabilities),
            ),
            implies(
                masks.allows(strict.allowed_provider_mask, provider)
                & masks.covers(providers, strict.allowed_provider_mask),
                masks.allows(providers, provider),
            ),
            implies(
                masks.shares(lies_in, strict.required_region_mask) & masks.covers(regions, strict.required_region_mask),
                masks.shares(lies_in, regions),
            ),
        ]
    )
    here, there = worth(policy, model, strict), worth(policy, model, loose)
    return implies(
        lemmas & asks_no_more(loose, strict),
        implies(is_eligible(model, strict, here), is_eligible(model, loose, there) & (here.utility == there.utility)),
    )
