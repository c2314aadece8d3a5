"""`first` finds the first true flag: what GATE-3, POLICY-1, INPUT-1, CONFIG-2 and VERIFY-5 rest on."""

from __future__ import annotations

from icontract import ensure

from calybris_spec.logic import NONE, first, implies, no

Nine = tuple[bool, bool, bool, bool, bool, bool, bool, bool, bool]


@ensure(lambda result: result)
def first_is_the_first_true_of_nine(flags: Nine) -> bool:
    """Position k + 1 exactly when flag k is true and none before it is."""
    found = first(flags)
    before = [no(any(list(flags[:k]))) for k in range(10)]
    return all([(found == k + 1) == (flags[k] & before[k]) for k in range(9)]) & ((found == NONE) == before[9])


@ensure(lambda result: result)
def a_shorter_list_finds_the_same_or_nothing(flags: Nine) -> bool:
    """Cutting the list off behind the found flag changes nothing; cutting it off before leaves nothing to find."""
    found = first(flags)
    return all([first(flags[:n]) == found * (found <= n) for n in range(9)])


@ensure(lambda result: result)
def flags_behind_the_first_do_not_matter(flag: bool, one: Nine, other: Nine) -> bool:
    """A check that fails hides every later one."""
    return implies(flag, first((flag, *one)) == first((flag, *other)))
