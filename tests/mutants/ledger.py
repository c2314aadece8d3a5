"""Mutants of the budget engine: tenants, caps and holds."""

from tests.mutants.mutation import bugs_in

budget = bugs_in("calybris_ref/budget.py")

_ROWS = "rows.sort(key=lambda row: row[0].encode())"
_CREATED = "            if tenant_id not in self._tenants:\n                cap"
_WAITING = "                self._caps_waiting[tenant_id] = cap\n"
_AMOUNT = """        amount = sized("amount_microcents", amount_microcents, I64_WIDTH)
        if amount <= 0:
            return InvalidAmount()
"""
_TOP_UP_FULL = "            if tenant.initial + amount > _I64_MAX:\n                return TopUpOverflow()\n"
_OVER_CAP = "            if reserved > tenant.cap:\n"
_MONEY = """            remaining = tenant.remaining - cost_microcents
            if remaining < 0:
                return Insufficient(tenant.remaining, cost_microcents), None
"""
_CAP = """                return ExposureLimitExceeded(tenant.reserved, tenant.cap), None
"""
_NOT_POSITIVE = "                return Insufficient(0, cost_microcents), None\n"
_SETTLED = "            remaining = tenant.remaining + held - actual_microcents\n"
_SETTLEMENT_FULL = """            if committed > _I64_MAX:
                sized("actual_microcents", actual_microcents, I64_WIDTH)
                return SettlementOverflow(tenant.remaining)
"""
_TAKEN = "                tenant, held = self._open[reservation]\n            except KeyError:\n                sized"
_RELEASED = "            del self._open[reservation]\n            tenant.remaining += held\n"

TENANTS = (
    budget(
        "tenants-by-utf-16",
        "TENANT_ORDER",
        "Tenants are sorted by UTF-16 units, as strings of many languages are.",
        _ROWS,
        'rows.sort(key=lambda row: row[0].encode("utf-16-be"))',
    ),
    budget(
        "tenants-as-created",
        "TENANT_ORDER",
        "Tenants stand in the order of their creation.",
        _ROWS,
        "rows.sort(key=lambda row: 0)",
    ),
    budget(
        "unknown-id-folded",
        "TENANT_ID_FOLDED",
        "A query trims the id and folds its case.",
        "return self._tenants.get(tenant_id)\n\n    def _copied",
        "return self._tenants.get(tenant_id) or self._tenants.get(tenant_id.strip().lower())\n\n    def _copied",
    ),
    budget(
        "empty-id-missing",
        "EMPTY_ID_REFUSED",
        "The empty id is taken for none.",
        _CREATED,
        _CREATED.replace("if tenant_id not", "if tenant_id and tenant_id not"),
    ),
    budget(
        "ensure-replaces",
        "ENSURE_TOPS_UP",
        "ensure_tenant sets the budget of a tenant that exists.",
        _CREATED,
        _CREATED.replace("if tenant_id not in self._tenants", "if True"),
    ),
    budget(
        "ensure-tops-up",
        "ENSURE_TOPS_UP",
        "ensure_tenant gives its budget to a tenant that exists.",
        "            if tenant_id not in self._tenants:\n",
        "            if tenant_id in self._tenants:\n"
        "                self._tenants[tenant_id].initial += budget\n"
        "                self._tenants[tenant_id].remaining += budget\n"
        "            else:\n",
    ),
    budget(
        "ensure-negative-creates",
        "ENSURE_NEGATIVE",
        "A negative budget creates a tenant with 0.",
        "        if budget < 0:\n            return\n",
        "        budget = max(budget, 0)\n",
    ),
    budget(
        "ensure-negative-raises",
        "ENSURE_NEGATIVE",
        "A negative budget is an error.",
        "        if budget < 0:\n            return\n",
        "        if budget < 0:\n            raise ValueError(budget)\n",
    ),
    budget(
        "top-up-of-nothing",
        "TOP_UP_ORDER",
        "A top-up of 0 is granted.",
        "        if amount <= 0:\n            return InvalidAmount()\n",
        "        if amount < 0:\n            return InvalidAmount()\n",
    ),
    budget(
        "top-up-looks-up-first",
        "TOP_UP_ORDER",
        "The tenant is looked up before the amount is checked.",
        _AMOUNT,
        _AMOUNT.replace("if amount <= 0:", "if amount <= 0 and tenant_id in self._tenants:"),
    ),
    budget(
        "top-up-saturates",
        "LEDGER_WRAPS",
        "A top-up that does not fit grants what does.",
        _TOP_UP_FULL,
        "            amount = min(amount, _I64_MAX - tenant.initial)\n",
    ),
    budget(
        "top-up-of-remaining",
        "LEDGER_WRAPS",
        "What remains is asked for the overflow, not what was ever granted.",
        "            if tenant.initial + amount > _I64_MAX:\n",
        "            if tenant.remaining + amount > _I64_MAX:\n",
    ),
    budget(
        "cap-needs-its-tenant",
        "CAP_MISREAD",
        "A cap for a tenant that does not exist yet is forgotten.",
        _WAITING,
        "                pass\n",
    ),
    budget(
        "cap-of-zero-forbids",
        "CAP_MISREAD",
        "A cap of 0 lets nothing through.",
        "        if cap <= 0:\n            cap = _NO_CAP\n",
        "        if cap < 0:\n            cap = _NO_CAP\n",
    ),
    budget(
        "cap-counts-the-committed",
        "CAP_MISREAD",
        "What was committed counts against the cap.",
        _OVER_CAP,
        "            if reserved + tenant.committed > tenant.cap:\n",
    ),
    budget(
        "cap-exclusive",
        "CAP_BOUNDARY",
        "Holds that reach the cap are refused.",
        _OVER_CAP,
        "            if reserved >= tenant.cap:\n",
    ),
    budget(
        "cap-of-one-hold",
        "CAP_BOUNDARY",
        "The cap is compared with the new hold alone.",
        _OVER_CAP,
        "            if cost_microcents > tenant.cap or reserved > _I64_MAX:\n",
    ),
)

HOLDS = (
    budget(
        "not-positive-shows-what-remains",
        "RESERVE_NOT_POSITIVE",
        "A cost of 0 or less is answered with what remains.",
        _NOT_POSITIVE,
        "                return Insufficient(self.remaining_microcents(tenant_id) or 0, cost_microcents), None\n",
    ),
    budget(
        "not-positive-needs-its-tenant",
        "RESERVE_NOT_POSITIVE",
        "The tenant is looked up before the cost is checked.",
        "            if cost_microcents <= 0:\n                return Insufficient(0",
        "            if tenant_id not in self._tenants:\n                return MissingTenant(), None\n"
        "            if cost_microcents <= 0:\n                return Insufficient(0",
    ),
    budget(
        "nothing-may-remain",
        "RESERVE_BOUNDARY",
        "The last microcent cannot be reserved.",
        _MONEY,
        _MONEY.replace("remaining < 0", "remaining <= 0"),
    ),
    budget(
        "one-more-may-be-reserved",
        "RESERVE_BOUNDARY",
        "One more than what remains can be reserved.",
        _MONEY,
        _MONEY.replace("remaining < 0", "remaining < -1"),
    ),
    budget(
        "money-before-cap",
        "RESERVE_ORDER",
        "The money is asked before the cap.",
        _CAP,
        "                if cost_microcents > tenant.remaining:\n"
        "                    return Insufficient(tenant.remaining, cost_microcents), None\n" + _CAP,
    ),
    budget(
        "reserved-wraps",
        "LEDGER_WRAPS",
        "The sum of holds wraps, and an overflow is taken for money that is not there.",
        "                if reserved > _I64_MAX:\n"
        "                    return ReservationOverflow(tenant.reserved), None\n",
        "                if reserved > _I64_MAX:\n"
        "                    return Insufficient(tenant.remaining, cost_microcents), None\n",
    ),
    budget(
        "surplus-is-lost",
        "SETTLEMENT_MONEY",
        "What a hold did not need does not come back.",
        _SETTLED,
        "            remaining = tenant.remaining - max(0, actual_microcents - held)\n",
    ),
    budget(
        "overrun-is-free",
        "SETTLEMENT_MONEY",
        "What was needed beyond a hold is not debited.",
        "            tenant.remaining = remaining\n            tenant.reserved -= held\n",
        "            tenant.remaining += max(0, held - actual_microcents)\n            tenant.reserved -= held\n",
    ),
    budget(
        "overrun-refused-always",
        "SETTLEMENT_MONEY",
        "More than the hold is never committed.",
        "            if remaining < 0:\n                return Overrun(tenant.remaining)\n",
        "            if actual_microcents > held:\n                return Overrun(tenant.remaining)\n",
    ),
    budget(
        "hold-before-amount",
        "COMMIT_ORDER",
        "The hold is looked up before the amount is checked.",
        "            if actual_microcents < 0:\n                return InvalidAmount()\n",
        "            if actual_microcents < 0:\n"
        "                return InvalidAmount() if reservation in self._open else MissingReservation()\n",
    ),
    budget(
        "overrun-before-overflow",
        "COMMIT_ORDER",
        "An overrun is seen before an overflow.",
        _SETTLEMENT_FULL,
        "            if actual_microcents - held > tenant.remaining:\n"
        "                return Overrun(tenant.remaining)\n" + _SETTLEMENT_FULL,
    ),
    budget(
        "overflow-unchecked",
        "LEDGER_WRAPS",
        "An overflow of what was committed is not looked for.",
        "            if committed > _I64_MAX:\n",
        "            if committed > 2 * _I64_MAX:\n",
    ),
    budget(
        "overrun-drops-the-hold",
        "COMMIT_DROPS_HOLD",
        "The hold is closed by an overrun.",
        "                return Overrun(tenant.remaining)\n",
        "                del self._open[reservation]\n                return Overrun(tenant.remaining)\n",
    ),
    budget(
        "overflow-drops-the-hold",
        "COMMIT_DROPS_HOLD",
        "The hold is closed by an overflow.",
        "                return SettlementOverflow(tenant.remaining)\n",
        "                del self._open[reservation]\n                return SettlementOverflow(tenant.remaining)\n",
    ),
    budget(
        "committed-twice",
        "HOLD_CLOSED_TWICE",
        "A hold that was committed can be committed again.",
        "            del self._open[reservation]\n            tenant.remaining = remaining\n",
        "            self._open[reservation] = (tenant, 0)\n            tenant.remaining = remaining\n",
    ),
    budget(
        "released-twice",
        "HOLD_CLOSED_TWICE",
        "A hold that was released is open with an amount of 0.",
        _RELEASED,
        _RELEASED.replace("del self._open[reservation]", "self._open[reservation] = (tenant, 0)"),
    ),
    budget(
        "ids-are-places-in-a-table",
        "HOLD_ID_REUSED",
        "The id of a hold is the first free place of a table.",
        "            reservation = Reservation()\n",
        '            slots = globals().setdefault("_slots", [])\n'
        "            free = [slot for slot in slots if slot not in self._open]\n"
        "            reservation = free[0] if free else Reservation()\n"
        "            slots += [] if free else [reservation]\n",
    ),
    budget(
        "holds-counted-per-tenant",
        "TENANTS_MIXED",
        "The open holds of all tenants count against the cap and the i64 of one.",
        "            reserved = tenant.reserved + cost_microcents\n",
        "            reserved = sum(one.reserved for one in self._tenants.values()) + cost_microcents\n",
    ),
    budget(
        "released-to-the-first-tenant",
        "TENANTS_MIXED",
        "A hold goes back to the tenant that was created first.",
        _RELEASED,
        "            del self._open[reservation]\n            next(iter(self._tenants.values())).remaining += held\n",
    ),
)

MUTANTS = TENANTS + HOLDS
