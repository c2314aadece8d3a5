"""calybris_conformance.wire: integers as canonical decimals, records as objects, catalogs as series (TYPES-1)."""

from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from calybris_conformance import wire
from calybris_conformance.operations import Refused
from calybris_ref import AuditBundle, CorrectnessCertificate, EngineConfig, KernelDecision, KernelInput, KernelModel
from calybris_ref.model import RejectionHistogram
from calybris_ref.record import Name, Record, columns

MODEL = {name: str(number) for number, name in enumerate(wire.MODEL, start=1)}
POLICY: dict[str, Any] = {"constructor": "try_new", **dict.fromkeys(wire.POLICY_SCALARS, "7"), "models": []}


@given(st.integers(-(2**300), 2**300))
def test_an_integer_comes_back_unless_it_is_very_long(value: int) -> None:
    assert wire.integer(wire.decimal(value), "value") == value


@pytest.mark.parametrize("sign", ["", "-"])
def test_a_very_long_integer_is_still_out_of_every_range(sign: str) -> None:
    value = wire.integer(sign + "9" * 100_000, "value")
    assert abs(value) > 2**96
    assert (value < 0) == bool(sign)


@pytest.mark.parametrize(
    "text",
    ["", "-", "+1", "-0", "00", "01", "-01", " 1", "1 ", "1\n", "1_000", "1.0", "1e3", "0x1", "١", "²", "NaN", "1,0"],
)
def test_any_other_spelling_is_not_canonical(text: str) -> None:
    with pytest.raises(Refused) as refused:
        wire.integer(text, "risk_bps")
    assert (refused.value.code, refused.value.at) == ("INTEGER_NOT_CANONICAL", "risk_bps")


@pytest.mark.parametrize("value", [1, 1.0, True, None, [], b"1"])
def test_what_is_no_text_is_not_canonical(value: object) -> None:
    with pytest.raises(Refused, match="INTEGER_NOT_CANONICAL"):
        wire.integer(value, "value")


def test_the_message_about_a_long_text_is_short() -> None:
    with pytest.raises(Refused) as refused:
        wire.integer("x" * 100_000, "value")
    assert len(str(refused.value)) < 200


@pytest.mark.parametrize("value", [True, 1.0, "1"])
def test_only_an_integer_is_written_as_one(value: Any) -> None:
    with pytest.raises(TypeError):
        wire.decimal(value)
    assert wire.decimal(None) is None


def test_a_record_is_read_and_written() -> None:
    values = wire.read(wire.MODEL, MODEL)
    assert values == {name: number for number, name in enumerate(wire.MODEL, start=1)}
    assert wire.write(wire.MODEL, values) == MODEL
    assert list(wire.write(wire.MODEL, dict(reversed(values.items())))) == list(wire.MODEL)


def test_what_is_no_integer_is_passed_on() -> None:
    bundle = {name: "5" if kind in wire.INTEGER_TYPES else "x" for name, kind in wire.BUNDLE.items()}
    values = wire.read(wire.BUNDLE, {**bundle, "replay_valid": False})
    assert (values["created_by"], values["proof_version"], values["replay_valid"]) == ("x", 5, False)
    assert wire.write(wire.BUNDLE, values) == {**bundle, "replay_valid": False}


def test_a_wrong_integer_is_named_with_its_path() -> None:
    with pytest.raises(Refused) as refused:
        wire.read(wire.MODEL, {**MODEL, "quality_bps": "007"}, "models[3]")
    assert refused.value.at == "models[3].quality_bps"


@pytest.mark.parametrize("read", [wire.read, wire.read_part])
def test_an_unknown_key_is_damage(read: Any) -> None:
    with pytest.raises(ValueError, match="unknown keys"):
        read(wire.MODEL, {**MODEL, "more": "1"})


def test_a_missing_key_is_damage_unless_a_part_is_read() -> None:
    part = {"model_id": "1"}
    with pytest.raises(ValueError, match="lacks the keys"):
        wire.read(wire.MODEL, part)
    with pytest.raises(ValueError, match="lacks the keys"):
        wire.write(wire.MODEL, {"model_id": 1})
    assert wire.read_part(wire.MODEL, part) == {"model_id": 1}


def test_a_policy_is_its_constructor_its_scalars_and_its_models() -> None:
    constructor, scalars, models = wire.read_policy({**POLICY, "models": [MODEL, MODEL]})
    assert constructor == "try_new"
    assert scalars == dict.fromkeys(wire.POLICY_SCALARS, 7)
    assert [model["model_id"] for model in models] == [1, 1]


def test_a_wrong_model_of_a_list_is_named_with_its_place() -> None:
    with pytest.raises(Refused) as refused:
        list(wire.read_models([MODEL, {**MODEL, "enabled": "+1"}]))
    assert refused.value.at == "models[1].enabled"


def test_a_series_stands_for_a_list() -> None:
    series = {"count": "4", "first": MODEL, "step": {"model_id": "3", "enabled": "-5"}}
    models = list(wire.read_models({"series": series}))
    assert [model["model_id"] for model in models] == [1, 4, 7, 10]
    assert [model["enabled"] for model in models] == [5, 0, -5, -10]
    assert {model["quality_bps"] for model in models} == {3}
    assert list(wire.read_models({"series": {**series, "count": "0"}})) == []


@pytest.mark.parametrize(
    "models",
    [
        {},
        {"series": {"count": "1", "first": MODEL}},
        {"series": {"count": "1", "first": MODEL, "step": {"colour": "1"}}},
        {"series": {"count": "1", "first": {}, "step": {}}},
    ],
    ids=["empty", "no step", "unknown step", "empty first"],
)
def test_a_damaged_series_is_damage(models: Mapping[str, Any]) -> None:
    with pytest.raises(ValueError, match="keys"):
        list(wire.read_models(models))


@pytest.mark.parametrize(
    ("shape", "record"),
    [
        (wire.MODEL, KernelModel),
        (wire.REQUEST, KernelInput),
        (wire.DECISION, KernelDecision),
        (wire.REJECTIONS, RejectionHistogram),
        (wire.BUNDLE, AuditBundle),
        (wire.CERTIFICATE, CorrectnessCertificate),
        (wire.CONFIG, EngineConfig),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_the_table_of_a_record_is_the_library_s(shape: wire.Shape, record: type[Record]) -> None:
    kinds = {}
    for column in columns(record):
        if issubclass(column.kind, Name):
            kinds[column.name] = "name"
        else:
            kinds[column.name] = column.width.name if column.width else {bool: "flag", str: "text"}[column.kind]
    if record is CorrectnessCertificate:  # the library keeps the display forms of names as text
        kinds |= {"action": "name", "reason": "name"}
    assert list(shape.items()) == list(kinds.items())


def test_bytes_are_parts_and_have_a_bound() -> None:
    assert (
        wire.read_bytes([{"hex": "61", "times": "3"}, {"hex": "", "times": "9"}, {"hex": "6263", "times": "1"}])
        == b"aaabc"
    )
    assert wire.read_bytes([]) == b""
    for hex_, times in (("00", str(2**64)), ("00", "-1"), ("00" * 1024, str(64 * 1024 + 1))):
        with pytest.raises(ValueError, match="has 0 to 67108864 bytes"):
            wire.read_bytes([{"hex": hex_, "times": times}])


def test_a_ledger_is_read_and_written() -> None:
    tenant = {
        "tenant_id": "é",
        "initial_microcents": "-1",
        "remaining_microcents": "2",
        "reserved_microcents": "3",
        "committed_microcents": "4",
    }
    for watermark in (None, "0"):
        value = {"version": "7", "tenants": [tenant], "active_reservations": "1", "wal_high_watermark": watermark}
        read = wire.read_ledger(value)
        assert read["tenants"][0]["initial_microcents"] == -1
        assert read["wal_high_watermark"] == (None if watermark is None else 0)
        assert wire.write_ledger(read) == value
    with pytest.raises(Refused) as caught:
        wire.read_ledger({**value, "tenants": [{**tenant, "committed_microcents": "04"}]})
    assert caught.value.at == "tenants[0].committed_microcents"
