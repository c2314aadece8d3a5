"""The page of one decision: what was decided and why, every candidate with its arithmetic, and the bytes behind it."""

from collections.abc import Iterable, Iterator

from calybris_ref.cli.candidates import (
    ELIGIBLE,
    RUNNER_UP,
    WINNER,
    Candidate,
    arithmetic,
    deductions,
    why,
)
from calybris_ref.cli.pages import facts, field_value, mark, number
from calybris_ref.cli.pages.bars import Lane, Part, Scale, bar, legend
from calybris_ref.cli.pages.listing import Row, listing, ranks
from calybris_ref.cli.pages.octets import octets
from calybris_ref.layout import decision_preimage, input_preimage, policy_preimage
from calybris_ref.model import Gate, KernelDecision, KernelInput
from calybris_ref.page import Html, join, tag
from calybris_ref.policy import PolicySnapshot
from calybris_ref.record import Record, columns

ORDERS = ("as decided", "place in the catalog", "model id", "largest utility", "smallest cost", "highest quality")
_COLOURS = {
    WINNER: "good",
    RUNNER_UP: "good",
    ELIGIBLE: "good",
    Gate.BUDGET.label: "known",
    Gate.UTILITY.label: "known",
}
_LEGEND = (("value", "value × quality × confidence"), ("utility", "utility"))
_DEDUCTIONS = (("risk", "risk"), ("cost", "cost"), ("latency", "latency"))

# What each gate asks of a candidate, in the order in which they are asked (GATE-3).
_QUESTIONS = {
    Gate.DISABLED: "Is the model switched on?",
    Gate.QUALITY: "Is its quality at least the minimum of the request?",
    Gate.LATENCY: "Is its latency within the limit of the request?",
    Gate.CAPABILITY: "Has it every capability that the request needs?",
    Gate.PROVIDER: "Is its provider allowed?",
    Gate.REGION: "Is it in a region that the request allows?",
    Gate.RISK_CEILING: "Is the risk of the request within its ceiling?",
    Gate.BUDGET: "Is its cost within the budget?",
    Gate.UTILITY: "Is its utility positive?",
}


def title(decision: KernelDecision) -> str:
    """The decision in a few words."""
    return f"Model {decision.selected_model_id} may run" if decision.is_executable else "No model may run"


def decision_page(
    policy: PolicySnapshot, request: KernelInput, decision: KernelDecision, found: list[Candidate], limit: int
) -> Iterator[Html]:
    """The page; of more candidates than `limit` the first are shown, in the order of the decision."""
    colour = "good" if decision.is_executable else "bad"
    yield tag("h1", title(decision), " ", mark(decision.action.label, colour))
    yield tag("p", why(decision, found, policy, request), class_="lead")
    beside = [tag("section", *_funnel(found))] if found else []
    yield tag("div", facts(_facts(policy, request, decision, found)), *beside, class_="sides")
    if found:
        yield from _candidates(policy, request, found, limit)
    yield tag("h2", "What was asked")
    yield tag("p", "Every field, as it goes into the digests below. Amounts are in microunits.", class_="soft")
    yield _fields("The request", request)
    yield _fields("The decision", decision)
    yield tag("h2", "Digests, and the bytes behind them")
    for record, preimage in (
        ("input", input_preimage(request)),
        ("decision", decision_preimage(decision)),
        ("policy", policy_preimage(policy)),
    ):
        yield octets(record, preimage)


def _facts(
    policy: PolicySnapshot, request: KernelInput, decision: KernelDecision, found: list[Candidate]
) -> Iterator[tuple[object, object]]:
    yield "reason", decision.reason.label
    yield "request", f"{number(request.request_sequence)}, which asks for model {request.requested_model_id}"
    if decision.is_executable:
        yield "utility", number(decision.expected_utility_microunits)
        yield "cost", f"{number(decision.estimated_cost_microunits)} of {number(request.budget_limit_microunits)}"
        second = next((one for one in found if one.role == RUNNER_UP), None)
        words = (
            f"model {second.model.model_id}, utility {number(second.row.utility_microunits or 0)}" if second else "none"
        )
        yield "runner-up", words
    eligible = sum(one.role in (WINNER, RUNNER_UP, ELIGIBLE) for one in found)
    looked_at = f"{number(eligible)} eligible of {number(len(found))}"
    yield "candidates", looked_at if found else f"{number(len(policy.models))} in the catalog, none was looked at"
    yield "policy", f"epoch {number(policy.policy_epoch)}, catalog epoch {number(policy.catalog_epoch)}"


def _funnel(found: list[Candidate]) -> Iterator[Html]:
    """Gate after gate: how many it turned away, and how many were left."""
    yield tag("h2", "Gates")
    left, rows = len(found), []
    for gate, question in _QUESTIONS.items():
        count = sum(one.role == gate.label for one in found)
        left -= count
        away: object = tag("a", number(count), href="#candidates", data_filter=gate.label) if count else "–"
        cells = ((away, "number"), (number(left), "number"))
        name = tag("th", gate.label, scope="row")
        rows.append(tag("tr", name, tag("td", question), *(tag("td", one, class_=kind) for one, kind in cells)))
    header = (("gate", None), ("what it asks", None), ("turned away", "number"), ("left", "number"))
    heads = (tag("th", words, scope="col", class_=kind) for words, kind in header)
    caption = "Gates: how many candidates each turned away"
    whole = tag("table", tag("caption", caption), tag("thead", tag("tr", *heads)), tag("tbody", *rows), class_="funnel")
    yield tag("div", whole, class_="scroll", role="region", tabindex="0", aria_label=caption)


def _candidates(policy: PolicySnapshot, request: KernelInput, found: list[Candidate], limit: int) -> Iterator[Html]:
    shown = found[:limit]
    yield tag("h2", "Candidates", id="candidates", tabindex="-1")
    if len(shown) < len(found):
        told = f"This page holds the first {number(len(shown))} of {number(len(found))} candidates in the order of the"
        yield tag("p", f"{told} decision; a larger --limit brings more.", class_="notice")
    lanes = [_lanes(one) for one in shown]
    scale = Scale.of(lanes)
    if any(lanes):
        yield tag(
            "p",
            "The upper bar is what the answer is worth; the lower one is where it goes. Where the deductions are "
            "longer than the value, the utility is negative.",
            class_="soft",
        )
        yield legend((*_LEGEND, *_DEDUCTIONS))
        if not scale.is_common:
            yield tag("p", "The amounts lie so far apart that each bar has a scale of its own.", class_="soft")
    keys = list(
        zip(
            range(len(shown)),
            ranks([one.index for one in shown]),
            ranks([one.model.model_id for one in shown]),
            ranks([one.exact_utility for one in shown], largest_first=True),
            ranks([one.row.cost_microunits for one in shown]),
            ranks([one.model.quality_bps for one in shown], largest_first=True),
            strict=True,
        )
    )
    rows = [
        Row(_candidate(one, policy, request, both, scale), one.role, f"{one.model.model_id}", places)
        for one, both, places in zip(shown, lanes, keys, strict=True)
    ]
    roles = dict.fromkeys(one.role for one in shown)
    kinds = [(role, _role(role)) for role in roles]
    yield listing(
        rows, name="candidates", kinds=kinds, orders=ORDERS, holds="Model id holds", scale=scale if any(lanes) else None
    )


def _role(role: str) -> str:
    return role.replace("_", "-") if role in (WINNER, RUNNER_UP, ELIGIBLE) else f"stopped at {role}"


def _lanes(one: Candidate) -> list[Lane]:
    """Value above, and under it where it goes; nothing for who never had terms."""
    row = one.row
    if row.quality_adjusted_microunits is None:
        return []
    kept = max(one.exact_utility or 0, 0)
    upper = [Part("value × quality × confidence", row.quality_adjusted_microunits, "value")]
    return [upper, [Part("utility", kept, "utility"), *(Part(name, amount, name) for name, amount in deductions(row))]]


def _candidate(one: Candidate, policy: PolicySnapshot, request: KernelInput, lanes: list[Lane], scale: Scale) -> Html:
    row = one.row
    asked = one.model.model_id == request.requested_model_id
    heading = [
        tag("span", f"{one.place:,}", class_="place"),
        tag("strong", f"Model {one.model.model_id}"),
        mark(_role(one.role), _COLOURS.get(one.role, "none")),
    ]
    if one.outcome.replace("-", "_") != one.role:
        heading.append(tag("span", one.outcome))
    if asked:
        heading.append(tag("span", "requested", class_="soft"))
    if row.utility_microunits is not None:
        clamped = tag("span", " clamped", class_="soft") if one.is_saturated else ""
        words = tag("span", "utility ", class_="soft")
        heading.append(tag("span", words, number(row.utility_microunits), clamped, class_="total"))
    parts = [tag("div", *heading, class_="line")]
    if lanes:
        parts += [bar(lanes, scale), _terms(one)]
    steps = [(step.name, step.formula, number(step.amount)) for step in arithmetic(one, policy, request)]
    is_open = one.place <= 2 and one.role in (WINNER, RUNNER_UP)
    shown = _sum(steps) if steps else tag("p", "No amount was computed.", class_="soft")
    inner = join((shown, _model(one)))
    parts.append(tag("details", tag("summary", "Arithmetic and model"), inner, open=is_open))
    return join(parts)


def _terms(one: Candidate) -> Html:
    """The stacked terms as one line of text."""
    row = one.row
    terms = " ".join(f"− {name} {number(amount)}" for name, amount in deductions(row))
    exact = number(one.exact_utility or 0)
    clamped = f", clamped to {number(row.utility_microunits or 0)}, the end of 64 bits" if one.is_saturated else ""
    return tag("p", f"value {number(row.quality_adjusted_microunits or 0)} {terms} = {exact}{clamped}", class_="terms")


def _sum(steps: Iterable[tuple[str, str, str]]) -> Html:
    lines = (
        tag("div", tag("dt", name), tag("dd", formula), tag("dd", amount, class_="number"))
        for name, formula, amount in steps
    )
    return tag("dl", *lines, class_="sum")


def _model(one: Candidate) -> Html:
    said = ", ".join(f"{name} {value}" for name, value in _read(one.model))
    return tag("p", f"Place {one.index} in the catalog: {said}.", class_="soft terms")


def _fields(words: str, record: Record) -> Html:
    return tag("details", tag("summary", words), facts((tag("code", name), said) for name, said in _read(record)))


def _read(record: Record) -> Iterator[tuple[str, str]]:
    for column in columns(type(record)):
        yield column.name, field_value(column.name, getattr(record, column.name))
