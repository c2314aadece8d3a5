"""A list that may be long: its rows are all there, and the script filters, sorts, and shows a hundred at a time."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from calybris_ref.cli.pages.bars import Scale
from calybris_ref.page import Html, tag

STEP = 100
"""How many rows the script shows at a time."""


class Row(NamedTuple):
    """A row: what it shows, its kind (one of those to filter by), and the numbers that it is sorted by.

    `text` is what the filter for a text looks into.
    """

    body: Html
    kind: str
    text: str
    keys: tuple[int, ...] = ()


def listing(
    rows: Sequence[Row],
    *,
    name: str,
    kinds: Iterable[tuple[str, str]],
    orders: Sequence[str] = (),
    holds: str,
    scale: Scale | None = None,
) -> Html:
    """Rows with their filters. `name` is what the rows are, in the plural; `kinds` are kinds and their words.

    `orders` names the numbers in `keys`; a number is the place of the row in that order. `holds` says what the filter
    for a text looks into; `scale` is that of the bars in the rows, if there are any.
    """
    options = [tag("option", words, value=kind) for kind, words in kinds]
    controls = [
        _control("Kind", tag("select", tag("option", f"all {name}", value=""), *options, data_role="kind")),
        _control(holds, tag("input", type="search", autocomplete="off", spellcheck="false", data_role="text")),
    ]
    if orders:
        sorted_by = [tag("option", words, value=place) for place, words in enumerate(orders)]
        controls.append(_control("Order", tag("select", *sorted_by, data_role="order")))
    if scale:
        scales = [
            tag("option", "one scale for all", value="common"),
            tag("option", "each on its own scale", value="own", selected=not scale.is_common),
        ]
        controls.append(_control("Bars", tag("select", *scales, data_role="scale")))
    items = (
        tag("li", row.body, data_kind=row.kind, data_text=row.text.casefold(), data_keys=" ".join(map(str, row.keys)))
        for row in rows
    )
    return tag(
        "div",
        tag("div", *controls, class_="filters", hidden=True),
        tag("p", role="status", class_="soft counted", hidden=True),
        tag("ol", *items, class_="rows many" if len(rows) > STEP else "rows"),
        tag("p", tag("button", f"Show {STEP} more", type="button"), class_="more", hidden=True),
        class_="listing",
        data_name=name,
        data_step=STEP,
    )


def ranks(values: Sequence[int | None], *, largest_first: bool = False) -> list[int]:
    """The place of each value among all, so that a script need not compare integers that it cannot hold.

    Equal ones stand in the order in which they are given; None comes last.
    """

    def key(place: int) -> tuple[bool, int]:
        value = values[place]
        return value is None, 0 if value is None else (-value if largest_first else value)

    found = [0] * len(values)
    for rank, place in enumerate(sorted(range(len(values)), key=key)):
        found[place] = rank
    return found


def _control(words: str, control: Html) -> Html:
    return tag("label", tag("span", words), control)
