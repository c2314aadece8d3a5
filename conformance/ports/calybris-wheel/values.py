"""How values and refusals travel: integers as canonical decimal, what the wheel refuses as a code and a path."""

import re
from collections.abc import Mapping
from typing import Any

JSON = dict[str, Any]
Integers = dict[str, int]


class Instead(Exception):  # noqa: N818 - an answer, not an error
    """What is answered instead of `ok`."""


def refusal(code: str, at: str, sentence: object = "") -> Instead:
    """The wheel refused, and that has a code of the closed registry and a path that it is about."""
    return Instead({"error": {"code": code, "at": at, "detail": str(sentence)}})


def untranslatable(sentence: str) -> Instead:
    return Instead({"fault": {"detail": f"a refusal that has no code: {sentence}", "trace": ""}})


def unsupported(feature: str) -> Instead:
    return Instead({"unsupported": {"feature": feature}})


def integer(text: str, at: str) -> int:
    if not re.fullmatch(r"0|-?[1-9][0-9]*", text):
        raise refusal("INTEGER_NOT_CANONICAL", at)
    return int(text[:100])  # longer ones are out of every range, and Python refuses to read very long ones


def integers(record: Mapping[str, str], at: str = "") -> Integers:
    return {key: integer(text, at + key) for key, text in record.items()}


def written(value: Any) -> Any:
    """A value of the wheel as JSON: integers as decimal strings, everything else as it stands."""
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


def record_of(values: Mapping[str, Any]) -> JSON:
    return {key: written(value) for key, value in values.items() if key not in ("action_code", "reason_code")}
