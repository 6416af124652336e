"""Carry out the steps of a plan: page who is due, by the first route that takes the message."""

import asyncio
from asyncio import Lock
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from datetime import datetime
from functools import partial

import structlog

from aurora.errors import ChannelFault, RecordsError
from aurora.escalation.acknowledgement import Tokens, make_link
from aurora.escalation.alert import Alert, Links, compose
from aurora.escalation.brief import AlertKind, asking
from aurora.escalation.channels.base import Channel, Sent
from aurora.escalation.incident import Answer, Incident, Reach
from aurora.escalation.ledger import (
    AlertState,
    Incidents,
    Ledger,
    PlanState,
    note_asked,
    note_reaches,
)
from aurora.escalation.news import News, NewsKind
from aurora.escalation.phones import Phones
from aurora.escalation.plan import ChannelKind, Page, Plan, Route
from aurora.escalation.progress import (
    due,
    fallback_due,
    is_taken,
    is_worth_waiting,
    stand_ins,
)
from aurora.escalation.workflow import Standing
from aurora.site.model import Site

log = structlog.get_logger()

HANGS_AFTER_S = 1.0
"""The next alert waits no longer for one before it."""
Told = Callable[[str, str, Mapping[str, object]], None]
"""Puts an event on the record of a call: (call id, kind, details)."""
Titles = Callable[[str], Mapping[str, str]]
"""Returns what procedures are called in a language, by their ids."""


class Pager:
    """Sends alerts; what is due is decided elsewhere. Safe to call again after a crash."""

    def __init__(
        self,
        site: Site,
        incidents: Incidents,
        channels: Mapping[ChannelKind, Channel],
        tokens: Tokens,
        public_url: str | None,
        clock: Callable[[], datetime],
        told: Told,
        phones: Phones | None = None,
        titles: Titles = lambda language: {},
    ) -> None:
        """phones: those of contacts that are alerted beside all other routes.

        titles: what an alert says has happened; a hazard's plain name where there is none.
        """
        self._site = site
        self._incidents = incidents
        self._channels = channels
        self._tokens = tokens
        self._public_url = public_url
        self._clock = clock
        self._told = told
        self._asking = Lock()
        self._turns: dict[ChannelKind, Lock] = {}
        self._phones = phones
        self._titles = titles

    def take_site(self, site: Site) -> None:
        """Go on with these contacts and rosters; plans that were made stay as they are."""
        self._site = site

    async def rounds(self, plan_id: str) -> Sequence[tuple[int, int, float]]:
        plan, _, _ = await self._look(plan_id)
        if plan is None:
            return []
        return [(number, step.number, step.wait_s) for number, step in plan.rounds()]

    async def page(self, plan_id: str, round_: int, number: int) -> bool:
        plan, incident, is_running = await self._look(plan_id)
        if plan is None or incident is None or not is_running:
            return False
        step = plan.step(number)
        pages = due(plan, step, incident)
        await self._send_all(incident, pages, f"{_own(plan_id)}:step:{round_}:{number}", round_)
        return bool(pages)

    async def relieve(self, plan_id: str, round_: int, number: int) -> None:
        """Page who comes next for a role whose people cannot come, before their step.

        They are not paged for it again when the plan gets there.
        """
        plan, incident, is_running = await self._look(plan_id)
        if plan is None or incident is None or not is_running:
            return
        for step, pages in stand_ins(plan, plan.step(number), incident):
            occasion = f"{_own(plan_id)}:step:{round_}:{step.number}"
            await self._send_all(incident, pages, occasion, round_)

    async def standing(self, plan_id: str, number: int) -> Standing:
        plan, incident, is_running = await self._look(plan_id)
        if plan is None or incident is None or not (is_running and incident.is_live):
            return Standing.OVER
        if not any(due(plan, step, incident) for step in plan.steps):
            # Nobody is left to ask: whoever was asked has answered, or the roles are covered.
            return Standing.OVER if is_taken(plan, incident) else Standing.NEXT
        is_open = is_worth_waiting(due(plan, plan.step(number), incident), incident)
        return Standing.WAIT if is_open else Standing.NEXT

    async def fall_back(self, plan_id: str) -> None:
        plan, incident, is_running = await self._look(plan_id)
        if plan is None or incident is None or not is_running:
            return
        pages = fallback_due(plan, incident, self._site.control_room)
        await self._send_all(incident, pages, f"{_own(plan_id)}:fallback", plan.repeats + 2)

    async def finish(self, plan_id: str) -> None:
        def note(ledger: Ledger) -> None:
            if ledger.states.get(plan_id) is PlanState.RUNNING:
                ledger.states[plan_id] = PlanState.ENDED

        await self._incidents.change(note, self._clock(), plan_id.partition(":")[0])

    async def update(
        self, incident: Incident, pages: Sequence[Page], news: Sequence[News], key: str
    ) -> None:
        """Tell those who were paged, and did not decline, what is new; raises RecordsError.

        Whoever could not be reached otherwise may have seen what was pushed.
        """
        is_of_a_caller = any(one.kind in (NewsKind.LOST, NewsKind.SEARCH) for one in news)
        kind = AlertKind.LOST_CALLER if is_of_a_caller else AlertKind.UPDATE
        occasion = f"update:{key}"
        await _all(
            self._send(incident, page, occasion, 1, kind, news)
            if incident.counts_on(page.contact_id)
            else self._push(incident, page, occasion, kind, news)
            for page in pages
            if incident.answer_of(page.contact_id) is not Answer.DECLINE
        )

    async def stand_down(self, incident: Incident, pages: Sequence[Page]) -> None:
        """Tell people that it is over; raises RecordsError."""
        kind = AlertKind.STAND_DOWN
        await _all(self._send(incident, page, kind.value, 1, kind) for page in pages)

    async def remind(self, incident: Incident, page: Page, key: str) -> None:
        """Ask somebody who accepted for a sign; raises RecordsError."""
        await self._send(incident, page, f"reminder:{key}", 1, kind=AlertKind.REMINDER)

    async def test(self, incident: Incident, pages: Sequence[Page]) -> None:
        """Ask everybody, by every way at once, to confirm a test; raises RecordsError."""
        asking = partial(note_asked, incident_id=incident.id, pages=pages)
        await self._incidents.change(asking, self._clock(), incident.id)
        await _all(self._test(incident, page, route) for page in pages for route in page.routes)

    async def _test(self, incident: Incident, page: Page, route: Route) -> bool:
        return await self._sent(self._alert(incident, page, route, "test", AlertKind.TEST, ()))

    def brief(self, incident: Incident, page: Page) -> str:
        """Return what a person is told of an incident, to be read out or shown."""
        route = page.routes[0] if page.routes else Route(ChannelKind.CONSOLE, "")
        return self._alert(incident, page, route, "brief", asking(incident), ()).texts.voice

    async def _look(self, plan_id: str) -> tuple[Plan | None, Incident | None, bool]:
        incident_id = plan_id.partition(":")[0]
        ledger = await self._incidents.read_one(incident_id)
        plan = ledger.plans.get(incident_id, {}).get(plan_id)
        is_running = ledger.states.get(plan_id) is PlanState.RUNNING
        return plan, ledger.incidents.get(incident_id), is_running

    async def _send_all(
        self, incident: Incident, pages: Sequence[Page], occasion: str, round_: int
    ) -> None:
        if not pages:
            return
        # Whoever picks up at once answers before their page is known to be sent.
        # What is told of from here on is told to them as well, apart from the page.
        asking = partial(note_asked, incident_id=incident.id, pages=pages)
        asked: Incident | None = await self._incidents.change(asking, self._clock(), incident.id)
        incident = asked or incident
        # All at once: a channel that hangs for one must not keep the others waiting.
        sending = {
            asyncio.create_task(self._send(incident, page, occasion, round_)): page
            for page in pages
        }
        noted = [one async for one in self._reaches(incident, sending)]
        self._note_on_calls(incident, noted)

    async def _reaches(
        self, incident: Incident, sending: dict["asyncio.Task[Reach]", Page]
    ) -> AsyncIterator[tuple[Page, Reach]]:
        """Note how far each page got as soon as it is known: the caller may be told.

        What comes in while the last is written is written together.
        """
        try:
            while sending:
                done, _ = await asyncio.wait(sending, return_when=asyncio.FIRST_COMPLETED)
                noted = [(sending.pop(task), _reach_of(task)) for task in done]
                note = partial(note_reaches, incident_id=incident.id, noted=noted)
                await self._incidents.change(note, self._clock(), incident.id)
                for one in noted:
                    yield one
        finally:
            for task in sending:
                task.cancel()

    def _note_on_calls(self, incident: Incident, noted: Sequence[tuple[Page, Reach]]) -> None:
        """One event a step on each call: a flood of calls must not become a flood of writes."""
        reached_by = {
            reach.value: [page.contact_id for page, how in noted if how is reach]
            for reach in (Reach.SENT, Reach.FAILED)
        }
        for call_id in incident.calls:
            self._told(call_id, "alerted", {"incident": incident.id, **reached_by})

    async def _send(
        self,
        incident: Incident,
        page: Page,
        occasion: str,
        round_: int,
        kind: AlertKind = AlertKind.PAGE,
        news: Sequence[News] = (),
    ) -> Reach:
        """Push to one person's telephones, and try their routes until one takes the message.

        Both at once: that a push service takes an alert says nothing of the telephone, so no route
        is left out for it, and none waits for it.
        """
        is_pushed, is_routed = await asyncio.gather(
            self._push(incident, page, occasion, kind, news),
            self._route(incident, page, occasion, round_, kind, news),
        )
        return Reach.SENT if is_pushed or is_routed else Reach.FAILED

    async def _push(
        self, incident: Incident, page: Page, occasion: str, kind: AlertKind, news: Sequence[News]
    ) -> bool:
        route = Route(ChannelKind.PUSH, "")
        if self._phones is None or route in page.routes:
            return False
        try:
            if not await self._phones.of_contact(page.contact_id):
                return False
        except RecordsError as error:
            log.error("phones_not_known", contact=page.contact_id, error=str(error))
            return False
        return await self._sent(self._alert(incident, page, route, occasion, kind, news))

    async def _route(
        self,
        incident: Incident,
        page: Page,
        occasion: str,
        round_: int,
        kind: AlertKind,
        news: Sequence[News],
    ) -> bool:
        for route in page.routes_in(round_):
            if await self._sent(self._alert(incident, page, route, occasion, kind, news)):
                return True
        await self._show(incident, page, occasion, kind, news)
        return False

    async def _show(
        self, incident: Incident, page: Page, occasion: str, kind: AlertKind, news: Sequence[News]
    ) -> None:
        """Show the control room a message that no route took: somebody has to pass it on."""
        route = Route(ChannelKind.CONSOLE, "")
        if route not in page.routes:
            await self._sent(self._alert(incident, page, route, occasion, kind, news))

    async def _sent(self, alert: Alert) -> bool:
        channel = self._channels.get(alert.channel)
        if channel is None:
            return False
        async with self._turn_of(channel):
            known = await self._incidents.begin_alert(alert)
            if known in (AlertState.SENT, AlertState.FAILED):
                return known is AlertState.SENT
            if known is AlertState.SENDING and await self._was_taken(channel, alert):
                return True
            return await self._try(channel, alert)

    @asynccontextmanager
    async def _turn_of(self, channel: Channel) -> AsyncIterator[None]:
        """Where a provider cannot be asked what it took, one alert after another: a crash then
        repeats one. One that hangs lets the next begin."""
        turn = None if channel.can_be_asked else self._turns.setdefault(channel.kind, Lock())
        has_turn = False
        if turn is not None:
            with suppress(TimeoutError):
                async with asyncio.timeout(HANGS_AFTER_S):
                    has_turn = await turn.acquire()
        try:
            yield
        finally:
            if turn is not None and has_turn:
                turn.release()

    async def _was_taken(self, channel: Channel, alert: Alert) -> bool:
        """Whether the provider took an alert before a crash came between, as it says itself."""
        async with self._asking:  # two alerts to one person must not find the same message
            try:
                since = await self._incidents.noted_at(alert.id)
                taken = await channel.taken(alert, since or alert.made_at)
            except ChannelFault as fault:
                log.warning("provider_not_asked", alert_id=alert.id, reason=fault.reason)
                return False  # a page that comes twice costs less than none
            known = await self._incidents.known_provider_ids(taken)
            ours = next((one for one in taken if one not in known), None)
            if ours is not None:
                log.info("alert_found", alert_id=alert.id)
                await self._incidents.end_alert(
                    alert.id, AlertState.SENT, "found_after_a_restart", ours
                )
        return ours is not None

    async def _try(self, channel: Channel, alert: Alert) -> bool:
        try:
            sent: Sent = await channel.send(alert)
        except ChannelFault as fault:
            log.warning("alert_failed", alert_id=alert.id, reason=fault.reason)
            await self._incidents.end_alert(alert.id, AlertState.FAILED, str(fault))
            return False
        # The edge of a channel: whatever broke in it, the next route is tried.
        except Exception as error:
            log.exception("channel_broke", alert_id=alert.id)
            await self._incidents.end_alert(alert.id, AlertState.FAILED, type(error).__name__)
            return False
        log.info("alert_sent", alert_id=alert.id, channel=alert.channel.value)
        notes = "; ".join(sent.notes)
        await self._incidents.end_alert(alert.id, AlertState.SENT, notes, sent.provider_id)
        return True

    def _alert(
        self,
        incident: Incident,
        page: Page,
        route: Route,
        occasion: str,
        kind: AlertKind,
        news: Sequence[News],
    ) -> Alert:
        links = None
        if self._public_url is not None:
            links = Links(make_link(self._tokens, self._public_url, incident.id, page.contact_id))
        return compose(
            self._site,
            incident,
            page,
            route,
            occasion,
            now=self._clock(),
            kind=kind,
            news=news,
            links=links,
            titles=self._titles(page.language),
        )


async def _all(sendings: Iterable[Awaitable[Reach | bool]]) -> None:
    """Send to all at once; one that breaks keeps nobody else from being paged."""
    done = await asyncio.gather(*sendings, return_exceptions=True)
    broken = [one for one in done if isinstance(one, BaseException)]
    for error in broken:
        log.error("page_broke", error=str(error), kind=type(error).__name__)
    for error in broken:
        if isinstance(error, RecordsError):
            raise error


def _reach_of(task: "asyncio.Task[Reach]") -> Reach:
    """How far a page got; one that broke keeps nobody else from being paged."""
    error = task.exception()
    if error is None:
        return task.result()
    if isinstance(error, RecordsError):
        raise error
    log.error("page_broke", error=str(error), kind=type(error).__name__)
    return Reach.FAILED


def _own(plan_id: str) -> str:
    """A plan's name within its incident."""
    return plan_id.rpartition(":")[2]
