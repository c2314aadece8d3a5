"""`calybris-ref conformance bisect`: the first wrong decision behind an accumulated digest, as an ordinary case."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from calybris_conformance import wire
from calybris_conformance.bisect import Finding, bisect
from calybris_conformance.commands.port import add_port, never_ready, settings, stop_on_signals
from calybris_conformance.commands.shared import case_as_json, case_as_text, open_corpus
from calybris_conformance.judgement import hello
from calybris_conformance.outcomes import Exit
from calybris_conformance.selection import ACCUMULATE, nearest
from calybris_conformance.session import Break, NotReady, Session
from calybris_conformance.transport import Interrupted
from calybris_ref.cli.terminal import CommandError, Progress

if TYPE_CHECKING:
    import argparse

    from calybris_conformance.corpus import Case, Corpus


def configure(parser: argparse.ArgumentParser) -> None:
    """The options."""
    parser.add_argument("case", help="the id of a case of the suite accumulate")
    add_port(parser)
    parser.add_argument("--json", action="store_true", help="print the finding as JSON")


def run(arguments: argparse.Namespace) -> Exit:
    """Halves until the first wrong decision is known; 0 when there is none, else 1."""
    corpus = open_corpus(arguments.vectors)
    case = next((case for case in corpus.cases if case.id == arguments.case and case.op == ACCUMULATE), None)
    if case is None:
        hint = nearest(arguments.case, (case.id for case in corpus.cases if case.op == ACCUMULATE))
        raise CommandError(f"There is no case {arguments.case!r} of accumulated decisions; {hint}")
    finding = _found(arguments, corpus, case)
    differences = finding.verdict.differences if finding.verdict is not None else ()
    if arguments.json:
        shown = None if finding.case is None else case_as_json(corpus, finding.case)
        found = {"right": finding.right, "finding": finding.sentence, "differences": [str(d) for d in differences]}
        print(json.dumps({**found, "case": shown}, ensure_ascii=False, indent=2))
    else:
        print(finding.sentence, *(f"  differs  {difference}" for difference in differences), sep="\n")
        if finding.case is not None:
            print("\n" + case_as_text(corpus, finding.case))
    return Exit.CONFORMANT if finding.right else Exit.NOT_CONFORMANT


def _found(arguments: argparse.Namespace, corpus: Corpus, case: Case) -> Finding:
    halvings = wire.integer(case.input["count"], "count").bit_length() + 2
    with stop_on_signals() as stop, Progress(halvings, "halving") as progress:
        try:
            session = Session(arguments.port, hello(corpus), settings(arguments), stop)
            try:
                if lacking := case.requires - {*session.ready.features}:
                    # Asked all the same, such a port answers with an error, which would look like a wrong digest.
                    raise CommandError(f"The port does not claim {', '.join(sorted(lacking))}, which this needs.")
                return bisect(session, case, lambda note: progress.advance(note=note))
            finally:
                session.kill()
        except NotReady as error:
            raise never_ready(error) from None
        except Break as broken:
            raise CommandError(f"The port broke: {broken}", Exit.NOT_CONFORMANT) from None
        except Interrupted:
            raise CommandError("interrupted", Exit.INTERRUPTED) from None
