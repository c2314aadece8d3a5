"""The matrix as a page: what deviates, by port and suite, and the way to each report."""

import json
from pathlib import Path

from calybris_conformance.outcomes import Outcome
from calybris_conformance.report.html.matrix import Column, address_of, matrix_page, sentence
from calybris_conformance.selection import Skip
from tests.support.reports import a_case, a_report, a_result

GOOD = a_report(a_result("a/x/1"), a_result("b/x/1"))
WRONG = a_report(
    a_result("a/x/1", Outcome.MISMATCH),
    a_result("a/x/2", Outcome.MISMATCH),
    a_result("a/x/3", Outcome.KNOWN_FAILURE),
    a_result("b/x/1"),
    skips=(Skip(a_case("b/x/2"), ("decide",)), Skip(a_case("zz/x/1", "trace"), ("trace",))),
)


def cells(page: str) -> dict[str, list[list[object]]]:
    start = page.index('id="cells">') + len('id="cells">')
    found: dict[str, list[list[object]]] = json.loads(page[start : page.index("</script>", start)])
    return found


def test_a_cell_groups_what_deviates_in_the_same_way() -> None:
    page = matrix_page([Column(GOOD, None), Column(WRONG, None)])
    assert cells(page) == {
        "1/a": [
            [2, "bad", "mismatch", "a/x/1", sentence(WRONG.failures[0])],
            [1, "known", "mismatch", "a/x/3", "A reason | <b>."],
        ]
    }


def test_cells_and_verdicts() -> None:
    page = matrix_page([Column(GOOD, None), Column(WRONG, None)])
    assert "1 of 2 ports conformant." in page
    assert '<button type="button" class="deviates" data-cell="1/a">' in page
    assert "0 passed, 1 known failures, 2 failed" in page
    assert "1 passed, 1 not claimed" in page
    assert '<td class="none"><span aria-hidden="true">–</span><span class="unseen">not claimed</span></td>' in page


def test_a_port_with_a_page_is_linked(tmp_path: Path) -> None:
    (tmp_path / "out" / "p").mkdir(parents=True)
    report, matrix = tmp_path / "out" / "p" / "report.html", tmp_path / "matrix.html"
    assert address_of(report, matrix) is None
    report.touch()
    address = address_of(report, matrix)
    assert address == "out/p/report.html"
    page = matrix_page([Column(WRONG, address)])
    assert '<a href="out/p/report.html" rel="noreferrer">a | port</a>' in page
    assert '<a href="out/p/report.html#suite=a&amp;outcome=wrong" class="deviates" data-cell="0/a">' in page


def test_every_deviation_is_there_without_a_script() -> None:
    page = matrix_page([Column(GOOD, None), Column(WRONG, None)])
    folded = page[page.index("<details>") : page.index("</details>")]
    assert folded.count("<li") == 3
    assert "3 deviations" in folded
    assert "<details>" not in matrix_page([Column(GOOD, None)])


def test_a_deviation_is_one_short_sentence() -> None:
    (failed, *_) = WRONG.failures
    long = [{"path": "digest_hex", "expected": "e" * 70, "actual": "a" * 70, "note": "n" * 300}]
    assert sentence(failed | {"differences": long}).startswith(f"digest_hex: expected {'e' * 40}…, got {'a' * 40}… (n")
    assert len(sentence(failed | {"differences": long})) == 161
    assert sentence(failed | {"differences": []}) == "One difference."
    assert sentence(failed | {"differences": [long[0] | {"actual": None, "note": ""}]}).startswith(
        "digest_hex: is missing"
    )
