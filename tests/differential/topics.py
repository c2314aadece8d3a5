"""Random questions about one operation, put to everybody who claims it."""

import random
from collections import Counter
from collections.abc import Callable
from typing import Any, NamedTuple

import pytest

from tests.differential.answers import answers
from tests.differential.shrink import as_vector


class Topic(NamedTuple):
    """An operation, its `given`, what is asked, what must have been met beside `ok`, and who is compared elsewhere."""

    op: str
    given: dict[str, Any]
    question: Callable[[random.Random], dict[str, Any]]
    codes: set[str]
    aside: frozenset[str] = frozenset()


def compare(topic: Topic, questions: int, seed: int) -> None:
    """Fail at the first question to which two give different answers, or when a refusal was never met."""
    rng = random.Random(f"{seed}/{topic.op}")  # noqa: S311 - reproducible, not secret
    met: Counter[str] = Counter()
    for _ in range(questions):
        question = topic.question(rng)
        said = answers(topic.op, topic.given, question)
        said = {name: answer for name, answer in said.items() if name not in topic.aside}
        assert said.keys() >= {"reference", "spec"}
        answer = said["spec"]
        if any(other != answer for other in said.values()):
            pytest.fail(as_vector(topic.op, topic.given, question, said))
        met.update(_codes(answer))
    assert sorted(topic.codes - met.keys()) == []
    assert met.total() > sum(number for code, number in met.items() if code.isupper()), "everything was refused"


def _codes(answer: dict[str, Any]) -> list[str]:
    """What an answer is, or each step of a script: `ok`, the status of an outcome, or the code of a refusal."""
    steps = answer["ok"].get("steps") if "ok" in answer else None
    return [
        part["error"]["code"] if "error" in part else part["ok"].get("status", "ok")
        for part in ([answer] if steps is None else steps)
    ]
