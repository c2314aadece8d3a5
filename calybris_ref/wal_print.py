"""The three records of an audited decision as a payload prints them, from one template (LOG-7, LOG-9).

`payload_bytes` prints any values and says what is wrong with them. A record was checked when it was built, so that
little can be wrong: the template is made once, from the tables, and filled in. What the template does not know is None
here, and is left to `payload_bytes`.
"""

from collections.abc import Mapping
from json.encoder import encode_basestring
from operator import attrgetter
from typing import Any

from calybris_ref.model import KernelDecision, KernelInput
from calybris_ref.record import Name, Record, columns
from calybris_ref.verify import AuditBundle


def printed(audit: AuditBundle, request: KernelInput, decision: KernelDecision) -> bytes | None:
    """The first three members of the record of LOG-9."""
    values = [*_AUDIT_VALUES(audit), *_INPUT_VALUES(request), *_DECISION_VALUES(decision)]
    for place, texts in _CODES:
        values[place] = texts[values[place]]
    try:
        for place in _TEXTS:
            values[place] = encode_basestring(values[place]).encode()
    except UnicodeEncodeError:  # half of a surrogate pair in a text of the bundle
        return None
    return _TEMPLATE % tuple(values)


def _texts_of(kind: type) -> Mapping[Any, bytes]:
    if issubclass(kind, Name):
        return {name: f'"{name.name_json}"'.encode() for name in kind}
    return {False: b"false", True: b"true"}


_RECORDS: dict[str, type[Record]] = {"audit": AuditBundle, "input": KernelInput, "decision": KernelDecision}
_COLUMNS = [column for record in _RECORDS.values() for column in columns(record)]
_AUDIT_VALUES, _INPUT_VALUES, _DECISION_VALUES = (
    attrgetter(*[column.name for column in columns(record)]) for record in _RECORDS.values()
)
# No name of a field has a percent sign, so that the text is its own template.
_TEMPLATE = ",".join(
    f'"{key}":{{' + ",".join([f'"{name}":{"%d" if kind is int else "%b"}' for name, kind, *_ in columns(record)]) + "}"
    for key, record in _RECORDS.items()
).encode()
# The places of what is no integer, among all values.
_TEXTS = [place for place, column in enumerate(_COLUMNS) if column.kind is str]
_CODES = [(place, _texts_of(column.kind)) for place, column in enumerate(_COLUMNS) if column.kind not in (int, str)]
