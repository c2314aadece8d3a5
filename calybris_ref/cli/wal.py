"""`calybris-ref wal`: whether a log holds, whether its decisions replay, what is in it, where it ends, and its repair.

Clauses LOG-3 … LOG-6, LOG-10, LOG-11, LOG-12. Everything but a repair only reads.
"""

import argparse
import json
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

from calybris_ref.cli import wal_show, wal_workers
from calybris_ref.cli.logs import (
    Refusal,
    add_anchor,
    add_log,
    load_anchor_file,
    load_key,
    reading,
    refusal,
    report_refusal,
)
from calybris_ref.cli.records import add_constructor, load_policy
from calybris_ref.cli.terminal import EXIT_OK, CommandError, one_line, paint, table
from calybris_ref.digest import policy_digest
from calybris_ref.errors_wal import WalError
from calybris_ref.wal_anchor import WalAnchor
from calybris_ref.wal_line import WalHead
from calybris_ref.wal_reader import save_anchor
from calybris_ref.wal_repair import TornTail, repair
from calybris_ref.wal_replay import PolicyBook
from calybris_ref.wal_replay_blocks import replay_blocks

_EXAMPLES = """\
examples:
  calybris-ref wal verify decisions.wal --anchor anchor.json
  calybris-ref wal replay decisions.wal --policy march.json --policy april.json
  calybris-ref wal show decisions.wal --from 100 --limit 20
  calybris-ref wal anchor decisions.wal --out anchor.json
  calybris-ref wal verify logs/ --jobs 8

Exit code 1 when the log, or a decision in it, does not hold; 2 when something
cannot be read. Lines are counted from 1, bytes from 0.
"""
_SUMMARIES = {
    "verify": "whether the chain holds from the first entry to the last",
    "replay": "whether every decision in the log is the one that its policy takes",
    "show": "list the entries, and the decisions in them",
    "repair": "cut off what a crash left behind the last whole line",
    "anchor": "say where a log that holds ends, to be kept elsewhere",
}


# What may be done in segments, and to all logs in a folder.
_IN_SEGMENTS = ("verify", "replay")


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.epilog = _EXAMPLES
    actions = parser.add_subparsers(title="actions", dest="action", metavar="ACTION", required=True)
    own = {
        name: actions.add_parser(name, help=summary, description=f"{summary[0].upper()}{summary[1:]}.")
        for name, summary in _SUMMARIES.items()
    }
    for action in own.values():
        add_log(action)
    add_anchor(own["verify"])
    add_anchor(own["replay"])
    own["replay"].add_argument(
        "--policy", metavar="FILE", action="append", required=True, help="a policy; once for each that the log names"
    )
    add_constructor(own["replay"])
    for name in _IN_SEGMENTS:
        wal_workers.configure(own[name])
    wal_show.configure(own["show"])
    own["repair"].add_argument("--yes", action="store_true", help="do it; without this it is only shown")
    own["anchor"].add_argument(
        "--out", metavar="FILE", help="write it there; an anchor that is there must be one of this log"
    )


def run(arguments: argparse.Namespace) -> int:
    """Do what is asked of the log, or of every log in the folder; the worst exit code."""
    logs = wal_workers.logs_in(arguments.log) if arguments.action in _IN_SEGMENTS else [arguments.log]
    if len(logs) > 1 and arguments.anchor:
        raise CommandError("an anchor is that of one log, not of a folder")
    codes = []
    for place, arguments.log in enumerate(logs):
        print(end="\n" if place and not arguments.json else "")
        codes.append(_ACTIONS[arguments.action](arguments))
    return max(codes)


def _verify(arguments: argparse.Namespace) -> int:
    key, anchor = load_key(arguments.key_file), load_anchor_file(arguments.anchor)
    if wal_workers.are_wanted(arguments):
        found, _ = wal_workers.read_in_segments(arguments, anchor)
    else:
        found = _verified(arguments.log, key, anchor)
    if isinstance(found, Refusal):
        return report_refusal(found, as_json=arguments.json)
    if arguments.json:
        print(json.dumps({"status": "valid", **_head(arguments.log, found, key, anchor)}))
    else:
        print(f"{paint('valid', 'good', sys.stdout)}: the chain holds from the first entry to the last\n")
        print(_page(arguments.log, found, key, anchor))
    return EXIT_OK


def _replay(arguments: argparse.Namespace) -> int:
    policies = {file: load_policy(file, arguments.constructor) for file in arguments.policy}
    key, anchor = load_key(arguments.key_file), load_anchor_file(arguments.anchor)
    if wal_workers.are_wanted(arguments):
        found, uses = wal_workers.read_in_segments(arguments, anchor, list(policies.values()))
    else:
        found, uses = _replayed(arguments.log, key, anchor, PolicyBook(policies.values()))
    if isinstance(found, Refusal):
        return report_refusal(found, as_json=arguments.json, replayed=uses.total())
    used = [
        {
            "file": file,
            "policy_epoch": policy.policy_epoch,
            "catalog_epoch": policy.catalog_epoch,
            "policy_digest_hex": policy_digest(policy).hex(),
            "decisions": uses[policy_digest(policy).hex()],
        }
        for file, policy in policies.items()
    ]
    if arguments.json:
        print(json.dumps({"status": "valid", **_head(arguments.log, found, key, anchor), "policies": used}))
    else:
        print(f"{paint('valid', 'good', sys.stdout)}: every decision is the one that its policy takes\n")
        print(_page(arguments.log, found, key, anchor) + "\n")
        print(_policies(used))
    return EXIT_OK


def _anchor(arguments: argparse.Namespace) -> int:
    key = load_key(arguments.key_file)
    known = load_anchor_file(arguments.out) if arguments.out and Path(arguments.out).exists() else None
    with reading(arguments.log, key, "verifying") as log:
        try:
            log.pass_by(known)
            if known and not log.holds(known):
                # Else the only witness of a tail that was cut off would be overwritten by the log that lost it.
                known.check(log.head, keyed=key is not None)
        except WalError as error:
            found: WalHead | Refusal = refusal(log, error, known)
        else:
            found = log.head
    if isinstance(found, Refusal):
        return report_refusal(found, as_json=arguments.json)
    anchor = WalAnchor.of(found, keyed=key is not None)
    if arguments.out:
        save_anchor(anchor, arguments.out)
    if arguments.json:
        print(json.dumps(anchor.to_dict()))
    elif arguments.out:
        print(
            f"{paint('anchored', 'good', sys.stdout)}: {one_line(arguments.out)} says that the log ends "
            f"with entry {found.sequence}; keep it where who can change the log cannot change it"
        )
    else:
        print(anchor.to_json().decode())
    return EXIT_OK


def _repair(arguments: argparse.Namespace) -> int:
    key = load_key(arguments.key_file)
    found = _verified(arguments.log, key)
    if isinstance(found, WalHead):
        return _report_mended(arguments, "valid", found)
    if found.tail is None or not arguments.yes:
        if found.tail:
            advice = f"Nothing was changed. With --yes it is cut off, and kept in {one_line(found.tail.side_file)}."
        else:
            advice = "Nothing was changed: only what a crash left behind the last whole line can be cut off."
        return report_refusal(found._replace(remark=advice), as_json=arguments.json)
    try:
        tail = repair(arguments.log, key)
    except WalError as error:
        raise CommandError(f"{arguments.log}: {error.detail}", code=error.code) from error
    return _report_mended(arguments, "repaired", tail.head, tail)


def _report_mended(arguments: argparse.Namespace, status: str, head: WalHead, tail: TornTail | None = None) -> int:
    if arguments.json:
        cut = {"offset": tail.offset, "torn_bytes": tail.length, "side_file": tail.side_file} if tail else {}
        print(json.dumps({"status": status, "log": arguments.log, **head._asdict(), **cut}))
    elif tail:
        print(
            f"{paint(status, 'good', sys.stdout)}: the log ends with entry {head.sequence} again; "
            f"the {tail.length} bytes behind it are in {one_line(tail.side_file)}"
        )
    else:
        print(f"{paint(status, 'good', sys.stdout)}: the chain holds to its end; there is nothing to cut off")
    return EXIT_OK


def _verified(path: str, key: bytes | None, anchor: WalAnchor | None = None) -> WalHead | Refusal:
    with reading(path, key, "verifying") as log:
        try:
            return log.verify(anchor)
        except WalError as error:
            return refusal(log, error, anchor)


def _replayed(
    path: str, key: bytes | None, anchor: WalAnchor | None, book: PolicyBook
) -> tuple[WalHead | Refusal, Counter[str]]:
    """The head of a log, or why it is refused; and how many decisions of each policy replay."""
    with reading(path, key, "replaying") as log:
        try:
            replay = replay_blocks(log.blocks(anchor), book)
            if anchor:
                anchor.check(log.head, keyed=key is not None)
        except WalError as error:
            return refusal(log, error, anchor), Counter()
    if replay.failure:
        return Refusal(path, replay.failure, log.head.sequence), replay.uses
    return log.head, replay.uses


def _head(path: str, head: WalHead, key: bytes | None, anchor: WalAnchor | None) -> dict[str, Any]:
    return {
        "log": path,
        "entries": head.sequence,
        "last_hash": head.last_hash,
        "keyed": key is not None,
        "anchored": anchor is not None,
    }


def _page(path: str, head: WalHead, key: bytes | None, anchor: WalAnchor | None) -> str:
    rows = [
        ("entries", str(head.sequence)),
        ("last hash", head.last_hash),
        ("key", "none: who can write the file can write another chain" if key is None else "used"),
        ("anchor", "agrees" if anchor else "none: a tail that was cut off would not show"),
    ]
    return table(("log", one_line(path)), rows)


def _policies(used: list[dict[str, Any]]) -> str:
    rows = [
        (
            one_line(one["file"]),
            str(one["policy_epoch"]),
            str(one["catalog_epoch"]),
            one["policy_digest_hex"][:16],
            str(one["decisions"]),
        )
        for one in used
    ]
    return table(("policy", "epoch", "catalog", "digest", "decisions"), rows, right=(1, 2, 4))


_ACTIONS: dict[str, Callable[[argparse.Namespace], int]] = {
    "verify": _verify,
    "replay": _replay,
    "show": wal_show.run,
    "repair": _repair,
    "anchor": _anchor,
}
