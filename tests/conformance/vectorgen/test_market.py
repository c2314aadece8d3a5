"""Accumulated requests are those of their page, and decisions about them are varied."""

import hashlib
from pathlib import Path

import pytest

from calybris_conformance import corpus
from calybris_conformance.adapters.reference import ADAPTER as REFERENCE
from calybris_conformance.vectorgen import market
from calybris_conformance.vectorgen.draft import wire
from tests.support.kernel import ALL_REASONS
from tests.support.markdown import tables

ROOT = Path(__file__).resolve().parents[3]


ELIGIBLE = "requested_model_maximizes_utility"


@pytest.fixture(scope="module")
def shipped() -> corpus.Corpus:
    return corpus.load()


def example() -> tuple[bytes, dict[str, int]]:
    """The worked example of docs/accumulate.md: b, and the request."""
    page = (ROOT / "docs/accumulate.md").read_text("utf-8").split("## The first request", 1)[1]
    hex_digits = page.split("```")[1].replace("b =", "")
    rows = next(iter(tables(page)))[1:]
    return bytes.fromhex(hex_digits), {row[0].strip("`"): int(row[1]) for row in rows}


def test_the_example_of_the_page_is_right() -> None:
    b, asked = example()
    start = b"\0" + bytes(8)
    assert hashlib.sha256(start + b"\0").digest() + hashlib.sha256(start + b"\1").digest() == b
    assert market.accumulated_request(b"\0", 0) == asked


def test_an_accumulated_digest_is_that_of_its_decisions(shipped: corpus.Corpus) -> None:
    case = next(one for one in shipped.cases if one.id == "accumulate/market-22/count-100")
    total = hashlib.sha256()
    for k in range(100):
        asked = wire({"request": market.accumulated_request(bytes.fromhex(case.input["seed_hex"]), k)})
        decision = REFERENCE.operations["decide"](case.given, asked)
        total.update(bytes.fromhex(REFERENCE.operations["digest.decision"]({}, {"decision": decision})["digest_hex"]))
    assert case.expect == {"ok": {"digest_hex": total.hexdigest()}}


def test_accumulated_decisions_are_varied() -> None:
    reasons: set[str] = set()
    for size in (1, 3, 22):
        under = wire({"policy": market.market(size)})
        answers_ = [
            REFERENCE.operations["decide"](under, wire({"request": market.accumulated_request(b"calybris", k)}))
            for k in range(1_000)
        ]
        reasons |= {one["reason"] for one in answers_}
        assert sum(one["action"] != "reject" for one in answers_) >= 300
    assert reasons == ALL_REASONS
