"""What can be refused, and what a refusal carries: a code of the closed registry, a path, and fields of its own.

`code` is what programs branch on and what the vectors pin; `at` is the path of the value that it is about, such as
`models[3].quality_bps`; `str()` is one sentence for people and no part of the interface. An outcome that a caller must
expect in ordinary work, such as a decision that does not replay, is a value and not an exception.
"""

from typing import Any, Self

_LONGEST_INTEGER_SHOWN_BITS = 128


class CalybrisError(Exception):
    """The root of everything that this package raises on purpose.

    `code`: `AREA_SUBJECT_PROBLEM`, stable. `at`: the path of the value. `detail`: what is wrong with it.
    """

    def __init__(self, detail: str, *, code: str, at: str) -> None:
        super().__init__(detail)
        self.detail = detail
        self.code = code
        self.at = at

    def within(self, parent: str) -> Self:
        """This error as seen from outside: its path continues `parent`."""
        self.at = f"{parent}.{self.at}"
        return self

    def __str__(self) -> str:
        # A path may name a key that UTF-8 cannot write, and a message must always be printable.
        return f"{self.at}: {self.detail}".encode("utf-8", "backslashreplace").decode()

    def __reduce__(self) -> tuple[Any, ...]:
        # The default would call the class with positional arguments only, which the fields below do not allow.
        return _restore, (type(self), self.args, self.__dict__)


def _restore(kind: type[CalybrisError], arguments: tuple[Any, ...], state: dict[str, Any]) -> CalybrisError:
    error = kind.__new__(kind, *arguments)
    error.__dict__.update(state)
    return error


class WidthError(CalybrisError):
    """A value that does not fit the integer type of its field (TYPES-9).

    `field` is the bare name, `minimum` and `maximum` the allowed range. The code is INTEGER_OUT_OF_RANGE, or
    INTEGER_TYPE_INVALID for what is not an integer at all: bool, float, str and None are not.
    """

    def __init__(self, field: str, value: object, minimum: int, maximum: int) -> None:
        is_integer = isinstance(value, int) and not isinstance(value, bool)
        super().__init__(
            f"{shown(value)} is not an integer from {minimum} to {maximum}",
            code="INTEGER_OUT_OF_RANGE" if is_integer else "INTEGER_TYPE_INVALID",
            at=field,
        )
        self.field = field
        self.value = value
        self.minimum = minimum
        self.maximum = maximum


class RecordError(CalybrisError):
    """A record with a wrong set of keys, or a value of another kind than its key asks for.

    Codes: RECORD_KEY_UNKNOWN, RECORD_KEY_MISSING, RECORD_TYPE_INVALID, RECORD_NAME_UNKNOWN, and RECORD_LENGTH_UNEQUAL
    for columns of unequal length. `key` is the name of the key, of the column, or of an item such as `models[3]`.
    """

    def __init__(self, detail: str, *, code: str, key: str) -> None:
        super().__init__(detail, code=code, at=key)
        self.key = key


class PolicyError(CalybrisError):
    """A policy that breaks a rule of POLICY-1 … POLICY-7.

    `value` and `maximum` where a number is above its bound, `model_id` where one model is to blame; else None.
    """

    def __init__(
        self,
        detail: str,
        *,
        code: str,
        at: str,
        value: int | None = None,
        maximum: int | None = None,
        model_id: int | None = None,
    ) -> None:
        super().__init__(detail, code=code, at=at)
        self.value = value
        self.maximum = maximum
        self.model_id = model_id


class InputError(CalybrisError):
    """A request with a proportion above 10,000 bps (INPUT-1): `field`, its `value` and the `maximum`."""

    def __init__(self, field: str, value: int, maximum: int) -> None:
        super().__init__(f"{value} bps is above {maximum}", code="INPUT_BPS_OUT_OF_RANGE", at=field)
        self.field = field
        self.value = value
        self.maximum = maximum


class ConfigError(CalybrisError):
    """A configuration that breaks CONFIG-2: `field` and its `value`; the code says which rule."""

    def __init__(self, detail: str, *, code: str, field: str, value: int) -> None:
        super().__init__(detail, code=code, at=field)
        self.field = field
        self.value = value


class BuildError(CalybrisError):
    """A policy that cannot be built (BUILD-3).

    Its own code is BUILD_CATALOG_TOO_LARGE, with `count` and `maximum`. A refused configuration or policy is wrapped:
    then `code` and `at` are those of the cause (`__cause__`), and both numbers are None.
    """

    def __init__(
        self, detail: str, *, code: str, at: str, count: int | None = None, maximum: int | None = None
    ) -> None:
        super().__init__(detail, code=code, at=at)
        self.count = count
        self.maximum = maximum


class DigestDecodeError(CalybrisError):
    """A text that is not 32 bytes in lowercase hex (DIGEST-7), or a preimage with a wrong tag or length (DIGEST-6).

    `index` and `byte` name the first bad byte, where one is to blame; else None.
    """

    def __init__(self, detail: str, *, code: str, at: str, index: int | None = None, byte: int | None = None) -> None:
        super().__init__(detail, code=code, at=at)
        self.index = index
        self.byte = byte


class VerificationError(CalybrisError):
    """Evidence that does not hold: a decision that does not replay (VERIFY-4), a bundle not canonical (VERIFY-5).

    `value` is what was found at `at`: the `Mismatch`, or the value of the bundle's field.
    """

    def __init__(self, detail: str, *, code: str, at: str, value: Any) -> None:
        super().__init__(detail, code=code, at=at)
        self.value = value


class ConservationError(CalybrisError):
    """A ledger that cannot be proved (FIN-1): out of balance, or with totals that no i64 holds.

    `status` is the `Violation` or `AggregateOverflow` that was found; for totals the latter, though each tenant alone
    is in balance. `tenant_id` names the tenant, where one is to blame; else None.
    """

    def __init__(self, detail: str, *, code: str, at: str, status: Any, tenant_id: str | None = None) -> None:
        super().__init__(detail, code=code, at=at)
        self.status = status
        self.tenant_id = tenant_id


class RestoreError(CalybrisError):
    """A snapshot that no engine restores (LEDGER-11); the engine is as it was.

    `value` is what was found at `at`: a number, the id that stands twice, or the `Violation` or `AggregateOverflow` of
    a ledger out of balance. `tenant_id` names the tenant, where one is to blame; else None.
    """

    def __init__(self, detail: str, *, code: str, at: str, value: Any, tenant_id: str | None = None) -> None:
        super().__init__(detail, code=code, at=at)
        self.value = value
        self.tenant_id = tenant_id


class PersistenceError(CalybrisError):
    """A snapshot that cannot be read or written (SNAP-2), or a log that lost its tail (RECOVER-1).

    `path` is the file, where one was opened; else None. What the system said is the `__cause__`.
    """

    def __init__(self, detail: str, *, code: str, at: str, path: str | None = None) -> None:
        super().__init__(detail, code=code, at=at)
        self.path = path


def shown(value: object) -> str:
    """A value as a message shows it: short, whatever the value is."""
    # Python refuses to print very long integers, and a message is no place for them.
    if isinstance(value, int) and value.bit_length() > _LONGEST_INTEGER_SHOWN_BITS:
        return f"an integer of {value.bit_length()} bits"
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}..."
