"""`calybris-ref wal show`: the entries of a log, one line each, and the decisions in them (LOG-1, LOG-9).

The chain is verified on the way, up to the last entry that is shown: nobody is shown what was changed as if it were
what was written. A log that is damaged can be looked at with `--unverified`.
"""

import argparse
import json
import sys
from typing import Any

from calybris_ref.cli.arguments import positive
from calybris_ref.cli.decide import verdict
from calybris_ref.cli.logs import Reading, Refusal, load_key, reading, refusal, report_refusal
from calybris_ref.cli.pages.log import title
from calybris_ref.cli.terminal import EXIT_OK, CommandError, one_line, paint
from calybris_ref.cli.wal_page import show_page
from calybris_ref.errors_wal import AuditFailed, WalError
from calybris_ref.model import KernelDecision
from calybris_ref.wal_chain import PlacedEntry, read_entries
from calybris_ref.wal_record import AuditedRecord

# Rows are printed as they are read, so the columns are as wide as what ordinary logs hold.
_ROW = "{:>8}  {:<16}  {:>7}  {:>8}  {}"
_HASH_DIGITS = 16


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("--from", dest="first", metavar="N", type=positive, default=1, help="the first sequence")
    parser.add_argument("--to", dest="last", metavar="N", type=positive, default=2**64 - 1, help="the last sequence")
    parser.add_argument("--limit", metavar="N", type=positive, help="at most so many entries")
    parser.add_argument("--html", metavar="FILE", help="write a page with the entries on a timeline")
    parser.add_argument(
        "--anchor", metavar="FILE", action="append", help="an anchor to show on the page; once for each, any age"
    )
    parser.add_argument("--unverified", action="store_true", help="do not verify the chain")


def run(arguments: argparse.Namespace) -> int:
    """Print the entries, one row or one JSON object each, and behind them what is wrong, if anything is."""
    if arguments.html:
        return _page(arguments)
    if arguments.anchor:
        raise CommandError("--anchor goes with --html; 'calybris-ref wal verify' holds a log to its anchor")
    key = load_key(arguments.key_file)
    refused: Refusal | None = None
    count, is_whole = 0, False
    with reading(arguments.log, key, "reading") as log:
        entries = read_entries(log.lines()) if arguments.unverified else log.entries()
        try:
            for placed in entries:
                if placed.entry.sequence >= arguments.first:
                    if not count:
                        _begin(log, as_json=arguments.json)
                    count += 1
                    print(json.dumps(_document(placed)) if arguments.json else _row(placed))
                if count == arguments.limit or placed.entry.sequence >= arguments.last:
                    break
            else:
                is_whole = True
        except WalError as error:
            refused = Refusal(log.path, error, count) if arguments.unverified else refusal(log, error)
    if refused:
        print(end="\n" if count and not arguments.json else "")
        return report_refusal(refused, as_json=arguments.json)
    if not arguments.json:
        found = "not verified" if arguments.unverified else f"the chain holds up to entry {log.head.sequence}"
        rest = "" if is_whole else "; the rest was not read"
        print(end="\n" if count else "")
        print(f"{count} {'entry' if count == 1 else 'entries'} shown; {found}{rest}")
    return EXIT_OK


def _page(arguments: argparse.Namespace) -> int:
    found, code = show_page(arguments)
    shown, entries = len(found.items), found.count
    if arguments.json:
        print(json.dumps({"html": arguments.html, "entries": entries, "shown": shown, "holds": code == EXIT_OK}))
        return code
    words = paint(title(found), "good" if code == EXIT_OK else "bad", sys.stdout)
    print(f"{words}: {shown} of {entries} {'entry' if entries == 1 else 'entries'} are on {one_line(arguments.html)}")
    for line in [found.fault.words] if found.fault else []:
        print(one_line(line))
    for one in found.anchors:
        print(one_line(f"{one.file}: {one.words}"))
    return code


def _begin(log: Reading, *, as_json: bool) -> None:
    # Also in a pipe: what reads it may print to the same terminal.
    log.end_progress()
    if not as_json:
        print(_ROW.format("sequence", "hash", "bytes", "model", "decision"))


def _document(placed: PlacedEntry) -> dict[str, Any]:
    line, offset, entry = placed
    decision = _decision(placed)
    return {
        "sequence": entry.sequence,
        "entry_hash": entry.entry_hash,
        "line": line + 1,
        "offset": offset,
        "bytes": len(entry.data),
        "decision": decision and decision.to_dict(),
    }


def _row(placed: PlacedEntry) -> str:
    entry, decision = placed.entry, _decision(placed)
    model = str(decision.selected_model_id) if decision and decision.is_executable else ""
    # A hash that was not verified may be any text.
    own_hash = one_line(entry.entry_hash[:_HASH_DIGITS])
    return _ROW.format(entry.sequence, own_hash, len(entry.data), model, _verdict(decision))


def _verdict(decision: KernelDecision | None) -> str:
    if decision is None:
        return paint("no decision", "dim", sys.stdout)
    return verdict(decision)


def _decision(placed: PlacedEntry) -> KernelDecision | None:
    """The decision in an entry's record (LOG-9); None for any other payload."""
    try:
        return AuditedRecord.from_data(placed.entry.data).decision
    except AuditFailed:
        return None
