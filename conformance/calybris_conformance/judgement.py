"""One judgement from start to report: choose the cases, run them, hold the results against the known failures.

The data walks one way: corpus, selection, runner, known failures, recorder. Whoever calls decides what to show.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from calybris_conformance import frames, known_failures
from calybris_conformance.outcomes import CONFORMANT, CaseResult
from calybris_conformance.protocol import SPEC, Hello, Ready
from calybris_conformance.report.jsonl import INTERRUPTED, STOPPED, Recorder, Report
from calybris_conformance.runner import Runner
from calybris_conformance.selection import FULL, PROFILES, Filters, profile_features, select, split
from calybris_conformance.session import Settings
from calybris_conformance.transport import Interrupted
from calybris_ref import __version__

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable, Iterator, Sequence

    from calybris_conformance.corpus import Case, Corpus
    from calybris_conformance.known_failures import Entry


@dataclass(frozen=True, slots=True)
class Judgement:
    """What to judge, and how. `name` is what the report calls the port; None for what it calls itself."""

    corpus: Corpus
    command: tuple[str, ...]
    name: str | None = None
    filters: Filters = field(default_factory=Filters)
    settings: Settings = field(default_factory=Settings)
    known: tuple[Entry, ...] = ()
    twice: bool = False
    fail_fast: bool = False


@dataclass(frozen=True, slots=True)
class Watcher:
    """Whom a judgement tells how it goes: when it begins (with the number of answers due), then at every result."""

    begins: Callable[[Ready, int], None] = lambda _ready, _answers: None
    result: Callable[[CaseResult], None] = lambda _result: None


def hello(corpus: Corpus) -> Hello:
    """How this judge opens a conversation."""
    return Hello(judge=f"calybris-ref {__version__}", spec=SPEC, vectors=corpus.version)


def conduct(
    judgement: Judgement, recorder: Recorder, stop: threading.Event | None = None, watcher: Watcher | None = None
) -> tuple[Report, dict[str, CaseResult]]:
    """Judges, writing through the recorder; the report, and the result of every case that was asked.

    Raises SelectionError (no such case or profile) and NotReady; both before anything is recorded.
    """
    watcher = watcher or Watcher()
    started = time.monotonic()
    corpus, settings = judgement.corpus, judgement.settings
    selected = select(corpus, judgement.filters)
    results: dict[str, CaseResult] = {}
    incomplete: str | None = None
    with Runner(judgement.command, hello(corpus), settings, stop) as runner:
        asked, skipped = split(selected, runner.ready.features)
        problems = _problems(judgement, runner.ready, selected, asked)
        name = judgement.name or runner.ready.implementation.name
        recorder.header(name, runner.ready, corpus, judgement.command, _options(judgement))
        for skip in skipped:
            recorder.skip(skip)
        watcher.begins(runner.ready, len(asked) * (1 + judgement.twice))
        try:
            for result in _results(runner, asked, results, judgement.twice):
                classified = known_failures.classify(judgement.known, result)
                results[result.case.id] = classified
                recorder.case(classified)
                watcher.result(classified)
                if judgement.fail_fast and classified.outcome not in CONFORMANT:
                    incomplete = STOPPED
                    break
        except Interrupted:
            incomplete = INTERRUPTED
        recorder.footer([*problems, *runner.problems], time.monotonic() - started, incomplete)
    return recorder.report(), results


def _results(
    runner: Runner, asked: Sequence[Case], results: dict[str, CaseResult], twice: bool
) -> Iterator[CaseResult]:
    yield from runner.first_pass(asked)
    if twice:
        yield from runner.second_pass(dict(results))


def _problems(judgement: Judgement, ready: Ready, selected: Sequence[Case], asked: Sequence[Case]) -> list[str]:
    """What fails the run before the first question."""
    found: list[str] = []
    features = frozenset(ready.features)
    profile = judgement.filters.profile
    if profile is not None and (missing := profile_features(judgement.corpus, profile) - features):
        found.append(f"The port does not claim the profile {profile}: it lacks {', '.join(sorted(missing))}.")
    if not asked:
        found.append("Nothing was judged: the port claims none of the features that the selected cases need.")
    ids = [case.id for case in judgement.corpus.cases]
    listed = known_failures.problems(judgement.known, ids, {case.id for case in selected}, {case.id for case in asked})
    return found + listed


def unknown_features(corpus: Corpus, ready: Ready) -> tuple[str, ...]:
    """What a port claims that no vector, no profile and no campaign asks for: most often a misspelt name."""
    known = profile_features(corpus, FULL).union(*PROFILES.values(), {frames.FEATURE})
    return tuple(feature for feature in ready.features if feature not in known)


def _options(judgement: Judgement) -> dict[str, Any]:
    """What a reader of the report must know to repeat the run."""
    filters, settings = judgement.filters, judgement.settings
    chosen: dict[str, Any] = {
        "profile": filters.profile,
        "suite": list(filters.suites),
        "case": list(filters.cases),
        "flag": list(filters.flags),
        "clause": list(filters.clauses),
        "quick": filters.subset is not None,
        "window": settings.window,
        "timeout_seconds": settings.timeout_seconds,
        "twice": judgement.twice,
        "seed": settings.seed if judgement.twice else None,
        "fail_fast": judgement.fail_fast,
    }
    return {key: value for key, value in chosen.items() if value not in (None, [], False)}
