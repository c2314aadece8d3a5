"""The parts of a report's page that are there without a script: the verdict, the profiles, the suites, the failures."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final, NamedTuple

from calybris_conformance.outcomes import MEANING, Difference, Outcome
from calybris_conformance.report import text
from calybris_conformance.report.html.rows import kind
from calybris_conformance.selection import FULL, PROFILES
from calybris_ref.page import Html, escape, link, tag

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from calybris_conformance.corpus import Corpus
    from calybris_conformance.report.jsonl import Line, Report

WORDS: Final[Mapping[str, str]] = {"good": "passed", "known": "known failures", "bad": "failed", "none": "not claimed"}
"""What the four colours say."""

# The options that leave cases out of a run.
_FILTERS: Final = ("profile", "suite", "case", "flag", "clause", "quick")
_CELL: Final = 12
_PER_LINE: Final = 42


# What every profile holds, and every port claims first.
_COMMON: Final = frozenset.intersection(*PROFILES.values())


class Standing(NamedTuple):
    """How a port stands to a profile: its features, those that the port lacks, and how the profile's cases ended."""

    name: str
    features: frozenset[str]
    missing: tuple[str, ...]
    counts: Mapping[str, int]

    @property
    def mark(self) -> tuple[str, str]:
        """(colour, words)."""
        if self.counts["bad"]:
            return "bad", f"{self.counts['bad']:,} failed"
        if self.missing:
            return "none", "not claimed" if self.features - {*self.missing} <= _COMMON else "claimed in part"
        if not self.counts["good"]:
            return "none", "not asked"
        if self.counts["known"]:
            return "known", f"passed, {self.counts['known']:,} known"
        return "good", "passed"


def standings(report: Report, vectors: Corpus | None) -> list[Standing]:
    """How the port stands to every profile; `full` is every feature that is known here."""
    claimed = frozenset(report.header["features"])
    every = frozenset(claimed).union(*PROFILES.values(), *(line["missing"] for line in report.skips))
    if vectors is not None:
        every = frozenset(feature for case in vectors.cases for feature in case.requires)
    found = []
    for name, features in (*PROFILES.items(), (FULL, every)):
        counts = Counter(kind(line["outcome"]) for line in report.cases if name == FULL or line["op"] in features)
        found.append(Standing(name, frozenset(features), tuple(sorted(features - claimed)), counts))
    return found


def verdict(report: Report) -> tuple[str, str]:
    """(colour, words) of the whole run."""
    if report.incomplete is not None:
        return "none", "Incomplete"
    return ("good", "Conformant") if report.conformant else ("bad", "Not conformant")


def head(report: Report, vectors: Corpus | None) -> Iterator[Html]:
    """The verdict, what it is about, and the profiles."""
    colour, words = verdict(report)
    header, count = report.header, text.total(report)
    who = header["implementation"]
    marks = [tag("span", words, class_=f"mark {colour}")]
    if count.known:
        marks += [Html(" "), tag("span", text.many(count.known, "known failure"), class_="mark known")]
    yield tag("h1", header["name"], " ", *marks)
    asked = count.cases - count.not_claimed
    said: list[object] = [f"{count.passed:,} of {asked:,} cases have the one right answer"]
    for number, kept, words in (
        (count.failed, "bad", "failed"),
        (count.known, "known", "fail as the list of known failures says"),
        (count.not_claimed, "none", "more were not asked, because the port does not claim them"),
    ):
        if number:
            said += ["; ", tag("a", f"{number:,} {words}", href=f"#outcome={kept}")]
    yield tag("p", *said, ".", class_="lead")
    if report.incomplete is not None:
        yield tag("p", f"The report does not cover the run: {report.incomplete}.", class_="notice")
    if report.echo_failed:
        yield tag("p", text.ECHO_FAILED, class_="notice")
    for problem in report.problems:
        yield tag("p", problem, class_="notice")
    if filters := [key for key in _FILTERS if header["options"].get(key)]:
        yield tag(
            "p", f"Only a part of the vectors was asked ({', '.join(filters)}; see the options).", class_="notice"
        )
    if vectors is None:
        yield tag(
            "p",
            "The vectors of this report were not at hand when the page was made: it cannot show what was asked, nor the"
            " bytes, lines and steps behind a failure.",
            class_="soft",
        )
    yield tag("h2", "Profiles")
    yield tag("ul", *(_profile(one) for one in standings(report, vectors)), class_="profiles")
    yield tag("h2", "What was judged")
    options = ", ".join(f"{key} {_plain(value)}" for key, value in header["options"].items())
    seconds = "" if report.footer is None else f"{report.footer['seconds']:,.1f} seconds"
    facts = [
        ("implementation", escape(f"{who['name']} {who['version']}, {who['language']}")),
        ("source", link(who["source"], str(who["source"])) if "://" in str(who["source"]) else escape(who["source"])),
        ("vectors", Html(f"{escape(header['vectors']['version'])}, {_tree(header['vectors']['tree_sha256'])}")),
        ("specification", escape(f"{header['spec']}, asked over CAP/{header['protocol']}")),
        ("command", tag("code", " ".join(header["command"]))),
        ("options", escape(options or "none")),
        ("time", escape(seconds or "unknown")),
    ]
    yield tag("dl", *(part for term, said in facts for part in (tag("dt", term), tag("dd", said))), class_="facts")


def _profile(one: Standing) -> Html:
    colour, words = one.mark
    lacking = (
        tag(
            "details",
            tag("summary", f"{len(one.missing)} of {len(one.features)} features missing"),
            tag("p", ", ".join(one.missing)),
        )
        if one.missing
        else tag("span", f"all {len(one.features)} features claimed", class_="soft")
    )
    words_of = (("good", "passed"), ("known", "known"), ("bad", "failed"))
    counts = ", ".join(f"{one.counts[kind]:,} {said}" for kind, said in words_of if one.counts[kind])
    told = tag("span", counts or "no case asked", class_="soft")
    return tag("li", tag("strong", one.name), " ", tag("span", words, class_=f"mark {colour}"), told, lacking)


def _tree(sha256: object) -> Html:
    return Html(f"tree {tag('code', sha256)}")


def _plain(value: object) -> str:
    return " ".join(map(str, value)) if isinstance(value, list) else str(value)


# ---- the suites as a heat map


def suites(report: Report) -> Iterator[Html]:
    """The table of suites; the squares of a row are its groups of cases, each in the colour of its worst case."""
    groups = _groups(report)
    header = ("suite", "cases", "passed", "known", "failed", "not claimed", "groups")
    head = (tag("th", one, scope="col", class_="number" if 0 < place < 6 else None) for place, one in enumerate(header))
    body = []
    for name, count in text.suites(report).items():
        numbers = (count.cases, count.passed, count.known, count.failed, count.not_claimed)
        colours = ("", "", "known", "bad", "")
        body.append(
            tag(
                "tr",
                tag("th", tag("a", name, href=f"#suite={name}", class_="suite"), scope="row"),
                *(
                    tag("td", f"{number:,}" if number else "–", class_=f"number {colour if number else 'soft'}".strip())
                    for number, colour in zip(numbers, colours, strict=True)
                ),
                tag("td", _strip(name, groups[name])),
            )
        )
    count = text.total(report)
    numbers = (count.cases, count.passed, count.known, count.failed, count.not_claimed)
    total = tag(
        "tr", tag("th", "total", scope="row"), *(tag("td", f"{n:,}", class_="number") for n in numbers), tag("td")
    )
    legend = (
        tag("span", tag("span", class_=f"key {colour}-fill"), " ", words, class_="legend")
        for colour, words in WORDS.items()
    )
    yield tag("h2", "Suites", id="suites")
    yield tag("p", "A square is a group of cases, in the colour of its worst case. ", *legend, class_="soft legends")
    whole = tag(
        "table",
        tag("caption", "Suites: how their cases ended"),
        tag("thead", tag("tr", *head)),
        tag("tbody", *body),
        tag("tfoot", total),
        class_="heat",
    )
    yield tag("div", whole, class_="scroll", role="region", tabindex="0", aria_label="Suites")


def _groups(report: Report) -> dict[str, dict[str, Counter[str]]]:
    """Suite → group → how many cases have each colour."""
    found: dict[str, dict[str, Counter[str]]] = {}
    for line in sorted((*report.cases, *report.skips), key=lambda line: str(line["id"])):
        group = "/".join(str(line["id"]).split("/")[:2])
        counts = found.setdefault(line["suite"], {}).setdefault(group, Counter())
        counts[kind(str(line.get("outcome", "not_claimed")))] += 1
    return found


def _strip(suite: str, groups: Mapping[str, Counter[str]]) -> Html:
    """The squares of a suite; every one names its group and says its counts."""
    squares = []
    for place, (group, counts) in enumerate(groups.items()):
        said = ", ".join(f"{counts[one]:,} {WORDS[one]}" for one in WORDS if counts[one])
        x, y = place % _PER_LINE * _CELL, place // _PER_LINE * _CELL
        square = tag(
            "rect",
            tag("title", f"{group}: {said}"),
            x=x,
            y=y,
            width=10,
            height=10,
            rx=2,
            class_=f"{_worst(counts)}-fill",
        )
        squares.append(tag("a", square, href=f"#text={group}/", tabindex="-1", aria_hidden="true"))
    width = min(len(groups), _PER_LINE) * _CELL
    height = -(-len(groups) // _PER_LINE) * _CELL
    of_groups = Counter(map(_worst, groups.values()))
    said = ", ".join(f"{of_groups[one]:,} {WORDS[one]}" for one in WORDS if of_groups[one])
    label = f"{suite}: {len(groups):,} groups, by their worst case: {said}"
    svg = tag("svg", *squares, width=width, height=height, viewBox=f"0 0 {width} {height}", aria_hidden="true")
    return Html(f"{svg}{tag('span', label, class_='unseen')}")


def _worst(counts: Counter[str]) -> str:
    return next(one for one in ("bad", "known", "good", "none") if counts[one])


# ---- failures without a script


def plain(report: Report) -> Html:
    """Every case that is no pass, for a browser that runs no script."""
    lines = [*report.failures, *report.known]
    items = [
        tag(
            "li", tag("code", line["id"]), f": {line['verdict']}", _known(line), tag("br"), _first(line), class_="plain"
        )
        for line in lines
    ]
    return tag(
        "noscript",
        tag("p", "Filters and evidence need JavaScript; report.md beside this page has every failure in full."),
        tag("ul", *items) if items else tag("p", "No case failed."),
    )


def _known(line: Line) -> str:
    return "" if line["listed"] is None else f" (listed: {line['listed']['reason']})"


def _first(line: Line) -> str:
    if not line["differences"]:
        return str(line["detail"] or MEANING[Outcome(line["outcome"])])
    one = line["differences"][0]
    return str(Difference(one["path"], one["expected"], one["actual"], one["note"]))
