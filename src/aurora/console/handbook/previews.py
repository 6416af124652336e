"""Documents that were read and not yet added: kept for a while, for whoever looks at them."""

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import uuid4

from aurora.guidance.handbook.handbook import Handbook
from aurora.guidance.handbook.passage import Document

KEPT_FOR = timedelta(minutes=30)
MOST_KEPT = 8
"""A document takes some megabytes; nobody compares more at a time."""


@dataclass(frozen=True, slots=True)
class Preview:
    """A document with a handbook of its own, to be asked."""

    token: str
    document: Document
    handbook: Handbook
    at: datetime
    by_id: str


@dataclass(slots=True)
class Previews:
    """The previews of this machine; the oldest goes first."""

    clock: Callable[[], datetime]
    _kept: OrderedDict[str, Preview] = field(default_factory=OrderedDict)

    def keep(self, document: Document, handbook: Handbook, by_id: str) -> Preview:
        preview = Preview(uuid4().hex, document, handbook, self.clock(), by_id)
        self._kept[preview.token] = preview
        while len(self._kept) > MOST_KEPT:
            self._kept.popitem(last=False)
        return preview

    def find(self, token: str, by_id: str) -> Preview | None:
        """Return somebody's own preview, None when it is gone."""
        found = self._kept.get(token)
        if found is None or found.by_id != by_id or self.clock() - found.at > KEPT_FOR:
            return None
        return found

    def forget(self, token: str) -> None:
        self._kept.pop(token, None)
