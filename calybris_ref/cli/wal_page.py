"""`calybris-ref wal show --html`: reads a log to its end, or to where it stops to hold, and keeps what a page shows."""

import argparse
from collections import deque

from calybris_ref.cli.logs import Reading, load_anchor_file, load_key, reading, refusal, refusal_rows, refusal_sentence
from calybris_ref.cli.pages import PAGE_ROWS, check_page, write_page
from calybris_ref.cli.pages.log import Fault, Item, Pinned, Timeline, chosen, log_page, open_seam, title
from calybris_ref.cli.terminal import EXIT_OK, EXIT_WRONG, one_line
from calybris_ref.errors_wal import AuditFailed, ChainBroken, WalError
from calybris_ref.wal_anchor import WalAnchor
from calybris_ref.wal_chain import PlacedEntry, read_entries
from calybris_ref.wal_line import GENESIS, same_hash
from calybris_ref.wal_record import AuditedRecord

# The end of a log, or what stands in front of its fault, is shown whatever the window is.
_LAST = 10
# So are the first open seams of a log that is not verified.
_OPEN_SEAMS = 100
_NOT_TOLD = "what the key gives; it is not shown, because with it a changed entry could be made to hold"


def show_page(arguments: argparse.Namespace) -> tuple[Timeline, int]:
    """Write the page; what it shows, and the exit code: 1 when the log or an anchor does not hold."""
    key_files = [arguments.key_file] if arguments.key_file else []
    check_page(arguments.html, arguments.log, *key_files, *(arguments.anchor or ()))
    key = load_key(arguments.key_file)
    anchors = [(file, anchor) for file in arguments.anchor or () if (anchor := load_anchor_file(file))]
    with reading(arguments.log, key, "reading") as log:
        found = _read(log, arguments, anchors)
    write_page(arguments.html, f"{title(found)}: {one_line(arguments.log)}", log_page(found), about="A log")
    return found, EXIT_OK if found.is_good else EXIT_WRONG


def _read(log: Reading, arguments: argparse.Namespace, anchors: list[tuple[str, WalAnchor]]) -> Timeline:
    limit = arguments.limit or PAGE_ROWS
    pinned = {anchor.sequence: GENESIS if anchor.sequence == 0 else "" for _, anchor in anchors}
    window: list[Item] = []
    last: deque[Item] = deque(maxlen=_LAST)
    before: PlacedEntry | None = None
    count = open_seams = 0
    fault = None
    try:
        for count, placed in enumerate(read_entries(log.lines()) if arguments.unverified else log.entries(), 1):
            item = Item(count, placed, None, open_seam(before, placed, GENESIS) if arguments.unverified else "")
            sequence, before = placed.entry.sequence, placed
            in_window = arguments.first <= sequence <= arguments.last and len(window) < limit
            open_seams += bool(item.fault)
            if in_window or sequence in pinned or (item.fault and open_seams <= _OPEN_SEAMS):
                window.append(item)
            if sequence in pinned:
                pinned[sequence] = placed.entry.entry_hash
            last.append(item)
    except WalError as error:
        refused = refusal(log, error)
        sentence = f"{refusal_sentence(refused)} [{error.code}]"
        rows = refusal_rows(refused)
        if isinstance(error, ChainBroken) and error.expected is None:
            rows.append(("expected", _NOT_TOLD))
        fault = Fault(refused.status, sentence, rows, refused.remark)
    end = before.entry.head.sequence if before else 0
    return Timeline(
        path=arguments.log,
        is_keyed=log.key is not None,
        is_verified=not arguments.unverified,
        items=[item._replace(record=_record(item)) for item in chosen([*window, *last])],
        count=count,
        open_seams=open_seams,
        last_hash=before.entry.entry_hash if before else GENESIS,
        anchors=[
            _pinned(file, anchor, pinned[anchor.sequence], end, log, fault is not None) for file, anchor in anchors
        ],
        fault=fault,
    )


def _pinned(file: str, anchor: WalAnchor, own_hash: str, end: int, log: Reading, is_broken: bool) -> Pinned:
    """An anchor against the log: it holds where the log has the entry that it names, also when the log went on."""
    named = f"entry {anchor.sequence:,}"
    if not own_hash:
        why = "the log does not hold so far" if is_broken else f"the log ends with {end:,}"
        return Pinned(end, file, False, f"it names {named}, and {why}.")
    if not same_hash(own_hash, anchor.last_hash):
        return Pinned(anchor.sequence, file, False, f"the log has another {named}: it was written again.")
    if anchor.keyed != (log.key is not None):
        with_key = "with a key" if anchor.keyed else "without a key"
        return Pinned(anchor.sequence, file, False, f"it is that of a log {with_key}, and this one was read otherwise.")
    behind = end - anchor.sequence
    if is_broken:
        grown = f", and {behind:,} more {'holds' if behind == 1 else 'hold'}"
    else:
        grown = f"; {behind:,} more {'stands' if behind == 1 else 'stand'} behind it" if behind else ", the last one"
    return Pinned(anchor.sequence, file, True, f"{named} is the one that was anchored{grown}.")


def _record(item: Item) -> AuditedRecord | None:
    try:
        return AuditedRecord.from_data(item.placed.entry.data)
    except AuditFailed:
        return None
