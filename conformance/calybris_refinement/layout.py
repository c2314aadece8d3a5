"""The layouts of the library are those of the specification, field by field (DIGEST-1 … DIGEST-5).

The library hands the fields to `struct`, which is not symbolic: its tables are compared here, its bytes in tests with
random records. That a layout with these fields can be read back is proved of the specification.
"""

from __future__ import annotations

from icontract import ensure

from calybris_ref import layout as library
from calybris_spec import layout as specification
from calybris_spec.integers import Width, signed, unsigned
from calybris_spec.types import DECISION, MODEL, POLICY, REQUEST

STRUCT = {"B": unsigned(1), "H": unsigned(2), "I": unsigned(4), "Q": unsigned(8), "q": signed(8)}
"""What the codes of `struct` mean behind `<`: little endian, no padding."""


def is_laid_out(layout: library.Layout, fields: dict[str, Width]) -> bool:
    """Whether the layout has these fields, in this order, in these widths, and no byte more."""
    widths = [STRUCT[code] for code in layout.codes]
    has_fields = (layout.names == tuple(fields)) & (widths == [*fields.values()])
    return has_fields & (layout.size == sum([width.size for width in widths])) & layout._struct.format.startswith("<")


@ensure(lambda result: result)
def every_record_has_the_same_fields_in_the_same_widths() -> bool:
    """DIGEST-2 … DIGEST-5."""
    return all(
        [
            is_laid_out(library.POLICY, POLICY),
            is_laid_out(library.MODEL, MODEL),
            is_laid_out(library.INPUT, REQUEST),
            is_laid_out(library.DECISION, DECISION),
        ]
    )


@ensure(lambda result: result)
def every_record_has_the_same_tag() -> bool:
    """DIGEST-1."""
    tags = (library.POLICY_TAG, library.INPUT_TAG, library.DECISION_TAG)
    return [tuple(tag) for tag in tags] == [
        specification.POLICY_TAG,
        specification.INPUT_TAG,
        specification.DECISION_TAG,
    ]
