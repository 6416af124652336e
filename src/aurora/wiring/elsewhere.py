"""What joins the machines and kiosks of one line, wired: partial words, and sound for consoles."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from aurora.console.board.watch import Watch
from aurora.conversation.call import Call
from aurora.conversation.observer import Observer
from aurora.conversation.switchboard import Switchboard
from aurora.lines.elsewhere.bus import Bus, Message, Way
from aurora.lines.elsewhere.datagrams import Datagrams
from aurora.lines.elsewhere.far import FarCalls
from aurora.lines.elsewhere.lent import LentCalls
from aurora.lines.elsewhere.notifications import Notifications
from aurora.lines.open_lines import OpenLines
from aurora.settings import Settings
from aurora.site.model import Site


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """This process among those that hold calls of the site, or show them."""

    bus: Bus
    far: FarCalls


class PartialWords(Observer):
    """Tells the consoles of other machines what callers say, as it is recognised."""

    def __init__(self, bus: Bus) -> None:
        self._bus = bus

    def words_heard(self, call: Call, words: str, *, is_final: bool) -> None:
        self._bus.send("words", call=call.id, words=words, is_final=is_final)


def open_elsewhere(settings: Settings, site: Site) -> Elsewhere:
    """Return the bus by which this process is joined to the others; it is not started."""
    bus = Bus(_way(settings, site))
    return Elsewhere(bus, FarCalls(bus))


@asynccontextmanager
async def joined(
    elsewhere: Elsewhere,
    watch: Watch,
    switchboard: Switchboard,
    open_lines: OpenLines,
    *,
    is_kiosk: bool,
) -> AsyncIterator[None]:
    """Tell the others of our calls, and hear of theirs, while this is open."""
    bus = elsewhere.bus
    host = socket.gethostname()
    label = f"kiosk {host}" if is_kiosk else host
    lent = LentCalls(bus, open_lines, switchboard.renew, label)

    def words(message: Message) -> None:
        watch.words_elsewhere(message["call"], message["words"], is_final=message["is_final"])

    bus.on("words", words)
    await bus.start()
    lending = asyncio.create_task(lent.run())
    try:
        yield
    finally:
        lending.cancel()
        await asyncio.gather(lending, return_exceptions=True)
        await bus.close()


def _way(settings: Settings, site: Site) -> Way | None:
    url = settings.records.url
    if url is not None and url.startswith("postgres"):
        return Notifications(url, site.id)
    return Datagrams(settings.records.data_dir) if Datagrams.is_possible() else None
