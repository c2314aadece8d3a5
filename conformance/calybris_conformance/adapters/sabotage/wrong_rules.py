"""Ports that compute something else: the reference with one expression of its source replaced.

The expression must stand in the source exactly once, so that a change of the reference cannot make a sabotage silent.
"""

from __future__ import annotations

import inspect
import re
from dataclasses import replace
from types import FunctionType, ModuleType
from typing import TYPE_CHECKING, Any

from calybris_conformance.adapters.sabotage.port import Sabotage, Serve
from calybris_conformance.adapters.serve import serve
from calybris_conformance.outcomes import Outcome
from calybris_ref import kernel, layout

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import BinaryIO

    from calybris_conformance.operations import Adapter, Operation

_MISMATCH = frozenset({Outcome.MISMATCH})


def rewritten(module: ModuleType, right: str, wrong: str) -> Serve:
    """Serves the reference after `right` became `wrong` in the source of one of its modules."""

    def run(adapter: Adapter, stdin: BinaryIO, stdout: BinaryIO) -> None:
        source = inspect.getsource(module)
        if source.count(right) != 1:
            raise SystemExit(f"{module.__name__} holds {source.count(right)} times what was to be replaced: {right}")
        before = dict(vars(module))
        exec(compile(source.replace(right, wrong), module.__name__, "exec"), vars(module))  # noqa: S102 - our own source
        for name, value in before.items():  # whoever imported a function by name gets the wrong one too
            if isinstance(value, FunctionType) and value.__module__ == module.__name__:
                value.__code__ = vars(module)[name].__code__
        serve(adapter, stdin, stdout)

    return run


def _wrong(about: str, flags: str, module: ModuleType, right: str, wrong: str) -> Sabotage:
    """A sabotage of which the cases that hunt it, and no other mistake, must say what it is."""
    hunted = tuple(flags.split())
    asked = tuple(option for flag in hunted for option in ("--flag", flag))
    return Sabotage(about, rewritten(module, right, wrong), asked, _MISMATCH, frozenset(hunted))


def answering(change: Callable[[Operation], Operation]) -> Serve:
    """Serves the reference with every operation changed."""

    def run(adapter: Adapter, stdin: BinaryIO, stdout: BinaryIO) -> None:
        operations = {name: change(operation) for name, operation in adapter.operations.items()}
        serve(replace(adapter, operations=operations), stdin, stdout)

    return run


def _through_doubles(operation: Operation) -> Operation:
    """Every integer passes a double on its way in, as in a JSON parser that has no integers."""

    def asked(given: Mapping[str, Any], question: Mapping[str, Any]) -> dict[str, Any]:
        return operation(_doubles(given), _doubles(question))

    return asked


def _doubles(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _doubles(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_doubles(item) for item in value]
    return str(int(float(value))) if isinstance(value, str) and re.fullmatch(r"-?[1-9][0-9]{0,19}", value) else value


WRONG_RULES: dict[str, Sabotage] = {
    "floor_for_ceil": _wrong(
        "The cost is rounded down.",
        "COST_ROUNDING",
        kernel,
        "-(-input_tokens * input_rate // _RATE_TOKENS) - (-output_tokens * output_rate // _RATE_TOKENS)",
        "input_tokens * input_rate // _RATE_TOKENS + output_tokens * output_rate // _RATE_TOKENS",
    ),
    "two_floors": _wrong(
        "The quality term is rounded down after each factor.",
        "TWO_FLOORS",
        kernel,
        "weighted_value * quality // _BPS_SQUARED",
        "weighted_value // 10_000 * quality // 10_000",
    ),
    "float64": _wrong(
        "The quality term is computed in doubles.",
        "PRODUCT_64_BITS",
        kernel,
        "weighted_value * quality // _BPS_SQUARED",
        "int(weighted_value * quality / _BPS_SQUARED)",
    ),
    "u64_wrap": _wrong(
        "A cost beyond 64 bits wraps.",
        "COST_WRAPS",
        kernel,
        "                cost = _U64_MAX\n",
        "                cost &= _U64_MAX\n",
    ),
    "first_tie_dominance": _wrong(
        "Of gates with equal counts the first of the list names the rejection.",
        "DOMINANT_TIES",
        kernel,
        "max(reversed(_DOMINANCE)",
        "max(_DOMINANCE",
    ),
    "unstable_order": _wrong(
        "Candidates are ordered by utility alone; which of the best comes first is left to chance.",
        "TIE_COST TIE_QUALITY TIE_MODEL_ID",
        kernel,
        "winner = min(eligible)",
        "winner = min(eligible[::-1], key=lambda rank: rank[0])",
    ),
    "big_endian": _wrong(
        "Digests are over big-endian fields.",
        "DIGEST_ENDIAN",
        layout,
        'Struct("<" + "".join(self.codes))',
        'Struct(">" + "".join(self.codes))',
    ),
    "lost_precision": Sabotage(
        "Integers pass through doubles.",
        answering(_through_doubles),
        ("--suite", "echo"),
        frozenset({Outcome.MISMATCH, Outcome.REJECTED_VALID}),  # 2^64 - 1 becomes 2^64, which no field holds
        frozenset({"DOUBLE_PRECISION"}),
    ),
}
