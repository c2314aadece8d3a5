"""Amounts as bars, for integers of any size: every coordinate is an integer division, so nothing rounds or overflows.

A bar has lanes, a lane has parts side by side; what is negative goes to the left of zero. A bar is drawn on its own
scale; the rectangle of it that is shown is either all of it, or as much as makes it comparable with the others.
"""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from calybris_ref.cli.pages import number
from calybris_ref.page import Html, tag

_UNITS = 10_000
_LANE, _GAP = 12, 3
# A bar that is so much smaller than another is less than a pixel anyway, and browsers count in floats.
_WIDEST = 10**9
# A bar of a hundredth of the width can be told from none, and its parts cannot.
_LEAST_SHARE = 100


class Part(NamedTuple):
    """A part of a lane: what it is, how much, and the class of its colour."""

    name: str
    amount: int
    colour: str


Lane = Sequence[Part]


class Span(NamedTuple):
    """The range of amounts that bars cover; zero is always in it."""

    low: int
    high: int

    @classmethod
    def of(cls, lanes: Iterable[Lane]) -> "Span":
        """The range that holds every lane."""
        low = high = 0
        for lane in lanes:
            low = min(low, sum(part.amount for part in lane if part.amount < 0))
            high = max(high, sum(part.amount for part in lane if part.amount > 0))
        return cls(low, high)

    @property
    def size(self) -> int:
        """How long it is."""
        return self.high - self.low


class Scale(NamedTuple):
    """What bars are drawn to: the range of all of them, and whether they are shown on that one at first."""

    common: Span
    is_common: bool

    @classmethod
    def of(cls, bars: Iterable[Sequence[Lane]]) -> "Scale":
        """One scale for all, unless a bar would be too small on it to be seen."""
        spans = [span for span in map(Span.of, bars) if span.size]
        common = Span(min((one.low for one in spans), default=0), max((one.high for one in spans), default=0))
        return cls(common, all(one.size * _LEAST_SHARE >= common.size for one in spans))


def bar(lanes: Sequence[Lane], scale: Scale) -> Html:
    """Lanes under one another; the amounts stand beside them as text, so the picture itself says nothing new."""
    common = scale.common
    own = Span.of(lanes)
    if not own.size:
        return tag("p", "Every amount is 0.", class_="soft")
    shapes = []
    for place, lane in enumerate(lanes):
        left = right = 0
        for part in lane:
            start = right if part.amount > 0 else left + part.amount
            if part.amount > 0:
                right += part.amount
            else:
                left += part.amount
            if part.amount:
                shapes.append(_part(part, _at(start, own), _at(start + abs(part.amount), own), place))
    height = len(lanes) * (_LANE + _GAP) - _GAP
    if own.low:
        shapes.append(tag("rect", x=_at(0, own), y=0, width=20, height=height, class_="zero"))
    width = max(_UNITS, min(_WIDEST, common.size * _UNITS // own.size))
    left = max(-_WIDEST, min(0, _at(common.low, own)))
    boxes = {"common": f"{left} 0 {width} {height}", "own": f"0 0 {_UNITS} {height}"}
    return tag(
        "svg",
        *shapes,
        viewBox=boxes["common" if scale.is_common else "own"],
        data_common=boxes["common"],
        data_own=boxes["own"],
        preserveAspectRatio="none",
        height=height,
        class_="bar",
        aria_hidden="true",
    )


def legend(parts: Iterable[tuple[str, str]]) -> Html:
    """What the colours say: (class, words)."""
    return tag(
        "p",
        *(tag("span", tag("span", class_=f"key {colour}"), " ", words, class_="legend") for colour, words in parts),
        class_="soft legends",
    )


def _at(amount: int, span: Span) -> int:
    return (amount - span.low) * _UNITS // span.size


def _part(part: Part, start: int, end: int, lane: int) -> Html:
    title = tag("title", f"{part.name} {number(part.amount)}")
    return tag("rect", title, x=start, y=lane * (_LANE + _GAP), width=end - start, height=_LANE, class_=part.colour)
