"""A unit: a policy and some thousand rows, made again on any machine from what little is written down of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from calybris_conformance.campaign import profiles
from calybris_conformance.campaign.catalogs import as_wire
from calybris_conformance.campaign.draws import Draws
from calybris_ref.model import KernelModel
from calybris_ref.policy import PolicySnapshot

if TYPE_CHECKING:
    from calybris_conformance.campaign.catalogs import Record

_BUILD = {
    "validated": PolicySnapshot.try_new,
    "try_new": PolicySnapshot.try_new,
    "unchecked": PolicySnapshot.new_unchecked,
}


@dataclass(frozen=True, slots=True)
class Unit:
    """What a unit is made from. `abilities` are the features of the port that widen what may be asked."""

    seed: int
    index: int
    profile: str
    focus: str
    rows: int
    abilities: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Batch:
    """A unit made: the policy as a record and as the reference has it, and the columns of the requests."""

    unit: Unit
    policy: Record
    snapshot: PolicySnapshot
    columns: dict[str, Any]

    @property
    def rows(self) -> int:
        """How many requests there are."""
        return self.unit.rows

    def given(self) -> dict[str, Any]:
        """The `given` of every question about this unit."""
        return {"policy": as_wire(self.policy)}

    def request(self, row: int) -> dict[str, Any]:
        """One request, on the wire."""
        return {name: str(int(column[row])) for name, column in self.columns.items()}


def make(unit: Unit) -> Batch:
    """The same policy and the same columns, wherever and whenever it is called."""
    draws = Draws(unit.seed, unit.index)
    record, columns = profiles.make(draws, unit.profile, unit.focus, unit.rows, unit.abilities)
    return Batch(unit, record, snapshot(record), columns)


def snapshot(record: Record) -> PolicySnapshot:
    """The policy as the reference has it."""
    scalars = {key: value for key, value in record.items() if key not in ("constructor", "models")}
    return _BUILD[record["constructor"]](**scalars, models=[KernelModel(**one) for one in record["models"]])
