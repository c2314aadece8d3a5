"""The mistakes that the vectors about ledgers hunt: budgets, restores, financial proofs, snapshot files."""

from __future__ import annotations

from typing import TYPE_CHECKING

from calybris_conformance.vectorgen.note import note as _note

if TYPE_CHECKING:
    from calybris_conformance.corpus import Note

LEDGER_FLAGS: dict[str, Note] = {
    # tenants
    "TENANT_ORDER": _note(
        "Tenants stand in the order of UTF-16 units, of a collation, of creation or of the input.",
        "Sorting text is by another rule in every language; here it is by the bytes of UTF-8.",
        "LEDGER-1 LEDGER-9 DIGEST-8",
    ),
    "TENANT_ID_FOLDED": _note(
        "Two ids that look alike are one tenant.",
        "Ids are trimmed, folded to one case, normalised or cut at a NUL.",
        "LEDGER-1",
    ),
    "EMPTY_ID_REFUSED": _note(
        "The empty id is taken for no id.",
        "An empty text counts as false in many languages.",
        "LEDGER-1",
    ),
    "ENSURE_TOPS_UP": _note(
        "ensure_tenant changes a tenant that exists.",
        "The name reads like set, or like add.",
        "LEDGER-2",
    ),
    "ENSURE_NEGATIVE": _note(
        "A negative budget creates a tenant, raises, or changes one that exists.",
        "The check is left out, or made an error; the clause says that nothing happens.",
        "LEDGER-2",
    ),
    "TOP_UP_ORDER": _note(
        "A top-up of 0 or less is accepted, or the tenant is looked up before the amount is checked.",
        "Looking up first is natural; the outcome then depends on the tenant.",
        "LEDGER-3",
    ),
    "LEDGER_WRAPS": _note(
        "A sum beyond 2^63 - 1 wraps, saturates, or is compared after it has wrapped.",
        "Money is i64, and the addition comes before the comparison.",
        "LEDGER-3 LEDGER-5 LEDGER-6",
    ),
    "CAP_MISREAD": _note(
        "A cap needs its tenant, outlives its removal, counts what is committed, or a cap of 0 forbids everything.",
        "A cap is kept in the tenant's record; 0 reads like a limit of nothing.",
        "LEDGER-4",
    ),
    "CAP_BOUNDARY": _note(
        "Holds that reach the cap exactly are refused, or the cap is compared with the new hold alone.",
        "`>=` for `>`; the open holds are left out of the sum.",
        "LEDGER-5",
    ),
    # holds
    "RESERVE_NOT_POSITIVE": _note(
        "A cost of 0 or less is reserved, or the outcome shows what really remains, or that the tenant is missing.",
        "Everything else of the outcome is about the tenant; this check comes before it.",
        "LEDGER-5",
    ),
    "RESERVE_BOUNDARY": _note(
        "All that remains cannot be reserved, or one more than that can.",
        "`>=` for `>`.",
        "LEDGER-5",
    ),
    "RESERVE_ORDER": _note(
        "Of two reasons to refuse a reservation the later one is reported.",
        "The money is looked at first; the clause asks overflow, then the cap, then the money.",
        "LEDGER-5",
    ),
    "SETTLEMENT_MONEY": _note(
        "The surplus of a hold does not come back, or what was needed beyond it is not debited.",
        "The actual cost is taken for the hold.",
        "LEDGER-6 LEDGER-7",
    ),
    "COMMIT_ORDER": _note(
        "Of two reasons to refuse a commit the later one is reported.",
        "The hold is looked up first; an overrun is easier to see than an overflow.",
        "LEDGER-6",
    ),
    "COMMIT_DROPS_HOLD": _note(
        "A commit that is refused closes the hold.",
        "The hold is taken out of the map before the checks; the money is then in no field any more.",
        "LEDGER-6",
    ),
    "HOLD_CLOSED_TWICE": _note(
        "A hold that is closed, or never was, can be committed or released.",
        "The hold stays in the map with another state, or with an amount of 0.",
        "LEDGER-6 LEDGER-7",
    ),
    "HOLD_ID_REUSED": _note(
        "The id of a closed hold is issued again.",
        "Ids are places in a table, or a counter that a restore sets back.",
        "LEDGER-1 LEDGER-11",
    ),
    "TENANTS_MIXED": _note(
        "An operation for one tenant shows in another one.",
        "A sum over all tenants is used where one is meant, or a hold forgets whose it is.",
        "LEDGER-3 LEDGER-4 LEDGER-5 LEDGER-6 LEDGER-7 LEDGER-8",
    ),
    # queries and snapshots
    "QUERY_UNKNOWN": _note(
        "An unknown tenant has 0 of everything, or is created by a question.",
        "A map with a default; only what is reserved is 0.",
        "LEDGER-8",
    ),
    "TOTAL_SATURATES": _note(
        "The total that was committed wraps, or the checked form saturates.",
        "There are two forms, and one sum behind them.",
        "LEDGER-8 FIN-3",
    ),
    "SNAPSHOT_VERSION": _note(
        "The version of a snapshot is not one more than that of the one before.",
        "Proofs and certificates do not count, a restore counts from 1, or 2^64 - 1 wraps to 0.",
        "LEDGER-9 LEDGER-11 FIN-1 FIN-3",
    ),
    "CONSERVATION_ORDER": _note(
        "Of several findings another one than the first is reported.",
        "Overflows are looked for in a pass of their own; the sign is asked before the sum.",
        "LEDGER-10",
    ),
    "CONSERVATION_SIGN": _note(
        "A negative remainder that is covered by the other fields is in balance.",
        "Only the sum is compared.",
        "LEDGER-10",
    ),
    "CONSERVATION_DELTA": _note(
        "The delta is wrapped or cut off to 64 bits, or has the other sign.",
        "The difference of two i64 needs 65 bits.",
        "LEDGER-10",
    ),
    "CONSERVATION_OVERFLOW": _note(
        "A sum that is no i64 is in balance, or a violation; or one that only passes through is an overflow.",
        "The sum wraps, saturates, or is checked after each addition.",
        "LEDGER-10",
    ),
    "CONSERVATION_OVER_ALL": _note(
        "The sums over all tenants are compared.",
        "One comparison is shorter than one per tenant.",
        "LEDGER-10",
    ),
    "RESTORE_CHECKS": _note(
        "A snapshot that may not be restored is.",
        "A check is left out: balance implies none of the others.",
        "LEDGER-11",
    ),
    "RESTORE_ORDER": _note(
        "Of two reasons to refuse a snapshot the later one is reported.",
        "One pass per check instead of one pass per tenant; fields in the order of the record.",
        "LEDGER-11",
    ),
    "RESTORE_TOTALS": _note(
        "A snapshot whose totals over all tenants are no i64 is refused.",
        "Totals are asked by FIN-1 alone.",
        "LEDGER-11",
    ),
    "RESTORE_LEFTOVERS": _note(
        "Something from before a restore is still there: a tenant, a hold, a cap, a watermark, the baseline.",
        "The tenants are replaced, and everything beside them is forgotten.",
        "LEDGER-11",
    ),
    "RESTORE_NOT_ATOMIC": _note(
        "A restore that is refused has changed something.",
        "The engine is emptied first, or tenants are put in while they are checked.",
        "LEDGER-11",
    ),
    # financial proofs
    "CERTIFICATE_BASELINE": _note(
        "A certificate tells all that was ever committed, or a proof moves the baseline.",
        "The baseline is not kept, or is kept in the snapshot.",
        "FIN-3 LEDGER-11",
    ),
    "CERTIFICATE_AS_GIVEN": _note(
        "A certificate of a snapshot finds out by itself whether it is in balance, or refuses.",
        "The certificate of an engine does so; that of a snapshot takes what it is given.",
        "FIN-2",
    ),
    "TOTALS_SATURATED": _note(
        "A total that is no i64 is saturated or wrapped, or shown beside one that is.",
        "Totals saturate in queries; here both are 0, or the proof is refused.",
        "FIN-1 FIN-2",
    ),
    "TOTALS_INTERMEDIATE": _note(
        "Totals that fit are called not representable, because a part of the sum is no i64.",
        "The sum is checked after each addition.",
        "FIN-1 FIN-2",
    ),
    "FINANCE_ORDER": _note(
        "Totals that are no i64 are reported before a tenant that is not in balance.",
        "The totals are computed first.",
        "FIN-1",
    ),
    "FINANCE_UNBALANCED": _note(
        "A ledger that is not in balance is proved, or another tenant than the first is named.",
        "Only totals are compared.",
        "FIN-1",
    ),
    # the digest of a ledger
    "LEDGER_WATERMARK": _note(
        "A watermark of 0 is not hashed, or no watermark is hashed as 0.",
        "0 counts as nothing in many languages.",
        "DIGEST-8",
    ),
    "LEDGER_ID_LENGTH": _note(
        "The length of an id is missing, counts characters, or has another width.",
        "Text knows its length in characters; most ids are short and ASCII.",
        "DIGEST-8",
    ),
    "LEDGER_COUNT": _note(
        "The number of tenants is not hashed.",
        "A policy's digest has no number of models.",
        "DIGEST-8",
    ),
    "LEDGER_EQUAL_IDS": _note(
        "Tenants with one id are put into another order, or one of them is lost.",
        "The sort is not stable, looks at the amounts, or goes through a map.",
        "DIGEST-8",
    ),
    # snapshot files: written
    "SNAPSHOT_FORM": _note(
        "A file has other white space, another order of keys, or a line feed at its end.",
        "Every library prints JSON in its own way.",
        "SNAP-1",
    ),
    "SNAPSHOT_EMPTY_LIST": _note(
        "An empty list is written over two lines.",
        "Some printers indent it like any other list.",
        "SNAP-1",
    ),
    "SNAPSHOT_ESCAPES": _note(
        "A character of a text is escaped that need not be, or in another form.",
        "Printers escape /, DEL, U+2028, <, > or everything that is not ASCII.",
        "SNAP-1",
    ),
    "SNAPSHOT_SORTED": _note(
        "Tenants are sorted when they are written or read.",
        "A ledger's own snapshots are sorted; a file keeps what it has.",
        "SNAP-1 SNAP-2",
    ),
    # snapshot files: read
    "SNAPSHOT_STRICT": _note(
        "A file is refused that only looks different: white space, order of keys, no watermark, escapes in keys.",
        "The text is compared, or all keys are required.",
        "SNAP-2",
    ),
    "SNAPSHOT_LENIENT": _note(
        "An unknown, missing or other member is accepted.",
        "Readers ignore what they do not know, and fill in what is missing.",
        "SNAP-2",
    ),
    "SNAPSHOT_DUPLICATE_KEY": _note(
        "Of a key that stands twice the last, or the first, is taken.",
        "Most readers put the members into a map.",
        "SNAP-2",
    ),
    "SNAPSHOT_ARRAY_FORM": _note(
        "A record is accepted as a list of its values.",
        "Some frameworks read a record from either form.",
        "SNAP-2",
    ),
    "SNAPSHOT_TYPES": _note(
        "A text, a boolean or null is taken for a number.",
        "Readers convert; true is 1.",
        "SNAP-2",
    ),
    "SNAPSHOT_NUMBERS": _note(
        "A number with a fraction, an exponent, a sign of its own or leading zeros is accepted.",
        "5.0 and 5e0 are 5 to a reader that knows only doubles, and -0 is 0.",
        "SNAP-2",
    ),
    "SNAPSHOT_CHECKS_LEDGER": _note(
        "A well-formed file is refused because its ledger is not one to restore.",
        "Loading is taken for restoring.",
        "SNAP-2",
    ),
    "SNAPSHOT_TRAILING": _note(
        "What stands behind the object is ignored.",
        "A reader of one value stops at its end.",
        "SNAP-2",
    ),
    "SNAPSHOT_NOT_JSON": _note(
        "What only looks like JSON is read: comments, single quotes, a comma too many, raw control characters.",
        "Some readers are made for people.",
        "SNAP-2",
    ),
    "SNAPSHOT_ESCAPES_READ": _note(
        "An escape in a text is read as something else, or not at all.",
        "Texts are compared as they stand in the file.",
        "SNAP-2",
    ),
    "SNAPSHOT_SURROGATES": _note(
        "Half of a surrogate pair is read as U+FFFD, or kept.",
        "It has no UTF-8 form, but many strings can hold it.",
        "SNAP-2",
    ),
    "SNAPSHOT_UTF8": _note(
        "Bytes that are not UTF-8 are replaced, or read as another encoding.",
        "Decoders repair by default.",
        "SNAP-2",
    ),
    "SNAPSHOT_BOM": _note(
        "A byte order mark is skipped.",
        "Readers of text files do so unasked.",
        "SNAP-2",
    ),
    "SNAPSHOT_OTHER_ENCODING": _note(
        "UTF-16 or UTF-32 is found out and read.",
        "An older standard of JSON allowed it.",
        "SNAP-2",
    ),
    "SNAPSHOT_SIZE": _note(
        "A file of exactly 16 MiB is refused, a larger one read, or the size counts characters.",
        "`>=` for `>`; the limit stands behind the decoding.",
        "SNAP-2",
    ),
}
