"""How long the answers took: a histogram over powers of ten, its middle and its end, and the slowest cases."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from calybris_ref.page import Html, tag

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from calybris_conformance.report.jsonl import Report

# Upper ends in microseconds: three to a power of ten, from a tenth of a millisecond to ten seconds.
_ENDS: Final = (100, 200, 500, *(step * 10**power for power in (3, 4, 5, 6) for step in (1, 2, 5)), 10**7)
_SLOWEST: Final = 5
_WIDTH: Final = 320


class Bar(NamedTuple):
    """A bar of the histogram: the answers that took longer than `above` and at most `below` microseconds."""

    above: int
    below: int | None
    cases: int


def histogram(micros: Sequence[int]) -> list[Bar]:
    """The bars from the first that holds something to the last."""
    bounds = [0, *_ENDS]
    pairs = [*zip(bounds, [*_ENDS, None], strict=True)]
    bars = [
        Bar(above, below, sum(above < one and (below is None or one <= below) for one in micros))
        for above, below in pairs
    ]
    bars[0] = bars[0]._replace(cases=sum(one <= _ENDS[0] for one in micros))
    held = [place for place, bar in enumerate(bars) if bar.cases]
    return bars[held[0] : held[-1] + 1] if held else []


def quantile(ordered: Sequence[int], percent: int) -> int:
    """The smallest value that at least so many percent do not exceed."""
    return ordered[max(0, -(-len(ordered) * percent // 100) - 1)]


def duration(micros: int) -> str:
    """Microseconds in the unit that people would use."""
    if micros < 1000:
        return f"{micros} µs"
    return f"{micros / 1000:.3g} ms" if micros < 999_500 else f"{micros / 1e6:,.3g} s"


def timing(report: Report) -> Iterator[Html]:
    """The section of the page; nothing when nothing was asked."""
    micros = {str(line["id"]): round(float(line["seconds"]) * 1e6) for line in report.cases}
    if not micros:
        return
    ordered = sorted(micros.values())
    middle, late, last = quantile(ordered, 50), quantile(ordered, 95), ordered[-1]
    yield tag("h2", "Time to an answer", id="timing")
    yield tag(
        "p",
        f"Half of the answers came within {duration(middle)}, 95 of 100 within {duration(late)}, the last within"
        f" {duration(last)}. Questions are asked many at a time, so this is how long the judge waited, not how long"
        " the port worked.",
    )
    bars = histogram(ordered)
    most = max(bar.cases for bar in bars)
    rows = [
        tag("tr", tag("th", _span(bar), scope="row", class_="number"), tag("td", _bar(bar, most)), _count(bar))
        for bar in bars
    ]
    head = tag(
        "tr",
        tag("th", "time", scope="col", class_="number"),
        tag("th", "share", scope="col"),
        tag("th", "cases", scope="col", class_="number"),
    )
    caption = tag("caption", "Histogram of the time to an answer")
    yield tag("table", caption, tag("thead", head), tag("tbody", *rows), class_="histogram")
    slowest = sorted(micros, key=lambda one: (-micros[one], one))[:_SLOWEST]
    items = (tag("li", tag("a", tag("code", one), href=f"#case={one}"), f" {duration(micros[one])}") for one in slowest)
    yield tag("p", "The slowest:", class_="soft")
    yield tag("ol", *items, class_="slowest")


def _span(bar: Bar) -> str:
    return f"over {duration(bar.above)}" if bar.below is None else f"to {duration(bar.below)}"


def _bar(bar: Bar, most: int) -> Html:
    width = max(2, round(bar.cases * _WIDTH / most)) if bar.cases else 0
    rect = tag("rect", width=width, height=12, rx=2, class_="bar")
    return tag(
        "svg", rect, width=_WIDTH, height=12, viewBox=f"0 0 {_WIDTH} 12", preserveAspectRatio="none", aria_hidden="true"
    )


def _count(bar: Bar) -> Html:
    return tag("td", f"{bar.cases:,}", class_="number")
