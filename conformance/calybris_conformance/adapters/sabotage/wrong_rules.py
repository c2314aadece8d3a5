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
from calybris_ref import budget, kernel, kernel_fast, layout, wal_chain, wal_line
from calybris_ref import ledger as ledger_rules

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
        for name, value in before.items():  # whoever imported a function or a class by name gets the wrong one too
            if getattr(value, "__module__", None) == module.__name__:
                _take_over(value, vars(module)[name])
        if module is kernel:  # or the fast path goes on giving the right decisions
            vars(kernel_fast)["prescribe"] = kernel.prescribe
        serve(adapter, stdin, stdout)

    return run


def _take_over(old: object, new: object) -> None:
    """Makes a function do what another one does, and a class what another class of the same form does."""
    if isinstance(old, FunctionType) and isinstance(new, FunctionType):
        old.__code__ = new.__code__
    elif isinstance(old, type) and isinstance(new, type):
        for name, method in vars(old).items():
            if isinstance(method, FunctionType) and method.__code__.co_filename == inspect.getfile(old):
                _take_over(method, vars(new)[name])


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
    "dropped_hold": _wrong(
        "An overrun closes the hold, and its money is in no field any more.",
        "COMMIT_DROPS_HOLD",
        budget,
        "                return Overrun(tenant.remaining)\n",
        "                del self._open[reservation]\n                return Overrun(tenant.remaining)\n",
    ),
    "cap_last": _wrong(
        "The money is asked before the cap.",
        "RESERVE_ORDER",
        budget,
        "return ExposureLimitExceeded(tenant.reserved, tenant.cap), None",
        "return (Insufficient(tenant.remaining, cost_microcents) if cost_microcents > tenant.remaining"
        " else ExposureLimitExceeded(tenant.reserved, tenant.cap)), None",
    ),
    "wrapped_delta": _wrong(
        "The delta of a ledger that is not in balance is cut to 64 bits.",
        "CONSERVATION_DELTA",
        ledger_rules,
        "Violation(tenant.tenant_id, total - tenant.initial_microcents)",
        "Violation(tenant.tenant_id, (total - tenant.initial_microcents + 2**63) % 2**64 - 2**63)",
    ),
    "printed_again": Sabotage(
        "A payload is parsed, and printed again before it is hashed.",
        rewritten(
            wal_line,
            "hashed = previous_hash.encode() + data",
            "hashed = previous_hash.encode() + json.dumps(json.loads(data), separators=(',', ':')).encode()",
        ),
        ("--case", "wal/reprinted/*"),
        frozenset({Outcome.ACCEPTED_INVALID, Outcome.REJECTED_VALID}),  # by the form that was hashed
        frozenset({"LOG_DATA_REPRINTED"}),
    ),
    "uppercase_hash": Sabotage(
        "A hash in uppercase matches.",
        rewritten(
            wal_line,
            "hmac.compare_digest(one.encode(), other.encode())",
            "hmac.compare_digest(one.lower().encode(), other.lower().encode())",
        ),
        ("--flag", "LOG_HEX_FOLDED"),
        frozenset({Outcome.ACCEPTED_INVALID, Outcome.WRONG_ERROR}),  # a previous hash is hashed as it is written
        frozenset({"LOG_HEX_FOLDED"}),
    ),
    "repaired_tail": Sabotage(
        "A torn last line is dropped, and the log is said to be whole.",
        rewritten(
            wal_chain,
            "            except NotJsonError as error:\n",
            "            except NotJsonError as error:\n"
            "                if line[-1:] != b'\\n':\n                    return\n",
        ),
        ("--flag", "LOG_LAST_LINE"),
        frozenset({Outcome.ACCEPTED_INVALID}),
        frozenset({"LOG_LAST_LINE"}),
    ),
    "lost_precision": Sabotage(
        "Integers pass through doubles.",
        answering(_through_doubles),
        ("--suite", "echo"),
        frozenset({Outcome.MISMATCH, Outcome.REJECTED_VALID}),  # 2^64 - 1 becomes 2^64, which no field holds
        frozenset({"DOUBLE_PRECISION"}),
    ),
}
