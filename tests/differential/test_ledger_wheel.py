"""The reference's budget engine and the one of the published wheel answer alike: random scripts, step by step.

Compared are outcomes, balances, counts, snapshots, ledger digests, proofs, certificates, restores and the files of
checkpoints. Differences of the wheel are taken out before anything is compared: its versions are counted together with
its reservations and carry a tag in the top bit; it raises for a negative budget and for a negative cap; it certifies 0
as committed since the last certificate when the totals are not representable; after a restore it may issue the number
of a reservation again.

More of it: pytest tests/differential --decisions 5000000 --seed 7
"""

import json
import random
from collections import Counter
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import pytest
from calybris import _core as peer

import calybris_ref
from calybris_ref import (
    BudgetEngine,
    BudgetSnapshot,
    CalybrisError,
    Reservation,
    TenantLedger,
    ledger_digest,
    snapshot_text,
)
from tests.support.records import I64_MAX, I64_MIN, U64_MAX

SHARDS = 4  # a step of a script costs about as much as a decision
STEPS_PER_SCRIPT = 60
ENOUGH_TO_REACH_EVERYTHING = 5_000
VERSION_TAG = 1 << 63

TENANTS = ("", "acme", "Acme", "é", "e\u0301", "\uffff", "\U0001f600", "a\0b", '"\\\n\x1f\x7f\u2028', "x" * 300)
BALANCES = ("initial_microcents", "remaining_microcents", "reserved_microcents", "committed_microcents")
# The steps of a script, and how often each is taken.
WEIGHTS = {
    "ensure": 8,
    "top_up": 6,
    "cap": 4,
    "reserve": 24,
    "commit": 20,
    "release": 8,
    "snapshot": 4,
    "prove": 2,
    "certify": 2,
    "checkpoint": 2,
    "restore": 2,
}
# What a run must have met, or it has compared less than it says.
WANTED = frozenset(
    [
        *("topped_up", "top_up_tenant overflow", "invalid_amount", "missing_tenant", "missing_reservation"),
        *("reserved", "insufficient", "exposure_limit_exceeded", "try_reserve overflow"),
        *("committed", "overrun", "commit overflow", "released"),
        *("restore ok", "restore refused", "checkpoint ok", "checkpoint refused", "prove ok", "prove refused"),
        *("certify balanced", "certify not representable", "file refused"),
    ]
)


class Both:
    """One script, played by both engines; `met` counts what it met."""

    def __init__(self, rng: random.Random, folder: Path, met: Counter[str], ours: type[BudgetEngine] = BudgetEngine):
        self.rng = rng
        self.folder = folder
        self.met = met
        self.ours = ours()
        self.peers = peer.BudgetEngine()
        self.holds: list[tuple[Reservation, int]] = []
        self.tenants = rng.sample(TENANTS, rng.randint(1, 4))

    def amount(self, tenant_id: str) -> int:
        """An amount that matters for a tenant: one of its balances, or what would fill an i64, and their neighbours."""
        money = [getattr(self.ours, name)(tenant_id) or 0 for name in BALANCES]
        kind = self.rng.random()
        if kind < 0.35:
            return self.rng.randint(-1, 40)
        near = self.rng.choice(
            [*money, I64_MAX - self.rng.choice(money), I64_MAX, I64_MIN, self.rng.choice(money) // 2]
        )
        if kind > 0.95:
            near = self.rng.getrandbits(self.rng.randint(1, 63))
        return max(I64_MIN, min(I64_MAX, near + self.rng.randint(-1, 1)))

    def step(self) -> None:
        """One step, and everything that can be seen behind it."""
        tenant_id = self.rng.choice(self.tenants)
        operation = self.rng.choices(tuple(WEIGHTS), tuple(WEIGHTS.values()))[0]
        getattr(self, operation)(tenant_id)
        for tenant in self.tenants:
            for name in BALANCES:
                assert getattr(self.ours, name)(tenant) == getattr(self.peers, name)(tenant), (tenant, name)
        assert self.ours.tenant_count == self.peers.tenant_count()
        assert self.ours.active_reservations == self.peers.active_reservations()

    def same(self, operation: str, outcome: Any, theirs: dict[str, Any]) -> None:
        ours = {"status": outcome.status, **{field.name: getattr(outcome, field.name) for field in fields(outcome)}}
        assert ours == {key: value for key, value in theirs.items() if key != "reservation_id"}
        self.met[f"{operation} overflow" if outcome.status == "overflow" else outcome.status] += 1

    def ensure(self, tenant_id: str) -> None:
        budget = self.rng.choice((0, 1, 100, 10**12, I64_MAX, I64_MAX - 5, self.amount(tenant_id)))
        self.ours.ensure_tenant(tenant_id, budget)
        if budget >= 0:
            self.peers.ensure_tenant(tenant_id, budget)

    def top_up(self, tenant_id: str) -> None:
        amount = self.amount(tenant_id)
        self.same(
            "top_up_tenant",
            self.ours.top_up_tenant(tenant_id, amount),
            self.peers.top_up_tenant(tenant_id, amount),
        )

    def cap(self, tenant_id: str) -> None:
        cap = self.rng.choice((0, self.amount(tenant_id)))
        self.ours.set_max_reserved_microcents(tenant_id, cap)
        self.peers.set_max_reserved_microcents(tenant_id, max(cap, 0))

    def reserve(self, tenant_id: str) -> None:
        cost = self.amount(tenant_id)
        outcome, reservation = self.ours.try_reserve(tenant_id, cost)
        theirs = self.peers.try_reserve(tenant_id, cost)
        self.same("try_reserve", outcome, theirs)
        assert (reservation is None) == (theirs["reservation_id"] is None)
        if reservation is not None:
            self.holds.append((reservation, theirs["reservation_id"]))

    def _hold(self) -> tuple[Reservation, int]:
        """A reservation made at some time, mostly a late one; or one that never was."""
        if not self.holds or self.rng.random() < 0.05:
            return Reservation(), U64_MAX
        return self.rng.choice(self.holds[-3:] if self.rng.random() < 0.7 else self.holds)

    def commit(self, tenant_id: str) -> None:
        reservation, number = self._hold()
        actual = self.amount(tenant_id)
        self.same("commit", self.ours.commit(reservation, actual), self.peers.commit(number, actual))

    def release(self, _tenant_id: str) -> None:
        reservation, number = self._hold()
        self.same("release", self.ours.release(reservation), self.peers.release(number))

    def snapshot(self, _tenant_id: str) -> None:
        ours, theirs = self.ours.snapshot(), self.peers.snapshot()
        assert as_ours(theirs, ours.version) == ours.to_dict()
        assert self.ours.verify_conservation().status == self.peers.verify_conservation()["status"] == "balanced"

    def prove(self, _tenant_id: str) -> None:
        before = self.ours.snapshot()
        try:
            ours = calybris_ref.prove_conservation(self.ours)
        except CalybrisError:
            with pytest.raises(ValueError, match="exceed i64"):
                self.peers.prove_conservation()
            self.met["prove refused"] += 1
            return
        self._same_record(before, ours, self.peers.prove_conservation())
        self.met["prove ok"] += 1

    def certify(self, _tenant_id: str) -> None:
        before = self.ours.snapshot()
        ours = calybris_ref.certify_ledger(self.ours)
        theirs = self.peers.certify()
        if not ours.aggregate_totals_representable:
            assert theirs["committed_since_last_certificate"] == 0
            theirs["committed_since_last_certificate"] = ours.committed_since_last_certificate
        self._same_record(before, ours, theirs)
        self.met["certify balanced" if ours.conservation_balanced else "certify not representable"] += 1

    def _same_record(self, before: BudgetSnapshot, ours: Any, theirs: dict[str, Any]) -> None:
        """A proof or certificate of the ledger that `before` shows: alike up to the version, with right digests."""
        assert ours.ledger_digest_hex == digest(before, ours.snapshot_version)
        assert theirs["ledger_digest_hex"] == digest(before, theirs["snapshot_version"])
        same = {"snapshot_version": 0, "ledger_digest_hex": ""}
        assert ours.to_dict() | same == theirs | same

    def checkpoint(self, _tenant_id: str) -> None:
        mine, other = self.folder / "ours.json", self.folder / "peers.json"
        watermark = self.rng.choice((None, 0, 1, U64_MAX, self.rng.getrandbits(64)))
        if not self.ours.active_reservations or self.rng.random() < 0.5:
            self._close_all()
        try:
            if watermark is None:
                ours = calybris_ref.checkpoint(self.ours, mine)
            else:
                ours = calybris_ref.checkpoint_with_wal(self.ours, mine, watermark)
        except CalybrisError:
            with pytest.raises(peer.PersistenceError):
                self._peers_checkpoint(other, watermark)
            self.met["checkpoint refused"] += 1
            return
        theirs = self._peers_checkpoint(other, watermark)
        assert as_ours(theirs, ours.version) == ours.to_dict()
        assert other.read_text("utf-8") == snapshot_text(replace(ours, version=theirs["version"]))
        assert mine.read_text("utf-8") == snapshot_text(ours)
        self.met["checkpoint ok"] += 1

    def _peers_checkpoint(self, path: Path, watermark: int | None) -> dict[str, Any]:
        found: dict[str, Any] = (
            self.peers.checkpoint(str(path))
            if watermark is None
            else self.peers.checkpoint_with_wal(str(path), watermark)
        )
        return found

    def _close_all(self) -> None:
        for reservation, number in self.holds:
            self.same("release", self.ours.release(reservation), self.peers.release(number))
        self.holds.clear()

    def restore(self, _tenant_id: str) -> None:
        """A snapshot, often one that is refused, as a file for each."""
        found = self._some_snapshot()
        text = self._damaged(snapshot_text(found)) if self.rng.random() < 0.2 else snapshot_text(found)
        mine, other = self.folder / "ours.json", self.folder / "peers.json"
        mine.write_text(text, "utf-8")
        version = f'"version": {found.version}'
        other.write_text(text.replace(version, f'"version": {found.version | VERSION_TAG}', 1), "utf-8")
        try:
            ours = calybris_ref.restore(self.ours, mine)
        except CalybrisError as error:
            with pytest.raises(peer.PersistenceError):
                self.peers.restore(str(other))
            self.met["file refused" if error.code == "SNAPSHOT_MALFORMED" else "restore refused"] += 1
            return
        theirs = self.peers.restore(str(other))
        assert theirs["version"] == ours.version | VERSION_TAG
        assert as_ours(theirs, ours.version) == ours.to_dict()
        self.holds.clear()  # the wheel may issue their numbers again
        self.met["restore ok"] += 1

    def _some_snapshot(self) -> BudgetSnapshot:
        tenants = [
            TenantLedger(tenant_id, *self._some_money())
            for tenant_id in self.rng.sample(TENANTS, self.rng.randint(0, 3))
        ]
        if tenants and self.rng.random() < 0.1:
            tenants.append(self.rng.choice(tenants))
        return BudgetSnapshot(
            self.rng.choice((1, 7, 2**62)),  # the wheel does not restore a version 0
            tuple(tenants),
            int(self.rng.random() < 0.1),
            self.rng.choice((None, 0, U64_MAX)),
        )

    def _some_money(self) -> tuple[int, int, int, int]:
        initial = self.rng.choice((0, 1, 100, 10**15, I64_MAX))
        committed = self.rng.randint(0, initial)
        money = [initial, initial - committed, 0, committed]
        if self.rng.random() < 0.2:
            money[self.rng.randrange(4)] = self.rng.choice((-1, 1, I64_MIN, I64_MAX))
        return money[0], money[1], money[2], money[3]

    def _damaged(self, text: str) -> str:
        """A text that is no snapshot any more (white space and the order of keys apart, which do no damage)."""
        return self.rng.choice(
            [
                text[:-1],
                text + "}",
                "\ufeff" + text,
                text.replace('"version"', '"extra": 1, "version"', 1),
                text.replace('"active_reservations": ', '"active_reservations": 0.0', 1),
                text.replace('"active_reservations": ', '"active_reservations": 0, "active_reservations": ', 1),
                text.replace('"active_reservations": ', '"active_reservation": ', 1),
                text.replace('"wal_high_watermark": ', '"wal_high_watermark": -', 1),
                text.replace('"tenants": [', '"tenants": [7, ' if '"tenant_id"' in text else '"tenants": [7', 1),
            ]
        )


def as_ours(snapshot: dict[str, Any], version: int) -> dict[str, Any]:
    """The wheel's snapshot with another version; its own must have the tag."""
    assert snapshot["version"] & VERSION_TAG
    return snapshot | {"version": version}


def digest(snapshot: BudgetSnapshot, version: int) -> str:
    return ledger_digest(replace(snapshot, version=version)).hex()


def play(rng: random.Random, folder: Path, steps: int, ours: type[BudgetEngine] = BudgetEngine) -> Counter[str]:
    """Scripts of at most STEPS_PER_SCRIPT steps each, on new engines; what they met."""
    met: Counter[str] = Counter()
    for start in range(0, steps, STEPS_PER_SCRIPT):
        both = Both(rng, folder, met, ours)
        for _ in range(min(STEPS_PER_SCRIPT, steps - start)):
            both.step()
    return met


@pytest.mark.parametrize("shard", range(SHARDS))
def test_every_answer_is_the_same(shard: int, decisions: int, seed: int, tmp_path: Path) -> None:
    steps = decisions // SHARDS
    rng = random.Random(f"ledger/{seed}/{shard}")  # noqa: S311 - reproducible, not secret
    met = play(rng, tmp_path, steps)
    if steps >= ENOUGH_TO_REACH_EVERYTHING:
        assert sorted(WANTED - met.keys()) == []


class OverrunForgotten(BudgetEngine):
    """Wrong on purpose: an overrun closes the hold."""

    __slots__ = ()

    def commit(self, reservation: Reservation | None, actual_microcents: int) -> Any:
        outcome = super().commit(reservation, actual_microcents)
        if outcome.status == "overrun":
            self.release(reservation)
        return outcome


def test_a_wrong_engine_is_found(tmp_path: Path) -> None:
    with pytest.raises(AssertionError):
        play(random.Random(1), tmp_path, 5_000, OverrunForgotten)  # noqa: S311 - reproducible, not secret


def test_the_wheel_wants_its_tag(tmp_path: Path) -> None:
    """The difference that is taken out above is one: the wheel does not restore a file without its tag."""
    path = tmp_path / "ledger.json"
    path.write_text(json.dumps({"version": 1, "tenants": [], "active_reservations": 0, "wal_high_watermark": None}))
    assert calybris_ref.restore(BudgetEngine(), path).version == 1
    with pytest.raises(peer.PersistenceError):
        peer.BudgetEngine().restore(str(path))


def test_the_wheel_raises_for_a_negative_budget_and_a_negative_cap() -> None:
    ours = BudgetEngine()
    ours.ensure_tenant("acme", -1)
    ours.set_max_reserved_microcents("acme", -1)
    assert ours.tenant_count == 0
    with pytest.raises(ValueError, match="must be >= 0"):
        peer.BudgetEngine().ensure_tenant("acme", -1)
    with pytest.raises(ValueError, match="must be >= 0"):
        peer.BudgetEngine().set_max_reserved_microcents("acme", -1)


def test_the_wheel_issues_a_number_again_after_a_restore(tmp_path: Path) -> None:
    """LEDGER-11: no reservation that was issued before is ever valid again. With the wheel one may be."""
    ours, theirs, path = BudgetEngine(), peer.BudgetEngine(), tmp_path / "ledger.json"
    for engine in (ours, theirs):
        engine.ensure_tenant("acme", 100)
    theirs.checkpoint(str(path))
    number = theirs.try_reserve("acme", 1)["reservation_id"]
    theirs.restore(str(path))
    assert theirs.try_reserve("acme", 1)["reservation_id"] == number
    assert theirs.commit(number, 1)["status"] == "committed"

    saved = ours.snapshot()
    reservation = ours.try_reserve("acme", 1)[1]
    ours.restore_from_snapshot(saved)
    ours.try_reserve("acme", 1)
    assert ours.commit(reservation, 1).status == "missing_reservation"
