"""What was decided and never begun, as when power went between the two, is begun by whoever starts
next: messages that people need, and words that nobody had taken in."""

from datetime import timedelta
from pathlib import Path

from aurora.conversation.call import Call
from aurora.escalation import operator_acts as acts
from aurora.escalation.incident import Acknowledgement, Answer, Source, answer
from aurora.escalation.ledger import Ledger
from aurora.escalation.taking_in import take_in
from aurora.levels import Hazard, Urgency
from tests.alerting import Alerting, alerting
from tests.incidents import call
from tests.line import NOON, example_site
from tests.waiting import until

FIRE = call(roles=("supervisor",))


async def paged(line: Alerting) -> str:
    """Have people paged for a fire, and return the incident once some were."""
    await line.desk.take(FIRE)
    await until(lambda: len(line.sent) > 2)
    incident = await line.incident_of(FIRE.call_id)
    assert incident is not None
    return incident.id


def of_kind(line: Alerting, kind: str) -> list[str]:
    return [one.contact_id for one in line.sent if one.kind.value == kind]


async def test_who_may_be_coming_is_told_to_stand_down_once_by_the_line_that_starts_next(
    tmp_path: Path,
) -> None:
    async with alerting(tmp_path) as line:
        incident_id = await paged(line)

        def close(ledger: Ledger) -> set[str]:
            incident = acts.acted_on(ledger, incident_id, None)
            acts.close(incident, ledger, "Ann", "it is out", line.clock())
            return set(incident.responders)

        told = await line.incidents.change(close, line.clock(), incident_id)
        assert not of_kind(line, "stand_down")

    async with alerting(tmp_path) as line:
        await until(lambda: told <= set(of_kind(line, "stand_down")))
        await line.desk.begin_what_is_owed()
    async with alerting(tmp_path) as again:
        await again.desk.begin_what_is_owed()
        assert len(of_kind(line, "stand_down")) == len(told), "told twice"
    assert not again.sent


async def test_nobody_is_told_to_stand_down_from_what_is_long_over_or_the_line_closed_itself(
    tmp_path: Path,
) -> None:
    async with alerting(tmp_path) as line:
        incident_id = await paged(line)
        await line.desk.close()

        def accept(ledger: Ledger) -> None:
            incident = ledger.incidents[incident_id]
            contact_id = next(iter(incident.responders))
            answer(incident, Acknowledgement(contact_id, Answer.ACCEPT, Source.SMS, line.clock()))

        await line.incidents.change(accept, line.clock())
        line.clock.advance(hours=9)
        [closed] = await line.answers.operators.close_quiet([])
    assert not closed.is_live
    async with alerting(tmp_path) as line:
        line.clock.advance(hours=9)
        await line.desk.begin_what_is_owed()
        await line.desk.close()
        assert not line.sent


async def test_news_that_nobody_had_been_told_is_told_once(tmp_path: Path) -> None:
    async with alerting(tmp_path) as line:
        incident_id = await paged(line)
        trapped = call(roles=FIRE.roles, after_min=1, facts={"trapped": True})

        def take(ledger: Ledger) -> None:
            take_in(ledger, site=example_site(), facts=trapped, now=trapped.at)

        await line.incidents.change(take, trapped.at)

    async with alerting(tmp_path) as line:
        await until(lambda: of_kind(line, "update"))

        async def is_told() -> bool:
            return not (await line.incidents.read_one(incident_id)).incidents[incident_id].untold

        await until(is_told)
        await line.desk.begin_what_is_owed()
        told = of_kind(line, "update")
    assert len(told) == len(set(told))
    async with alerting(tmp_path) as line:
        await line.desk.begin_what_is_owed()
    assert not of_kind(line, "update")


async def test_words_that_a_machine_left_when_it_died_are_taken_in_by_another(
    tmp_path: Path,
) -> None:
    left = Call("call_left", "gather", "site", "worker", "en", NOON)
    left.urgency, left.hazard = Urgency.CRITICAL, Hazard.FIRE
    on_record: list[Call] = []
    async with alerting(tmp_path, calls=on_record) as line:
        await paged(line)
        on_record.append(left)
        assert await line.incident_of(left.id) is None
        await line.incidents.beat("m2", line.clock() - timedelta(minutes=5))
        await until(lambda: line.incident_of(left.id))


async def test_what_an_operator_lowered_pages_nobody_more_whichever_machine_knew_of_it(
    tmp_path: Path,
) -> None:
    lowered = Call(FIRE.call_id, "gather", "site", "worker", "en", NOON)
    lowered.hazard, lowered.urgency = Hazard.FIRE, Urgency.ASSISTIVE
    lowered.urgency_lowered_at = NOON + timedelta(minutes=1)
    async with alerting(tmp_path) as line:
        incident_id = await paged(line)

    async with alerting(tmp_path) as line:
        line.clock.advance(minutes=2)
        line.desk.call_changed(lowered)

        async def is_stopped() -> bool:
            return not (await line.incidents.read_one(incident_id)).running(incident_id)

        await until(is_stopped)
        await until(lambda: of_kind(line, "update"))
        left = await line.incident_of(lowered.id)
    assert left is not None
    assert left.urgency is Urgency.ASSISTIVE
