"""What a fuzzer found worth keeping is read as it should be, by reference, specification and wheel.

The corpus is small; `make fuzz` looks for more. A target that is given something to find finds it.
"""

from pathlib import Path

import pytest

from calybris_ref import BudgetSnapshot
from calybris_ref.cli import strict_json
from tests.faults import fuzz, fuzz_targets
from tests.faults.fuzz_targets import TARGETS
from tests.support.logs import log

pytestmark = pytest.mark.no_cover
CORPUS = Path(__file__).parent / "corpus"
LARGEST_CORPUS_BYTES = 64 * 1024


@pytest.mark.parametrize("target", TARGETS)
def test_the_corpus_is_read_as_it_should_be(target: str) -> None:
    kept = [path.read_bytes() for path in sorted((CORPUS / target).iterdir())]
    assert len(kept) > 10
    assert sum(len(data) for data in kept) < LARGEST_CORPUS_BYTES
    for data in [*kept, *fuzz.seeds()[target], b""]:
        TARGETS[target](data)


@pytest.mark.parametrize(
    ("target", "reader", "data"),
    [
        ("log", "verify_log", log(b"1").replace(b":1}", b":2}")),
        ("snapshot", "snapshot_from_text", b'{"version":1}'),
    ],
)
def test_a_reader_that_takes_too_much_is_found(
    monkeypatch: pytest.MonkeyPatch, target: str, reader: str, data: bytes
) -> None:
    answer = {"log": (1, "x"), "snapshot": BudgetSnapshot(1, (), 0)}[target]
    monkeypatch.setattr(fuzz_targets, reader, lambda *_arguments: answer)
    with pytest.raises(AssertionError, match="the specification says otherwise"):
        TARGETS[target](data)


@pytest.mark.parametrize("target", ["document", "protocol"])
def test_a_reader_that_raises_what_is_not_its_own_is_found(monkeypatch: pytest.MonkeyPatch, target: str) -> None:
    def fail(*_arguments: object) -> None:
        raise KeyError("key")

    monkeypatch.setattr(
        strict_json if target == "document" else fuzz_targets,
        "parse" if target == "document" else "parse_request",
        fail,
    )
    with pytest.raises(KeyError):
        TARGETS[target](b"{}")


def test_what_reaches_nothing_new_is_not_kept(tmp_path: Path) -> None:
    found, kept = tmp_path / "found", tmp_path / "kept"
    for folder in (found, kept):
        folder.mkdir()
    for number, data in enumerate([log(b"1"), log(b"2"), log(b"1")[:-9], b"", b"\n"]):
        (found / str(number)).write_bytes(data)
    fuzz.keep_smallest(TARGETS["log"], found, kept)
    left = {path.read_bytes() for path in kept.iterdir()}
    assert log(b"1") in left
    assert log(b"2") not in left
