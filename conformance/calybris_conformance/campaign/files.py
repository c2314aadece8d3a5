"""A finding as a file of vectors with one case, so that everything that reads vectors reads it."""

from __future__ import annotations

import hashlib
import json
import re
from typing import TYPE_CHECKING, Any, Final

from calybris_conformance import corpus
from calybris_conformance.campaign import cases, coverage
from calybris_conformance.campaign.catalogs import BPS, INPUT_UNCHECKED
from calybris_conformance.vectorgen.draft import render

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from calybris_conformance.campaign.tally import Finding
    from calybris_conformance.corpus import Case

SUITE: Final = "campaign"
_CLAUSES: Final[Mapping[str, tuple[str, ...]]] = {
    "budget.script": ("LEDGER-1",),
    "wal.verify": ("LOG-4",),
    "wal.replay": ("LOG-10",),
}
"""The clauses of what is not a decision: the first of its page, for whoever promotes the case to narrow."""


class FileError(Exception):
    """A file that holds no case; str() is one clear sentence."""


def write(folder: Path, finding: Finding) -> Path:
    """Writes the file of a finding; its name says what was found and which case it is."""
    folder.mkdir(parents=True, exist_ok=True)
    document = document_of(finding.case, finding.detail)
    path = folder / f"{document['groups'][0]['cases'][0]['id'].replace('/', '-')}.json"
    path.write_bytes(render(document))
    return path


def read(path: Path) -> list[Case]:
    """Every case of a file of vectors. Raises FileError, and OSError for one that cannot be read."""
    files: list[corpus.VectorFile] = []
    found: list[Case] = []
    data = path.read_bytes()
    try:
        corpus.read_file(str(path), json.loads(data), corpus.sha256_hex(data), files, found, {})
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise FileError(f"{path}: is not a {corpus.FORMAT} file ({type(error).__name__}: {error}).") from None
    if not found:
        raise FileError(f"{path}: holds no case.")
    return found


def document_of(case: Case, about: str) -> dict[str, Any]:
    """A case as a whole file."""
    content = json.dumps([case.op, case.given, case.input, case.expect], sort_keys=True).encode()
    id_ = f"{SUITE}/{_slug(case.op)}/{hashlib.sha256(content).hexdigest()[:8]}"
    one = {"id": id_, "about": about, "flags": [], "input": case.input, "expect": case.expect}
    return {
        "format": corpus.FORMAT,
        "suite": SUITE,
        "op": case.op,
        "title": "Found by a campaign",
        "clauses": list(clauses(case)),
        "requires": requires(case),
        "level": "must",
        "source": {"generator": "calybris_conformance.campaign", "revision": "1"},
        "notes": {},
        "count": 1,
        "groups": [{"group": _slug(case.op), "given": case.given, "cases": [one]}],
    }


def requires(case: Case) -> list[str]:
    """The features that a port must claim to be asked this, beside the operation."""
    found = []
    constructor = case.given.get("policy", {}).get("constructor", "validated")
    if constructor != "validated":
        found.append(f"constructor.{constructor}")
    request = case.input.get("request", {})
    if any(int(value) > BPS for name, value in request.items() if name.endswith("_bps")):
        found.append(INPUT_UNCHECKED)
    return found


def clauses(case: Case) -> tuple[str, ...]:
    """The clauses that the right answer is about."""
    if case.op in (cases.DECIDE, cases.ROWS):
        reason = case.expect.get("ok", {}).get("reason", "alternative_maximizes_utility")
        return coverage.CLAUSES.get(f"answer/{reason}", ("DECIDE-3",))
    return _CLAUSES.get(case.op, ("TYPES-1",))


def _slug(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")
