"""The tables of the documentation say what the code says: fields and widths, codes, constants, defaults, order.

Both sides are written by hand, apart from each other; these tests hold them together.
"""

import re
from dataclasses import fields
from pathlib import Path

import pytest

import calybris_ref
from calybris_conformance import wire
from calybris_ref import record
from calybris_spec import codes
from tests.support import markdown

DOCS = Path(__file__).resolve().parents[1] / "docs"


def section(page: str, heading: str) -> str:
    """The text below a heading, up to the next heading of its level or above."""
    text = "\n" + (DOCS / page).read_text("utf-8")
    level, title = re.findall(rf"^(#+) ({re.escape(heading)}.*)$", text, re.MULTILINE)[0]
    body = text.split(f"\n{level} {title}\n", 1)[1]
    return re.split(rf"^#{{1,{len(level)}}} ", body, maxsplit=1, flags=re.MULTILINE)[0]


def rows(page: str, heading: str) -> list[list[str]]:
    """The rows of the first table below a heading, without its head."""
    return markdown.tables(section(page, heading))[0][1:]


def number(cell: str) -> int:
    return int(cell.replace(",", "").replace("−", "-"))


@pytest.mark.parametrize(
    ("page", "heading", "kind"),
    [
        ("spec/types.md", "TYPES-2", calybris_ref.KernelModel),
        ("spec/types.md", "TYPES-3", calybris_ref.KernelInput),
        ("spec/types.md", "TYPES-4", calybris_ref.PolicySnapshot),
        ("spec/types.md", "TYPES-5", calybris_ref.KernelDecision),
    ],
)
def test_records(page: str, heading: str, kind: type[record.Record]) -> None:
    shown = [(int(place), markdown.code(name)[0], width) for place, name, width, *_ in rows(page, heading)]
    columns = enumerate(record.columns(kind), 1)
    assert shown == [(place, c.name, c.width.name if c.width else "sequence of models") for place, c in columns]


@pytest.mark.parametrize(
    ("heading", "kind"), [("VERIFY-3", calybris_ref.AuditBundle), ("VERIFY-6", calybris_ref.CorrectnessCertificate)]
)
def test_evidence(heading: str, kind: type[record.Record]) -> None:
    shown = [(name, row[1]) for row in rows("spec/verify.md", heading) for name in markdown.code(row[0])]
    assert [name for name, _ in shown] == [column.name for column in record.columns(kind)]
    for (name, said), column in zip(shown, record.columns(kind), strict=True):
        allowed = {column.width.name} if column.width else {"boolean"} if column.kind is bool else {"text", "64 hex"}
        assert said in allowed, name


def test_widths() -> None:
    shown = {name: (int(size), number(low), number(high)) for name, size, low, high in rows("spec/types.md", "TYPES-1")}
    expected = {
        width.name: (int(width.name[1:]) // 8, width.minimum, width.maximum)
        for width in (record.U8_WIDTH, record.U16_WIDTH, record.U32_WIDTH, record.U64_WIDTH, record.I64_WIDTH)
    }
    assert shown == expected
    assert {name: (low, high) for name, (_, low, high) in shown.items()} == dict(wire.INTEGER_TYPES)


@pytest.mark.parametrize(
    ("heading", "kind"), [("TYPES-6", calybris_ref.KernelAction), ("TYPES-7", calybris_ref.KernelReason)]
)
def test_codes(heading: str, kind: type[record.Name]) -> None:
    shown = [
        (int(code), *markdown.code(label), *markdown.code(name))
        for code, label, name, *_ in rows("spec/types.md", heading)
    ]
    assert shown == [(int(member), member.label, member.name_json) for member in kind]


def test_constants() -> None:
    shown = {
        name: number(cell.split("=")[-1])
        for names, cell in rows("spec/types.md", "TYPES-8")
        for name in markdown.code(names)
    }
    exported = {name: getattr(calybris_ref, name) for name in calybris_ref.__all__ if name.isupper()}
    assert shown == {name: value for name, value in exported.items() if isinstance(value, int)}


def test_gates() -> None:
    shown = [(int(row[0]), *markdown.code(row[3]), int(row[4])) for row in rows("spec/gates.md", "Gates")]
    assert shown == [(place, gate.name, gate.reason) for place, gate in enumerate(codes.GATES[1:], 1)]
    assert [name for _, name, _ in shown] == [gate.label for gate in calybris_ref.Gate]


def test_dominance() -> None:
    shown = [(name.replace(" ", "_"), int(reason)) for _, name, reason in rows("spec/decide.md", "DECIDE-3")]
    assert shown == [(codes.GATES[gate].name, codes.GATES[gate].reason) for gate in codes.DOMINANCE]


def test_defaults_of_the_configuration() -> None:
    shown = [(*markdown.code(name), value.split(" (")[0]) for name, _, value in rows("spec/config.md", "CONFIG-1")]
    config = calybris_ref.EngineConfig()
    assert shown == [
        (f.name, f"{getattr(config, f.name):,}" if f.type is not bool else "false") for f in fields(config)
    ]


@pytest.mark.parametrize(
    ("name", "shape"),
    [
        ("model", wire.MODEL),
        ("request", wire.REQUEST),
        ("decision", wire.DECISION),
        ("rejections", wire.REJECTIONS),
        ("bundle", wire.BUNDLE),
        ("certificate", wire.CERTIFICATE),
        ("config", wire.CONFIG),
        ("policy", {"constructor": "text", **wire.POLICY_SCALARS, "models": "text"}),
    ],
)
def test_records_on_the_wire(name: str, shape: wire.Shape) -> None:
    (cell,) = (cell for record_name, cell in rows("operations.md", "Records") if record_name == name)
    shown = re.findall(r"`(\w+)`(?: \(?(\w+)\)?)?", cell)
    default = "u16" if cell.endswith("all u16") else ""
    plain = {"name": "", "text": "", "flag": "boolean"}
    assert [(key, kind or default) for key, kind in shown] == [
        (key, plain.get(kind, kind)) for key, kind in shape.items()
    ]


def test_sections_are_read() -> None:
    assert section("spec/types.md", "TYPES-6").strip().startswith("| code |")
    assert "TYPES-7" not in section("spec/types.md", "TYPES-6")
    assert "GATE-12" in section("spec/gates.md", "Gates")
