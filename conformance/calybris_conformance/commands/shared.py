"""What several commands need: the vectors, and a case as people and as programs read it."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Any

from calybris_conformance.corpus import Corpus, CorpusError, load, quick
from calybris_ref.cli.terminal import CommandError, paint, table

if TYPE_CHECKING:
    from pathlib import Path

    from calybris_conformance.corpus import Case


def open_corpus(root: Path | None) -> Corpus:
    """The vectors of a folder, or those that ship with the package; damaged ones are a CommandError (exit 2)."""
    try:
        return load(root)
    except CorpusError as error:
        raise CommandError(str(error)) from None


def quick_subset(corpus: Corpus) -> frozenset[str]:
    """The quick subset of vectors; one that is missing or not theirs is a CommandError (exit 2)."""
    try:
        return quick(corpus)
    except CorpusError as error:
        raise CommandError(str(error)) from None


def case_as_json(corpus: Corpus, case: Case) -> dict[str, Any]:
    """A case with the mistakes that it hunts, for programs."""
    notes = {flag: corpus.notes[flag] for flag in case.flags}
    return {
        "id": case.id,
        "about": case.about,
        "clauses": list(case.clauses),
        "requires": sorted(case.requires),
        "flags": {flag: {"hunts": note.hunts, "why": note.why} for flag, note in notes.items()},
        **_question(case),
    }


def case_as_text(corpus: Corpus, case: Case) -> str:
    """A case with the mistakes that it hunts, for people; ends without a newline."""
    rows = [("clauses", " ".join(case.clauses)), ("level", case.level), ("requires", " ".join(sorted(case.requires)))]
    for flag in case.flags:
        note = corpus.notes[flag]
        rows += [("hunts", f"{flag}: {note.hunts}"), ("", note.why)]
    heading = f"{paint(case.id, 'bold', sys.stdout)}: {case.about}"
    facts = table(("suite", case.suite), [*rows, ("file", case.path)])
    return f"{heading}\n\n{facts}\n\n{json.dumps(_question(case), ensure_ascii=False, indent=2)}"


def _question(case: Case) -> dict[str, Any]:
    return {"op": case.op, "given": case.given, "input": case.input, "expect": case.expect}
