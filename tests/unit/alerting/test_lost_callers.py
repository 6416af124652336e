"""Ringing a lost caller: once a try, only while they are missing, and searched for in the end."""

from typing import Any

import pytest

from aurora.alerting.lost_callers import LostCallers
from aurora.conversation.call import Call, EndReason
from aurora.conversation.ring import Ring
from aurora.errors import ChannelFault
from aurora.escalation.acknowledgement import Tokens
from aurora.escalation.channels.callbacks import Callbacks
from aurora.escalation.finding import Seeking, finding_id
from tests.paging import MemoryIncidents, NotedDurable
from tests.switchboard import API, TWILIO, Line

PUBLIC = "https://line.example.com"


class Telephone:
    """Notes whom it is asked to ring; refuses with `fault`."""

    def __init__(self) -> None:
        self.rung: list[str] = []
        self.fault: ChannelFault | None = None
        self.is_at_it = False

    async def is_ringing(self, number: str, within_s: float) -> bool:
        return self.is_at_it

    async def place_call(self, to: str, twiml: str, **asked: Any) -> str:
        if self.fault is not None:
            raise self.fault
        assert f"{PUBLIC}/called-back?call=" in twiml
        self.rung.append(to)
        return f"CA9{len(self.rung)}"

    async def end_call(self, sid: str, within_s: float) -> None:
        raise ChannelFault("unreachable")


class Lost:
    """A line whose caller reported a fire and is gone, and what looks for them."""

    def __init__(self) -> None:
        self.line, self.telephone = Line(), Telephone()
        self.durable, self.incidents = NotedDurable(), MemoryIncidents()
        self.callers = self._callers(self.telephone)
        self.call_id = ""

    async def lose(self, ring: Ring = TWILIO) -> "Lost":
        name = (await self.line.board.open(ring)).call.id
        await self.line.hear("fire in zone b", name)
        await self.line.board.end(name, EndReason.HUNG_UP)
        self.call_id = name
        return self

    async def call(self) -> Call:
        return await self.line.board.call(self.call_id)

    async def ring(self, attempt: int = 1, loss: int = 1) -> Seeking:
        return await self.callers.ring(self.call_id, loss, attempt)

    def without_telephone(self) -> LostCallers:
        return self._callers(None)

    def _callers(self, telephone: Any) -> LostCallers:
        clock = self.line.clock
        callbacks = Callbacks(PUBLIC, Tokens(b"k" * 32, clock))
        callers = LostCallers(
            self.line.records,
            self.incidents,
            self.durable,  # type: ignore[arg-type]
            telephone,
            callbacks,
            clock,
        )
        callers.connect(self.line.board)
        return callers


async def test_a_lost_caller_is_rung_at_their_number_and_it_stands_on_the_record():
    lost = await Lost().lose()

    assert await lost.ring() is Seeking.RINGING
    assert lost.telephone.rung == [TWILIO.from_number]
    assert "called_back" in await lost.line.events(lost.call_id)
    assert (await lost.call()).loss.tries == 1


async def test_a_try_repeated_after_a_crash_does_not_ring_twice():
    lost = await Lost().lose()
    await lost.ring()
    lost.telephone.is_at_it = True

    assert await lost.ring() is Seeking.RINGING
    assert len(lost.telephone.rung) == 1


async def test_a_try_that_the_crash_cut_off_before_it_rang_rings():
    lost = await Lost().lose()
    await lost.ring()

    assert await lost.ring() is Seeking.RINGING
    assert len(lost.telephone.rung) == 2


async def test_whoever_rang_again_themselves_is_found_and_not_rung():
    lost = await Lost().lose()
    lost.line.clock.advance(seconds=1)
    await lost.line.ring(Ring("gather", from_number=TWILIO.from_number, provider_id="CA2"))
    again = await lost.line.board.call("CA2")

    assert await lost.ring() is Seeking.FOUND
    assert lost.telephone.rung == []
    [found] = [
        event
        for event in await lost.line.records.events(lost.call_id)
        if event.kind == "caller_found"
    ]
    assert found.details["by"] == again.id


async def test_nobody_is_rung_for_a_loss_that_is_over():
    lost = await Lost().lose()
    await lost.line.hear("i am here", lost.call_id)

    assert await lost.ring() is Seeking.FOUND
    assert await lost.callers.seeking(lost.call_id, 1, 1) is Seeking.FOUND
    assert await lost.ring(loss=2) is Seeking.FOUND
    assert lost.telephone.rung == []


async def test_without_a_telephone_or_a_number_there_is_no_way():
    by_telephone, by_api = await Lost().lose(), await Lost().lose(API)

    assert await by_telephone.without_telephone().ring(by_telephone.call_id, 1, 1) is Seeking.NO_WAY
    assert await by_api.ring() is Seeking.NO_WAY


@pytest.mark.parametrize(("is_final", "seeking"), [(True, Seeking.NO_WAY), (False, Seeking.FAILED)])
async def test_a_call_that_twilio_refuses_failed_and_is_tried_no_more_where_it_never_will_be(
    is_final: bool, seeking: Seeking
):
    lost = await Lost().lose()
    lost.telephone.fault = ChannelFault("not_a_number", is_final=is_final)

    assert await lost.ring() is seeking
    assert (await lost.call()).loss.failed == 1
    assert await lost.callers.seeking(lost.call_id, 1, 1) is Seeking.FAILED


async def test_in_vain_the_site_searches_once():
    lost = await Lost().lose()
    await lost.callers.search(lost.call_id, 1)
    await lost.callers.search(lost.call_id, 1)

    assert (await lost.line.events(lost.call_id)).count("search_requested") == 1
    assert "rescue" in (await lost.call()).roles_alerted


async def test_the_workflow_is_woken_when_the_caller_is_heard_and_not_by_every_turn():
    lost = await Lost().lose()
    lost.callers.call_changed(await lost.call())
    lost.callers.call_changed(await lost.call())
    await lost.callers.close()
    assert lost.durable.woken == []

    await lost.line.hear("i am here", lost.call_id)
    lost.callers.call_changed(await lost.call())
    await lost.callers.close()
    assert lost.durable.woken == [finding_id(lost.call_id, 1)]


async def test_a_call_back_that_cannot_be_hung_up_is_left_to_end_by_itself():
    lost = await Lost().lose()

    await lost.callers.hang_up("CA91")

    assert (await lost.call()).loss is not None
