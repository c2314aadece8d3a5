import json

from calybris_ref import prove_snapshot
from tests.cli.conftest import Run, Write
from tests.support import ledgers

I64_MAX = 2**63 - 1
GOOD = ledgers.snapshot([ledgers.tenant("acme", 100, 40, 0, 60), ledgers.tenant("é\n", 7, 7)], version=4)
OPEN = ledgers.snapshot(
    [ledgers.tenant("acme", 100, 30, 20, 50)], version=5, active_reservations=1, wal_high_watermark=9
)
OFF = ledgers.snapshot([ledgers.tenant("acme", 100, 30, 0, 71)])
TOO_MUCH = ledgers.snapshot([ledgers.tenant("acme", I64_MAX, I64_MAX, 0, 1)])
TOTALS = ledgers.snapshot([ledgers.tenant("a", I64_MAX, I64_MAX), ledgers.tenant("b", 1, 1)])


def test_the_money_of_each_tenant_and_of_all(cli: Run, write: Write) -> None:
    write("s.json", GOOD.to_dict())
    assert cli("ledger", "show", "s.json") == (
        0,
        """\
tenant  initial  remaining  reserved  committed
acme        100         40         0         60
é\\n           7          7         0          0
total       107         47         0         60

balanced: version 4, open holds: 0, log watermark: none
""",
        "",
    )


def test_one_tenant_has_no_total(cli: Run, write: Write) -> None:
    write("s.json", OPEN.to_dict())
    code, out, _ = cli("ledger", "show", "s.json")
    assert (code, out.splitlines()[1:-1]) == (
        0,
        ["acme        100         30        20         50", "", "balanced: version 5, open holds: 1, log watermark: 9"],
    )
    assert out.splitlines()[-1] == (
        "no engine restores this snapshot: active_reservations: 1 reservations are open, and a snapshot does not hold "
        "them [RESTORE_RESERVATIONS_ACTIVE]"
    )


def test_an_empty_ledger_balances(cli: Run, write: Write) -> None:
    write("s.json", ledgers.snapshot().to_dict())
    assert cli("ledger", "show", "s.json").out.splitlines()[2] == (
        "balanced: version 1, open holds: 0, log watermark: none"
    )


def test_a_ledger_that_does_not_balance(cli: Run, write: Write) -> None:
    write("s.json", OFF.to_dict())
    code, out, _ = cli("ledger", "show", "s.json")
    assert code == 1
    assert "\nviolation: acme is off by 1 microcents; version 1, open holds: 0, log watermark: none\n" in out
    assert out.endswith("[RESTORE_UNBALANCED]\n")
    write("s.json", TOO_MUCH.to_dict())
    code, out, _ = cli("ledger", "show", "s.json")
    assert code == 1
    assert "\naggregate_overflow: the parts of acme add up to more than an i64 holds; version 1, " in out


def test_json_has_the_snapshot_and_the_verdict(cli: Run, write: Write) -> None:
    write("s.json", OFF.to_dict())
    code, out, _ = cli("ledger", "show", "s.json", "--json")
    assert (code, json.loads(out)) == (
        1,
        {
            "status": "violation",
            "restorable": False,
            "tenant_id": "acme",
            "delta_microcents": 1,
            "snapshot": OFF.to_dict(),
        },
    )
    write("s.json", GOOD.to_dict())
    code, out, _ = cli("ledger", "show", "s.json", "--json")
    assert (code, json.loads(out)) == (0, {"status": "balanced", "restorable": True, "snapshot": GOOD.to_dict()})


def test_a_proof_is_that_of_the_library(cli: Run, write: Write) -> None:
    write("s.json", GOOD.to_dict())
    proof = prove_snapshot(GOOD)
    code, out, _ = cli("ledger", "prove", "s.json", "--json")
    assert (code, json.loads(out)) == (0, proof.to_dict())
    assert cli("ledger", "prove", "s.json") == (
        0,
        f"""\
proved: every tenant's money is in exactly one place

proof
ledger_digest_hex               {proof.ledger_digest_hex}
snapshot_version                4
tenant_count                    2
active_reservations             0
total_initial_microcents        107
total_committed_microcents      60
aggregate_totals_representable  True
""",
        "",
    )


def test_what_is_not_proved_is_refused(cli: Run, write: Write) -> None:
    write("s.json", OFF.to_dict())
    refusal = "refused: tenants[0]: the money of 'acme' is not in balance [FINANCE_LEDGER_UNBALANCED]\n"
    assert cli("ledger", "prove", "s.json") == (1, refusal, "")
    write("s.json", TOTALS.to_dict())
    code, out, _ = cli("ledger", "prove", "s.json", "--json")
    assert (code, json.loads(out)) == (
        1,
        {
            "status": "refused",
            "code": "FINANCE_TOTALS_OVERFLOW",
            "at": "tenants",
            "detail": "a total over all tenants is no i64",
        },
    )


def test_a_snapshot_may_come_from_stdin_in_either_spelling(cli: Run, write: Write) -> None:
    spelt = json.dumps(GOOD.to_dict() | {"version": "4"}).encode()
    write("s.json", GOOD.to_dict())
    assert cli("ledger", "show", "-", stdin=spelt) == cli("ledger", "show", "s.json")
