"""What a report says in words."""

from calybris_conformance.outcomes import Outcome
from calybris_conformance.report.text import failure, rows, total, verdict
from calybris_conformance.selection import Skip
from tests.support.reports import a_case, a_report, a_result

SKIP = Skip(a_case("zz/a/1", "trace"), ("trace",))
MIXED = a_report(
    a_result("b/x/1"),
    a_result("b/x/2", Outcome.MISMATCH),
    a_result("a/x/1", Outcome.KNOWN_FAILURE),
    a_result("b/x/3", Outcome.UNEXPECTED_PASS),
    skips=(SKIP,),
)


def test_the_table_counts_every_case_once() -> None:
    assert rows(MIXED) == [
        ("a", "1", "0", "1", "0", "0"),
        ("b", "3", "1", "0", "2", "0"),
        ("zz", "1", "0", "0", "0", "1"),
        ("total", "5", "1", "1", "2", "1"),
    ]
    count = total(MIXED)
    assert count.cases == count.passed + count.known + count.failed + count.not_claimed


def test_the_verdict_is_one_line() -> None:
    assert verdict(MIXED) == "a | port: NOT CONFORMANT: 1 passed, 1 known failure, 2 failed, 1 not claimed"
    assert verdict(a_report(a_result("a/x/1"))) == "a | port: CONFORMANT: 1 passed, 0 known failures"
    problem = a_report(a_result("a/x/1"), problems=("One.", "Two."))
    assert verdict(problem) == "a | port: NOT CONFORMANT: 1 passed, 0 known failures, 2 problems"
    torn = a_report(a_result("a/x/1"), footer=False)
    assert verdict(torn) == "a | port: INCOMPLETE (the run ended without a footer): 1 passed, 0 known failures"


def test_a_failure_in_full() -> None:
    (line,) = a_report(a_result("b/x/2", Outcome.MISMATCH)).failures
    assert (
        "\n".join(failure(line))
        == """\
b/x/2: mismatch (an output, but not the right one)
  about    About b/x/2.
  clauses  RANK-1 RANK-2
  detail   One difference.
  differs  a.b: expected "1", got "<&>```|\\u0000"
  hunts    TIES: The other of two equal candidates wins.
  stderr   line 1
           line\\x00\\x1b[31m 2 ```` é
  repeat   calybris-ref conformance run --case b/x/2 -- './my port' '--x={}'"""
    )


def test_a_known_failure_says_as_what_it_is_known() -> None:
    (line,) = a_report(a_result("b/x/2", Outcome.KNOWN_FAILURE)).known
    told = list(failure(line))
    assert "  port     mismatch (an output, but not the right one)" in told
    assert "  listed   as mismatch at a.b: A reason | <b>. https://example.org/1" in told


def test_nothing_of_a_port_reaches_the_terminal_unescaped() -> None:
    (line,) = a_report(a_result("b/x/2", Outcome.CRASH)).failures
    assert all(told.isprintable() for told in failure(line))
