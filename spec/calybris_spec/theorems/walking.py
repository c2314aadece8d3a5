"""The way through a catalog: nothing after a hard limit, one step for each model, then the conclusion."""

from __future__ import annotations

from icontract import ensure, require

from calybris_spec.decision import ADMITTED, NOTHING_SEEN, Tally, Trace, conclude, hard_limit, reject, take, trace, walk
from calybris_spec.gates import appraise
from calybris_spec.ranking import same
from calybris_spec.types import Model, Policy, Request, Snapshot, is_model, is_policy, is_request


def equal(one: tuple[int, ...], other: tuple[int, ...]) -> bool:
    """Whether two records of integers are the same, field by field."""
    return all([left == right for left, right in zip(one, other, strict=True)])


def alike(one: Trace, other: Trace) -> bool:
    """Whether two traces are the same in every field."""
    return all(
        [
            equal(one.decision, other.decision),
            equal(one.rejections, other.rejections),
            one.evaluated_models == other.evaluated_models,
            one.eligible_models == other.eligible_models,
        ]
    )


def same_tally(one: Tally, other: Tally) -> bool:
    """Whether two tallies are the same in every field."""
    return all(
        [
            one.seen == other.seen,
            one.podium.entered == other.podium.entered,
            same(one.podium.winner, other.podium.winner),
            same(one.podium.runner_up, other.podium.runner_up),
            equal(one.rejections, other.rejections),
        ]
    )


@require(lambda policy, model, request: is_policy(policy) & is_model(model) & is_request(request))
@require(lambda policy, request: hard_limit(policy, request) != ADMITTED)
@ensure(lambda result: result)
def after_a_hard_limit_nothing_is_counted(policy: Policy, model: Model, request: Request) -> bool:
    """TRACE-2, DECIDE-2: the catalog is not walked, and the reason is that of the limit."""
    answer = trace(Snapshot(policy, (model,)), request)
    counts = [*answer.rejections, answer.evaluated_models, answer.eligible_models]
    rejection = reject(policy, request, hard_limit(policy, request), 0)
    return equal(answer.decision, rejection) & all([number == 0 for number in counts])


@require(lambda policy, request: is_policy(policy) & is_request(request))
@require(lambda policy, request: hard_limit(policy, request) == ADMITTED)
@ensure(lambda result: result)
def an_empty_catalog_is_concluded_from_nothing_seen(policy: Policy, request: Request) -> bool:
    """DECIDE-4: with no model at all the conclusion stands on the empty tally."""
    return alike(trace(Snapshot(policy, ()), request), conclude(policy, request, NOTHING_SEEN))


@require(lambda policy, model, request: is_policy(policy) & is_model(model) & is_request(request))
@ensure(lambda result: result)
def a_catalog_of_one_is_one_step(policy: Policy, model: Model, request: Request) -> bool:
    """GATE-3, TRACE-1: the model enters with its own id, quality and appraisal."""
    step = take(NOTHING_SEEN, model.model_id, model.quality_bps, appraise(policy, model, request))
    return same_tally(walk(Snapshot(policy, (model,)), request), step)
