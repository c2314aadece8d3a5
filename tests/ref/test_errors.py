"""calybris_ref.errors: what a refusal carries and how it reads."""

import copy
import pickle

import pytest

import calybris_ref
from calybris_ref import (
    AnchorMismatch,
    AuditFailed,
    BuildError,
    CalybrisError,
    ChainBroken,
    ConfigError,
    ConservationError,
    DigestDecodeError,
    DuplicateSequence,
    InputError,
    KeyTooShort,
    LineTooLong,
    PayloadError,
    PersistenceError,
    PolicyError,
    ProofError,
    RecordError,
    RepairError,
    RestoreError,
    SequenceExhausted,
    VerificationError,
    Violation,
    WalError,
    WalJsonError,
    WalPoisoned,
    WidthError,
    WriterActive,
    WriterClosed,
)
from calybris_ref.errors import shown

ERRORS = [
    WidthError("risk_bps", 70_000, 0, 65_535),
    RecordError("the key is missing", code="RECORD_KEY_MISSING", key="risk_bps"),
    PolicyError("1 is above 0", code="POLICY_BPS_OUT_OF_RANGE", at="x", value=1, maximum=0, model_id=9),
    InputError("risk_bps", 10_001, 10_000),
    ConfigError("0 models", code="CONFIG_CATALOG_SIZE_ZERO", field="max_catalog_size", value=0),
    BuildError("2 models", code="BUILD_CATALOG_TOO_LARGE", at="models", count=2, maximum=1),
    DigestDecodeError("byte 0x67", code="DIGEST_HEX_CHARACTER_INVALID", at="text[0]", index=0, byte=0x67),
    VerificationError("no", code="VERIFY_DECISION_MISMATCH", at="decision", value=None),
    ConservationError("no", code="FINANCE_LEDGER_UNBALANCED", at="tenants[0]", status=Violation("a", 1), tenant_id="a"),
    RestoreError("no", code="RESTORE_RESERVATIONS_ACTIVE", at="active_reservations", value=1),
    PersistenceError("no", code="SNAPSHOT_MALFORMED", at="file", path="ledger.json"),
    WalError("no", code="LOG_LINE_MALFORMED", at="lines[0]"),
    WalJsonError("no", code="LOG_LINE_MALFORMED", at="lines[0]", line=0, offset=0),
    LineTooLong("no", code="LOG_LINE_TOO_LONG", at="lines[0]", line=0, offset=0),
    DuplicateSequence("no", code="LOG_SEQUENCE_UNEXPECTED", at="lines[0].sequence", sequence=2, expected=1, found=2),
    ChainBroken("no", code="LOG_CHAIN_BROKEN", at="lines[0].entry_hash", sequence=1, expected="a", found="b"),
    KeyTooShort("no", code="LOG_KEY_TOO_SHORT", at="key_hex", expected=32, found=0),
    AuditFailed("no", code="LOG_RECORD_MALFORMED", at="lines[0].data", line=0, offset=0, sequence=1),
    AnchorMismatch("no", code="LOG_ANCHOR_MISMATCH", at="anchor.keyed", expected=True, found=False),
    PayloadError("no", code="LOG_PAYLOAD_FLOAT", at="data.scores[2]"),
    SequenceExhausted("no", code="LOG_SEQUENCE_EXHAUSTED", at="sequence"),
    WriterActive("no", code="LOG_WRITER_ACTIVE", at="log"),
    WalPoisoned("no", code="LOG_WRITER_POISONED", at="log", sequence=3),
    WriterClosed("no", code="LOG_WRITER_CLOSED", at="log"),
    RepairError("the log has no torn tail", code="LOG_NOT_TORN", at="log"),
    ProofError("no", code="PROOF_SEQUENCE_ZERO", at="wal_sequence", value=0),
]


@pytest.mark.parametrize("error", ERRORS, ids=lambda error: type(error).__name__)
def test_every_error_has_a_code_a_path_and_one_sentence(error: CalybrisError) -> None:
    assert error.code.isupper()
    assert str(error) == f"{error.at}: {error.detail}"
    assert "\n" not in str(error)


@pytest.mark.parametrize("error", ERRORS, ids=lambda error: type(error).__name__)
@pytest.mark.parametrize("clone", [lambda e: pickle.loads(pickle.dumps(e)), copy.copy], ids=["pickle", "copy"])  # noqa: S301 - our own bytes
def test_an_error_survives_the_way_to_another_process(error: CalybrisError, clone: object) -> None:
    assert callable(clone)
    twin = clone(error)
    assert type(twin) is type(error)
    assert vars(twin) == vars(error)
    assert str(twin) == str(error)


def test_every_public_error_is_in_the_list_above() -> None:
    public = {
        value
        for name in calybris_ref.__all__
        if isinstance(value := getattr(calybris_ref, name), type) and issubclass(value, CalybrisError)
    }
    assert public - {CalybrisError} == {type(error) for error in ERRORS}


def test_a_path_grows_from_the_outside() -> None:
    error = WidthError("quality_bps", -1, 0, 65_535).within("models[3]").within("policy")
    assert error.at == "policy.models[3].quality_bps"
    assert error.field == "quality_bps"
    assert str(error) == "policy.models[3].quality_bps: -1 is not an integer from 0 to 65535"


@pytest.mark.parametrize(
    ("value", "code"),
    [
        (70_000, "INTEGER_OUT_OF_RANGE"),
        (-1, "INTEGER_OUT_OF_RANGE"),
        (True, "INTEGER_TYPE_INVALID"),
        (1.0, "INTEGER_TYPE_INVALID"),
        ("1", "INTEGER_TYPE_INVALID"),
        (None, "INTEGER_TYPE_INVALID"),
    ],
)
def test_a_width_error_tells_a_wrong_number_from_no_number(value: object, code: str) -> None:
    error = WidthError("risk_bps", value, 0, 65_535)
    assert (error.code, error.field, error.at) == (code, "risk_bps", "risk_bps")
    assert error.value is value
    assert (error.minimum, error.maximum) == (0, 65_535)


@pytest.mark.parametrize(
    "value", [10**5_000, -(10**5_000), "x" * 10_000, [0] * 10_000], ids=["huge", "minus huge", "text", "list"]
)
def test_a_message_stays_short_whatever_the_value(value: object) -> None:
    assert len(str(WidthError("risk_bps", value, 0, 65_535))) < 160


def test_a_value_is_shown_as_python_writes_it_unless_it_is_long() -> None:
    assert shown(2**128 - 1) == str(2**128 - 1)
    assert shown(2**128) == "an integer of 129 bits"
    assert shown("a" * 58) == repr("a" * 58)
    assert shown("a" * 59) == "'" + "a" * 56 + "..."


def test_a_message_can_be_printed_whatever_key_it_names() -> None:
    error = RecordError("there is no such key", code="RECORD_KEY_UNKNOWN", key="\ud83d")
    assert str(error) == "\\ud83d: there is no such key"
    assert error.at == "\ud83d"
