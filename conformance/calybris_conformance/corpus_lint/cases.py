"""The lint rules about what the cases of a corpus say: ids, scalars, codes, flags, features, policies, preimages."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from typing import TYPE_CHECKING, Any

from calybris_conformance import corpus, wire
from calybris_conformance.adapters.reference import ADAPTER as REFERENCE
from calybris_conformance.corpus_lint.tree import CHANGELOG, CODES, Finding, Located, Rule, Tree
from calybris_conformance.operations import Refused
from calybris_conformance.vectorgen import lock
from calybris_conformance.vectorgen.builders import MAX_BPS, U16
from calybris_conformance.vectorgen.flags import FLAGS
from calybris_conformance.vectorgen.preimage import preimage
from calybris_conformance.vectorgen.schemas import CASE_ID, CLAUSE
from calybris_conformance.vectorgen.shapes import OPERATIONS, problems

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_CONSTRUCTORS = {"validated": None} | {
    name: f"constructor.{name}" for name in ("try_new", "try_new_trusted", "unchecked")
}
_BOUNDED = ("risk_bps", "confidence_bps", "minimum_quality_bps")
_MILLION = 1_000_000
#: The steps of a budget script that need a feature of their own.
_STEPS = {"query": "budget.query"} | dict.fromkeys(("snapshot", "restore", "prove", "certify"), "budget.snapshot")


def _ids(tree: Tree) -> Iterator[Finding]:
    """Ids are slugs, begin with their suite and group, are unique; the file stands in the folder of its suite."""
    seen: set[str] = set()
    for path, document in tree.documents.items():
        if path.split("/")[1] != document["suite"]:
            yield path, f"is not in the folder of its suite {document['suite']!r}"
    for found in tree.cases():
        prefix = f"{found.document['suite']}/{found.group['group']}/"
        if not re.fullmatch(CASE_ID, found.id):
            yield found.path, f"{found.id!r} is not an id (suite/group/case, lowercase words joined by hyphens)"
        elif not found.id.startswith(prefix):
            yield found.id, f"does not begin with {prefix!r}"
        if found.id in seen:
            yield found.id, "is the id of two cases"
        seen.add(found.id)


def _locked(tree: Tree) -> Iterator[Finding]:
    """Every id is locked with the hash of its case, and every locked one is there or withdrawn."""
    try:
        locked = lock.read(tree.lock)
    except ValueError:
        yield lock.LOCK, "has a line that is not an id and a hash"
        return
    present = set()
    for found in tree.cases():
        present.add(found.id)
        case = found.case
        actual = lock.case_hash(found.document["op"], found.group["given"], case["input"], case["expect"])
        if locked.get(found.id) != actual:
            yield found.id, f"{lock.LOCK} holds {locked.get(found.id, 'nothing')} for it; the case hashes to {actual}"
    for case_id in locked.keys() - present:
        if locked[case_id] != lock.WITHDRAWN:
            yield case_id, "is locked, but neither there nor withdrawn"


def _counts(tree: Tree) -> Iterator[Finding]:
    """`count` is the number of cases."""
    for path, document in tree.documents.items():
        actual = sum(len(group["cases"]) for group in document["groups"])
        if document["count"] != actual:
            yield path, f"counts {document['count']} cases and has {actual}"


def _numbers(tree: Tree) -> Iterator[Finding]:
    """No JSON number stands under given, input and expect."""
    for found in tree.cases():
        for key, value in (("given", found.group["given"]), *((key, found.case[key]) for key in ("input", "expect"))):
            for at in _number_paths(value, key):
                yield found.id, f"{at} is a JSON number; integers are strings"


def _number_paths(value: Any, at: str) -> Iterator[str]:
    match value:
        case bool():
            return
        case int() | float():
            yield at
        case dict():
            for key, item in value.items():
                yield from _number_paths(item, f"{at}.{key}")
        case list():
            for place, item in enumerate(value):
                yield from _number_paths(item, f"{at}[{place}]")


def _shapes(tree: Tree) -> Iterator[Finding]:
    """given, input and ok have the keys of their operation, in order, and scalars of the right form."""
    for path, document in tree.documents.items():
        if document["op"] not in OPERATIONS:
            yield path, f"{document['op']!r} is not an operation"
            continue
        shape = OPERATIONS[document["op"]]
        for group in document["groups"]:
            for problem in problems(shape.given, group["given"], "given"):
                yield f"{path}: group {group['group']}", problem
            for case in group["cases"]:
                for problem in problems(shape.input, case["input"], "input"):
                    yield case["id"], problem
                expect = case["expect"]
                right = expect if "steps" in expect else expect.get("ok")
                for problem in problems(shape.ok, right, "ok") if right is not None else ():
                    yield case["id"], problem


# No log has 2^64 - 1 entries.
BEYOND_VECTORS = frozenset({"LOG_SEQUENCE_EXHAUSTED"})


def _codes(tree: Tree) -> Iterator[Finding]:
    """Refusals are of the closed registry, at a path that the registry allows, and each of them is reached."""
    used = set()
    for found in tree.cases():
        expect = found.case["expect"]
        for error in [part["error"] for part in (expect, *expect.get("steps", ())) if "error" in part]:
            used.add(error["code"])
            if error["code"] not in tree.codes:
                yield found.id, f"{error['code']} is not in {CODES}"
            elif not _at_allowed(error["at"], tree.codes[error["code"]]["at"]):
                yield found.id, f"{error['code']} is not about {error['at']!r} according to {CODES}"
    for code in tree.codes.keys() - used - BEYOND_VECTORS:
        yield CODES, f"{code} is reached by no case"


def _at_allowed(at: str, allowed: str) -> bool:
    if "the " in allowed:  # said in words, such as "the field"
        return True
    return re.sub(r"\[[0-9]+\]", "[i]", at) in re.split(", | or ", allowed)


def _clauses(tree: Tree) -> Iterator[Finding]:
    """Files and notes name clauses, each once."""
    for path, document in tree.documents.items():
        for clauses in (document["clauses"], *(note["clauses"] for note in document["notes"].values())):
            if not clauses or len(set(clauses)) != len(clauses):
                yield path, f"{clauses} names no clause, or one twice"
            for clause in clauses:
                if not re.fullmatch(CLAUSE, clause):
                    yield path, f"{clause!r} is not a clause"


def _flags(tree: Tree) -> Iterator[Finding]:
    """Flags are of the registry; a file explains exactly those that it uses, as the registry does; each is used."""
    used: set[str] = set()
    for path, document in tree.documents.items():
        cases = [case for group in document["groups"] for case in group["cases"]]
        in_file = {flag for case in cases for flag in case["flags"]}
        used |= in_file
        for flag in in_file ^ document["notes"].keys():
            yield path, f"{flag} is {'used and not explained' if flag in in_file else 'explained and not used'}"
        for flag, note in document["notes"].items():
            known = FLAGS.get(flag)
            if known is None:
                yield path, f"{flag} is not in the registry of flags"
            elif note != {"hunts": known.hunts, "why": known.why, "clauses": list(known.clauses)}:
                yield path, f"the note of {flag} is not the registry's"
        for case in cases:
            if len(set(case["flags"])) != len(case["flags"]):
                yield case["id"], "has a flag twice"
    for flag in FLAGS.keys() - used:
        yield corpus.CASES, f"the flag {flag} is on no case"


def _requires(tree: Tree) -> Iterator[Finding]:
    """A file requires exactly the extra features that its cases need: no port is asked, or spared, by mistake."""
    for path, document in tree.documents.items():
        needed = {
            feature
            for group in document["groups"]
            for case in group["cases"]
            for feature in _needs(document["op"], group["given"], case)
        }
        if needed != set(document["requires"]):
            yield path, f"requires {document['requires']}, but its cases need {sorted(needed)}"


def _needs(op: str, given: Mapping[str, Any], case: Mapping[str, Any]) -> Iterator[str]:
    input_ = case["input"]
    for policy in _policies_in(given, input_):
        if (feature := _CONSTRUCTORS.get(policy["constructor"])) is not None:
            yield feature
        if isinstance(policy["models"], dict):
            yield "catalog.series"
    if op == "accumulate" and int(input_["count"]) >= _MILLION:
        yield "accumulate.million"
    if op == "budget.script":
        yield from {_STEPS[step["op"]] for step in input_["steps"] if step["op"] in _STEPS}
    if op == "wal.append_audited" and not input_["verified"]:
        yield "append.unverified"
    if op == "wal.replay" and len(given["policies"]) != 1:
        yield "replay.policies"
    requests = [input_[key] for key in ("request", "decided_for") if key in input_]
    if op != "input.validate" and any(int(one[field]) > MAX_BPS for one in requests for field in _BOUNDED):
        yield "input.unchecked"
    if op != "integer" and case["expect"].get("error", {}).get("code") == "INTEGER_OUT_OF_RANGE":
        yield "widths.named"


def _policies(tree: Tree) -> Iterator[Finding]:
    """A given policy is accepted by its constructor, and a `validated` one is canonical."""
    for path, document in tree.documents.items():
        for group in document["groups"]:
            where_given = f"{path}: group {group['group']}"
            policies = [(where_given, policy) for policy in _policies_in(group["given"])]
            policies += [(case["id"], policy) for case in group["cases"] for policy in _policies_in(case["input"])]
            for where, policy in policies:
                if policy["constructor"] not in _CONSTRUCTORS:
                    yield where, f"{policy['constructor']!r} is not a constructor"
                elif policy["constructor"] == "validated" and (fault := _not_canonical(policy)):
                    yield where, f"the policy is called validated, but {fault}"
            # A canonical policy is accepted, and `unchecked` accepts everything.
            for policy in _policies_in(group["given"]):
                if policy["constructor"] in ("try_new", "try_new_trusted") and (refusal := _refusal(policy)):
                    yield where_given, f"the given policy is refused: {refusal}"


def _policies_in(*holders: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The policies under the keys `policy` and `policies` of some records."""
    single = [holder["policy"] for holder in holders if "policy" in holder]
    return single + [policy for holder in holders for policy in holder.get("policies", ())]


def _not_canonical(policy: Mapping[str, Any]) -> str | None:
    """Why some validating constructor would refuse the policy or give another snapshot; None when none would."""
    _, scalars, models = wire.read_policy(policy)
    bounds = {"hard_risk_limit_bps": MAX_BPS, "minimum_confidence_bps": MAX_BPS, "risk_penalty_multiplier_bps": 50_000}
    catalog = list(models)
    checks = {
        "a scalar exceeds its bound": all(scalars[field] <= bound for field, bound in bounds.items()),
        "its size is not 1 to 65,535": 1 <= len(catalog) <= U16,
        "its ids do not ascend from 1": all(
            before < model["model_id"]
            for before, model in zip([0, *(model["model_id"] for model in catalog)], catalog, strict=False)
        ),
        "a model's enabled is not 0 or 1": all(model["enabled"] in (0, 1) for model in catalog),
        "no model is enabled": any(model["enabled"] for model in catalog),
        "a model exceeds a bound": all(
            model["provider_id"] <= 63 and max(model["quality_bps"], model["risk_ceiling_bps"]) <= MAX_BPS
            for model in catalog
        ),
    }
    return next((fault for fault, passed in checks.items() if not passed), None)


def _refusal(policy: Mapping[str, Any]) -> str | None:
    try:
        REFERENCE.operations["policy.validate"]({}, {"policy": policy})
    except Refused as refusal:
        return f"{refusal.code} at {refusal.at}"
    return None


def _preimages(tree: Tree) -> Iterator[Finding]:
    """A digest carries the bytes behind it, and is their hash."""
    for found in tree.cases():
        expect = found.case["expect"]
        bytes_hex = expect.get("preimage_hex")
        if bytes_hex is None:
            if "ok" in expect and _shown(found):
                yield found.id, "lacks its preimage"
        elif hashlib.sha256(bytes.fromhex(bytes_hex)).hexdigest() != expect["ok"].get("digest_hex"):
            yield found.id, "its digest is not the hash of its preimage"


def _shown(found: Located) -> bool:
    return preimage(found.document["op"], found.case["input"]) is not None


def _changelog(tree: Tree) -> Iterator[Finding]:
    """The newest version of the change log is the manifest's."""
    path = tree.root / CHANGELOG
    versions = re.findall(r"^## (\S+)$", path.read_text(), re.MULTILINE) if path.is_file() else []
    version = corpus.load(tree.root).version
    if versions[:1] != [version]:
        yield CHANGELOG, f"begins with version {versions[:1]}, and {corpus.MANIFEST} says {version}"


def _abouts(tree: Tree) -> Iterator[Finding]:
    """Every case says what is special about it, in one sentence, and no two files have one title."""
    for found in tree.cases():
        if not found.case["about"].endswith(".") or "\n" in found.case["about"]:
            yield found.id, f"its about is not a sentence: {found.case['about']!r}"
    titles = Counter((document["suite"], document["op"], document["title"]) for document in tree.documents.values())
    for (suite, _, title), times in titles.items():
        if times > 1:
            yield f"{corpus.CASES}/{suite}", f"{times} files have the title {title!r}"


CASE_RULES: dict[str, Rule] = {
    "ids": _ids,
    "numbers": _numbers,
    "shapes": _shapes,
    "lock": _locked,
    "counts": _counts,
    "codes": _codes,
    "clauses": _clauses,
    "flags": _flags,
    "requires": _requires,
    "policies": _policies,
    "preimages": _preimages,
    "changelog": _changelog,
    "abouts": _abouts,
}
