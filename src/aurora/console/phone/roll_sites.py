"""The site whose people a muster counts: as it is now, and as it was while the muster is open."""

import asyncio
from collections.abc import Callable, Sequence
from datetime import datetime

import structlog

from aurora.errors import SiteError
from aurora.muster.check_in import Muster
from aurora.review.reviewing import Reviewing
from aurora.review.versions import Kind
from aurora.site.model import Site
from aurora.site.yaml_file import parse_yaml

log = structlog.get_logger(__name__)


class RollSites:
    """Reads what was approved; the texts of one muster are read once."""

    def __init__(
        self, reviewing: Reviewing, approved: Callable[[], Site], clock: Callable[[], datetime]
    ) -> None:
        self._reviewing = reviewing
        self._approved = approved
        self._clock = clock
        self._read: dict[str, Site | None] = {}

    async def of(self, muster: Muster | None) -> Sequence[Site]:
        """Return the site as it is, then as it was; for a muster that is over, as it was then.

        Raises RecordsError.
        """
        if muster is None:
            return [self._approved()]
        until = muster.closed_at or self._clock()
        texts = await self._reviewing.texts_between(Kind.SITE, "site", muster.opened_at, until)
        self._read = {text: self._read[text] for text in texts if text in self._read}
        for text in texts:
            if text not in self._read:
                self._read[text] = await asyncio.to_thread(_read, text)
        found = [site for text in reversed(texts) if (site := self._read[text]) is not None]
        return [self._approved(), *found] if muster.is_open or not found else found


def _read(text: str) -> Site | None:
    try:
        return parse_yaml(text, "site.yaml", Site)
    except SiteError as error:
        # Of an earlier version of Aurora: those it named are on the roll by the other texts.
        log.error("earlier_site_not_read", error=str(error))
        return None
