"""`calybris-ref explain`: a decision on a terminal, as JSON and as a page."""

import json
import sys
from pathlib import Path

import pytest

from calybris_ref import decision_digest, input_digest, policy_digest
from calybris_ref.cli import main
from calybris_ref.layout import decision_preimage, input_preimage, policy_preimage
from tests.cli.conftest import Files, Run, Terminal, Write
from tests.support import ledgers, logs, records
from tests.support.pages import Reader

FILES = ("explain", "--policy", "policy.json", "--input", "request.json")


def test_a_table(cli: Run, write: Write) -> None:
    models = [records.model(1), records.model(2, quality_bps=7_000), records.model(3, quality_bps=10)]
    write("policy.json", records.policy(models).to_dict())
    write("request.json", records.request().to_dict())
    assert cli(*FILES) == (
        0,
        """\
execute_requested: model 1
Its utility is 90,000 more than that of model 2, the runner-up.

   model  outcome                               value  - risk  - cost  - latency  = utility
1      1  winner                              720,000  35,000   5,000        400    679,600
2      2  runner-up                           630,000  35,000   5,000        400    589,600
3      3  quality 10 bps < minimum 5,000 bps
""",
        "",
    )


def test_a_hard_limit_has_no_table(cli: Run, write: Write, files: Files) -> None:
    write("request.json", records.request(risk_bps=9_700).to_dict())
    code, out, err = cli(*FILES, "--html", "d.html")
    assert (code, err) == (0, "")
    assert out == (
        "reject: risk_hard_limit\n"
        "No candidate was looked at: the risk of 97.00 % reaches the hard limit of 96.00 %.\n\nwritten to d.html\n"
    )


def test_a_catalog_is_cut_and_the_count_told(cli: Run, write: Write, tmp_path: Path) -> None:
    write("policy.json", records.policy([records.model(one) for one in range(1, 61)]).to_dict())
    write("request.json", records.request().to_dict())
    out = cli(*FILES).out
    assert out.endswith("\n\n50 of 60 candidates; --limit 60 shows all\n")
    assert out.count("eligible\n") + out.count(" eligible ") == 48
    assert "shows all" not in cli(*FILES, "--limit", "60").out
    assert len(json.loads(cli(*FILES, "--json").out)["candidates"]) == 60
    document = json.loads(cli(*FILES, "--json", "--limit", "2", "--html", "d.html").out)
    assert (len(document["candidates"]), document["candidates_total"]) == (2, 60)
    page = Reader((tmp_path / "d.html").read_text("utf-8"))
    assert "This page holds the first 2 of 60 candidates" in page.text
    assert page.count("li") == 2


def test_json(cli: Run, files: Files) -> None:
    code, out, err = cli(*FILES, "--json")
    assert (code, err, out.count("\n")) == (0, "", 1)
    document = json.loads(out)
    assert document["decision"] == files.decision.to_dict()
    assert document["digests"] == {
        "policy": policy_digest(files.policy).hex(),
        "input": input_digest(files.request).hex(),
        "decision": decision_digest(files.decision).hex(),
    }
    rows = {row.model_id: row.to_dict() for row in files.policy.explain(files.request)}
    for place, one in enumerate(document["candidates"], 1):
        own = {key: one.pop(key) for key in ("place", "role", "outcome", "exact_utility_microunits")}
        assert one == rows[one["model_id"]]
        assert own == {
            "place": place,
            "role": ("winner", "runner_up")[place - 1],
            "outcome": ("winner", "runner-up")[place - 1],
            "exact_utility_microunits": one["utility_microunits"],
        }


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("--limit", "0"), "argument --limit: '0' is not a positive integer (see 'calybris-ref explain --help')"),
        (("--html", "none/d.html"), "none/d.html: cannot be written: No such file or directory [FILE_UNWRITABLE]"),
    ],
)
def test_what_is_refused(cli: Run, files: Files, options: tuple[str, ...], message: str) -> None:
    result = cli(*FILES, *options)
    assert result.code == 2
    assert result.error.startswith(message)


@pytest.mark.parametrize(
    ("words", "kept"),
    [
        (FILES, "policy.json"),
        (FILES, "request.json"),
        (("ledger", "show", "snapshot.json"), "snapshot.json"),
        (("wal", "show", "a.wal", "--anchor", "a.json", "--key-file", "key"), "a.wal"),
        (("wal", "show", "a.wal", "--anchor", "a.json", "--key-file", "key"), "a.json"),
        (("wal", "show", "a.wal", "--anchor", "a.json", "--key-file", "key"), "key"),
    ],
)
def test_no_page_is_written_over_what_it_is_made_from(
    cli: Run, files: Files, write: Write, tmp_path: Path, words: tuple[str, ...], kept: str
) -> None:
    write("snapshot.json", ledgers.snapshot().to_dict())
    write("a.wal", logs.log(b"1"))
    write("a.json", b"{}")
    write("key", logs.KEY)
    before = (tmp_path / kept).read_bytes()
    (tmp_path / "link").symlink_to(kept)
    for name in (kept, "link"):
        result = cli(*words, "--html", name)
        assert (result.code, result.out) == (2, "")
        assert result.error == f"{name}: the page would take the place of a file that it is made from"
    assert (tmp_path / kept).read_bytes() == before


@pytest.mark.parametrize(
    ("policy", "request_", "message"),
    [
        ("request.json", "request.json", "request.json: request_sequence: this is a request, and a policy is needed"),
        ("policy.json", "policy.json", "policy.json: policy_epoch: this is a policy, and a request is needed"),
        ("policy.json", "decision.json", "decision.json: action: this is a decision, and a request is needed"),
        ("bundle.json", "request.json", "bundle.json: schema_version: this is an audit bundle, and a policy is needed"),
    ],
)
def test_files_that_are_mixed_up(cli: Run, files: Files, policy: str, request_: str, message: str) -> None:
    result = cli("explain", "--policy", policy, "--input", request_)
    assert (result.code, result.error) == (2, f"{message} [RECORD_KEY_UNKNOWN]")


def test_a_request_is_no_ledger(cli: Run, files: Files) -> None:
    message = "request.json: request_sequence: this is a request, and the snapshot of a ledger is needed"
    assert cli("ledger", "show", "request.json").error == f"{message} [RECORD_KEY_UNKNOWN]"


def test_one_standard_input(cli: Run) -> None:
    assert cli("explain", "--policy", "-", "--input", "-").error == "only one file can be '-', standard input"


# ---- a terminal


def shown(terminal: Terminal, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, **model: int) -> str:
    monkeypatch.chdir(tmp_path)
    policy = records.policy([records.model(1, **model), records.model(2, enabled=0)])
    (tmp_path / "policy.json").write_text(json.dumps(policy.to_dict()))
    (tmp_path / "request.json").write_text(json.dumps(records.request().to_dict()))
    monkeypatch.setattr(sys, "stdout", terminal.stream)
    assert main(FILES) == 0
    return terminal.written().replace("\r\n", "\n")


def test_a_narrow_terminal_has_blocks(terminal: Terminal, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    termios = pytest.importorskip("termios")
    termios.tcsetwinsize(terminal.stream.fileno(), (24, 40))
    assert shown(terminal, monkeypatch, tmp_path).endswith(
        """
   1  model 1: \x1b[32mwinner\x1b[0m
      value      720,000
      - risk      35,000
      - cost       5,000
      - latency      400
      = utility  679,600
   2  model 2: \x1b[2mswitched off: enabled is 0\x1b[0m
"""
    )


def test_a_wide_terminal_has_the_table(terminal: Terminal, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    termios = pytest.importorskip("termios")
    termios.tcsetwinsize(terminal.stream.fileno(), (24, 120))
    assert "outcome" in shown(terminal, monkeypatch, tmp_path)


# ---- the page


def page_of(cli: Run, tmp_path: Path, *options: str) -> Reader:
    code, _, err = cli(*FILES, "--html", "d.html", *options)
    assert (code, err) == (0, "")
    return Reader((tmp_path / "d.html").read_text("utf-8"))


def test_the_page_says_what_json_says(cli: Run, files: Files, tmp_path: Path) -> None:
    page = page_of(cli, tmp_path)
    assert page.text_of("h1") == "Model 1 may run execute_requested"
    for words in (
        "utility 679,600",
        "value 720,000 − risk 35,000 − cost 5,000 − latency 400 = 679,600",
        "1,000,000 × 80.00 % × 90.00 %",
        "⌈1,000 × 2,000,000 / 1,000,000⌉ + ⌈500 × 6,000,000 / 1,000,000⌉",
        "200 ms × 2",
        "capabilities 0x7",
        policy_digest(files.policy).hex(),
        input_digest(files.request).hex(),
        decision_digest(files.decision).hex(),
    ):
        assert words in page.text, words


def test_gates_count_who_is_left(cli: Run, write: Write, tmp_path: Path) -> None:
    models = [records.model(1), records.model(2, quality_bps=1), records.model(3, enabled=0)]
    write("policy.json", records.policy([*models, records.model(4, enabled=0)]).to_dict())
    write("request.json", records.request().to_dict())
    rows = page_of(cli, tmp_path).rows("funnel")
    assert [row[0] for row in rows][1:4] == ["disabled", "quality", "latency"]
    assert [row[2:] for row in rows][1:4] == [["2", "2"], ["1", "1"], ["–", "1"]]


def test_a_page_of_a_hard_limit(cli: Run, files: Files, write: Write, tmp_path: Path) -> None:
    write("request.json", records.request(risk_bps=9_700).to_dict())
    page = page_of(cli, tmp_path)
    assert page.text_of("h1") == "No model may run reject"
    assert "2 in the catalog, none was looked at" in page.text
    assert "Candidates" not in page.text
    assert page.count("li") == 0


def test_nobody_came_as_far_as_the_money(cli: Run, write: Write, tmp_path: Path) -> None:
    write("policy.json", records.policy([records.model(1), records.model(2)]).to_dict())
    write("request.json", records.request(minimum_quality_bps=9_999).to_dict())
    page = page_of(cli, tmp_path)
    assert "None of 2 is eligible" in page.text
    assert page.count("svg") == 0
    first, second = page.texts("li")
    assert first.startswith("1Model 1stopped at qualityquality 8,000 bps < minimum 9,999 bpsrequested")
    assert "No amount was computed." in second


def test_64_bit_extremes_are_said_and_drawn(cli: Run, write: Write, tmp_path: Path) -> None:
    policy = records.unchecked(
        [records.model(1, p95_latency_ms=2**32 - 1), records.model(2, p95_latency_ms=0, quality_bps=65_535)],
        latency_penalty_microunits_per_ms=2**64 - 1,
    )
    write("policy.json", {**policy.to_dict(), "constructor": "unchecked"})
    request = records.request(business_value_microunits=2**63 - 1, confidence_bps=65_535, max_p95_latency_ms=0)
    write("request.json", request.to_dict())
    page = page_of(cli, tmp_path)
    assert "clamped to −9,223,372,036,854,775,808, the end of 64 bits" in page.text
    assert "clamped to 9,223,372,036,854,775,807, the end of 64 bits" in page.text
    assert "each bar has a scale of its own" in page.text
    boxes = [attributes["viewbox"] or "" for name, attributes in page.elements if name == "svg"]
    assert boxes == ["0 0 10000 27"] * 2
    rects = [attributes for name, attributes in page.elements if name == "rect"]
    for rect in rects:
        x, width = int(rect["x"] or ""), int(rect["width"] or "")
        assert 0 <= x <= x + width <= 10_000


def test_a_policy_of_many_models_shows_the_first_bytes(cli: Run, write: Write, tmp_path: Path) -> None:
    write("policy.json", records.policy([records.model(one) for one in range(1, 101)]).to_dict())
    write("request.json", records.request().to_dict())
    page = page_of(cli, tmp_path)
    shown = (420 - 7) // 10
    left = 39 + 47 * 100
    assert f"SHA-256 over {left:,} bytes in 1,007 fields" in page.text
    assert "bytes in 587 fields follow; calybris-ref digest policy FILE --preimage shows all." in page.text
    assert f"models[{shown - 1}].model_id: offset" in (tmp_path / "d.html").read_text("utf-8")


def test_every_byte_is_in_a_field(cli: Run, files: Files, tmp_path: Path) -> None:
    page = page_of(cli, tmp_path)
    bytes_ = "".join(text for text in page.buttons if set(text) <= set("0123456789abcdef ")).replace(" ", "")
    policy, request, decision = files.policy, files.request, files.decision
    assert bytes_ == (input_preimage(request) + decision_preimage(decision) + policy_preimage(policy)).hex()
    said = [attributes["aria-label"] for name, attributes in page.elements if attributes.get("aria-label")]
    assert "risk_bps: offset 45, 2 bytes, value 1,000; e8 03" in said
    assert "action: offset 17, 1 byte, value 1, execute_requested; 01" in said
    assert "models[1].capabilities: offset 101, 8 bytes, value 0x7; 07 00 00 00 00 00 00 00" in said
