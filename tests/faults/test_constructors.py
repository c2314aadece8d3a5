"""Any Python value in the place of a number, a record or its JSON form is taken, or refused with a CalybrisError."""

import math
from collections import Counter
from collections.abc import Callable
from decimal import Decimal
from enum import IntEnum, IntFlag
from fractions import Fraction
from functools import partial
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import calybris_ref
from calybris_ref import (
    CalybrisError,
    EngineConfig,
    InputBuilder,
    KernelInput,
    KernelModel,
    ModelBuilder,
    PolicyBuilder,
)
from calybris_ref.record import Column, Name, Record, columns


class Seven(IntEnum):
    ONE = 7


class Mask(IntFlag):
    LEFT = 1
    RIGHT = 2


class Number(int):
    """An integer that compares and prints in its own way."""

    def __eq__(self, _other: object) -> bool:
        return True

    def __hash__(self) -> int:
        return 0

    def __lt__(self, _other: object) -> bool:
        return True

    def __repr__(self) -> str:
        return "9" * 10_000


class Index:
    """No integer, though it can be used as one."""

    def __index__(self) -> int:
        return 3

    __int__ = __index__


class Hostile:
    """Fails at everything that it is asked."""

    def _fail(self, *_arguments: object) -> Any:
        raise RuntimeError("hostile")

    __eq__ = __lt__ = __le__ = __gt__ = __ge__ = __bool__ = __int__ = __index__ = __len__ = _fail
    __hash__ = None  # type: ignore[assignment]  # unhashable, too


EDGES = st.sampled_from(
    [sign * (2**bits + step) for bits in (0, 8, 16, 32, 53, 63, 64, 96) for step in (-1, 0, 1) for sign in (-1, 1)]
)
ODD = st.sampled_from([
    None, True, False, 0.0, 1.0, math.nan, math.inf, 10**5_000, Decimal(1), Fraction(1), 1j, "", "1", "\ud800", b"1",
    bytearray(b"1"), (), [], {}, set(), range(3), Seven.ONE, Mask.LEFT | Mask.RIGHT, Number(5), Index(), Hostile(),
    object(), int, KernelModel, calybris_ref.Gate.DISABLED, calybris_ref.KernelAction.REJECT, calybris_ref.KernelReason,
])  # fmt: skip
ANYTHING = st.one_of(
    EDGES,
    ODD,
    st.integers(),
    st.text(max_size=5),
    st.floats(),
    st.recursive(
        st.none() | st.integers(0, 9), lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=5
    ),
)
FITTING = st.integers(0, 255)
MODEL = KernelModel(1, 0, 8_000, 9_000, 1, 100, 0, 1, 10, 10)
REQUEST = KernelInput(1, 1, 1, 1, 1, 10**6, 0, 10_000, 0, 0, 0, 1, 0)
CATALOGS = st.one_of(ANYTHING, st.lists(st.just(MODEL) | ANYTHING, max_size=3), st.just(iter([MODEL])))

RECORDS: list[type[Record]] = [
    KernelModel,
    KernelInput,
    calybris_ref.KernelDecision,
    calybris_ref.RejectionHistogram,
    calybris_ref.DecisionTrace,
    calybris_ref.CandidateExplanation,
    calybris_ref.AuditBundle,
    calybris_ref.CorrectnessCertificate,
    calybris_ref.TenantLedger,
    calybris_ref.BudgetSnapshot,
    calybris_ref.ConservationProof,
    calybris_ref.FinancialCertificate,
    EngineConfig,
]
CONSTRUCTORS = ("try_new", "try_new_trusted", "new_unchecked")
fuzz = settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def attempt(act: Callable[[], Any]) -> Any:
    """What comes of it; None when it was refused, and properly so."""
    refused: CalybrisError | None = None
    try:
        return act()
    except CalybrisError as error:
        refused = error
    assert refused.code
    assert isinstance(refused.at, str)
    assert len(str(refused)) < 1_000
    return None


def fitting(column: Column) -> st.SearchStrategy[Any]:
    """Values that the column holds."""
    if issubclass(column.kind, Name):
        return st.sampled_from(list(column.kind))
    if issubclass(column.kind, Record):
        return st.just(calybris_ref.RejectionHistogram(*range(9)))
    if column.item:
        return st.lists(st.just(MODEL.to_dict()) | ANYTHING, max_size=3)
    return {int: FITTING, str: st.text(max_size=3), bool: st.booleans()}[column.kind]


def arguments(record: type[Record]) -> st.SearchStrategy[dict[str, Any]]:
    """Arguments of which most fit."""
    table = {column.name: fitting(column) for column in columns(record)}
    return st.fixed_dictionaries({name: st.one_of(*[fit] * 9, ANYTHING) for name, fit in table.items()})


@pytest.mark.parametrize("record", RECORDS)
def test_a_record_takes_or_refuses_anything(record: type[Record]) -> None:
    ends: Counter[bool] = Counter()

    @fuzz
    @given(values=arguments(record))
    def check(values: dict[str, Any]) -> None:
        made = attempt(lambda: record(**values))
        ends[made is not None] += 1
        if made is not None:
            assert record.from_dict(made.to_dict()) == made

    check()
    assert ends.keys() == {True, False}


@pytest.mark.parametrize("record", [*RECORDS, calybris_ref.PolicySnapshot])
def test_the_json_form_of_a_record_may_be_anything(record: type[Record]) -> None:
    @fuzz
    @given(data=st.one_of(ANYTHING, arguments(record), st.dictionaries(ANYTHING_HASHABLE, ANYTHING)))
    def check(data: Any) -> None:
        attempt(lambda: record.from_dict(data))

    check()


ANYTHING_HASHABLE = st.one_of(
    st.text(max_size=3), st.integers(), st.none(), st.sampled_from([column.name for column in columns(KernelModel)])
)


@pytest.mark.parametrize("constructor", CONSTRUCTORS)
def test_a_policy_takes_or_refuses_anything(constructor: str) -> None:
    build = getattr(calybris_ref.PolicySnapshot, constructor)

    @fuzz
    @given(scalars=st.lists(st.one_of(FITTING, FITTING, ANYTHING), min_size=6, max_size=6), models=CATALOGS)
    def check(scalars: list[Any], models: Any) -> None:
        snapshot = attempt(lambda: build(*scalars, models))
        if snapshot is not None:
            snapshot.prescribe(REQUEST)

    check()


@fuzz
@given(
    models=st.lists(arguments(KernelModel), max_size=3),
    request=arguments(KernelInput),
)
def test_deciding_is_total(models: list[dict[str, Any]], request: dict[str, Any]) -> None:
    # INPUT-2: whatever the constructors took, under a policy that nobody checked.
    built = [model for values in models if (model := attempt(partial(KernelModel, **values)))]
    snapshot = calybris_ref.PolicySnapshot.new_unchecked(1, 1, 65_535, 0, 65_535, 2**64 - 1, built)
    asked = attempt(partial(KernelInput, **request)) or REQUEST

    decision, _ = snapshot.prescribe_with_trace(asked)

    assert calybris_ref.audit_bundle(snapshot, asked, decision).replay_valid
    assert len(snapshot.explain(asked)) == decision.evaluated_models


NUMBER = FITTING | ANYTHING
A_MODEL = st.just(MODEL) | ANYTHING
TENANT_ID = st.sampled_from(["", "acme", "é"]) | ANYTHING
A_RESERVATION = st.builds(calybris_ref.Reservation) | ANYTHING
Arguments = tuple[st.SearchStrategy[Any], ...]
BUILDERS: dict[type[Any], tuple[Arguments, dict[str, Arguments]]] = {
    InputBuilder: (
        (NUMBER, NUMBER),
        {
            **dict.fromkeys(("tokens", "risk"), (NUMBER, NUMBER)),
            **dict.fromkeys(("business_value", "budget_limit", "minimum_quality", "max_latency"), (NUMBER,)),
            **dict.fromkeys(("capabilities", "providers", "regions"), (NUMBER,)),
        },
    ),
    ModelBuilder: (
        (NUMBER, NUMBER),
        {
            "enabled": (st.booleans(),),
            "cost": (NUMBER, NUMBER),
            **dict.fromkeys(("quality", "risk_ceiling", "latency", "capabilities", "regions"), (NUMBER,)),
        },
    ),
    PolicyBuilder: (
        (st.sampled_from([EngineConfig(), EngineConfig(max_catalog_size=0), EngineConfig(max_catalog_size=1)]),),
        {"epochs": (NUMBER, NUMBER), "model": (A_MODEL,), "models": (st.lists(A_MODEL),)},
    ),
}


@pytest.mark.parametrize("builder", BUILDERS)
def test_a_builder_takes_or_refuses_anything(builder: type[Any]) -> None:
    first, methods = BUILDERS[builder]
    call = st.sampled_from(tuple(methods)).flatmap(lambda name: st.tuples(st.just(name), st.tuples(*methods[name])))

    @fuzz
    @given(first=st.tuples(*first), calls=st.lists(call, max_size=4))
    def check(first: tuple[Any, ...], calls: list[tuple[str, tuple[Any, ...]]]) -> None:
        def build() -> Any:
            made = builder(*first)
            for name, values in calls:
                made = getattr(made, name)(*values)
            return made.build()

        attempt(build)

    check()


LEDGER_CALLS: dict[str, Arguments] = {
    **dict.fromkeys(("ensure_tenant", "top_up_tenant", "set_max_reserved_microcents"), (TENANT_ID, NUMBER)),
    "try_reserve": (TENANT_ID, NUMBER),
    "commit": (A_RESERVATION, NUMBER),
    "release": (A_RESERVATION,),
    **dict.fromkeys(("initial_microcents", "reserved_microcents"), (TENANT_ID,)),
}


@fuzz
@given(data=st.data())
def test_a_ledger_takes_or_refuses_anything(data: st.DataObject) -> None:
    engine, reservations = calybris_ref.BudgetEngine(), list[Any]()
    for _ in range(data.draw(st.integers(0, 12))):
        name = data.draw(st.sampled_from(tuple(LEDGER_CALLS)))
        values = [data.draw(one) for one in LEDGER_CALLS[name]]
        if reservations and name in ("commit", "release"):
            values[0] = data.draw(st.sampled_from(reservations))
        answer = attempt(partial(getattr(engine, name), *values))
        if name == "try_reserve" and answer is not None:
            reservations.append(answer[1])
        assert engine.verify_conservation() == calybris_ref.Balanced()


@fuzz
@given(text=st.text() | st.text("0123456789abcdefg", min_size=62, max_size=66))
def test_hex_decodes_or_is_refused(text: str) -> None:
    decoded = attempt(lambda: calybris_ref.decode_hex32(text))
    assert decoded is None or decoded.hex() == text
