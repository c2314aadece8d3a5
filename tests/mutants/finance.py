"""Mutants of what an auditor files: conservation, restores, financial proofs, digests of ledgers."""

from tests.mutants.mutation import bugs_in

ledger = bugs_in("calybris_ref/ledger.py")
finance = bugs_in("calybris_ref/finance.py")
layout = bugs_in("calybris_ref/layout.py")

_SUM = "tenant.remaining_microcents + tenant.reserved_microcents + tenant.committed_microcents\n"
_FITS = "        if not fits_i64(total):\n            return place, AggregateOverflow()\n"
_DELTA = "Violation(tenant.tenant_id, total - tenant.initial_microcents)"
_NEGATIVE = """        if tenant.remaining_microcents < 0:
            return place, Violation(tenant.tenant_id, tenant.remaining_microcents)
"""
_WALK = "    for place, tenant in enumerate(snapshot.tenants):\n        total"
_FIELDS = '_NEVER_NEGATIVE = ("remaining_microcents", "initial_microcents", "committed_microcents")'
_ACTIVE = "    if snapshot.active_reservations:\n"
_CHECK_TENANT = """        _check_tenant(tenant, f"tenants[{place}]", seen)
"""
_BALANCE = (
    "    place, finding = conservation_finding(snapshot)\n    if not isinstance(finding, Balanced):\n        tenant ="
)
_SUMS = (
    "    return sum(tenant.initial_microcents for tenant in tenants),"
    " sum(tenant.committed_microcents for tenant in tenants)\n"
)
_SORTED = "((tenant.tenant_id.encode(), tenant) for tenant in snapshot.tenants), key=itemgetter(0)\n"
_WATERMARK = "    if snapshot.wal_high_watermark is not None:\n"
_ID = "[_ID_LENGTH.pack(len(tenant_id)), tenant_id, TENANT.pack(tenant)]"

CONSERVATION = (
    ledger(
        "sum-wraps",
        "CONSERVATION_OVERFLOW",
        "The sum of a tenant wraps in 64 bits.",
        _SUM + _FITS,
        f"({_SUM.strip()} + 2**63) % 2**64 - 2**63\n",
    ),
    ledger(
        "sum-unbounded",
        "CONSERVATION_OVERFLOW",
        "A sum that is no i64 is a violation.",
        _FITS,
        "",
    ),
    ledger(
        "sum-checked-step-by-step",
        "CONSERVATION_OVERFLOW",
        "The sum is checked after each addition.",
        "        if not fits_i64(total):\n",
        "        if not (fits_i64(total) and fits_i64(total - tenant.committed_microcents)):\n",
    ),
    ledger(
        "delta-wraps",
        "CONSERVATION_DELTA",
        "The delta is cut to 64 bits.",
        _DELTA,
        "Violation(tenant.tenant_id, (total - tenant.initial_microcents + 2**63) % 2**64 - 2**63)",
    ),
    ledger(
        "delta-the-other-way",
        "CONSERVATION_DELTA",
        "The delta is what is missing, not what is too much.",
        _DELTA,
        "Violation(tenant.tenant_id, tenant.initial_microcents - total)",
    ),
    ledger(
        "sign-unchecked",
        "CONSERVATION_SIGN",
        "A negative remainder that is covered is not seen.",
        _NEGATIVE,
        "",
    ),
    ledger(
        "sign-first",
        "CONSERVATION_ORDER",
        "The sign is asked before the sum.",
        _FITS,
        _NEGATIVE + _FITS,
    ),
    ledger(
        "overflows-first",
        "CONSERVATION_ORDER",
        "Overflows are looked for in a pass of their own.",
        _WALK,
        "    for place, tenant in enumerate(snapshot.tenants):\n"
        f"        if not fits_i64({_SUM.strip()}):\n"
        "            return place, AggregateOverflow()\n" + _WALK,
    ),
    ledger(
        "all-tenants-at-once",
        "CONSERVATION_OVER_ALL",
        "A ledger is in balance when the sums over all tenants are.",
        _WALK,
        "    if sum(one.remaining_microcents + one.reserved_microcents + one.committed_microcents"
        " for one in snapshot.tenants) == sum(one.initial_microcents for one in snapshot.tenants):\n"
        "        return len(snapshot.tenants), Balanced()\n" + _WALK,
    ),
)

RESTORES = (
    ledger(
        "open-holds-restored",
        "RESTORE_CHECKS",
        "Open holds are not looked at.",
        _ACTIVE,
        "    if False:\n",
    ),
    ledger(
        "reserved-restored",
        "RESTORE_CHECKS",
        "Only a positive amount that no hold explains is refused.",
        "    if tenant.reserved_microcents:\n",
        "    if tenant.reserved_microcents > 0:\n",
    ),
    ledger(
        "committed-unchecked",
        "RESTORE_CHECKS",
        "A negative amount committed is restored.",
        _FIELDS,
        _FIELDS.replace(', "committed_microcents"', ""),
    ),
    ledger(
        "duplicates-of-neighbours",
        "RESTORE_CHECKS",
        "Only neighbours are compared for one id.",
        "        seen.add(tenant.tenant_id)\n",
        "        seen = {tenant.tenant_id}\n",
    ),
    ledger(
        "balance-unchecked",
        "RESTORE_CHECKS",
        "Whether the ledger is in balance is not asked.",
        _BALANCE,
        _BALANCE.replace("if not isinstance(finding, Balanced)", "if False"),
    ),
    ledger(
        "fields-in-their-order",
        "RESTORE_ORDER",
        "Fields are checked in the order of the record.",
        _FIELDS,
        '_NEVER_NEGATIVE = ("initial_microcents", "remaining_microcents", "committed_microcents")',
    ),
    ledger(
        "balance-with-the-tenant",
        "RESTORE_ORDER",
        "A tenant is asked for its balance before the next one is checked.",
        _CHECK_TENANT,
        _CHECK_TENANT
        + "        _, found = conservation_finding(BudgetSnapshot(0, (tenant,), 0))\n"
        + "        if not isinstance(found, Balanced):\n"
        + '            raise RestoreError("", code="RESTORE_UNBALANCED", at=f"tenants[{place}]", value=found)\n',
    ),
    ledger(
        "duplicates-first",
        "RESTORE_ORDER",
        "Ids that stand twice are looked for in a pass of their own.",
        "    seen: set[str] = set()\n",
        "    names = [tenant.tenant_id for tenant in snapshot.tenants]\n"
        "    for place, name in enumerate(names):\n"
        "        if name in names[:place]:\n"
        '            at = f"tenants[{place}].tenant_id"\n'
        '            raise RestoreError("", code="RESTORE_TENANT_DUPLICATE", at=at, value=name)\n'
        "    seen: set[str] = set()\n",
    ),
    ledger(
        "totals-asked",
        "RESTORE_TOTALS",
        "A ledger whose totals are no i64 is not restored.",
        _BALANCE,
        "    if not fits_i64(sum(tenant.initial_microcents for tenant in snapshot.tenants)):\n"
        '        raise RestoreError("", code="RESTORE_UNBALANCED", at="tenants", value=0)\n' + _BALANCE,
    ),
)

PROOFS = (
    finance(
        "totals-before-balance",
        "FINANCE_ORDER",
        "The totals are asked before the balance.",
        "    place, finding = conservation_finding(snapshot)\n",
        "    place, finding = conservation_finding(snapshot)\n"
        "    if not all(map(fits_i64, _totals(snapshot))):\n"
        '        code = "FINANCE_TOTALS_OVERFLOW"\n'
        '        raise ConservationError("", code=code, at="tenants", status=AggregateOverflow())\n',
    ),
    finance(
        "balance-not-proved",
        "FINANCE_UNBALANCED",
        "A ledger that is not in balance is proved.",
        "    if not isinstance(finding, Balanced):\n        tenant_id",
        "    if False:\n        tenant_id",
    ),
    finance(
        "first-tenant-named",
        "FINANCE_UNBALANCED",
        "The refusal names the first tenant of the ledger.",
        '            at=f"tenants[{place}]",\n',
        '            at="tenants[0]",\n',
    ),
    finance(
        "totals-saturate",
        "TOTALS_SATURATED",
        "Totals saturate, as they do in queries.",
        _SUMS,
        "    sums = sum(one.initial_microcents for one in tenants), sum(one.committed_microcents for one in tenants)\n"
        "    return min(sums[0], 2**63 - 1), min(sums[1], 2**63 - 1)\n",
    ),
    finance(
        "one-total-shown",
        "TOTALS_SATURATED",
        "The total that fits is shown beside the one that does not.",
        "total_committed if representable else 0",
        "total_committed if fits_i64(total_committed) else 0",
    ),
    finance(
        "balanced-though-not-representable",
        "TOTALS_SATURATED",
        "A certificate without totals says that the ledger is in balance.",
        "conservation_balanced=conservation_balanced and representable",
        "conservation_balanced=conservation_balanced",
    ),
    finance(
        "totals-checked-step-by-step",
        "TOTALS_INTERMEDIATE",
        "A total is not representable when a part of the sum is not.",
        _SUMS,
        "    from itertools import accumulate\n"
        "    def total(amounts: list[int]) -> int:\n"
        "        return next((part for part in accumulate(amounts) if not fits_i64(part)), sum(amounts))\n"
        "    return total([t.initial_microcents for t in tenants]), total([t.committed_microcents for t in tenants])\n",
    ),
    finance(
        "certificate-finds-out",
        "CERTIFICATE_AS_GIVEN",
        "A certificate asks the snapshot whether it is in balance.",
        "conservation_balanced=conservation_balanced and representable",
        "conservation_balanced=isinstance(conservation_status(snapshot), Balanced) and representable",
    ),
    finance(
        "certificate-not-negative",
        "CERTIFICATE_AS_GIVEN",
        "What was committed since the last certificate is cut off at 0.",
        "        committed_since_last_certificate=committed_since_last_certificate,\n",
        "        committed_since_last_certificate=max(0, committed_since_last_certificate),\n",
    ),
)

DIGESTS = (
    layout(
        "ledger-by-utf-16",
        "TENANT_ORDER",
        "Tenants are hashed in the order of UTF-16 units.",
        _SORTED,
        _SORTED.replace("key=itemgetter(0)", 'key=lambda one: one[1].tenant_id.encode("utf-16-be")'),
    ),
    layout(
        "ledger-as-given",
        "TENANT_ORDER",
        "Tenants are hashed in the order of the snapshot.",
        _SORTED,
        _SORTED.replace("key=itemgetter(0)", "key=lambda one: 0"),
    ),
    layout(
        "ledger-sorted-by-length",
        "TENANT_ORDER",
        "Tenants are sorted with the length of their ids in front.",
        _SORTED,
        _SORTED.replace("key=itemgetter(0)", "key=lambda one: (len(one[0]), one[0])"),
    ),
    layout(
        "equal-ids-by-amount",
        "LEDGER_EQUAL_IDS",
        "Tenants with one id are sorted by their amounts.",
        _SORTED,
        _SORTED.replace("key=itemgetter(0)", "key=lambda one: (one[0], -one[1].remaining_microcents)"),
    ),
    layout(
        "watermark-zero-not-hashed",
        "LEDGER_WATERMARK",
        "A watermark of 0 counts as none.",
        _WATERMARK,
        "    if snapshot.wal_high_watermark:\n",
    ),
    layout(
        "watermark-always-hashed",
        "LEDGER_WATERMARK",
        "No watermark is hashed as 0.",
        _WATERMARK + "        parts += [WATERMARK_TAG, _WATERMARK.pack(snapshot.wal_high_watermark)]\n",
        "    parts += [WATERMARK_TAG, _WATERMARK.pack(snapshot.wal_high_watermark or 0)]\n",
    ),
    layout(
        "watermark-without-tag",
        "LEDGER_WATERMARK",
        "The watermark is hashed without its tag.",
        "parts += [WATERMARK_TAG, _WATERMARK",
        "parts += [_WATERMARK",
    ),
    layout(
        "id-length-in-characters",
        "LEDGER_ID_LENGTH",
        "The length of an id counts characters.",
        _ID,
        _ID.replace("len(tenant_id)", "len(tenant_id.decode())"),
    ),
    layout(
        "id-without-length",
        "LEDGER_ID_LENGTH",
        "Ids are hashed without their length.",
        _ID,
        "[tenant_id, TENANT.pack(tenant)]",
    ),
    layout(
        "id-length-of-two-bytes",
        "LEDGER_ID_LENGTH",
        "The length of an id has two bytes.",
        _ID,
        _ID.replace("_ID_LENGTH.pack(len(tenant_id))", 'len(tenant_id).to_bytes(2, "little")'),
    ),
    layout(
        "count-of-tenants-not-hashed",
        "LEDGER_COUNT",
        "The number of tenants is not hashed.",
        "_LEDGER_HEAD.pack(snapshot.version, len(snapshot.tenants), snapshot.active_reservations)]",
        '_LEDGER_HEAD.pack(snapshot.version, 0, snapshot.active_reservations).replace(bytes(8), b"", 1)]',
    ),
)

MUTANTS = CONSERVATION + RESTORES + PROOFS + DIGESTS
