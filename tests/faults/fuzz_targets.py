"""What may be done with hostile bytes: each target takes any bytes, and fails where the project's readers misbehave.

A reader answers or refuses with its own error, and reference, specification and wheel take the same files. Bytes that
a fuzzer makes up do not get past a hash, so a target wraps some of them: its first byte says how.
"""

import io
import json
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import calybris
from calybris import _core as peer

from calybris_conformance.adapters.reference import ADAPTER
from calybris_conformance.adapters.serve import serve
from calybris_conformance.protocol import Hello, ProtocolError, encode, parse_request, parse_response
from calybris_ref import (
    BudgetSnapshot,
    CalybrisError,
    KernelInput,
    PersistenceError,
    WalError,
    read_wal,
    replay_log,
    snapshot_from_text,
    snapshot_text,
    torn_tail,
    verify_log,
)
from calybris_ref.cli import records, strict_json
from calybris_ref.cli.terminal import CommandError, one_line
from calybris_ref.wal_chain import lines_of
from calybris_spec import log as spec_log
from calybris_spec import recovery
from tests.support.logs import KEY, POLICY, line, log

Target = Callable[[bytes], None]
FOLDER = tempfile.TemporaryDirectory(prefix="fuzz-")
FILE, OTHER = Path(FOLDER.name) / "file", Path(FOLDER.name) / "log"
OTHER.write_bytes(log(b"1", b"2", b"3"))
VERSION_TAG = 2**63
HELLO = encode(Hello("fuzz", "1.0", "1.0.0"))
# These questions may take seconds, as they should.
SLOW = (b"series", b"accumulate", b"repeat")


def log_of(data: bytes) -> tuple[bytes, bytes | None]:
    """A log, and the key that it was made with: the bytes as they are, or as payloads, or around a good line."""
    how, rest = data[:1], data[1:]
    match how:
        case b"p":
            return log(*rest.split(b"\n")), None
        case b"k":
            return log(*rest.split(b"\n"), key=KEY), KEY
        case b"a":
            before, _, after = rest.partition(b"\n")
            return before + line(1, "genesis", b"null")[:-1] + after, None
        case b"t":
            return log(b"1", b"2") + rest, None
    return data, None


def fuzz_log(data: bytes) -> None:
    text, key = log_of(data)
    try:
        ours: Any = tuple(verify_log(text, key))
    except WalError:
        ours = None
    specified = spec_log.verify(text, key)
    assert ours == (None if specified.refusal else tuple(specified.head)), "the specification says otherwise"
    FILE.write_bytes(text)
    if not any(is_list(one) for one in lines_of(text)):
        try:
            theirs = calybris.verify_audited_wal(str(FILE), hmac_key=key)
        except calybris.WalError:
            theirs = None
        assert ours == theirs, "the wheel says otherwise"
    try:
        tail = torn_tail(FILE, key)
        assert (tail is None) == (ours is not None)
        if tail:
            assert text[tail.offset :].find(b"\n") < 0, "only a last line is torn"
            assert verify_log(text[: tail.offset], key) == tail.head
    except WalError:
        assert ours is None
    try:
        for entry in read_wal(FILE):
            assert entry.data in text
    except WalError:
        assert ours is None
    try:
        replay_log(text, POLICY, key)
    except WalError:
        pass
    else:
        assert ours is not None


def is_list(text: bytes) -> bool:
    """Whether a line may be an entry written as a list, which only the wheel reads: a listed difference."""
    return text.strip(b" \t\r\n").startswith(b"[")


def fuzz_snapshot(data: bytes) -> None:
    try:
        ours: BudgetSnapshot | None = snapshot_from_text(data)
    except PersistenceError:
        ours = None
    specified = recovery.load(data).snapshot
    assert (ours is None) == (specified is None), "the specification says otherwise"
    if ours is not None and specified is not None:
        assert snapshot_text(ours) == recovery.file_text(specified)
        assert snapshot_from_text(snapshot_text(ours)) == ours
    if has_list_for_object(data):
        return
    FILE.write_bytes(data)
    try:
        peer.plan_recovery(str(FILE), str(OTHER))
        is_read = True
    except peer.CalybrisError as error:
        # What the ledger in the file is refused for is no question of form.
        is_read = not str(error).startswith(("JSON error", "I/O error: stream did not contain valid UTF-8"))
    assert is_read == (ours is not None), "the wheel says otherwise"


def has_list_for_object(data: bytes) -> bool:
    """Whether a snapshot or a tenant is written as a list, which only the wheel reads: a listed difference."""
    try:
        value = json.loads(data)
    except (ValueError, RecursionError):
        return False
    tenants = value.get("tenants") if isinstance(value, dict) else None
    return isinstance(value, list) or (isinstance(tenants, list) and any(isinstance(one, list) for one in tenants))


def fuzz_document(data: bytes) -> None:
    """Both kinds of documents: a policy and a request, as the command reads them from files."""
    FILE.write_bytes(data)
    for read in (lambda: records.load_policy(str(FILE), None), lambda: records.load_record(KernelInput, str(FILE))):
        try:
            read()
        except CommandError as error:
            refused = error
        else:
            continue
        assert refused.code
        assert one_line(str(refused)).isprintable(), "an error is one line"
    try:
        value = strict_json.parse(data)
    except CalybrisError:
        return
    assert json.loads(data) == value


def fuzz_protocol(data: bytes) -> None:
    for parse in (parse_request, parse_response):
        sentence = ""
        try:
            parse(data)
        except ProtocolError as error:
            sentence = str(error)
        assert sentence.isprintable()
    if any(word in data for word in SLOW):
        return
    out, farewell = io.BytesIO(), ""
    try:
        serve(ADAPTER, io.BytesIO(HELLO + data), out)
    except SystemExit as left:
        farewell = str(left.code)
    assert farewell.isprintable()
    for answer in out.getvalue().splitlines():
        parse_response(answer)


TARGETS: dict[str, Target] = {
    "log": fuzz_log,
    "snapshot": fuzz_snapshot,
    "document": fuzz_document,
    "protocol": fuzz_protocol,
}
