"""Verification: replay, digest claims, audit bundles and certificates (VERIFY-1 to VERIFY-6)."""

from __future__ import annotations

from functools import cache
from itertools import combinations
from typing import TYPE_CHECKING, Any

from calybris_conformance import wire
from calybris_conformance.vectorgen.answers import ok
from calybris_conformance.vectorgen.builders import I64_MIN, U16, U64, Record, failing, given, model, request
from calybris_conformance.vectorgen.draft import Draft, Group, Question
from calybris_conformance.vectorgen.market import market

if TYPE_CHECKING:
    from collections.abc import Iterator

#: Requests of every kind of answer under the policy below.
_REQUESTS: dict[str, Record] = {
    "execute": request(),
    "substitute": request(requested_model_id=2),
    "reject-gate": request(minimum_quality_bps=9_999),
    "reject-risk": request(risk_bps=9_600),
    "reject-confidence": request(confidence_bps=0),
}
_GIVEN = given([model(1), model(2, p95_latency_ms=300), failing("quality", 3)])

#: One wrong value for each field of a bundle that is checked, in the order of the checks (VERIFY-5).
_BUNDLE_FAULTS: dict[str, Any] = {
    "schema_version": "calybris.audit.v2",
    "digest_algorithm": "sha512",
    "proof_version": 2,
    "created_by": "someone",
    "replay_valid": False,
    "policy_digest_hex": "00",
    "input_digest_hex": "00",
    "decision_digest_hex": "00",
}
_ELSEWHERE = {
    "schema_version": ("", "calybris.audit.v1 ", "Calybris.audit.v1", "calybris.audit.v10", "calybris.audit"),
    "digest_algorithm": ("", "SHA256", "sha-256", "sha256 ", "sha25"),
    "proof_version": (0, 2, 256, 257, U16),
    "created_by": ("", "Calybris", "calybris ", "calybris-ref"),
}

#: Faults of a digest that no lenient decoder forgives.
_NOT_LENIENT = ("short", "long", "empty", "not-hex", "non-ascii")


def files() -> Iterator[Draft]:
    """One file per operation."""
    yield _file(
        "decision", "verify.decision", "A decision is replayed and compared field by field", "VERIFY-1", _decisions()
    )
    yield _file("digest", "verify.digest", "A claimed digest is compared as text", "VERIFY-2", _digests())
    yield _file(
        "bundle", "verify.bundle", "Bundles of decisions that replay and that do not", "VERIFY-3 VERIFY-4", _bundles()
    )
    yield _file("canonical", "verify.canonical", "A bundle is checked, in order", "VERIFY-5", _canonical())
    yield _file("certificate", "verify.certificate", "Certificates", "VERIFY-6", _bundles())


def _file(name: str, op: str, title: str, clauses: str, groups: Iterator[Group]) -> Draft:
    renamed = (Group(f"{name}-{group.name}", group.questions, group.given) for group in groups)
    return Draft("verify", name, op, title, clauses, tuple(renamed))


@cache
def _decided(name: str) -> Record:
    """The decision for one of the requests, with integers as int."""
    return wire.read(wire.DECISION, ok("decide", _GIVEN, {"request": _REQUESTS[name]}))


def _decisions() -> Iterator[Group]:
    questions = [
        Question(
            name, f"The decision of the kind {name}, as it was taken.", {"request": asked, "decision": _decided(name)}
        )
        for name, asked in _REQUESTS.items()
    ]
    yield Group("valid", tuple(questions), _GIVEN)
    for name in ("substitute", "reject-gate"):
        tampered = (
            Question(
                field.replace("_", "-"),
                f"{field} was changed.",
                {"request": _REQUESTS[name], "decision": {**_decided(name), field: value}},
                ("VERIFY_SHALLOW",),
            )
            for field, value in _tampered(_decided(name)).items()
        )
        yield Group(f"tampered-{name}", tuple(tampered), _GIVEN)
    others = (
        Question(
            f"{mine}-as-{other}",
            f"The decision for {other} is claimed for {mine}.",
            {"request": _REQUESTS[mine], "decision": _decided(other)},
        )
        for mine, other in combinations(_REQUESTS, 2)
    )
    yield Group("other", tuple(others), _GIVEN)
    reject = {**_decided("reject-gate"), "selected_model_index": 0}
    zero = Question(
        "index-zero",
        "A rejection with the index 0.",
        {"request": _REQUESTS["reject-gate"], "decision": reject},
        ("REJECT_NOT_BLANK",),
    )
    everything = {key: U16 if kind == "u16" else 7 for key, kind in wire.DECISION.items() if kind in wire.INTEGER_TYPES}
    nonsense = {**_decided("execute"), **everything, "expected_utility_microunits": I64_MIN}
    wrong = Question(
        "nonsense",
        "No field is right: an answer, not a failure.",
        {"request": _REQUESTS["execute"], "decision": nonsense},
    )
    yield Group("impossible", (zero, wrong), _GIVEN)


def _tampered(decision: Record) -> Record:
    """Another value for each field, the smallest change where it is a number."""
    names = {"action": "execute_requested", "reason": "latency_constraint"}
    return {
        field: names[field]
        if field in names
        else value - 1
        if value == wire.INTEGER_TYPES[wire.DECISION[field]][1]
        else value + 1
        for field, value in decision.items()
    }


def _digests() -> Iterator[Group]:
    claims = []
    for name in ("execute", "reject-risk"):
        decision = _decided(name)
        own = str(ok("digest.decision", {}, {"decision": decision})["digest_hex"])
        changed = own[:-1] + ("0" if own[-1] != "0" else "1")
        lenient = ("VERIFY_DIGEST_LENIENT",)
        for word, about, claim, flags in (
            ("own", "Its own digest.", own, ()),
            ("uppercase", "Its own digest in uppercase.", own.upper(), lenient),
            ("one-uppercase", "One letter in uppercase.", _one_upper(own), lenient),
            ("last-digit", "The last digit differs.", changed, ()),
            ("first-digit", "The first digit differs.", ("0" if own[0] != "0" else "1") + own[1:], ()),
            ("short", "The last digit is missing.", own[:-1], lenient),
            ("half", "The first 32 digits.", own[:32], lenient),
            ("long", "One digit more.", own + "0", lenient),
            ("empty", "No text.", "", lenient),
            ("spaces", "Its own digest between spaces.", f" {own} ", lenient),
            ("newline", "Its own digest and a newline.", own + "\n", lenient),
            ("prefixed", "Its own digest after 0x.", "0x" + own, lenient),
            ("not-hex", "64 characters that are not hex.", "z" * 64, ()),
            ("full-width", "Its own digest in full-width characters.", _full_width(own), lenient),
            ("zeros", "64 zeros.", "0" * 64, ()),
        ):
            claims.append(Question(f"{name}-{word}", about, {"decision": decision, "claimed_hex": claim}, flags))
    for mine, other in (("execute", "substitute"), ("reject-risk", "reject-gate")):
        digest = ok("digest.decision", {}, {"decision": _decided(other)})["digest_hex"]
        asked = {"decision": _decided(mine), "claimed_hex": digest}
        claims.append(Question(f"{mine}-other", "The digest of another decision.", asked))
    yield Group("claims", tuple(claims))


def _one_upper(text: str) -> str:
    place = next(index for index, character in enumerate(text) if character.isalpha())
    return text[:place] + text[place].upper() + text[place + 1 :]


def _full_width(text: str) -> str:
    return "".join(chr(ord(character) + 0xFEE0) for character in text)


def _bundles() -> Iterator[Group]:
    """Used for bundles and certificates alike: they take the same questions."""
    honest = [
        Question(f"own-{name}", f"The request's own decision ({name}).", {"request": asked, "decided_for": asked})
        for name, asked in _REQUESTS.items()
    ]
    trusted = ("BUNDLE_REPLAY_TRUSTED",)
    others = [
        Question(
            f"{mine}-with-{other}",
            f"A request of the kind {mine} with the decision for {other}.",
            {"request": _REQUESTS[mine], "decided_for": _REQUESTS[other]},
            trusted,
        )
        for mine in _REQUESTS
        for other in _REQUESTS
        if mine != other
    ]
    sequence = {"request": request(), "decided_for": request(request_sequence=1_002)}
    others.append(Question("other-sequence", "Only the sequence differs.", sequence, trusted))
    tokens = {"request": request(), "decided_for": request(output_tokens=501)}
    others.append(Question("other-tokens", "Only the output tokens differ.", tokens, trusted))
    same = {"request": request(), "decided_for": request(budget_limit_microunits=600_001)}
    others.append(Question("same-decision", "Another request that leads to the same decision: it replays.", same))
    yield Group("kinds", (*honest, *others), _GIVEN)
    large = {**market(22), "policy_epoch": U64, "catalog_epoch": 2**53 + 1}
    asked = request(request_sequence=U64, required_capabilities=0, allowed_provider_mask=U64, required_region_mask=0)
    wide = Question(
        "large-numbers",
        "Epochs and sequence need 64 bits.",
        {"request": asked, "decided_for": asked},
        ("DOUBLE_PRECISION",),
    )
    yield Group("market-22", (wide,), {"policy": large})


def _canonical() -> Iterator[Group]:
    bundle = ok("verify.bundle", _GIVEN, {"request": request(), "decided_for": request()})["bundle"]

    def ask(name: str, about: str, *flags: str, **changes: Any) -> Question:
        return Question(name.replace("_", "-"), about, {"bundle": {**bundle, **changes}}, flags)

    order = "CANONICAL_ORDER"
    alone = [ask("valid", "A bundle as it was made.")]
    alone += [ask(field, f"{field} is wrong.", order, **{field: value}) for field, value in _BUNDLE_FAULTS.items()]
    yield Group("alone", tuple(alone))
    pairs = [
        ask(
            f"{one}-and-{two}",
            f"{one} and {two} are wrong.",
            order,
            **{field: _BUNDLE_FAULTS[field] for field in (one, two)},
        )
        for one, two in combinations(_BUNDLE_FAULTS, 2)
    ]
    pairs.append(ask("everything", "Everything is wrong: the schema is reported.", order, **_BUNDLE_FAULTS))
    yield Group("pairs", tuple(pairs))
    elsewhere = [
        ask(f"{field}-{place}", f"{field} is {value!r}: compared exactly.", order, **{field: value})
        for field, values in _ELSEWHERE.items()
        for place, value in enumerate(values)
    ]
    yield Group("nearly", tuple(elsewhere))
    digests = []
    for field in ("policy_digest_hex", "input_digest_hex", "decision_digest_hex"):
        own = str(bundle[field])
        for word, value in {
            "uppercase": own.upper(),
            "one-uppercase": _one_upper(own),
            "short": own[:-1],
            "long": own + "0",
            "empty": "",
            "not-hex": "g" + own[1:],
            "newline": own[:-1] + "\n",
            "space": " " + own[1:],
            "non-ascii": own[:-2] + "é",
            "full-width": _full_width(own),
        }.items():
            about = f"{field}: {word.replace('-', ' ')}."
            lenient = () if word in _NOT_LENIENT else ("HEX_LENIENT",)
            digests.append(ask(f"{field}-{word}", about, *lenient, order, **{field: value}))
        digests.append(ask(f"{field}-zeros", f"{field} is 64 zeros: well formed.", **{field: "0" * 64}))
    yield Group("digests", tuple(digests))
    free = (
        ask("policy_epoch", "The epochs are not checked.", policy_epoch=U64),
        ask("catalog_epoch", "The epochs are not checked.", catalog_epoch=0),
    )
    yield Group("not-checked", free)
