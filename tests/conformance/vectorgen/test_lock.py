"""An id means one question for ever."""

import pytest

from calybris_conformance.vectorgen import lock

HASHES = {"s/g/a": "1" * 64, "s/g/b": "2" * 64}


def test_new_ids_are_appended() -> None:
    text = lock.extended("", HASHES)
    assert text == f"s/g/a {'1' * 64}\ns/g/b {'2' * 64}\n"
    assert lock.extended(text, HASHES) == text
    assert lock.extended(text, {**HASHES, "s/a/c": "3" * 64}) == text + f"s/a/c {'3' * 64}\n"


def test_a_changed_case_needs_a_new_major_version() -> None:
    text = lock.extended("", HASHES)
    changed = {**HASHES, "s/g/a": "9" * 64}
    with pytest.raises(lock.LockError, match="s/g/a: its question or answer changed"):
        lock.extended(text, changed)
    extended = lock.extended(text, changed, new_major=True)
    assert extended == text + f"s/g/a {'9' * 64}\n"
    assert lock.read(extended) == changed


def test_a_case_that_is_gone_needs_a_new_major_version_and_never_comes_back() -> None:
    text = lock.extended("", HASHES)
    left = {"s/g/b": HASHES["s/g/b"]}
    with pytest.raises(lock.LockError, match="s/g/a: the case is gone"):
        lock.extended(text, left)
    withdrawn = lock.extended(text, left, new_major=True)
    assert withdrawn == text + "s/g/a withdrawn\n"
    assert lock.extended(withdrawn, left) == withdrawn
    with pytest.raises(lock.LockError, match="this id was withdrawn"):
        lock.extended(withdrawn, HASHES, new_major=True)
