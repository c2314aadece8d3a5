"""Answers the corpus with one module of the reference replaced by a mutated source: the inside of `mutation.judge`.

Reads {"module", "path", "source", "flag", "quick"} on stdin and writes {"asked", "killed"} on stdout. With "others", a
list of cases, every case of the corpus but the largest is asked, and the ids of those others that fail are in "others".
With "only", a list of ids, nothing else is asked.
"""

import importlib
import importlib.abc
import importlib.machinery
import importlib.util
import json
import sys
from collections.abc import Sequence
from types import CodeType, ModuleType, SimpleNamespace
from typing import Any

RULE = "calybris_ref.kernel"
FAST_PATH = "calybris_ref.kernel_fast"
LARGE = "catalog.series"
LARGEST = "accumulate.million"


class MutatedLoader(importlib.machinery.SourceFileLoader):
    """Loads a module from a text instead of its file, past every cache of byte code."""

    def __init__(self, module: str, path: str, source: str) -> None:
        super().__init__(module, path)
        self.source = source

    def get_code(self, fullname: str) -> CodeType:
        code: CodeType = compile(self.source, self.get_filename(fullname), "exec", dont_inherit=True)
        return code


class MutatedFinder(importlib.abc.MetaPathFinder):
    """Finds the one mutated module before anything else does."""

    def __init__(self, module: str, path: str, source: str) -> None:
        self.module = module
        self.path = path
        self.source = source

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        if fullname != self.module:
            return None
        loader = MutatedLoader(fullname, self.path, self.source)
        return importlib.util.spec_from_file_location(fullname, self.path, loader=loader)


def ask(question: dict[str, Any]) -> dict[str, Any]:
    """Install the mutated module, then answer case after case and collect those that come out wrong."""
    sys.meta_path.insert(0, MutatedFinder(question["module"], question["path"], question["source"]))
    adapter = importlib.import_module("calybris_conformance.adapters.reference").ADAPTER
    corpus = importlib.import_module("calybris_conformance.corpus")
    refused = importlib.import_module("calybris_conformance.operations").Refused
    loader = sys.modules[question["module"]].__loader__
    if not isinstance(loader, MutatedLoader):
        raise TypeError(f"{question['module']} was imported before it was mutated")
    if question["module"] == RULE:
        # Decisions take the fast path, which has mutants of its own (fast.py) and would hide those of the rule.
        vars(importlib.import_module(FAST_PATH))["prescribe"] = vars(sys.modules[RULE])["prescribe"]

    def answer(case: Any) -> Any:
        try:
            return {"ok": adapter.operations[case.op](case.given, case.input)}
        except refused as refusal:
            return {"error": {"code": refusal.code, "at": refusal.at}}
        except Exception as fault:  # noqa: BLE001 - whatever a mutant throws is one more wrong answer
            return {"fault": repr(fault)}

    def turn(case: Any) -> tuple[bool, bool, bool]:
        """Cases with the mutant's flag come first, and large ones last."""
        return question["flag"] not in case.flags, LARGEST in case.requires, LARGE in case.requires

    others = question.get("others")
    asked, killed = 0, dict[str, list[str]]()
    only = question.get("only")
    for case in sorted(corpus.load().cases, key=turn):
        if only is not None and case.id not in only:
            continue
        if LARGE in case.requires and question["quick"]:
            continue
        if LARGEST in case.requires and (question["quick"] or killed):
            continue
        asked += 1
        if answer(case) != corpus.due(case.expect):
            killed[case.id] = list(case.flags)
            if question["flag"] in case.flags and others is None:
                break  # it is dead, by a case that was written against it
    failed = [case["id"] for case in others or () if answer(SimpleNamespace(**case)) != case["expect"]]
    return {"asked": asked, "killed": killed, "others": failed}


if __name__ == "__main__":
    json.dump(ask(json.load(sys.stdin)), sys.stdout)
