"""Wire what people change at the console to what runs: texts, site, absences."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial

import structlog

from aurora.errors import SiteError
from aurora.in_force.site import Follower, SiteInForce
from aurora.in_force.texts import MakeReady, TextsInForce, site_text
from aurora.records.absences import SqlAbsences
from aurora.records.sql import SqlRecords
from aurora.records.versions import SqlVersions
from aurora.rehearsal.draft_process import DraftProcess
from aurora.review.reviewing import Reviewing
from aurora.rooms import Rooms, open_rooms, with_languages
from aurora.settings import Settings
from aurora.site.load import load_site, locate
from aurora.site.model import Site
from aurora.site.yaml_file import parse_yaml

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class ReviewDesk:
    """What the console changes, and what keeps it in force on this machine."""

    reviewing: Reviewing
    texts: TextsInForce
    site: SiteInForce
    absences: SqlAbsences


def open_review(
    settings: Settings,
    rooms: Rooms,
    records: SqlRecords,
    followers: Sequence[Follower],
    make_ready: MakeReady,
    clock: Callable[[], datetime],
) -> ReviewDesk:
    """Return the desk; nothing is in force before its texts are started.

    followers: those who page people, told of other contacts and rosters.
    make_ready: makes sentences into sound ahead of the calls.
    """
    versions = SqlVersions(records.beside, rooms.site.id)
    absences = SqlAbsences(records.beside, rooms.site.id)
    site = SiteInForce(rooms.site, followers)
    texts = TextsInForce(
        locate(settings.site.path),
        site,
        rooms.library,
        versions,
        absences,
        DraftProcess().check,
        partial(_read_site, settings),
        clock,
        make_ready,
    )
    return ReviewDesk(Reviewing(versions, texts, clock), texts, site, absences)


async def open_approved(settings: Settings) -> Rooms:
    """Open the rooms of the site as it was approved; raises AuroraError.

    An approved text that this version of Aurora cannot read gives way to the file.
    """
    paths = locate(settings.site.path)
    records = await SqlRecords.open(settings.records.url, settings.records.data_dir)
    try:
        versions = SqlVersions(records.beside, load_site(paths).id)
        approved = await site_text(versions, await versions.steps())
    finally:
        await records.close()
    if approved is not None:
        try:
            return open_rooms(settings, approved)
        except SiteError as error:
            log.error("approved_site_not_read", error=str(error))
    return open_rooms(settings)


def _read_site(settings: Settings, text: str) -> Site:
    return with_languages(parse_yaml(text, "site.yaml", Site), settings)
