"""Calls that alert: rung by Twilio's SDK, answered by keys, never by a voicemail."""

from itertools import permutations

import pytest

from aurora.escalation.answers import Asked
from aurora.escalation.brief import AlertKind
from aurora.escalation.channels.callbacks import CALL_KEY
from aurora.escalation.delivery import Progress
from aurora.escalation.incident import Answer, Source
from aurora.escalation.plan import ChannelKind
from aurora.rehearsal.rung_phones import OnThePhone
from aurora.rehearsal.twilio_resources import RungCall
from tests.alerts import BRIEF, MEDIC, alert
from tests.answer_desk import MemoryDesk, medic
from tests.integration.escalation.answering import Answering, answering

VOICE = alert(ChannelKind.VOICE)


async def rung(line: Answering) -> RungCall:
    sent = await line.voice.send(VOICE)
    return line.server.calls[sent.provider_id]


async def picked_up(line: Answering, answered_by: str = "human") -> OnThePhone:
    heard = await line.phones.pick_up(await rung(line), answered_by)
    await line.phones.deliver()
    return heard


def answers(line: Answering) -> list[Answer]:
    return [reply.answer for reply in line.desk.replies.values()]


async def test_the_brief_is_heard_twice_and_one_means_coming():
    async with answering() as line:
        heard = await picked_up(line)
        first = heard.text
        await line.phones.press(heard, "1")

    reply = next(iter(line.desk.replies.values()))
    assert heard.call.fields["To"] == MEDIC
    assert first.count(BRIEF) == 2
    assert (reply.answer, reply.source) == (Answer.ACCEPT, Source.VOICE)
    assert (reply.incident_id, reply.contact_id) == ("incident_1", "medic")
    assert heard.text == "Recorded: you are coming."
    assert heard.call.is_over
    assert line.server.breaches == []


async def test_two_means_cannot():
    async with answering() as line:
        heard = await line.phones.press(await picked_up(line), "2")

    assert answers(line) == [Answer.DECLINE]
    assert heard.text == "Recorded: you cannot. Aurora goes on without you."


async def test_nine_reads_it_again_as_often_as_asked():
    async with answering() as line:
        heard = await picked_up(line)
        for _ in range(5):
            await line.phones.press(heard, "9")
            assert heard.text.count(BRIEF) == 2
        await line.phones.press(heard, "1")

    assert answers(line) == [Answer.ACCEPT]


@pytest.mark.parametrize("key", ["3", "0", "*", "#"])
async def test_another_key_answers_nothing_and_the_keys_are_said_again(key):
    async with answering() as line:
        heard = await line.phones.press(await picked_up(line), key)

    assert answers(line) == []
    assert heard.text.startswith("That key has no meaning here. If you are coming, press 1.")


async def test_silence_is_no_answer_and_the_line_lets_go_after_two_readings():
    async with answering() as line:
        heard = await picked_up(line)
        await line.phones.press(heard, "")
        assert heard.text.count(BRIEF) == 2
        await line.phones.press(heard, "")

    assert answers(line) == []
    assert heard.text == "No answer was recorded. Goodbye."
    assert heard.call.is_over


@pytest.mark.parametrize("machine", ["machine_start", "machine_end_beep", "fax"])
async def test_a_voicemail_is_never_an_acknowledgement(machine):
    async with answering() as line:
        heard = await picked_up(line, machine)
        await line.phones.press(heard, "")

    assert answers(line) == []
    assert line.desk.progress_of[VOICE.id] is Progress.MACHINE
    assert Progress.MACHINE.is_lost
    assert heard.call.is_over


async def test_one_key_on_a_machine_is_not_enough_a_recorded_greeting_may_hold_tones():
    async with answering() as line:
        heard = await line.phones.press(await picked_up(line, "machine_start"), "1")
        first = (answers(line), heard.text)
        await line.phones.press(heard, "")

    assert first == ([], "To confirm, press 1 once more.")
    assert answers(line) == []


async def test_a_person_taken_for_a_machine_presses_once_more():
    async with answering() as line:
        heard = await line.phones.press(await picked_up(line, "machine_start"), "1")
        await line.phones.press(heard, "1")

    assert answers(line) == [Answer.ACCEPT]
    assert heard.text == "Recorded: you are coming."


@pytest.mark.parametrize("answered_by", ["human", "unknown"])
async def test_whom_detection_is_not_sure_of_counts_as_a_person(answered_by):
    async with answering() as line:
        await line.phones.press(await picked_up(line, answered_by), "1")

    assert answers(line) == [Answer.ACCEPT]


async def test_a_press_that_twilio_sends_again_is_one_answer():
    async with answering() as line:
        heard = await picked_up(line)
        gather = heard.gather
        await line.phones.press(heard, "1")
        heard.gather = gather
        await line.phones.press(heard, "1")

    assert answers(line) == [Answer.ACCEPT]
    assert heard.text == "Recorded: you are coming."


async def test_an_alert_that_is_over_says_so():
    async with answering(MemoryDesk([medic(is_open=False)])) as line:
        heard = await line.phones.press(await picked_up(line), "1")

    assert heard.text == "This alert is over. Nothing more is needed from you."


async def test_an_incident_that_nobody_knows_any_more_answers_nothing():
    async with answering(MemoryDesk([])) as line:
        heard = await line.phones.press(await picked_up(line), "1")

    assert answers(line) == []
    assert "over" in heard.text


async def test_an_answer_that_cannot_be_kept_is_not_confirmed_and_gives_a_number():
    async with answering() as line:
        heard = await picked_up(line)
        line.desk.is_broken = True
        await line.phones.press(heard, "1")

    assert "could NOT be recorded" in heard.text
    assert "+ 1 2 0 2" in heard.text


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (medic(language="de"), "Vermerkt: Sie kommen."),
        (medic(is_desk=True), "Recorded: you are acting on it."),
        (medic(kind=AlertKind.TEST), "Recorded: the test reached you."),
    ],
)
async def test_what_is_confirmed_is_what_was_asked_in_their_language(asked: Asked, said: str):
    async with answering(MemoryDesk([asked])) as line:
        heard = await line.phones.press(await picked_up(line), "1")

    assert heard.text == said


async def test_callbacks_in_any_order_end_in_the_same_state():
    ends = set()
    for order in permutations(range(4)):
        async with answering() as line:
            line.phones.end(await rung(line), "no-answer")
            waiting = line.phones.waiting
            assert len(waiting) == 3
            waiting.append(waiting[0])  # and one of them twice
            statuses = await line.phones.deliver(lambda all_, o=order: [all_[i] for i in o])
            assert statuses == [204] * 4
            ends.add(line.desk.progress_of[VOICE.id])

    assert ends == {Progress.NO_ANSWER}


async def test_a_key_before_the_verdict_on_the_machine_counts():
    async with answering() as line:
        heard = await line.phones.pick_up(await rung(line), "machine_start")
        await line.phones.press(heard, "1")
        await line.phones.deliver(lambda waiting: list(reversed(waiting)))

    assert answers(line) == [Answer.ACCEPT]


async def test_a_webhook_that_twilio_did_not_sign_is_refused():
    async with answering() as line:
        heard = await picked_up(line)
        assert heard.gather is not None
        line.server.auth_token = "another"
        response = await line.phones.post(
            heard.gather.attributes["action"], [*heard.call.form(), ("Digits", "1")]
        )

    assert response.status_code == 403
    assert answers(line) == []


@pytest.mark.parametrize("token", ["", "nonsense", "a~b~c.aaaaaa.bbbb"])
async def test_an_address_that_aurora_never_gave_is_refused_though_signed(token):
    async with answering() as line:
        call = await rung(line)
        url = f"https://line.example.com{CALL_KEY}?alert={token}&round=1"
        response = await line.phones.post(url, [*call.form(), ("Digits", "1")])

    assert response.status_code == 403
    assert answers(line) == []
