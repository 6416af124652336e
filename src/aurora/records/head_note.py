"""Note where the audit trail ends, beside the database and under the line's key."""

import hashlib
import hmac
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import orjson

from aurora.errors import ForeignNote, RecordsError
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

    def write(self, head: Head) -> None:
        """Note a later end; an earlier one than is noted changes nothing.

        Raises RecordsError, also where the note that is there is not this line's.
        """
        noted = self.read()
        # Two processes may share a note, and the one that looked first may write last.
        if noted is None or head.number > noted.number:
            self.replace(head)

    def replace(self, head: Head) -> None:
        """Note an end whatever was noted before: a person accepted that; raises RecordsError."""
        at = head.at.isoformat(timespec="microseconds")
        body: dict[str, object] = {"number": head.number, "hash": head.hash, "at": at}
        try:
            put_in_place(self._path, orjson.dumps(body | {"seal": self._seal(body)}))
        except OSError as error:
            raise RecordsError(f"{self._path}: cannot be written ({error.strerror})") from error

    def read(self) -> Head | None:
        """Return the note, None where there is none; raises ForeignNote for a forged one."""
        try:
            body = orjson.loads(self._path.read_bytes())
            seal = body.pop("seal")
            head = Head(body["number"], body["hash"], datetime.fromisoformat(body["at"]))
        except FileNotFoundError:
            return None
        except OSError as error:
            raise RecordsError(f"{self._path}: cannot be read ({error.strerror})") from error
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise ForeignNote(f"{self._path}: no note that this line wrote") from error
        if not hmac.compare_digest(str(seal).encode(), self._seal(body).encode()):
            raise ForeignNote(f"{self._path}: not written with this line's key")
        return head

    def _seal(self, body: dict[str, object]) -> str:
        written = orjson.dumps(body, option=orjson.OPT_SORT_KEYS)
        return hmac.new(self._key, b"aurora.head:" + written, hashlib.sha256).hexdigest()
