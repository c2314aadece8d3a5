"""Reports for the tests of what is derived from them."""

from pathlib import Path

from calybris_conformance.corpus import Case, Corpus, Note
from calybris_conformance.outcomes import CaseResult, Difference, Listed, Outcome, Verdict
from calybris_conformance.protocol import Implementation, Ready
from calybris_conformance.report.jsonl import Recorder, Report, repeat_command
from calybris_conformance.selection import Skip

NOTES = {"TIES": Note("The other of two equal candidates wins.", "Ties are forgotten.", ("RANK-2",))}
READY = Ready(Implementation("a | port", "1.0", "rust", "https://example.org"), ("echo", "decide"), 8)


def a_case(case_id: str, op: str = "decide", flags: tuple[str, ...] = ()) -> Case:
    suite = case_id.partition("/")[0]
    about = f"About {case_id}."
    return Case(case_id, about, flags, ("RANK-1", "RANK-2"), suite, op, "must", frozenset({op}), {}, {}, {}, None, "")


def a_result(case_id: str, outcome: Outcome = Outcome.PASS, op: str = "decide") -> CaseResult:
    """A result whose texts hold what is hard to print in Markdown, XML and on a terminal."""
    if outcome is Outcome.PASS:
        return CaseResult(a_case(case_id, op), outcome, Verdict(outcome), {"ok": {}}, 0.25)
    wrong = Outcome.MISMATCH if outcome is Outcome.KNOWN_FAILURE else outcome
    difference = Difference("a.b", '"1"', '"<&>```|\\u0000"')
    verdict = Verdict(wrong, "One difference.", (difference,))
    listed = Listed(wrong, "a.b", "A reason | <b>.", "https://example.org/1") if outcome is not wrong else None
    stderr = "line 1\nline\x00\x1b[31m 2 ```` é\n"
    return CaseResult(a_case(case_id, op, ("TIES",)), outcome, verdict, {"ok": {}}, 0.5, stderr, listed)


def a_report(
    *results: CaseResult,
    path: Path | None = None,
    skips: tuple[Skip, ...] = (),
    problems: tuple[str, ...] = (),
    incomplete: str | None = None,
    footer: bool = True,
) -> Report:
    """A report of these results, through the recorder."""
    corpus = Corpus("1.2.3", Path(), "ab" * 32, (), (), NOTES)
    with Recorder(path, NOTES, repeat_command(["./my port", "--x={}"])) as recorder:
        recorder.header("a | port", READY, corpus, ["./my port"], {"window": 32})
        for skip in skips:
            recorder.skip(skip)
        for result in results:
            recorder.case(result)
        if footer:
            recorder.footer(problems, 1.5, incomplete)
        return recorder.report()
