"""A unit is the same everywhere: pinned digests, fields within their widths, policies that every constructor takes."""

import hashlib

import numpy as np
import pytest

from calybris_conformance import wire
from calybris_conformance.campaign import units
from calybris_conformance.campaign.catalogs import ABILITIES
from calybris_conformance.campaign.profiles import FOCI
from calybris_conformance.campaign.steering import DECISIONS, Arm
from calybris_conformance.campaign.units import Batch, Unit
from calybris_ref import PolicySnapshot
from calybris_ref.model import KernelModel


def fingerprint(batch: Batch) -> str:
    total = hashlib.sha256(repr(batch.policy).encode())
    for name, column in batch.columns.items():
        total.update(name.encode() + column.astype(column.dtype.newbyteorder("<")).tobytes())
    return total.hexdigest()[:16]


def test_a_unit_is_made_of_its_number_alone() -> None:
    """Pinned: another numpy, another machine or another order of draws would show here."""
    made = [fingerprint(units.make(Unit(11, 5, profile, foci[-1], 40, ABILITIES))) for profile, foci in FOCI.items()]
    assert made == PINNED
    assert fingerprint(units.make(Unit(11, 6, "uniform", "", 40, ABILITIES))) != PINNED[0]


@pytest.mark.parametrize("arm", DECISIONS, ids="-".join)
def test_fields_keep_their_widths(arm: Arm) -> None:
    for index in range(6):
        batch = units.make(Unit(2, index, *arm, 50, ABILITIES if index % 2 else frozenset()))
        assert list(batch.columns) == list(wire.REQUEST)
        for name, kind in wire.REQUEST.items():
            column = batch.columns[name]
            low, high = wire.INTEGER_TYPES[kind]
            assert column.dtype == (np.int64 if kind == "i64" else np.uint64), name
            assert (len(column), low <= int(column.min()), int(column.max()) <= high) == (50, True, True), name


def test_a_validated_policy_means_the_same_under_both_constructors() -> None:
    for index, arm in enumerate(DECISIONS):
        policy = units.make(Unit(3, index, *arm, 1)).policy
        models = [KernelModel(**one) for one in policy["models"]]
        arguments = [*(policy[name] for name in wire.POLICY_SCALARS), models]
        assert policy["constructor"] == "validated"
        assert PolicySnapshot.try_new(*arguments) == PolicySnapshot.try_new_trusted(*arguments)


def test_requests_are_valid_unless_the_port_takes_others() -> None:
    names = ("risk_bps", "confidence_bps", "minimum_quality_bps")
    for abilities, beyond in ((frozenset[str](), False), (ABILITIES, True)):
        batches = [units.make(Unit(4, index, *arm, 200, abilities)) for index, arm in enumerate(DECISIONS)]
        assert any((batch.columns[name] > 10_000).any() for batch in batches for name in names) is beyond


def test_what_only_some_ports_take_is_made_for_them() -> None:
    policies = [units.make(Unit(5, index, "uniform", "", 1, ABILITIES)).policy for index in range(60)]
    assert {policy["constructor"] for policy in policies} == {"validated", "try_new", "unchecked"}
    unchecked = [policy["models"] for policy in policies if policy["constructor"] == "unchecked"]
    assert any(len({one["model_id"] for one in models}) < len(models) for models in unchecked)
    assert any(one["provider_id"] > 63 for models in unchecked for one in models)


def test_fields_coincide_more_often_than_by_chance() -> None:
    batches = [units.make(Unit(6, index, "uniform", "", 1_000)) for index in range(120)]
    assert any((one.columns["risk_bps"] == one.columns["minimum_quality_bps"]).sum() > 10 for one in batches)


PINNED = [
    "35bd83600df28fdf",
    "5427b763e0647590",
    "0d2f2a0bcf10e629",
    "e081f384a60e95bf",
    "308d0bf624235432",
    "b8f05556df0e2267",
    "ade4606840f5c1ae",
    "ac8470691a2cccd7",
]
