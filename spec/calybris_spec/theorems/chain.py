"""What the chain can see (LOG-4, LOG-8, LOG-11), whatever the hash is, as long as it has no collision.

The hash is a list of rows: what came in (the hash before, the data) and what came out. `is_hash` says that on the rows
at hand it is a function, that different inputs have different outputs, and that none is the word `genesis`. Nothing
else is assumed of SHA-256, or of HMAC with a key. Hashes and data are numbers here; nothing is ever done with them but
comparing.
"""

from __future__ import annotations

from typing import NamedTuple

from icontract import ensure, require

from calybris_spec import chain
from calybris_spec.chain import DIGEST, LINK, SEQUENCE
from calybris_spec.integers import U64_MAX
from calybris_spec.logic import NONE, implies, no

GENESIS = 0


class Head(NamedTuple):
    """A head whose hash is a number."""

    sequence: int
    last_hash: int


class Line(NamedTuple):
    """An entry whose hash and data are numbers, and `digest`: what the hash is of its link and data."""

    sequence: int
    previous_hash: int
    entry_hash: int
    data: int
    digest: int


START = Head(0, GENESIS)


def is_hash(lines: tuple[Line, ...]) -> bool:
    """Whether the digests are those of one function without collisions, and none is `genesis`."""
    pairs = [(one, other) for place, one in enumerate(lines) for other in lines[:place]]
    agree = [
        ((one.previous_hash == other.previous_hash) & (one.data == other.data)) == (one.digest == other.digest)
        for one, other in pairs
    ]
    return all(agree) & all([line.digest != GENESIS for line in lines])


def entry_of(line: Line) -> chain.Entry[int, int]:
    """Return the entry without its digest."""
    return chain.Entry(line.sequence, line.previous_hash, line.entry_hash, line.data)


def problem_at(head: Head, line: Line) -> int:
    """Return what is wrong with a line behind this head."""
    return chain.entry_problem(chain.Head(head.sequence, head.last_hash), entry_of(line), line.digest)


def head_behind(line: Line) -> Head:
    """Return the head of a chain that ends with this line."""
    return Head(line.sequence, line.entry_hash)


def run_of(head: Head, problem: int) -> chain.Run[int]:
    """Return a chain that is being read."""
    return chain.Run(chain.Head(head.sequence, head.last_hash), problem)


def continues(head: Head, line: Line) -> bool:
    """Whether a line continues a chain: what LOG-4 calls good, in a second way."""
    return (
        (line.sequence == head.sequence + 1) & (line.previous_hash == head.last_hash) & (line.entry_hash == line.digest)
    )


def is_chain(head: Head, lines: tuple[Line, ...]) -> bool:
    """Whether every line continues the chain behind the one before."""
    heads = [head, *[head_behind(line) for line in lines]]
    return all([continues(*pair) for pair in zip(heads, lines, strict=False)])


def same(one: Line, other: Line) -> bool:
    """Whether two lines hold the same entry."""
    return all([left == right for left, right in zip(one[:4], other[:4], strict=True)])


@ensure(lambda result: result)
def an_entry_is_refused_for_the_first_thing_that_is_wrong(head: Head, line: Line) -> bool:
    """The number, then the link, then the hash (LOG-4)."""
    problem = problem_at(head, line)
    number, link = line.sequence == head.sequence + 1, line.previous_hash == head.last_hash
    digest = line.entry_hash == line.digest
    return all(
        [
            (problem == SEQUENCE) == no(number),
            (problem == LINK) == number & no(link),
            (problem == DIGEST) == number & link & no(digest),
            (problem == NONE) == number & link & digest,
        ]
    )


@ensure(lambda result: result)
def what_is_appended_continues_the_chain(head: Head, data: int, digest: int) -> bool:
    """Whatever the hash is: a writer that takes the next number and the last hash keeps a good chain good (LOG-8)."""
    entry = chain.following(chain.Head(head.sequence, head.last_hash), data, digest)
    run = chain.advance(run_of(head, NONE), entry, digest)
    return all(
        [
            run.problem == NONE,
            run.head.sequence == head.sequence + 1,
            run.head.last_hash == digest,
            entry.data == data,
            entry.previous_hash == head.last_hash,
        ]
    )


@require(lambda head: head.sequence >= 0)
@ensure(lambda result: result)
def the_last_sequence_is_the_largest_u64(head: Head) -> bool:
    """There is an entry behind every head but that one (LOG-8)."""
    exhausted = chain.is_exhausted(chain.Head(head.sequence, head.last_hash))
    return exhausted == (head.sequence + 1 > U64_MAX)


@require(lambda problem: problem != NONE)
@ensure(lambda result: result)
def a_broken_chain_stays_broken(head: Head, problem: int, line: Line) -> bool:
    """The first bad entry is the one that is named; the head stays that of the last good one (LOG-4)."""
    run = chain.advance(run_of(head, problem), entry_of(line), line.digest)
    return (run.problem == problem) & (run.head.sequence == head.sequence) & (run.head.last_hash == head.last_hash)


@require(lambda problem: (problem >= NONE) & (problem <= DIGEST))
@ensure(lambda result: result)
def a_chain_goes_on_exactly_as_long_as_nothing_is_wrong(head: Head, problem: int, line: Line) -> bool:
    """A good entry moves the head to itself, a bad one leaves it where it was (LOG-4)."""
    run = chain.advance(run_of(head, problem), entry_of(line), line.digest)
    good = (problem == NONE) & (problem_at(head, line) == NONE)
    moved = (run.head.sequence == line.sequence) & (run.head.last_hash == line.entry_hash)
    stayed = (run.head.sequence == head.sequence) & (run.head.last_hash == head.last_hash)
    return ((run.problem == NONE) == good) & implies(good, moved) & implies(no(good), stayed)


@require(lambda head: head.sequence >= 0)
@ensure(lambda problem, result: implies(problem != NONE, result == 0))
@ensure(lambda lines, result: (result >= 0) & (result <= len(lines)))
def every_line_of_a_chain_of_any_length_is_read(head: Head, problem: int, lines: tuple[Line, ...]) -> int:
    """By induction over logs of ANY length: how many entries are good, and the head counts exactly them (LOG-4)."""
    # crosshair: specs_complete=True
    if len(lines) == 0:
        return 0
    line, rest = lines[0], lines[1:]
    assert len(rest) < len(lines)  # the measure: without it a function that never returns would be confirmed
    run = chain.advance(run_of(head, problem), entry_of(line), line.digest)
    good = run.problem == NONE
    assert implies(good, run.head.sequence == head.sequence + 1)
    behind = Head(run.head.sequence, run.head.last_hash)
    return good + every_line_of_a_chain_of_any_length_is_read(behind, run.problem, rest)


# ---- what a change leads to: lines a, b, c of a good chain behind any head; t stands in the place of one of them


@require(lambda head, a, t: continues(head, a) & no(same(a, t)) & is_hash((a, t)))
@require(lambda a, t: t.entry_hash == a.entry_hash)
@ensure(lambda result: result)
def a_change_that_keeps_the_hash_is_found_where_it_is(head: Head, a: Line, t: Line) -> bool:
    """Whoever changes data, number or link of an entry and not its hash is found at this entry (LOG-4)."""
    return (problem_at(head, a) == NONE) & (problem_at(head, t) != NONE)


@require(lambda head, a, b: is_chain(head, (a, b)))
@require(lambda head, a, t: continues(head, t) & no(same(a, t)))
@require(lambda a, b, t: is_hash((a, b, t)))
@ensure(lambda result: result)
def a_change_with_a_new_hash_is_found_at_the_next_entry(head: Head, a: Line, b: Line, t: Line) -> bool:
    """Whoever also makes the hash right is found one entry later, by its link, and not before (LOG-4)."""
    return (problem_at(head, a) == NONE) & (problem_at(head, t) == NONE) & (problem_at(head_behind(t), b) == LINK)


@require(lambda head, a, b, c: is_chain(head, (a, b, c)))
@ensure(lambda result: result)
def an_entry_that_is_dropped_is_missed_at_once(head: Head, a: Line, b: Line, c: Line) -> bool:
    """The next one has the wrong number: a gap (LOG-4)."""
    return (problem_at(head_behind(a), c) == SEQUENCE) & (problem_at(head, b) == SEQUENCE)


@require(lambda head, a, b: is_chain(head, (a, b)))
@ensure(lambda result: result)
def entries_that_are_swapped_are_found_at_the_first_of_them(head: Head, a: Line, b: Line) -> bool:
    """The second stands where the first is expected (LOG-4)."""
    return (problem_at(head, a) == NONE) & (problem_at(head, b) == SEQUENCE)


@require(lambda head, a: continues(head, a))
@ensure(lambda result: result)
def an_entry_that_is_repeated_is_found_at_once(head: Head, a: Line) -> bool:
    """A repetition is refused as a gap is (LOG-4)."""
    return (problem_at(head, a) == NONE) & (problem_at(head_behind(a), a) == SEQUENCE)


@require(lambda head, a, b: is_chain(head, (a, b)))
@require(lambda a, t: continues(head_behind(a), t))
@ensure(lambda result: result)
def an_entry_that_is_inserted_is_found_behind_it(head: Head, a: Line, b: Line, t: Line) -> bool:
    """Even one that continues the chain: the entry that was there now has a number that was used (LOG-4)."""
    return is_chain(head, (a, t)) & (problem_at(head_behind(t), b) == SEQUENCE)


@require(lambda head, a, b, t: is_chain(head, (a, b)) & is_chain(head_behind(a), (t,)))
@require(lambda a, b, t: is_hash((a, b, t)))
@ensure(lambda result: result)
def a_last_entry_with_the_same_hash_is_the_same_entry(head: Head, a: Line, b: Line, t: Line) -> bool:
    """Behind one head, two good entries differ in their data and hash, or in nothing (LOG-2)."""
    return is_chain(head, (a, t)) & ((t.entry_hash == b.entry_hash) == same(t, b))


# ---- two whole logs


@require(lambda one, other, a, b: continues(one, a) & continues(other, b) & is_hash((a, b)))
@require(lambda one, other, a, b: (one.sequence == other.sequence) & (a.entry_hash == b.entry_hash))
@ensure(lambda result: result)
def logs_that_end_alike_ended_alike_before(one: Head, other: Head, a: Line, b: Line) -> bool:
    """The step of the induction from the end: the last entries are the same, and so are the heads before them.

    So two good logs of one length with one last hash are the same log, however long: a full rewriting, all hashes made
    right, cannot end at an anchor (LOG-11).
    """
    return same(a, b) & (one.last_hash == other.last_hash)


@require(lambda a, b, c, x, y, z: is_chain(START, (a, b, c)) & is_chain(START, (x, y, z)))
@require(lambda a, b, c, x, y, z: is_hash((a, b, c, x, y, z)) & (c.entry_hash == z.entry_hash))
@ensure(lambda result: result)
def two_logs_of_three_entries_with_one_last_hash_are_one(a: Line, b: Line, c: Line, x: Line, y: Line, z: Line) -> bool:
    """The induction, carried out for three entries (LOG-11)."""
    return same(a, x) & same(b, y) & same(c, z)


@require(lambda one, a: (one.sequence >= 0) & continues(one, a) & is_hash((a,)))
@ensure(lambda result: result)
def no_entry_has_the_hash_of_a_log_without_entries(one: Head, a: Line) -> bool:
    """The other end of the induction: a log with entries never ends as one without does (LOG-11)."""
    return (a.sequence > one.sequence) & (a.sequence != START.sequence) & (a.entry_hash != START.last_hash)


@require(lambda head, a, b: is_chain(head, (a, b)))
@ensure(lambda result: result)
def a_tail_that_is_cut_off_leaves_a_good_log(head: Head, a: Line, b: Line) -> bool:
    """A chain cannot show it: what is left is good, with or without the entry that was there (LOG-11)."""
    return is_chain(head, (a,)) & (problem_at(head_behind(a), b) == NONE)


@require(lambda head, a, b: is_chain(head, (a, b)))
@ensure(lambda result: result)
def an_anchor_shows_that_a_tail_was_cut_off(head: Head, a: Line, b: Line, keyed: bool) -> bool:
    """By its sequence, whatever the hashes are (LOG-11); so does one that is older than the log."""
    full, left = chain.Head(b.sequence, b.entry_hash), chain.Head(a.sequence, a.entry_hash)
    cut, grown = chain.anchor_problem(left, keyed, full, keyed), chain.anchor_problem(full, keyed, left, keyed)
    return (problem_at(head, a) == NONE) & (cut == 1) & (grown == 1)


@ensure(lambda result: result)
def an_anchor_is_refused_for_the_first_thing_that_differs(
    head: Head, keyed: bool, anchor: Head, anchor_keyed: bool
) -> bool:
    """The sequence, then the hash, then whether a key was used, in both directions (LOG-11)."""
    problem = chain.anchor_problem(chain.Head(*head), keyed, chain.Head(*anchor), anchor_keyed)
    number, last, key = head.sequence == anchor.sequence, head.last_hash == anchor.last_hash, keyed == anchor_keyed
    return all(
        [
            (problem == 1) == no(number),
            (problem == 2) == number & no(last),
            (problem == 3) == number & last & no(key),
            (problem == NONE) == number & last & key,
        ]
    )


@require(lambda head, a: continues(head, a))
@require(lambda a, other_digest: a.digest != other_digest)
@ensure(lambda result: result)
def another_key_breaks_a_log_at_its_first_entry(head: Head, a: Line, other_digest: int) -> bool:
    """A key makes another hash of the same bytes; the first entry is refused for its hash (LOG-6)."""
    return problem_at(head, a._replace(digest=other_digest)) == DIGEST
