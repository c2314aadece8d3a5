"""The page of a ledger: the money of each tenant as bars, and whether it is all there (LEDGER-1, LEDGER-10)."""

from collections.abc import Iterator
from dataclasses import replace

from calybris_ref.cli.pages import facts, mark, number
from calybris_ref.cli.pages.bars import Lane, Part, Scale, bar, legend
from calybris_ref.cli.pages.listing import Row, listing, ranks
from calybris_ref.cli.pages.octets import octets
from calybris_ref.layout import ledger_preimage
from calybris_ref.ledger import BudgetSnapshot, TenantLedger, conservation_finding
from calybris_ref.outcomes import Balanced, ConservationStatus, Violation
from calybris_ref.page import Html, join, tag

ORDERS = ("as in the snapshot", "largest initial", "largest remaining", "largest reserved", "largest committed")
# Colours that the page of a decision gives to other words.
_PARTS = (("utility", "remaining"), ("cost", "reserved"), ("latency", "committed"))


def title(finding: ConservationStatus) -> str:
    """The verdict in a few words."""
    return "The ledger balances" if isinstance(finding, Balanced) else "The ledger does not balance"


def ledger_page(snapshot: BudgetSnapshot, refused: str | None, limit: int) -> Iterator[Html]:
    """The page; of more tenants than `limit` those that do not balance come first.

    `refused` says why no engine restores the snapshot, if none does.
    """
    tenants = list(enumerate(snapshot.tenants))
    findings = [conservation_finding(replace(snapshot, tenants=(tenant,)))[1] for tenant in snapshot.tenants]
    wrong = [place for place, finding in enumerate(findings) if not isinstance(finding, Balanced)]
    whole = findings[wrong[0]] if wrong else Balanced()
    yield tag("h1", title(whole), " ", mark(whole.status, "bad" if wrong else "good"))
    yield tag("p", _lead(len(tenants), len(wrong)), class_="lead")
    for place in wrong[:10]:
        name = tag("strong", snapshot.tenants[place].tenant_id)
        yield tag("p", name, f": {_words(findings[place], snapshot.tenants[place])}", class_="notice")
    if len(wrong) > 10:
        yield tag("p", f"{number(len(wrong) - 10)} more tenants do not balance.", class_="soft")
    yield facts(_facts(snapshot, refused))
    yield tag("h2", "Tenants", id="tenants", tabindex="-1")
    shown = sorted(tenants, key=lambda one: isinstance(findings[one[0]], Balanced))[:limit]
    if len(shown) < len(tenants):
        told = (
            f"This page holds {number(len(shown))} of {number(len(tenants))} tenants, those that do not balance first"
        )
        yield tag("p", f"{told}; a larger --limit brings more.", class_="notice")
    if shown:
        yield from _tenants(shown, findings)
    yield tag("h2", "The digest, and the bytes behind it")
    yield octets("ledger", ledger_preimage(snapshot))


def _lead(count: int, wrong: int) -> str:
    if wrong:
        return f"Of {number(count)} {'tenant' if count == 1 else 'tenants'}, {number(wrong)} do not balance."
    if not count:
        return "There is no tenant."
    return "Of every tenant, what was granted is what remains, what is reserved and what was committed."


def _words(finding: ConservationStatus, tenant: TenantLedger) -> str:
    if not isinstance(finding, Violation):
        return "the parts add up to more than 64 bits hold."
    if tenant.remaining_microcents < 0 and finding.delta_microcents == tenant.remaining_microcents:
        return f"remaining is {number(tenant.remaining_microcents)}, and never may be negative."
    more = "more" if finding.delta_microcents > 0 else "less"
    return f"the parts are {number(abs(finding.delta_microcents))} microcents {more} than initial."


def _facts(snapshot: BudgetSnapshot, refused: str | None) -> Iterator[tuple[object, object]]:
    yield "version", number(snapshot.version)
    yield "open holds", number(snapshot.active_reservations)
    yield "log watermark", "none" if snapshot.wal_high_watermark is None else number(snapshot.wal_high_watermark)
    yield "restorable", "yes" if refused is None else f"no: {refused}"
    for name in ("initial", "remaining", "reserved", "committed"):
        yield f"{name}, all", number(sum(getattr(one, f"{name}_microcents") for one in snapshot.tenants))


def _tenants(shown: list[tuple[int, TenantLedger]], findings: list[ConservationStatus]) -> Iterator[Html]:
    lanes = [_lanes(tenant) for _, tenant in shown]
    scale = Scale.of(lanes)
    words = (
        "The upper bar is what was granted, the lower one where it is. They are equally long where the tenant balances."
    )
    yield tag("p", words, " Amounts are in microcents.", class_="soft")
    yield legend((("value", "initial"), *_PARTS))
    if not scale.is_common:
        yield tag("p", "The amounts lie so far apart that each bar has a scale of its own.", class_="soft")
    amounts = [
        ranks([getattr(tenant, f"{name}_microcents") for _, tenant in shown], largest_first=True)
        for name in ("initial", "remaining", "reserved", "committed")
    ]
    rows = []
    for place, ((at, tenant), both) in enumerate(zip(shown, lanes, strict=True)):
        body = _tenant(tenant, findings[at], both, scale)
        keys = (place, *(column[place] for column in amounts))
        rows.append(Row(body, findings[at].status, tenant.tenant_id, keys))
    kinds = [(kind, kind.replace("_", " ")) for kind in dict.fromkeys(row.kind for row in rows)]
    yield listing(rows, name="tenants", kinds=kinds, orders=ORDERS, holds="Tenant holds", scale=scale)


def _lanes(tenant: TenantLedger) -> list[Lane]:
    parts = [Part(name, getattr(tenant, f"{name}_microcents"), colour) for colour, name in _PARTS]
    return [[Part("initial", tenant.initial_microcents, "value")], parts]


def _tenant(tenant: TenantLedger, finding: ConservationStatus, lanes: list[Lane], scale: Scale) -> Html:
    is_good = isinstance(finding, Balanced)
    heading = [
        tag("strong", tenant.tenant_id or "(no name)"),
        mark(finding.status.replace("_", " "), "good" if is_good else "bad"),
    ]
    if not is_good:
        heading.append(tag("span", _words(finding, tenant)))
    heading.append(
        tag("span", tag("span", "initial ", class_="soft"), number(tenant.initial_microcents), class_="total")
    )
    parts = lanes[1]
    total = sum(part.amount for part in parts)
    sign = "=" if total == tenant.initial_microcents else "≠"
    said = " + ".join(f"{part.name} {number(part.amount)}" for part in parts)
    sum_ = tag("p", f"{said} = {number(total)} {sign} initial {number(tenant.initial_microcents)}", class_="terms")
    return join((tag("div", *heading, class_="line"), bar(lanes, scale), sum_))
