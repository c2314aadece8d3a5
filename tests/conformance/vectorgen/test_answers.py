"""An answer is written only when the specification, the reference and the bytes agree."""

from typing import Any

import pytest

from calybris_conformance.operations import Adapter, Refused
from calybris_conformance.vectorgen import answers
from calybris_conformance.vectorgen.answers import GenerationError, answer
from calybris_conformance.vectorgen.builders import model, policy, request
from calybris_conformance.vectorgen.draft import wire
from calybris_conformance.vectorgen.preimage import preimage


def adapter(**operations: Any) -> Adapter:
    named = {name.replace("_", "."): operation for name, operation in operations.items()}
    return Adapter("test", "0", "python", "", frozenset(named), named)


def test_implementations_that_differ_stop_the_generation(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(answers, "SPECIFICATION", adapter(echo=lambda _given, _input: {"value": "other"}))
    with pytest.raises(GenerationError, match=r"echo/a/b: the specification answers .*other.* the reference .*7"):
        answer("echo/a/b", "echo", {}, {"type": "u8", "value": "7"})


def test_a_refusal_differs_from_an_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_given: object, _input: object) -> dict[str, Any]:
        raise Refused("INTEGER_OUT_OF_RANGE", "value")

    monkeypatch.setattr(answers, "SPECIFICATION", adapter(integer=refuse))
    with pytest.raises(GenerationError, match="INTEGER_OUT_OF_RANGE"):
        answer("integer/a/b", "integer", {}, {"type": "u8", "value": "7"})
    refused = answer_of_both(monkeypatch, refuse)
    assert refused == {"error": {"code": "INTEGER_OUT_OF_RANGE", "at": "value"}}


def answer_of_both(monkeypatch: pytest.MonkeyPatch, operation: Any) -> dict[str, Any]:
    for name in ("SPECIFICATION", "REFERENCE"):
        monkeypatch.setattr(answers, name, adapter(integer=operation))
    return answer("integer/a/b", "integer", {}, {"type": "u8", "value": "7"})


def test_a_digest_that_is_not_of_its_bytes_stops_the_generation(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("SPECIFICATION", "REFERENCE"):
        monkeypatch.setattr(answers, name, adapter(digest_input=lambda _given, _input: {"digest_hex": "00" * 32}))
    with pytest.raises(GenerationError, match="is not the one of its preimage"):
        answer("digest/a/b", "digest.input", {}, wire({"request": request()}))


def test_a_refused_raw_material_stops_the_generation() -> None:
    with pytest.raises(GenerationError, match="refused its raw material"):
        answers.ok("hex.decode", {}, {"text": "abc"})


def test_only_the_first_requests_of_many_are_asked_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[str, int]] = []

    def counting(name: str) -> Adapter:
        def accumulate(_given: object, input_: Any) -> dict[str, Any]:
            asked.append((name, int(input_["count"])))
            return {"digest_hex": input_["count"]}

        return adapter(accumulate=accumulate)

    monkeypatch.setattr(answers, "SPECIFICATION", counting("specification"))
    monkeypatch.setattr(answers, "REFERENCE", counting("reference"))
    found = answer("accumulate/a/b", "accumulate", {}, {"op": "decide", "seed_hex": "", "count": "50000"})
    assert found == {"ok": {"digest_hex": "50000"}}
    checked = answers.CHECKED_COUNT
    assert asked == [("specification", checked), ("reference", checked), ("reference", 50_000)]


def test_preimages_of_other_operations_and_of_large_catalogs_are_not_shown() -> None:
    assert preimage("hex.decode", {"text": "00"}) is None
    small, large = (wire(policy([model(k) for k in range(1, size + 1)])) for size in (22, 500))
    assert len(preimage("digest.policy", {"policy": small}) or b"") == 39 + 47 * 22
    assert preimage("digest.policy", {"policy": large}) is None
