"""Mutants of the budget engine: queries, versions, baselines and restores."""

from tests.mutants.mutation import bugs_in

budget = bugs_in("calybris_ref/budget.py")

_UNKNOWN = "return None if tenant is None else tenant.remaining"
_SATURATED = "return min(_committed(tenants), _I64_MAX)"
_NEXT_VERSION = "        if self._version < _U64_MAX:\n            self._version += 1\n"
_CHECKED = "        check_restorable(snapshot)\n        tenants = {\n"

MUTANTS = (
    budget(
        "unknown-tenants-have-zero",
        "QUERY_UNKNOWN",
        "What remains of an unknown tenant is 0.",
        _UNKNOWN,
        "return 0 if tenant is None else tenant.remaining",
    ),
    budget(
        "unknown-tenants-reserve-nothing-known",
        "QUERY_UNKNOWN",
        "What an unknown tenant has reserved is nothing instead of 0.",
        "return 0 if tenant is None else tenant.reserved",
        "return None if tenant is None else tenant.reserved",
    ),
    budget(
        "total-wraps",
        "TOTAL_SATURATES",
        "The total wraps.",
        _SATURATED,
        "return (_committed(tenants) + 2**63) % 2**64 - 2**63",
    ),
    budget(
        "checked-total-saturates",
        "TOTAL_SATURATES",
        "The checked total saturates.",
        "return total if total <= _I64_MAX else None",
        "return min(total, _I64_MAX)",
    ),
    budget(
        "version-from-zero",
        "SNAPSHOT_VERSION",
        "The first snapshot has the version 0.",
        "return self._version, rows, len(self._open)",
        "return self._version - 1, rows, len(self._open)",
    ),
    budget(
        "version-wraps",
        "SNAPSHOT_VERSION",
        "The version behind the largest is 0.",
        _NEXT_VERSION,
        "        self._version = (self._version + 1) & _U64_MAX\n",
    ),
    budget(
        "version-starts-again",
        "SNAPSHOT_VERSION",
        "Versions start again behind a restore.",
        "            self._version = snapshot.version\n",
        "            self._version = 0\n",
    ),
    budget(
        "version-never-back",
        "SNAPSHOT_VERSION",
        "A restore of a lower version does not set it back.",
        "            self._version = snapshot.version\n",
        "            self._version = max(self._version, snapshot.version)\n",
    ),
    budget(
        "baseline-stays",
        "CERTIFICATE_BASELINE",
        "A certificate does not move the baseline.",
        "            self._baseline = total\n",
        "",
    ),
    budget(
        "restored-baseline-zero",
        "CERTIFICATE_BASELINE",
        "Behind a restore everything counts as not yet certified.",
        "            self._baseline = baseline\n",
        "            self._baseline = 0\n",
    ),
    budget(
        "restored-baseline-stays",
        "RESTORE_LEFTOVERS",
        "The baseline outlives a restore.",
        "            self._baseline = baseline\n",
        "            self._baseline = min(self._baseline, baseline)\n",
    ),
    budget(
        "restored-holds-stay",
        "RESTORE_LEFTOVERS",
        "Holds outlive a restore.",
        "            self._open = none_open\n",
        "",
    ),
    budget(
        "restored-caps-stay",
        "RESTORE_LEFTOVERS",
        "Caps outlive a restore.",
        "        with self._lock:\n            self._tenants = tenants\n",
        "        with self._lock:\n"
        "            for tenant_id in tenants.keys() & self._tenants.keys():\n"
        "                tenants[tenant_id].cap = self._tenants[tenant_id].cap\n"
        "            self._tenants = tenants\n",
    ),
    budget(
        "restored-waiting-caps-stay",
        "RESTORE_LEFTOVERS",
        "Caps of tenants that do not exist outlive a restore.",
        "            self._caps_waiting = caps_waiting\n",
        "",
    ),
    budget(
        "restored-into-the-old",
        "RESTORE_LEFTOVERS",
        "Tenants that the snapshot does not have outlive a restore.",
        "            self._tenants = tenants\n",
        "            self._tenants = self._tenants | tenants\n",
    ),
    budget(
        "refused-restore-empties",
        "RESTORE_NOT_ATOMIC",
        "The tenants are thrown away before the snapshot is checked.",
        _CHECKED,
        "        self._tenants = {}\n" + _CHECKED,
    ),
    budget(
        "refused-restore-closes-holds",
        "RESTORE_NOT_ATOMIC",
        "The holds are closed before the snapshot is checked.",
        _CHECKED,
        "        self._open = {}\n" + _CHECKED,
    ),
    budget(
        "refused-restore-takes-the-version",
        "RESTORE_NOT_ATOMIC",
        "The version is taken over before the snapshot is checked.",
        _CHECKED,
        "        self._version = snapshot.version\n" + _CHECKED,
    ),
)
