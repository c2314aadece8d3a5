"""Lines of audited decisions, read into rows of bytes: compiled (LOG-1, LOG-9; extra `bulk`).

A walk over the table of `wal_steps` for each line. Nothing but what the table says is read: white space, another order
of keys, an escape or a number in another form ends the walk, and somebody else reads the block.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from calybris_ref.compiling import compiled
from calybris_ref.wal_steps import HEX, HEX_BYTES, NAME, NUMBER, TEXT, steps

# The columns of `Steps.table`: where the text of a step ends in `literals`; the kind of its value, where that goes in a
# row, and in how many bytes; whether it may be negative; its names, from the first to behind the last.
_LITERAL_END, _KIND, _OFFSET, _WIDTH, _IS_SIGNED, _FIRST_NAME, _NAMES_END = range(7)
_KIND_NUMBER, _KIND_NAME, _KIND_HEX, _KIND_TEXT = NUMBER, NAME, HEX, TEXT
_MINUS, _ZERO, _NINE, _QUOTE, _BACKSLASH, _LINE_FEED, _BRACE, _A, _F = b'-09"\\\n}af'
_NULL = np.frombuffer(b"null", np.uint8)
_MOST_DIGITS = 20
# 2^64 - 1 is ten times this, and five.
_U64_TENTH, _LAST_DIGIT = np.uint64((2**64 - 1) // 10), np.uint64(5)
_NOTHING, _ONE, _TEN, _BYTE, _BITS = np.uint64(0), np.uint64(1), np.uint64(10), np.uint64(255), np.uint64(8)
_NO_METADATA = -1


class Steps(NamedTuple):
    """The table of `wal_steps` in arrays: one row of `table` for each step, and the largest amounts on both sides."""

    table: NDArray[np.int64]
    maxima: NDArray[np.uint64]
    minima: NDArray[np.uint64]
    literals: NDArray[np.uint8]
    names: NDArray[np.uint8]
    name_ends: NDArray[np.int64]
    codes: NDArray[np.uint64]


def _arrays() -> Steps:
    table, literals, names, name_ends, codes = [], b"", b"", [0], [0]
    listed = list(steps())
    for step in listed:
        literals += step.literal.encode()
        first = len(name_ends)
        for name in step.names or ():
            names += name.name_json.encode()
            name_ends.append(len(names))
            codes.append(int(name))
        table.append((len(literals), step.kind, step.offset, step.width, step.minimum < 0, first, len(name_ends)))
    return Steps(
        np.array(table, np.int64),
        np.array([step.maximum for step in listed], np.uint64),
        np.array([-step.minimum for step in listed], np.uint64),
        np.frombuffer(literals, np.uint8),
        np.frombuffer(names, np.uint8),
        np.array(name_ends, np.int64),
        np.array(codes, np.uint64),
    )


STEPS = _arrays()


@compiled
def read_lines(text: NDArray[np.uint8], plan: Steps, rows: NDArray[np.uint8], metadata: NDArray[np.int64]) -> int:
    """Read lines into rows; how many there are, -1 unless every line is plain, and there is a row for it.

    `metadata` gets, for each line, where its metadata begins and ends; -1 where that is `null`. What stands there is
    not looked at otherwise: the caller knows that the line is JSON, but not that this is one value.
    """
    size = len(text)
    at = line = 0
    while at < size:
        if line == len(rows):
            return -1
        literal = 0
        for step in range(len(plan.table)):
            literal_end = plan.table[step, _LITERAL_END]
            if at + literal_end - literal > size:
                return -1
            while literal < literal_end:
                if text[at] != plan.literals[literal]:
                    return -1
                at += 1
                literal += 1
            kind, offset = plan.table[step, _KIND], plan.table[step, _OFFSET]
            value = _NOTHING
            if kind == _KIND_NUMBER:
                negative = plan.table[step, _IS_SIGNED] == 1 and at < size and text[at] == _MINUS
                start = at + 1 if negative else at
                at = start
                while at < size and _ZERO <= text[at] <= _NINE:
                    digit = np.uint64(text[at] - _ZERO)
                    if at - start >= _MOST_DIGITS - 1:
                        if at - start == _MOST_DIGITS or value > _U64_TENTH:
                            return -1
                        if value == _U64_TENTH and digit > _LAST_DIGIT:
                            return -1
                    value = value * _TEN + digit
                    at += 1
                if at == start or (text[start] == _ZERO and (negative or at - start > 1)):
                    return -1
                if value > (plan.minima[step] if negative else plan.maxima[step]):
                    return -1
                if negative:
                    value = ~(value - _ONE)  # two's complement, and nothing wraps around
            elif kind == _KIND_NAME:
                found = -1
                for name in range(plan.table[step, _FIRST_NAME], plan.table[step, _NAMES_END]):
                    first, end = plan.name_ends[name - 1], plan.name_ends[name]
                    same = at + end - first < size and text[at + end - first] == _QUOTE
                    place = first
                    while same and place < end:
                        same = text[at + place - first] == plan.names[place]
                        place += 1
                    if same:
                        found = name
                        break
                if found < 0:
                    return -1
                value = plan.codes[found]
                at += plan.name_ends[found] - plan.name_ends[found - 1]
            elif kind == _KIND_HEX:
                if at + HEX_BYTES > size:
                    return -1
                for place in range(HEX_BYTES):
                    character = text[at + place]
                    if not (_ZERO <= character <= _NINE or _A <= character <= _F):
                        return -1
                    rows[line, offset + place] = character
                at += HEX_BYTES
                continue
            elif kind == _KIND_TEXT:
                while at < size and text[at] != _QUOTE:
                    if text[at] == _BACKSLASH:
                        return -1
                    at += 1
            else:
                start = at
                while at < size and text[at] != _LINE_FEED:
                    at += 1
                end = at - 2
                if end <= start or text[end] != _BRACE or text[end + 1] != _BRACE:
                    return -1
                is_null = end - start == len(_NULL)
                for place in range(len(_NULL)):
                    is_null = is_null and text[start + place] == _NULL[place]
                metadata[line, 0] = _NO_METADATA if is_null else start
                metadata[line, 1] = end
                at += 1
            for place in range(plan.table[step, _WIDTH]):
                rows[line, offset + place] = value & _BYTE
                value >>= _BITS
        line += 1
    return line
