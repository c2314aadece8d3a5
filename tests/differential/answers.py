"""Three implementations behind one question: what they answer to an operation of docs/operations.md."""

import importlib.util
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from calybris_conformance.adapters import reference, spec
from calybris_conformance.operations import Adapter, Refused
from tests.differential.cases import to_wire

_WHEEL = Path(__file__).resolve().parents[2] / "conformance" / "ports" / "calybris-wheel" / "adapter.py"


def _script(path: Path) -> Any:
    """A script as a module; as when it is run, its own folder is where it finds its neighbours."""
    found = importlib.util.spec_from_file_location("wheel_adapter", path)
    assert found is not None
    assert found.loader is not None
    module = importlib.util.module_from_spec(found)
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(path.parent)
        found.loader.exec_module(module)
    return module


wheel = _script(_WHEEL)
FEATURES: Mapping[str, frozenset[str]] = {
    "reference": reference.ADAPTER.features,
    "spec": spec.ADAPTER.features,
    "wheel": frozenset(wheel.FEATURES),
}


def answers(op: str, given: Mapping[str, Any], question: Mapping[str, Any], *requires: str) -> dict[str, Any]:
    """What each implementation says that claims the operation and the features beside it, by its name."""
    asked = to_wire(given), to_wire(question)
    by_name: dict[str, Callable[[], dict[str, Any]]] = {
        "reference": lambda: _of_adapter(reference.ADAPTER, op, *asked),
        "spec": lambda: _of_adapter(spec.ADAPTER, op, *asked),
        "wheel": lambda: _judged(wheel.answer({"op": op, "given": asked[0], "input": asked[1]})),
    }
    return {name: ask() for name, ask in by_name.items() if {op, *requires} <= FEATURES[name]}


def _of_adapter(adapter: Adapter, op: str, given: Any, question: Any) -> dict[str, Any]:
    try:
        ok = dict(adapter.operations[op](given, question))
    except Refused as refused:
        return {"error": {"code": refused.code, "at": refused.at}}
    ok.pop("preimage_hex", None)
    return {"ok": ok}


def _judged(answer: dict[str, Any]) -> dict[str, Any]:
    """The answer without what is for people."""
    if "error" in answer:
        del answer["error"]["detail"]
    return answer
