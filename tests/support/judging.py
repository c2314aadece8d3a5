"""Small corpora and an obedient port, for the tests of the judge."""

import json
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from calybris_conformance.corpus import FORMAT, MANIFEST_FORMAT, Corpus, load, sha256_hex, tree_hash

OK: Mapping[str, Any] = {"ok": {"value": "1"}}
OBEDIENT = Path(__file__).parents[1] / "conformance" / "ports" / "obedient.py"


def obedient(**options: Any) -> tuple[str, ...]:
    """The command of the obedient port; `ready` are fields of its ready message, `hello` and `bye` actions then."""
    return (sys.executable, "-IS", str(OBEDIENT), json.dumps(options))


def case(name: str, *do: list[Any], expect: Mapping[str, Any] = OK, flags: Iterable[str] = ()) -> dict[str, Any]:
    """A case that tells the obedient port what to do; without anything to do, it gives the right answer."""
    actions = list(do) or [["reply", dict(expect)]]
    return {
        "id": name,
        "about": f"About {name}.",
        "flags": list(flags),
        "input": {"do": actions},
        "expect": dict(expect),
    }


def write_corpus(root: Path, *files: Mapping[str, Any]) -> Path:
    """A corpus of files, each {"cases": […]} and whatever differs from a plain file of the suite `decide`."""
    hashes = {}
    for number, given in enumerate(files):
        fields = dict(given)
        cases = fields.pop("cases")
        document = {
            "format": FORMAT,
            "suite": "decide",
            "op": "decide",
            "title": "A title",
            "clauses": ["DECIDE-1"],
            "requires": [],
            "level": "must",
            "source": {"generator": "tests", "revision": "1"},
            "notes": {},
            "count": len(cases),
            "groups": [{"group": "a", "given": {}, "cases": cases}],
            **fields,
        }
        data = json.dumps(document).encode()
        path = root / "v1" / document["suite"] / f"{number}.json"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        hashes[path.relative_to(root).as_posix()] = sha256_hex(data)
    manifest = {"format": MANIFEST_FORMAT, "version": "9.9.9", "tree_sha256": tree_hash(hashes), "files": hashes}
    (root / "MANIFEST.json").write_text(json.dumps(manifest))
    return root


def corpus_of(root: Path, *files: Mapping[str, Any]) -> Corpus:
    """As `write_corpus`, loaded."""
    return load(write_corpus(root, *files))
