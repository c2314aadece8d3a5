"""Bytes with their fields marked: what a digest covers, from the tables of `layout` (DIGEST-1 … DIGEST-6, DIGEST-8).

Every field is a button: the pointer or the keyboard on it shows its name, offset, width and value. The same stands in a
table, for who has no script.
"""

from hashlib import sha256
from itertools import islice

from calybris_ref.cli.pages import field_value, number
from calybris_ref.layout import TAG_BYTES, PreimageField, dissect
from calybris_ref.model import KernelAction, KernelReason
from calybris_ref.page import Html, table, tag

_MOST_FIELDS = 420  # a policy with some forty models; `digest --preimage` shows any
_HINT = "Point at a field, or reach the bytes with Tab and move with the arrow keys."
_NAMES = {"action": KernelAction, "reason": KernelReason}


def octets(record: str, preimage: bytes) -> Html:
    """The digest of a record, and the bytes that it covers."""
    every = [PreimageField(0, TAG_BYTES, "tag", preimage[: TAG_BYTES - 1].decode() + "\\0"), *dissect(preimage)]
    shown = list(islice(every, _MOST_FIELDS))
    rest = every[len(shown) :]
    parts = [
        tag("h3", record[0].upper() + record[1:]),
        tag("p", tag("code", sha256(preimage).hexdigest(), class_="digest")),
        tag(
            "p",
            f"SHA-256 over {number(len(preimage))} bytes in {number(len(every))} fields; integers are little endian.",
            class_="soft",
        ),
        tag("p", _HINT, class_="told", hidden=True),
        tag(
            "div",
            *(_button(preimage, field) for field in shown),
            class_="fields",
            role="group",
            aria_label=f"Bytes of the {record}",
        ),
    ]
    if rest:
        left_out = f"{number(len(preimage) - rest[0].offset)} bytes in {number(len(rest))} fields follow; "
        parts.append(
            tag(
                "p",
                left_out,
                tag("code", f"calybris-ref digest {record} FILE --preimage"),
                " shows all.",
                class_="soft",
            )
        )
    rows = [
        (field.name, number(field.offset), field.length, tag("code", _hex(preimage, field)), _value(field))
        for field in shown
    ]
    header = ("field", "offset", "bytes", "hex", "value")
    listed = table(header, rows, caption=f"Fields of the {record}", numbers=(1, 2))
    parts.append(tag("details", tag("summary", "The fields as a table"), listed))
    return tag("section", *parts, class_="octets")


def _button(preimage: bytes, field: PreimageField) -> Html:
    owner = field.name.rpartition(".")[0]
    place = owner.partition("[")[2].rstrip("]")
    colour = "head" if not owner else ("even", "odd")[int(place) % 2]
    width = "1 byte" if field.length == 1 else f"{field.length} bytes"
    data = preimage[field.offset : field.offset + field.length].hex(" ")
    # What is seen on a button must be in its name, too.
    said = f"{field.name}: offset {number(field.offset)}, {width}, value {_value(field)}; {data}"
    return tag("button", data, type="button", class_=f"field {colour}", title=said, aria_label=said)


def _value(field: PreimageField) -> str:
    name = field.name.rpartition(".")[2]
    return field_value(name, _NAMES[name](int(field.value)) if name in _NAMES else field.value)


def _hex(preimage: bytes, field: PreimageField) -> str:
    return preimage[field.offset : field.offset + field.length].hex()
