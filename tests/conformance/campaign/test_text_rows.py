"""Rows as text: exactly what str() would print, cut anywhere."""

import numpy as np

from calybris_conformance.campaign.text_rows import TextRows
from tests.support.campaigning import made

ENDS = [0, 1, 9, 10, 99, 100, 2**32 - 1, 2**53 + 1, 10**19 - 1, 10**19, 2**63, 2**64 - 1]
SIGNED = [0, -1, 1, -9, -10, 2**63 - 1, -(2**63), -(2**63) + 1, 10**18, -(10**18), 5, -5]


def test_every_number_of_digits_and_both_signs() -> None:
    columns = {"u": np.array(ENDS, dtype=np.uint64), "i": np.array(SIGNED, dtype=np.int64)}
    rows = [f"{u} {i}" for u, i in zip(ENDS, SIGNED, strict=True)]
    text = TextRows(columns, b'","')
    assert text.part(0, len(rows)).decode() == '","'.join(rows)
    assert [text.part(at, at + 1).decode() for at in range(len(rows))] == rows
    assert text.part(3, 7).decode() == '","'.join(rows[3:7])


def test_a_unit_and_its_answers() -> None:
    for columns in made(rows=200):
        given = columns if isinstance(columns, dict) else columns.columns  # type: ignore[union-attr]
        rows = [" ".join(map(str, row)) for row in zip(*(column.tolist() for column in given.values()), strict=True)]
        assert TextRows(given, b"\n").part(0, 200).decode().split("\n") == rows
