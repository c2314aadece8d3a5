"""What a record is: named fields of known kinds, checked once when it is built, and its one form in JSON.

A record is a frozen slotted dataclass whose annotations say everything: `risk_bps: U16` is an integer of 16 bits. The
table of a record's fields is read from them (`columns`) and everything that walks over fields walks over that table:
the width check (TYPES-1, TYPES-9), `to_dict`, `from_dict`, and the byte layout of the digests.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, make_dataclass
from enum import IntEnum
from typing import Annotated, Any, NamedTuple, Self, get_args, get_origin, get_type_hints

from calybris_ref.errors import CalybrisError, RecordError, WidthError, shown


@dataclass(frozen=True, slots=True)
class Width:
    """An integer type: its name and its range, both ends included (TYPES-1)."""

    name: str
    minimum: int
    maximum: int


U8_WIDTH = Width("u8", 0, 2**8 - 1)
U16_WIDTH = Width("u16", 0, 2**16 - 1)
U32_WIDTH = Width("u32", 0, 2**32 - 1)
U64_WIDTH = Width("u64", 0, 2**64 - 1)
I64_WIDTH = Width("i64", -(2**63), 2**63 - 1)
# The terms of an explanation are exact, and a latency term is a u32 times a u64.
U96_WIDTH = Width("u96", 0, 2**96 - 1)

U8 = Annotated[int, U8_WIDTH]
U16 = Annotated[int, U16_WIDTH]
U32 = Annotated[int, U32_WIDTH]
U64 = Annotated[int, U64_WIDTH]
I64 = Annotated[int, I64_WIDTH]
U96 = Annotated[int, U96_WIDTH]


class Name(IntEnum):
    """A code with a name; both printed forms follow from the name of the member."""

    @property
    def label(self) -> str:
        """The display form, in snake_case: certificates, envelopes, the command line."""
        return self.name.lower()

    @property
    def name_json(self) -> str:
        """The form in records and logs, in CamelCase."""
        return self.name.title().replace("_", "")


class Column(NamedTuple):
    """One field of a record.

    `kind` is the exact type of its values, `width` the range of an int or the width of a name's code on the wire,
    `item` the record that a tuple holds, `optional` whether None is a value.
    """

    name: str
    kind: type
    width: Width | None = None
    item: type["Record"] | None = None
    optional: bool = False


class _Table(NamedTuple):
    columns: tuple[Column, ...]
    # What nearly every value is, for the quick look when a record is built: (name, exact type, smallest, largest). No
    # type where there is more to look at; no bounds where the type is all.
    expectations: tuple[tuple[str, Any, int | None, int], ...]


class _Tables(dict[type["Record"], _Table]):
    """The table of each record class, read from its annotations when it is first asked for."""

    def __missing__(self, record: type["Record"]) -> _Table:
        hints = get_type_hints(record, include_extras=True)
        table = tuple(_column(field.name, hints[field.name]) for field in fields(record) if field.init)  # type: ignore[arg-type]  # every record class is a dataclass
        expectations = tuple(
            (name, kind, width.minimum, width.maximum) if width else (name, None if item else kind, None, 0)
            for name, kind, width, item, _ in table
        )
        return self.setdefault(record, _Table(table, expectations))


_TABLES = _Tables()


def columns(record: type["Record"]) -> tuple[Column, ...]:
    """The table of a record class's fields, in declaration order; what is derived from them is not in it."""
    return _TABLES[record].columns


def _column(name: str, hint: Any) -> Column:
    choices = [choice for choice in get_args(hint) if choice is not type(None)]
    if type(None) in get_args(hint):
        return _column(name, choices[0])._replace(optional=True)
    if get_origin(hint) is Annotated:
        return Column(name, choices[0], width=choices[1])
    if get_origin(hint) is tuple:
        return Column(name, tuple, item=choices[0])
    return Column(name, hint)


class Record:
    """The base of every record: subclasses are frozen slotted dataclasses.

    Building one raises WidthError for an integer outside its width and RecordError for a value of another kind; both
    say which field.
    """

    __slots__ = ()

    def __post_init__(self) -> None:
        for name, kind, minimum, maximum in _TABLES[type(self)].expectations:
            value = getattr(self, name)
            if type(value) is not kind or (minimum is not None and not minimum <= value <= maximum):
                object.__setattr__(self, name, _settled(self, name, value))

    def to_dict(self) -> dict[str, Any]:
        """The record as JSON values: numbers, CamelCase names, null for None; keys in declaration order."""
        return {column.name: _written(getattr(self, column.name)) for column in columns(type(self))}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        """The inverse of `to_dict`.

        RecordError for an unknown or missing key or a value of another kind, WidthError for an integer out of range.
        """
        return cls(**parsed(cls, data))


def draft_of(record: type[Record]) -> Any:
    """A class with the slots of a record, and a constructor that checks nothing and takes the fields by place.

    Assign the record to the `__class__` of what it builds, and it is that record. This is for values that a rule made,
    which fit their widths because the specification proves it: to check them takes ten times as long as to set them.
    """
    names = [column.name for column in columns(record)]
    plain: Any = make_dataclass("Plain", names)
    return type("Draft", (Record,), {"__slots__": names, "__init__": plain.__init__})


def parsed(record: type[Record], data: Mapping[str, Any]) -> dict[str, Any]:
    """The arguments for a record's constructor from its JSON form: first the keys, then the values in order."""
    if not isinstance(data, Mapping):
        raise _wrong_kind(record.__name__, "an object", data)
    check_keys(record, data)
    return {column.name: _parsed(column, data[column.name]) for column in columns(record)}


def check_keys(record: type[Record], data: Mapping[str, Any]) -> None:
    """Raise RecordError for the first key that the record has not, else for the first of its keys that is missing."""
    names = [column.name for column in columns(record)]
    for key in data:
        if key not in names:
            detail = f"there is no such key in a record {record.__name__}"
            raise RecordError(detail, code="RECORD_KEY_UNKNOWN", key=str(key)[:60])
    for name in names:
        if name not in data:
            raise RecordError(f"the key is missing in a record {record.__name__}", code="RECORD_KEY_MISSING", key=name)


def sized(name: str, value: object, width: Width) -> int:
    """An integer of this width as the plain number that it is; WidthError for anything else (TYPES-9)."""
    # An IntFlag makes a readable capability mask; what is checked, hashed and printed is its number.
    number = int(value) if isinstance(value, int) and not isinstance(value, bool) else None
    if number is None or not width.minimum <= number <= width.maximum:
        raise WidthError(name, value, width.minimum, width.maximum)
    return number


def _settled(record: Record, name: str, value: Any) -> Any:
    """The value as the record keeps it, or the refusal of a value that its column does not hold."""
    (column,) = (column for column in columns(type(record)) if column.name == name)
    _, kind, width, item, optional = column
    if (value is None and optional) or (type(value) is kind and kind is not int and item is None):
        return value
    if kind is int and width:
        return sized(name, value, width)
    if item and isinstance(value, Iterable):
        items = tuple(value)
        for place, element in enumerate(items):
            if type(element) is not item:
                raise _wrong_kind(f"{name}[{place}]", f"a {item.__name__}", element)
        return items
    raise _wrong_kind(name, f"an iterable of {item.__name__}" if item else f"a {kind.__name__}", value)


def _written(value: Any) -> Any:
    if isinstance(value, Name):
        return value.name_json
    if isinstance(value, tuple):
        return [element.to_dict() for element in value]
    return value.to_dict() if isinstance(value, Record) else value


def _parsed(column: Column, value: Any) -> Any:
    name, kind, _, item, optional = column
    if value is None and optional:
        return None
    if item:
        if not isinstance(value, list):
            raise _wrong_kind(name, "a list", value)
        return tuple(_parsed_record(item, element, f"{name}[{place}]") for place, element in enumerate(value))
    if issubclass(kind, Record):
        return _parsed_record(kind, value, name)
    if issubclass(kind, Name):
        for member in kind:
            if member.name_json == value:
                return member
        raise RecordError(f"there is no {kind.__name__} {shown(value)}", code="RECORD_NAME_UNKNOWN", key=name)
    return value


def _parsed_record(record: type[Record], value: Any, at: str) -> Record:
    if not isinstance(value, Mapping):
        raise _wrong_kind(at, "an object", value)
    try:
        return record.from_dict(value)
    except CalybrisError as error:
        raise error.within(at) from None


def _wrong_kind(key: str, needed: str, value: object) -> RecordError:
    return RecordError(f"{needed} is needed, not {type(value).__name__}", code="RECORD_TYPE_INVALID", key=key)
