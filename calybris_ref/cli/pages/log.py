"""The page of a log: its entries in a row, what holds them together, and its anchors (LOG-1, LOG-4, LOG-11).

Between two entries stands their seam: the hash that the second says the first has. Entries that are not shown are
counted where they would stand.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

from calybris_ref.cli.pages import facts, mark, number
from calybris_ref.cli.pages.listing import Row, listing
from calybris_ref.page import Html, join, tag, visible
from calybris_ref.wal_chain import PlacedEntry
from calybris_ref.wal_record import AuditedRecord

_HASH_DIGITS = 16
_PAYLOAD_CHARACTERS = 600


class Item(NamedTuple):
    """An entry that is shown, its place in the log counted from 1, and what is wrong with its seam, if anything is."""

    place: int
    placed: PlacedEntry
    record: AuditedRecord | None
    fault: str = ""


class Pinned(NamedTuple):
    """An anchor at the place where it says that the log ended: whether it holds there, and what is said of it."""

    place: int
    file: str
    is_good: bool
    words: str


class Fault(NamedTuple):
    """Why a log stops to hold: the sentence, what was compared, and what is often behind it."""

    status: str
    words: str
    rows: list[tuple[str, str]]
    remark: str


@dataclass(frozen=True, slots=True)
class Timeline:
    """A log as far as it was read: `count` entries, of which `items` are shown.

    `open_seams` counts the entries that do not go on from the one before, in a log that is not verified.
    """

    path: str
    is_keyed: bool
    is_verified: bool
    items: list[Item]
    count: int
    open_seams: int
    last_hash: str
    anchors: list[Pinned]
    fault: Fault | None

    @property
    def is_good(self) -> bool:
        """Whether nothing that was looked at is wrong."""
        return not self.fault and not self.open_seams and all(one.is_good for one in self.anchors)


def title(log: Timeline) -> str:
    """The verdict in a few words."""
    if log.fault:
        return "The log is torn at its end" if log.fault.status == "torn" else "The log does not hold"
    if log.open_seams:
        return "The log has open seams"
    if not log.is_good:
        return "The log does not hold to its anchors"
    return "The log holds" if log.is_verified else "A log, not verified"


def log_page(log: Timeline) -> Iterator[Html]:
    """The page."""
    words = "not verified" if log.is_good else log.fault.status if log.fault else "invalid"
    colour = "none" if log.is_good else "bad"
    if log.is_verified and log.is_good:
        words, colour = "valid", "good"
    yield tag("h1", title(log), " ", mark(words, colour))
    yield tag("p", _lead(log), class_="lead")
    if log.fault:
        parts = [tag("p", log.fault.words), facts((name, tag("code", said)) for name, said in log.fault.rows)]
        yield tag("div", *parts, tag("p", log.fault.remark) if log.fault.remark else "", class_="notice")
    yield facts(_facts(log))
    yield tag("h2", "Timeline", id="timeline", tabindex="-1")
    if len(log.items) < log.count:
        told = f"{number(len(log.items))} of {number(log.count)} entries are shown; the others are counted where they"
        yield tag("p", f"{told} stand. --from, --to and --limit choose others.", class_="soft")
    rows = list(_rows(log))
    kinds = [(kind, kind) for kind in dict.fromkeys(row.kind for row in rows)]
    holds = "Hash, sequence or payload holds"
    classes = "log" if log.is_verified else "log plain"
    yield tag("div", listing(rows, name="rows", kinds=kinds, holds=holds), class_=classes)


def _lead(log: Timeline) -> str:
    if not log.is_verified:
        count = log.open_seams
        seams = f"{number(count)} {'does' if count == 1 else 'do'} not go on from the one before"
        if not count:
            seams = "each goes on from the one before"
        return f"No hash was computed. Of {number(log.count)} entries that were read, {seams}."
    if log.fault:
        return f"{number(log.count)} {'entry holds' if log.count == 1 else 'entries hold'}; what follows was not read."
    wrong = sum(not one.is_good for one in log.anchors)
    told = f" Anchors that do not hold: {number(wrong)} of {number(len(log.anchors))}." if wrong else ""
    return f"Every entry holds to the one before it: {number(log.count)} in all.{told}"


def _facts(log: Timeline) -> Iterator[tuple[object, object]]:
    yield "log", tag("code", log.path)
    yield "last hash", tag("code", log.last_hash)
    without = "none: who can write the file can write another chain"
    yield "key", "used" if log.is_keyed else without
    if not log.anchors:
        yield "anchor", "none: a tail that was cut off would not show"
    for one in log.anchors:
        verdict = mark("holds", "good") if one.is_good else mark("does not hold", "bad")
        yield "anchor", join((tag("code", one.file), " ", verdict, f" {one.words}"))


def _rows(log: Timeline) -> Iterator[Row]:
    """Entries with gaps, anchors and the fault at their places."""
    anchors = sorted(log.anchors)
    before: Item | None = None
    last = 0
    for item in log.items:
        yield from _gap(item.place - last - 1)
        while anchors and anchors[0].place < item.place:
            yield _anchor(anchors.pop(0))
        yield _entry(item, before, log)
        before, last = item, item.place
    yield from _gap(log.count - last)
    yield from (_anchor(one) for one in anchors if one.is_good)
    if log.fault:
        fault = log.fault
        body = tag("div", tag("p", fault.words), facts((name, tag("code", said)) for name, said in fault.rows))
        yield Row(tag("div", body, class_="entry broken"), "broken", "broken")
    yield from (_anchor(one) for one in anchors if not one.is_good)


def _gap(count: int) -> Iterator[Row]:
    if count:
        words = f"{number(count)} {'entry is' if count == 1 else 'entries are'} not shown here."
        yield Row(tag("div", words, class_="gap"), "not shown", "")


def _anchor(one: Pinned) -> Row:
    words = join((tag("strong", "Anchor "), tag("code", one.file), f": {one.words}"))
    return Row(tag("div", words, class_="anchor" if one.is_good else "anchor bad"), "anchor", one.file)


def _entry(item: Item, before: Item | None, log: Timeline) -> Row:
    entry, record = item.placed.entry, item.record
    own = _short(entry.entry_hash)
    heading = [tag("strong", number(entry.sequence)), _decision(record)]
    heading.append(tag("span", f"{number(len(entry.data))} bytes", class_="soft"))
    policy = _policy(record, before)
    if policy:
        heading.append(mark(policy, "known"))
    heading.append(tag("span", tag("code", own), class_="total"))
    parts = [_seam(item, log), tag("div", *heading, class_="line"), _details(item)]
    kind = "broken" if item.fault else "no decision" if record is None else record.decision.action.label
    colour = "" if log.is_verified and not item.fault else " broken" if item.fault else " unknown"
    text = f"{entry.sequence} {entry.entry_hash} {entry.data[:_PAYLOAD_CHARACTERS].decode(errors='replace')}"
    return Row(tag("div", *parts, class_=f"entry{colour}"), kind, text)


def _seam(item: Item, log: Timeline) -> Html:
    previous = tag("code", _short(item.placed.entry.previous_hash))
    if item.fault:
        return tag("div", tag("strong", "Open seam: "), item.fault, class_="seam bad")
    if item.place == 1:
        return tag("div", "begins the chain: ", previous, class_="seam")
    words = "is the hash of the entry before" if log.is_verified else "is what the entry before says"
    return tag("div", previous, f" {words}", class_="seam")


def _decision(record: AuditedRecord | None) -> Html:
    if record is None:
        return mark("no decision", "none")
    decision = record.decision
    if decision.is_executable:
        chosen = f"{decision.action.label}: model {decision.selected_model_id}"
        return mark(f"{chosen}, utility {number(decision.expected_utility_microunits)}", "good")
    return mark(f"{decision.action.label}: {decision.reason.label}", "bad")


def _policy(record: AuditedRecord | None, before: Item | None) -> str:
    """What is said where a decision has another policy than the record before it that is shown."""
    earlier = before.record if before else None
    if record is None or earlier is None or record.audit.policy_digest_hex == earlier.audit.policy_digest_hex:
        return ""
    return f"another policy: epoch {number(record.decision.policy_epoch)}"


def _details(item: Item) -> Html:
    line, offset, entry = item.placed
    text = entry.data.decode(errors="backslashreplace")
    rest = len(text) - _PAYLOAD_CHARACTERS
    shown = text if rest <= 0 else f"{text[:_PAYLOAD_CHARACTERS]}… {number(rest)} more characters"
    said = [
        ("hash", tag("code", entry.entry_hash)),
        ("previous", tag("code", entry.previous_hash)),
        ("place", f"line {number(line + 1)}, byte {number(offset)}"),
    ]
    return tag("details", tag("summary", "Hashes and payload"), facts(said), tag("pre", shown))


def _short(text: str) -> str:
    return visible(text[:_HASH_DIGITS]) + ("…" if len(text) > _HASH_DIGITS else "")


def open_seam(before: PlacedEntry | None, placed: PlacedEntry, genesis: str) -> str:
    """What is wrong between two entries, as far as it shows without computing a hash; empty when nothing is."""
    sequence, last_hash = (before.entry.sequence, before.entry.entry_hash) if before else (0, genesis)
    entry = placed.entry
    if entry.sequence != sequence + 1:
        return f"sequence {number(sequence + 1)} is expected, and {number(entry.sequence)} found."
    if entry.previous_hash != last_hash:
        return f"previous hash {_short(last_hash)} is expected, and {_short(entry.previous_hash)} found."
    return ""


def chosen(items: Iterable[Item]) -> list[Item]:
    """Items without doubles, in the order of the log."""
    return [item for _, item in sorted({item.place: item for item in items}.items())]
