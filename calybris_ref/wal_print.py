"""The three records of an audited decision as a payload prints them, from one template (LOG-7, LOG-9).

`payload_bytes` prints any values and says what is wrong with them. A record was checked when it was built, so that
little can be wrong: the template is made once, from the tables, and filled in. What the template does not know is None
here, and is left to `payload_bytes`.
"""

from collections.abc import Callable
from json.encoder import encode_basestring
from operator import attrgetter
from typing import Any

from calybris_ref.model import KernelDecision, KernelInput
from calybris_ref.record import Column, Name, Record, columns
from calybris_ref.verify import AuditBundle


def printed(audit: AuditBundle, request: KernelInput, decision: KernelDecision) -> str | None:
    """The first three members of the record of LOG-9, as text."""
    values = [*_AUDIT_VALUES(audit), *_INPUT_VALUES(request), *_DECISION_VALUES(decision)]
    try:
        for place, text in _TEXTS:
            values[place] = text(values[place])
    except UnicodeEncodeError:  # half of a surrogate pair in a text of the bundle
        return None
    return _TEMPLATE % tuple(values)


def _text_of(column: Column) -> Callable[[Any], str]:
    texts: dict[Any, str] = {False: "false", True: "true"}
    if issubclass(column.kind, Name):
        texts = {name: f'"{name.name_json}"' for name in column.kind}
    return _text if column.kind is str else texts.__getitem__


def _text(value: str) -> str:
    if value.isascii() and value.isalnum():
        return f'"{value}"'  # every digest: there is nothing to escape
    value.encode()
    return encode_basestring(value)


_RECORDS: dict[str, type[Record]] = {"audit": AuditBundle, "input": KernelInput, "decision": KernelDecision}
_COLUMNS = [column for record in _RECORDS.values() for column in columns(record)]
_AUDIT_VALUES, _INPUT_VALUES, _DECISION_VALUES = (
    attrgetter(*[column.name for column in columns(record)]) for record in _RECORDS.values()
)
# No name of a field has a percent sign, so that the text is its own template.
_TEMPLATE = ",".join(
    f'"{key}":{{' + ",".join([f'"{column.name}":%s' for column in columns(record)]) + "}"
    for key, record in _RECORDS.items()
)
# What is no integer: its place among all values, and what makes its text.
_TEXTS = [(place, _text_of(column)) for place, column in enumerate(_COLUMNS) if column.kind is not int]
