"""Note where the audit trail ends, beside the database and under the line's key."""

import hashlib
import hmac
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import orjson

from aurora.errors import RecordsError
from aurora.private_files import put_in_place

FILE = "audit.head"


@dataclass(frozen=True, slots=True)
class Head:
    """The last row that this machine saw."""

    number: int
    hash: str
    at: datetime


class HeadNote:
    """One note of one machine; what the trail loses after it shows."""

    def __init__(self, data_dir: Path, key: bytes) -> None:
        self._path = data_dir / FILE
        self._key = key
        self._written: tuple[int, str] | None = None

    def write(self, number: int, newest: str, at: datetime) -> None:
        """Keep the trail's end, unless it is noted; raises RecordsError."""
        if (number, newest) == self._written:
            return
        body = {"number": number, "hash": newest, "at": at.isoformat(timespec="microseconds")}
        try:
            put_in_place(self._path, orjson.dumps(body | {"seal": self._seal(body)}))
        except OSError as error:
            raise RecordsError(f"{self._path}: cannot be written ({error.strerror})") from error
        self._written = (number, newest)

    def read(self) -> Head | None:
        """Return the note, None where there is none; raises RecordsError for a forged one."""
        try:
            body = orjson.loads(self._path.read_bytes())
            seal = body.pop("seal")
            head = Head(body["number"], body["hash"], datetime.fromisoformat(body["at"]))
        except FileNotFoundError:
            return None
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            raise RecordsError(f"{self._path}: no note that this line wrote") from error
        if not hmac.compare_digest(str(seal).encode(), self._seal(body).encode()):
            raise RecordsError(f"{self._path}: not written with this line's key")
        return head

    def _seal(self, body: dict[str, object]) -> str:
        written = orjson.dumps(body, option=orjson.OPT_SORT_KEYS)
        return hmac.new(self._key, b"aurora.head:" + written, hashlib.sha256).hexdigest()
