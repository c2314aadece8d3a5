"""`calybris-ref verify`: whether a decision is the one that the policy takes, or whether an audit bundle holds.

Clauses VERIFY-1 and VERIFY-5. A bundle alone can only be checked for its form; each record beside it is hashed and
compared with the digest in the bundle, and a policy with a request is decided again. Only what was decided again is
called valid.
"""

import argparse
import json
import sys
from collections import Counter
from collections.abc import Iterator
from typing import Any, NamedTuple

from calybris_ref.cli.records import add_constructor, check_one_stdin, load_policy, load_record, readable
from calybris_ref.cli.terminal import EXIT_OK, EXIT_WRONG, CommandError, one_line, paint, table
from calybris_ref.digest import decision_digest, input_digest, policy_digest
from calybris_ref.errors import VerificationError
from calybris_ref.model import KernelDecision, KernelInput
from calybris_ref.policy import PolicySnapshot
from calybris_ref.verify import AuditBundle, Mismatch, verify_decision

_EXAMPLES = """\
examples:
  calybris-ref verify --policy p.json --input r.json --decision d.json
  calybris-ref verify --bundle b.json --policy p.json --input r.json

A bundle is valid when its decision was taken again, which needs --policy and
--input. Alone it is at most well_formed, and nothing in it was verified.
Exit code 1 when something does not hold.
"""
_FORM = "canonical form"
_REPLAY = "replay"
# What a bundle is called -> how that is painted, and what is said behind the count.
_VERDICTS = {
    "valid": ("good", ""),
    "incomplete": ("warn", "\nWhat was given agrees, but the decision was not taken again."),
    "well_formed": ("warn", "\nNothing was verified: a forged bundle may have this form, too."),
    "invalid": ("bad", ""),
}


class Check(NamedTuple):
    """One thing that must hold of a bundle; `status` is ok, wrong or skipped."""

    check: str
    status: str
    expected: Any = None
    actual: Any = None
    note: str = ""
    code: str | None = None


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.epilog = _EXAMPLES
    parser.add_argument("--policy", metavar="FILE", help="the policy, with its catalog ('-': stdin)")
    parser.add_argument("--input", metavar="FILE", help="the request ('-': stdin)")
    parser.add_argument("--decision", metavar="FILE", help="the decision that is claimed ('-': stdin)")
    parser.add_argument(
        "--bundle", metavar="FILE", help="an audit bundle ('-': stdin); the other three are optional then"
    )
    add_constructor(parser)
    parser.add_argument("--json", action="store_true", help="print JSON")


def run(arguments: argparse.Namespace) -> int:
    """Verify and print what does not hold."""
    check_one_stdin(arguments.policy, arguments.input, arguments.decision, arguments.bundle)
    policy = load_policy(arguments.policy, arguments.constructor) if arguments.policy is not None else None
    request = load_record(KernelInput, arguments.input) if arguments.input is not None else None
    decision = load_record(KernelDecision, arguments.decision) if arguments.decision is not None else None
    if arguments.bundle is not None:
        bundle = load_record(AuditBundle, arguments.bundle)
        return _report_bundle(list(_checks(bundle, policy, request, decision)), as_json=arguments.json)
    if policy is None or request is None or decision is None:
        raise CommandError(
            "verify needs --policy, --input and --decision, or --bundle (see 'calybris-ref verify --help')"
        )
    return _report_decision(policy, request, decision, as_json=arguments.json)


def _report_decision(policy: PolicySnapshot, request: KernelInput, decision: KernelDecision, *, as_json: bool) -> int:
    outcome = verify_decision(policy, request, decision)
    rows = []
    if isinstance(outcome, Mismatch):
        pairs = zip(readable(outcome.expected), readable(outcome.actual), strict=True)
        rows = [(name, expected, got) for (name, expected), (_, got) in pairs if expected != got]
    if as_json:
        expected = outcome.expected.to_dict() if isinstance(outcome, Mismatch) else decision.to_dict()
        print(json.dumps({"status": outcome.status, "fields": [name for name, _, _ in rows], "expected": expected}))
    elif rows:
        print(f"{paint('mismatch', 'bad', sys.stdout)}: the policy decides otherwise for this request\n")
        print(table(("field", "expected", "got"), rows))
    else:
        print(f"{paint('valid', 'good', sys.stdout)}: the policy takes this decision for this request")
    return EXIT_WRONG if rows else EXIT_OK


def _checks(
    bundle: AuditBundle, policy: PolicySnapshot | None, request: KernelInput | None, decision: KernelDecision | None
) -> Iterator[Check]:
    """What must hold, in the order of the bundle's fields; the form comes first (VERIFY-5)."""
    try:
        bundle.validate_canonical()
    except VerificationError as error:
        yield Check(_FORM, "wrong", note=str(error), code=error.code)
    else:
        yield Check(_FORM, "ok")
    if policy is None:
        yield Check("policy_digest_hex", "skipped", note="needs --policy")
    else:
        yield _compared("policy_epoch", policy.policy_epoch, bundle.policy_epoch)
        yield _compared("catalog_epoch", policy.catalog_epoch, bundle.catalog_epoch)
        yield _compared("policy_digest_hex", policy_digest(policy).hex(), bundle.policy_digest_hex)
    if request is None:
        yield Check("input_digest_hex", "skipped", note="needs --input")
    else:
        yield _compared("input_digest_hex", input_digest(request).hex(), bundle.input_digest_hex)
    if decision is None:
        yield Check("decision_digest_hex", "skipped", note="needs --decision")
    else:
        yield _compared("decision_digest_hex", decision_digest(decision).hex(), bundle.decision_digest_hex)
    if policy is None or request is None:
        yield Check(_REPLAY, "skipped", note="needs --policy and --input")
    else:
        replayed_hex = decision_digest(policy.prescribe(request)).hex()
        yield _compared(_REPLAY, replayed_hex, bundle.decision_digest_hex)


def _compared(check: str, expected: Any, actual: Any) -> Check:
    return Check(check, "ok" if expected == actual else "wrong", expected, actual)


def _report_bundle(checks: list[Check], *, as_json: bool) -> int:
    status = _status(checks)
    style, remark = _VERDICTS[status]
    if as_json:
        print(json.dumps({"status": status, "checks": [check._asdict() for check in checks]}))
    else:
        count = Counter(check.status for check in checks)
        print("\n".join(line for check in checks for line in _lines(check)))
        print(
            f"\n{paint(status, style, sys.stdout)}: "
            f"{count['ok']} ok, {count['wrong']} wrong, {count['skipped']} skipped{remark}"
        )
    return EXIT_WRONG if status == "invalid" else EXIT_OK


def _status(checks: list[Check]) -> str:
    """What the checks together say of a bundle; valid only where its decision was taken again."""
    ok = {check.check for check in checks if check.status == "ok"}
    if any(check.status == "wrong" for check in checks):
        return "invalid"
    if _REPLAY in ok:
        return "valid"
    return "incomplete" if ok > {_FORM} else "well_formed"


def _lines(check: Check) -> Iterator[str]:
    style = {"ok": "good", "wrong": "bad", "skipped": "dim"}[check.status]
    needs = f": {check.note}" if check.status == "skipped" else ""
    yield f"{paint(f'{check.status:<8}', style, sys.stdout)} {check.check}{needs}"
    if check.code is not None:
        yield f"  {one_line(check.note)} [{check.code}]"
    elif check.status == "wrong":
        yield f"  expected  {check.expected}"
        yield f"  got       {one_line(str(check.actual))}"
