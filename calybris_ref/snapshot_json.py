"""A snapshot as the text of a file: written in one way, read strictly (SNAP-1, SNAP-2).

Readers of JSON differ in what they let pass, and two readers of one file must not see two ledgers.
"""

import json
from typing import Any, Final, NoReturn

from calybris_ref.errors import CalybrisError, PersistenceError, shown
from calybris_ref.ledger import BudgetSnapshot

MAX_SNAPSHOT_BYTES: Final = 16 * 1024 * 1024
# No integer of a snapshot has more than 20 characters, and Python refuses to read very long ones.
_LONGEST_INTEGER: Final = 20


def snapshot_text(snapshot: BudgetSnapshot) -> str:
    """The text of a snapshot file (SNAP-1)."""
    # `json` escapes in a text what LOG-7 names, in that form, and nothing else.
    return json.dumps(snapshot.to_dict(), ensure_ascii=False, indent=2)


def snapshot_from_text(text: str | bytes) -> BudgetSnapshot:
    """The snapshot that a text, or its UTF-8 bytes, holds (SNAP-2).

    PersistenceError SNAPSHOT_TOO_LARGE for more than 16 MiB, SNAPSHOT_MALFORMED for anything else that is refused.
    """
    # Half of a surrogate pair has no UTF-8 form; passing it through lets it be refused as what it is.
    data = text.encode("utf-8", "surrogatepass") if isinstance(text, str) else text
    if len(data) > MAX_SNAPSHOT_BYTES:
        raise snapshot_too_large()
    try:
        members = json.loads(
            data.decode(),
            object_pairs_hook=_object,
            parse_int=_integer,
            parse_float=_refuse_number,
            parse_constant=_refuse_number,
        )
        if not isinstance(members, dict):
            raise _malformed(f"an object is needed, not {type(members).__name__}")
        return BudgetSnapshot.from_dict({"wal_high_watermark": None} | members)
    except UnicodeDecodeError as error:
        raise _malformed(f"byte {error.start} is not UTF-8") from None
    except json.JSONDecodeError as error:
        raise _malformed(f"it is not JSON: {error.msg[:1].lower()}{error.msg[1:]} (character {error.pos})") from None
    except RecursionError:
        raise _malformed("values nest too deeply") from None
    except PersistenceError:
        raise
    except CalybrisError as error:
        raise _malformed(str(error)) from None


def snapshot_too_large(path: str | None = None) -> PersistenceError:
    """The refusal of a snapshot of more than 16 MiB."""
    detail = f"a snapshot has at most {MAX_SNAPSHOT_BYTES} bytes (16 MiB)"
    return PersistenceError(detail, code="SNAPSHOT_TOO_LARGE", at="file", path=path)


def _malformed(detail: str) -> PersistenceError:
    return PersistenceError(detail, code="SNAPSHOT_MALFORMED", at="file")


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        keys = [key for key, _ in pairs]
        twice = next(key for place, key in enumerate(keys) if key in keys[:place])
        raise _malformed(f"the key {shown(twice)} stands twice in an object")
    return members


def _integer(text: str) -> int:
    if text == "-0" or len(text) > _LONGEST_INTEGER:
        _refuse_number(text)
    return int(text)


def _refuse_number(text: str) -> NoReturn:
    raise _malformed(f"{text if len(text) < 40 else text[:36] + '...'} is no integer of a snapshot")
