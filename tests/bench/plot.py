"""The ratios as a picture: one bar a job on a logarithmic axis, from 1 to the median, with what is wanted as marks.

Plain SVG of our own, with no font, script or colour of anybody else. It follows the reader's light or dark scheme.
"""

from collections.abc import Callable, Sequence
from html import escape
from math import ceil, floor, log10

from tests.bench.limits import limit_of
from tests.bench.measure import Measured

WIDTH, LEFT, RIGHT, TOP, ROW = 1080, 480, 90, 74, 26
# class -> what it looks like in light, and what is different in dark
_LOOKS = {
    ".page": ("fill: #ffffff", "fill: #0d1117"),
    "text": ("font: 13px system-ui, sans-serif; fill: #1f2328", "fill: #e6edf3"),
    ".small": ("font-size: 11px; fill: #59636e", "fill: #9198a1"),
    ".grid": ("stroke: #d1d9e0", "stroke: #30363d"),
    ".one": ("stroke: #1f2328", "stroke: #e6edf3"),
    ".good": ("fill: #2f81b7", "fill: #58a6d6"),
    ".bad": ("fill: #c9510c", "fill: #f0883e"),
    ".free": ("fill: #8c959f", "fill: #6e7681"),
    ".spread": ("stroke: #1f2328", "stroke: #e6edf3"),
    ".must": ("stroke: #1f2328; stroke-width: 2.5", "stroke: #e6edf3"),
    ".stretch": ("stroke: #1f2328; stroke-width: 1.5; stroke-dasharray: 3 2", "stroke: #e6edf3"),
}
_LEGEND = (
    "thick mark: must · dashed mark: stretch · thin line: smallest and largest of the rounds · "
    "blue: must is met · orange: it is not · grey: held to nothing"
)
_TITLE = "Time of each job as a ratio to the wheel, on a logarithmic axis: left of 1 is faster than the wheel"


def plot(measured: Sequence[Measured]) -> str:
    """The picture of these jobs, in their order."""
    shown = [number for one in measured for number in _numbers(one)]
    low, high = floor(log10(min([*shown, 0.5]))), ceil(log10(max([*shown, 2])))

    def x(ratio: float) -> float:
        place = (log10(ratio) - low) / (high - low)
        return round(LEFT + place * (WIDTH - LEFT - RIGHT), 1)

    height = TOP + ROW * len(measured) + 30
    light, dark = ("\n".join(f"{name} {{ {looks[scheme]} }}" for name, looks in _LOOKS.items()) for scheme in (0, 1))
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" role="img" aria-label="{_TITLE}">',
        f"<style>\n{light}\n@media (prefers-color-scheme: dark) {{\n{dark}\n}}\n</style>",
        f'<rect class="page" width="{WIDTH}" height="{height}"/>',
        f'<text x="16" y="24">{_TITLE}</text>',
        f'<text class="small" x="16" y="42">{_LEGEND}</text>',
    ]
    bottom = height - 26
    for power in range(low, high + 1):
        kind = "one" if power == 0 else "grid"
        at = x(10.0**power)
        parts.append(f'<line class="{kind}" x1="{at}" x2="{at}" y1="{TOP - 8}" y2="{bottom}"/>')
        parts.append(f'<text class="small" x="{at}" y="{bottom + 16}" text-anchor="middle">{10.0**power:g}</text>')
    for place, one in enumerate(measured):
        parts += _row(one, TOP + ROW * place, x)
    return "\n".join([*parts, "</svg>", ""])


def _numbers(one: Measured) -> list[float]:
    limit = limit_of(one.job)
    return [one.ratio_minimum, one.ratio_maximum, *([limit.must, limit.stretch] if limit else [])]


def _row(one: Measured, y: int, x: Callable[[float], float]) -> list[str]:
    limit = limit_of(one.job)
    kind = "free" if limit is None else "good" if one.ratio <= limit.must else "bad"
    start, end = sorted((x(1), x(one.ratio)))
    middle = y + ROW / 2 - 4
    parts = [
        f'<text x="{LEFT - 10}" y="{middle + 4}" text-anchor="end">{escape(one.job)}</text>',
        f'<rect class="{kind}" x="{start}" y="{middle - 7}" width="{round(max(end - start, 1), 1)}" height="14"/>',
        f'<line class="spread" x1="{x(one.ratio_minimum)}" x2="{x(one.ratio_maximum)}" y1="{middle}" y2="{middle}"/>',
        f'<text x="{WIDTH - RIGHT + 12}" y="{middle + 4}">{one.ratio:.3g}</text>',
    ]
    for name in ("must", "stretch") if limit else ():
        at = x(getattr(limit, name))
        parts.append(f'<line class="{name}" x1="{at}" x2="{at}" y1="{middle - 10}" y2="{middle + 10}"/>')
    return parts
