"""CrossHair, asked one condition at a time through its Python interface (crosshair-tool 0.0.113).

The only module, with the plugins, that imports CrossHair; it runs in worker processes only.
"""

from __future__ import annotations

import dataclasses
import functools
import importlib
import time
from collections import Counter
from typing import Any

import icontract._checkers as icontract_checkers
from crosshair.auditwall import enabled_auditwall
from crosshair.core_and_libs import analyze_module
from crosshair.options import AnalysisKind, AnalysisOptionSet

from calybris_conformance.prove import verdicts
from calybris_conformance.prove.verdicts import Condition, Limits, Result

PLUGINS = ("calybris_conformance.prove.plugins.congruence", "calybris_conformance.prove.plugins.masks")
_VERDICTS = {
    "CONFIRMED": verdicts.CONFIRMED,
    "CANNOT_CONFIRM": verdicts.SEARCHED,
    "PRE_UNSAT": verdicts.UNMET,
    "POST_ERR": verdicts.RAISES,
    "EXEC_ERR": verdicts.RAISES,
    "POST_FAIL": verdicts.REFUTED,
    "SYNTAX_ERR": verdicts.UNREADABLE,
    "IMPORT_ERR": verdicts.UNREADABLE,
}


def inventory(package: str, module: str, limits: Limits) -> list[Condition]:
    """Every condition that CrossHair finds in a module."""
    return list(_checkables(package, module, limits))


def check(package: str, condition: Condition, limits: Limits, paths: int = 0) -> Result:
    """Check one condition; with `paths`, at most so many paths are tried."""
    found = _checkables(package, condition.module, limits)
    checkable, post_is_false = _pick(found, condition)
    target = getattr(checkable, "checkable", checkable)
    stats: Counter[str] = Counter()
    if hasattr(target, "options"):
        changes: dict[str, Any] = {"stats": stats} | ({"max_iterations": paths} if paths else {})
        target = dataclasses.replace(target, options=dataclasses.replace(target.options, **changes))
    if post_is_false:
        (post,) = target.conditions.post
        never = dataclasses.replace(post, evaluate=lambda _: False)
        target = dataclasses.replace(target, conditions=dataclasses.replace(target.conditions, post=[never]))
    started = time.process_time()
    with (
        enabled_auditwall()
    ):  # the command line has it, the interface does not: analysed code must not reach the system
        messages = list(target.analyze())
    worst = max(messages, key=lambda message: message.state, default=None)
    return Result(
        condition,
        _VERDICTS[worst.state.name] if worst else verdicts.UNREADABLE,
        round(time.process_time() - started, 2),
        stats["num_paths"],
        worst.message if worst and worst.state.name not in ("CONFIRMED", "CANNOT_CONFIRM") else "",
    )


def _pick(found: dict[Condition, Any], condition: Condition) -> tuple[Any, bool]:
    """The checkable of a condition; that of a witness is the function's first, with another postcondition."""
    if condition.is_witness:
        return next(c for k, c in found.items() if k.function == condition.function), True
    return found[condition], False


@functools.cache
def _checkables(package: str, module: str, limits: Limits) -> dict[Condition, Any]:
    """{condition: checkable}; the conditions are equal in every process, CrossHair's order of them is not."""
    _prepare()
    options = AnalysisOptionSet(
        analysis_kind=[AnalysisKind.icontract],
        report_all=True,
        per_condition_timeout=limits.cpu_seconds,
        per_path_timeout=limits.path_seconds,
    )
    rows = []
    for checkable in analyze_module(importlib.import_module(f"{package}.{module}".removesuffix(".__init__")), options):
        target: Any = getattr(checkable, "checkable", checkable)  # methods come wrapped
        if hasattr(target, "conditions"):
            (post,) = target.conditions.post
            function = target.ctxfn.get_callable()[0].__qualname__
            rows.append((function, post.line, " ".join(post.expr_source.split()), checkable))
        else:
            rows.append(("?", 0, str(target.messages), checkable))  # a contract that CrossHair cannot read
    counted: Counter[str] = Counter()
    conditions = {}
    for function, line, text, checkable in sorted(rows, key=lambda row: row[:3]):
        counted[function] += 1
        conditions[Condition(module, function, counted[function], line, text)] = checkable
    return conditions


@functools.cache
def _prepare() -> None:
    # icontract makes its re-entrancy set at the first call. If that call is symbolic, so is the set: it then grows from
    # path to path, and contracts that call contracts end in RecursionError.
    if icontract_checkers._IN_PROGRESS.get() is None:
        icontract_checkers._IN_PROGRESS.set(set())
    for plugin in PLUGINS:
        importlib.import_module(plugin)
