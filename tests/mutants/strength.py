"""How strong the vectors are, as numbers: every case against every mutant, the quick subset, and what others publish.

`python -m tests.mutants.strength` asks each mutant of the reference every case, chooses the quick subset greedily, and
writes vectors/quick.json and docs/strength.md. It takes a quarter of an hour on two cores.
"""

import json
import os
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, NamedTuple

from calybris_conformance import corpus
from calybris_ref.cli.terminal import Progress
from tests.mutants import published
from tests.mutants.makeup import makeup
from tests.mutants.mutation import ROOT, Mutant, judge_by_all
from tests.mutants.roster import MUTANTS
from tests.mutants.worker import LARGE, LARGEST

PAGE = ROOT / "docs" / "strength.md"
FOUND = ROOT / "out" / "strength.json"
"""What the last run found, so that the page can be written again without asking."""
QUICK_CASES = 200
"""How many cases the quick subset may have."""


_HEAD = """\
# How strong the vectors are

A suite is worth the bugs that it catches. {mutants} plausible bugs of a port were planted into the reference library,
one at a time, and each such port was asked the vectors {version}. `python -m tests.mutants.strength` does so again and
writes this page.

| asked | bugs found |
| --- | --- |
| all {cases:,} cases | {dead} of {mutants} |
| the quick subset, {quick} cases | {by_quick} of {mutants} ({by_quick_share:.1%}) |
| what the original publishes for porters | {by_published} of {mutants} ({by_published_share:.1%}) |

The quick subset (`conformance run --quick`) is chosen greedily: each time the case that kills most of the bugs still
alive. It is for the inner loop of whoever writes a port; a port is conformant by all vectors only.

What the original publishes is in the crate `calybris-core` 1.3.0 (`tests/fixtures`, Apache-2.0): {published} decisions
with their digests, a policy, and a log of two entries. They are asked as operations of this project, with the whole
decision where a digest pins it. They are not about the ledger, snapshots, recovery, builders, refusals or damaged logs,
where most of these bugs are. They find {by_published_kernel} of the {kernel} bugs in the kernel, its digests and its
layouts.

## Flag by flag

A flag is a mistake that cases hunt ([vectors.md](vectors.md)). `big-endian 12/40` is a bug that dies of 12 of the cases
with this flag, and of 40 cases in all.
"""

_MAKEUP = """
## What the cases are like

A suite that is mostly trivial finds little. The tables about decisions are of the cases that ask for a decision or a
trace. A distance is how far the value lies from the limit, in the gate's own unit, over all candidates.
"""

_KERNEL = ("calybris_ref/kernel.py", "calybris_ref/digest.py", "calybris_ref/layout.py")


class Kills(NamedTuple):
    """What kills a mutant: ids of cases of the corpus, and of the published ones."""

    cases: frozenset[str]
    published: frozenset[str]


def ask_all(mutants: Sequence[Mutant]) -> dict[str, Kills]:
    """What kills each mutant."""
    others = published.cases()

    def ask(mutant: Mutant) -> tuple[str, Kills]:
        verdict = judge_by_all(mutant, others)
        return mutant.id, Kills(frozenset(verdict.killed), frozenset(verdict.others))

    with Progress(len(mutants), "mutants") as progress, ThreadPoolExecutor(os.cpu_count()) as threads:
        found = {}
        for name, kills in threads.map(ask, mutants):
            found[name] = kills
            progress.advance(note=name)
    return found


def quick_subset(kills: Mapping[str, frozenset[str]], cheap: Sequence[str], most: int = QUICK_CASES) -> list[str]:
    """Cases that together kill as many mutants as they can: each time the one that kills most of those alive.

    `cheap` are the cases to choose from; the first of equals is taken. When all are dead, what is left of the number
    goes to the cases that kill mutants which die by only one so far, and so on.
    """
    by_case: defaultdict[str, set[str]] = defaultdict(set)
    for mutant, cases in kills.items():
        for case in cases:
            by_case[case].add(mutant)
    times = Counter(dict.fromkeys(kills, 0))
    chosen: list[str] = []
    free = [case for case in cheap if by_case[case]]
    while free and len(chosen) < most:
        best = max(free, key=lambda case: sum(10.0 ** (-2 * times[mutant]) for mutant in by_case[case]))
        free.remove(best)
        chosen.append(best)
        times.update(by_case[best])
    return chosen


def killed_by(kills: Mapping[str, frozenset[str]], cases: Sequence[str]) -> list[str]:
    """The mutants that die of these cases."""
    return [mutant for mutant, killers in kills.items() if not killers.isdisjoint(cases)]


def page(found: Mapping[str, Kills], quick: Sequence[str], vectors: corpus.Corpus) -> str:
    """The page of figures."""
    kills = {name: one.cases for name, one in found.items()}
    dead = killed_by(kills, [case.id for case in vectors.cases])
    by_published = [name for name, one in found.items() if one.published]
    by_quick = killed_by(kills, quick)
    in_kernel = {mutant.id for mutant in MUTANTS if mutant.file in _KERNEL}
    return "\n".join(
        [
            _HEAD.format(
                mutants=len(found),
                dead=len(dead),
                cases=len(vectors.cases),
                quick=len(quick),
                by_quick=len(by_quick),
                by_quick_share=len(by_quick) / len(found),
                by_published=len(by_published),
                by_published_share=len(by_published) / len(found),
                published=len(published.DECISIONS),
                kernel=len(in_kernel),
                by_published_kernel=len(in_kernel.intersection(by_published)),
                version=vectors.version,
            ),
            *_by_flag(found, vectors),
            _MAKEUP,
            *makeup(vectors),
            "",
        ]
    )


def _by_flag(found: Mapping[str, Kills], vectors: corpus.Corpus) -> Iterator[str]:
    flagged: defaultdict[str, set[str]] = defaultdict(set)
    for case in vectors.cases:
        for flag in case.flags:
            flagged[flag].add(case.id)
    yield "| flag | cases | mutants: cases with the flag that kill each, and all cases that do |"
    yield "| --- | --- | --- |"
    for flag in sorted(flagged):
        told = [
            f"{mutant.id} {len(found[mutant.id].cases & flagged[flag])}/{len(found[mutant.id].cases)}"
            for mutant in MUTANTS
            if mutant.flag == flag
        ]
        yield f"| `{flag}` | {len(flagged[flag]):,} | {', '.join(told)} |"


def write(found: Mapping[str, Kills]) -> None:
    """Write the subset and the page."""
    vectors = corpus.load()
    cheap = [case.id for case in vectors.cases if not {LARGE, LARGEST} & case.requires]
    quick = quick_subset({name: one.cases for name, one in found.items()}, cheap)
    in_order = [case.id for case in vectors.cases if case.id in set(quick)]
    document: dict[str, Any] = {
        "format": corpus.QUICK_FORMAT,
        "version": vectors.version,
        "tree_sha256": vectors.tree_sha256,
        "cases": in_order,
    }
    (vectors.root / corpus.QUICK).write_text(json.dumps(document, indent=2) + "\n", "utf-8")
    PAGE.write_text(page(found, in_order, vectors), "utf-8")


def main(arguments: list[str]) -> None:
    """Ask and write; with `--written`, write again what the last run found."""
    if arguments != ["--written"]:
        told = {name: [sorted(part) for part in one] for name, one in ask_all(MUTANTS).items()}
        FOUND.parent.mkdir(exist_ok=True)
        FOUND.write_text(json.dumps(told), "utf-8")
    read = json.loads(FOUND.read_text("utf-8"))
    write({name: Kills(*map(frozenset, one)) for name, one in read.items()})


if __name__ == "__main__":
    main(sys.argv[1:])
