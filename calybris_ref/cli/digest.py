"""`calybris-ref digest`: the canonical digest of a policy, a request, a decision or a ledger, or the bytes behind it.

Clauses DIGEST-1 … DIGEST-5 and DIGEST-8. Two implementations that disagree on a digest compare their `--preimage`,
field by field.
"""

import argparse
import json
from collections.abc import Callable
from hashlib import sha256

from calybris_ref.cli.records import add_constructor, load_policy, load_record, load_snapshot
from calybris_ref.cli.terminal import EXIT_OK, one_line, table
from calybris_ref.layout import (
    TAG_BYTES,
    PreimageField,
    decision_preimage,
    dissect,
    input_preimage,
    ledger_preimage,
    policy_preimage,
)
from calybris_ref.model import KernelAction, KernelDecision, KernelInput, KernelReason

_EXAMPLES = """\
examples:
  calybris-ref digest policy p.json
  calybris-ref digest decision d.json --preimage
  calybris-ref digest ledger snapshot.json
"""

_PREIMAGES: dict[str, Callable[[argparse.Namespace], bytes]] = {
    "policy": lambda arguments: policy_preimage(load_policy(arguments.file, arguments.constructor)),
    "input": lambda arguments: input_preimage(load_record(KernelInput, arguments.file)),
    "decision": lambda arguments: decision_preimage(load_record(KernelDecision, arguments.file)),
    "ledger": lambda arguments: ledger_preimage(load_snapshot(arguments.file)),
}
_NAMES = {"action": KernelAction, "reason": KernelReason}


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.epilog = _EXAMPLES
    records = parser.add_subparsers(title="records", dest="record", metavar="RECORD", required=True)
    for name in _PREIMAGES:
        summary = f"the digest of {'an' if name == 'input' else 'a'} {name}"
        own = records.add_parser(name, help=summary, description=f"Print {summary}.")
        own.add_argument("file", metavar="FILE", help=f"the {name} as JSON ('-': stdin)")
        if name == "policy":
            add_constructor(own)
        own.add_argument("--preimage", action="store_true", help="show the bytes that are hashed, field by field")
        own.add_argument("--json", action="store_true", help="print JSON")


def run(arguments: argparse.Namespace) -> int:
    """Print the digest, or the annotated preimage."""
    preimage = _PREIMAGES[arguments.record](arguments)
    digest_hex = sha256(preimage).hexdigest()
    if not arguments.preimage:
        print(json.dumps({"digest_hex": digest_hex}) if arguments.json else digest_hex)
    elif arguments.json:
        fields = [{**field._asdict(), "hex": _hex(preimage, field)} for field in dissect(preimage)]
        print(json.dumps({"digest_hex": digest_hex, "preimage_hex": preimage.hex(), "fields": fields}))
    else:
        print(_layout(preimage))
        print(f"\n{len(preimage)} bytes, SHA-256 {digest_hex}")
    return EXIT_OK


def _layout(preimage: bytes) -> str:
    """The preimage as a table; models and tenants stand in the order in which they are hashed."""
    tag = preimage[:TAG_BYTES]
    rows = [("0", str(TAG_BYTES), "tag", tag.hex(), tag[:-1].decode() + "\\0")]
    group = ""
    for field in dissect(preimage):
        owner, _, name = field.name.rpartition(".")
        if owner != group:
            group = owner
            rows.append(("", "", owner, "", ""))
        label = _NAMES[name](int(field.value)).label if name in _NAMES else ""
        value = one_line(f"{field.value} {label}".rstrip())
        rows.append((str(field.offset), str(field.length), name, _hex(preimage, field), value))
    return table(("at", "size", "field", "hex", "value"), rows, right=(0, 1))


def _hex(preimage: bytes, field: PreimageField) -> str:
    return preimage[field.offset : field.offset + field.length].hex()
