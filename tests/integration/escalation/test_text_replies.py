"""Text messages that answer alerts: from the right telephone, with the right code, once."""

import asyncio
from datetime import timedelta

import pytest
from structlog.testing import capture_logs

from aurora.escalation.attempt_limit import WITHIN
from aurora.escalation.delivery import Progress
from aurora.escalation.incident import CODE_ALPHABET, Answer, Source
from aurora.lines.text_replies import MOST_CORRECTIONS, MOST_WRONG_CODES
from tests.alerts import CODE, MEDIC, alert
from tests.answer_desk import MemoryDesk, medic
from tests.integration.escalation.answering import LINE, Answering, answering

SUPERVISOR, STRANGER = "+12025550101", "+12025550177"


def answers(line: Answering) -> list[tuple[str, Answer]]:
    return [(reply.contact_id, reply.answer) for reply in line.desk.replies.values()]


def wrong_code(number: int) -> str:
    tens, ones = divmod(number, len(CODE_ALPHABET))
    return f"CCCC{CODE_ALPHABET[tens]}{CODE_ALPHABET[ones]}"


async def test_an_alert_is_answered_by_the_code_it_carries():
    async with answering() as line:
        sent = await line.sms.send(alert())
        body = line.server.messages[sent.provider_id].body
        code = body.partition("Code ")[2].partition(".")[0]
        written_back = await line.phones.text(MEDIC, LINE, f"ACK {code}")

    assert answers(line) == [("medic", Answer.ACCEPT)]
    assert next(iter(line.desk.replies.values())).source is Source.SMS
    assert written_back == "Recorded: you are coming."


async def test_no_means_cannot_and_the_last_word_counts():
    async with answering() as line:
        await line.phones.text(MEDIC, LINE, f"ack {CODE}")
        written_back = await line.phones.text(MEDIC, LINE, f"No {CODE} sorry")

    assert answers(line) == [("medic", Answer.ACCEPT), ("medic", Answer.DECLINE)]
    assert written_back == "Recorded: you cannot. Aurora goes on without you."


async def test_who_never_said_that_they_come_is_not_said_to_be_there():
    async with answering() as line:
        first = await line.phones.text(MEDIC, LINE, f"HERE {CODE}")
        second = await line.phones.text(MEDIC, LINE, f"HERE {CODE}")

    assert answers(line) == [("medic", Answer.ACCEPT), ("medic", Answer.ARRIVED)]
    assert first == "Recorded: you are coming."
    assert second == "Recorded: you have arrived."


async def test_on_the_way_is_asked_for_an_answer_that_can_be_counted_on():
    async with answering() as line:
        written_back = await line.phones.text(MEDIC, LINE, f"J'arrive {CODE}")

    assert answers(line) == []
    assert "Reply ACK or NO" in (written_back or "")


async def test_a_message_that_comes_again_changes_nothing():
    async with answering() as line:
        first = await line.phones.text(MEDIC, LINE, f"ACK {CODE}", sid="SM1")
        with capture_logs() as logs:
            again = await line.phones.text(MEDIC, LINE, f"ACK {CODE}", sid="SM1")

    assert answers(line) == [("medic", Answer.ACCEPT)]
    assert first == again
    assert [log["event"] for log in logs] == ["answer_repeated"]


async def test_an_old_message_replayed_after_a_change_of_mind_is_refused():
    async with answering() as line:
        await line.phones.text(MEDIC, LINE, f"ACK {CODE}", sid="SM1")
        await line.phones.text(MEDIC, LINE, f"NO {CODE}", sid="SM2")
        with capture_logs() as logs:
            replayed = await line.phones.text(MEDIC, LINE, f"ACK {CODE}", sid="SM1")

    assert replayed is None
    assert line.desk.everyone[0].answer is Answer.DECLINE
    assert [log["event"] for log in logs] == ["answer_repeated"]


async def test_the_same_message_many_times_at_once_is_one_answer():
    async with answering() as line:
        await asyncio.gather(
            *(line.phones.text(MEDIC, LINE, f"ACK {CODE}", sid="SM1") for _ in range(10))
        )

    assert answers(line) == [("medic", Answer.ACCEPT)]


@pytest.mark.parametrize("sender", [SUPERVISOR, STRANGER, "", "anonymous"])
async def test_a_right_code_from_another_telephone_is_refused_and_logged(sender):
    async with answering() as line:
        with capture_logs() as logs:
            written_back = await line.phones.text(sender, LINE, f"ACK {CODE}")

    assert answers(line) == []
    assert [(log["event"], log["reason"]) for log in logs] == [("code_refused", "not_their_number")]
    is_contact = sender == SUPERVISOR
    assert (written_back is not None) is is_contact


async def test_a_wrong_code_and_a_wrong_telephone_read_the_same():
    async with answering() as line:
        by_code = await line.phones.text(SUPERVISOR, LINE, "ACK CCCCC9")
        by_phone = await line.phones.text(SUPERVISOR, LINE, f"ACK {CODE}")

    assert by_code == by_phone
    assert "No open alert to you has this code" in (by_code or "")


async def test_guessed_codes_run_out_and_are_logged_even_when_one_is_right():
    async with answering() as line:
        for number in range(MOST_WRONG_CODES):
            await line.phones.text(MEDIC, LINE, f"ACK {wrong_code(number)}")
        with capture_logs() as logs:
            await line.phones.text(MEDIC, LINE, f"ACK {CODE}")
        assert answers(line) == []
        assert [log["event"] for log in logs] == ["code_guesses_exhausted"]

        line.clock.now += WITHIN + timedelta(seconds=1)
        await line.phones.text(MEDIC, LINE, f"ACK {CODE}")

    assert answers(line) == [("medic", Answer.ACCEPT)]


async def test_some_wrong_codes_in_a_forged_name_do_not_take_the_word_from_a_contact():
    async with answering() as line:
        for number in range(MOST_WRONG_CODES // 2):
            await line.phones.text(MEDIC, LINE, f"ACK {wrong_code(number)}")
        await line.phones.text(MEDIC, LINE, f"ACK {CODE}")

    assert answers(line) == [("medic", Answer.ACCEPT)]


async def test_a_forged_name_rings_no_contacts_telephone_without_end():
    async with answering() as line:
        told = [
            await line.phones.text(MEDIC, LINE, text)
            for text in ["hello", "ACK CCCC39"] * MOST_CORRECTIONS
        ]
        confirmed = await line.phones.text(MEDIC, LINE, f"ACK {CODE}")

    written = [text for text in told if text]
    assert len(written) == MOST_CORRECTIONS
    assert "Too many wrong codes" in written[-1]
    assert confirmed


async def test_ones_wrong_codes_cost_nobody_else_a_try():
    async with answering() as line:
        for _ in range(MOST_WRONG_CODES + 1):
            await line.phones.text(STRANGER, LINE, "ACK CCCC39")
        await line.phones.text(MEDIC, LINE, f"ACK {CODE}")

    assert answers(line) == [("medic", Answer.ACCEPT)]


async def test_what_is_not_understood_is_no_answer_and_says_how():
    async with answering() as line:
        written_back = await line.phones.text(MEDIC, LINE, f"ACK {CODE} no wait NO")

    assert answers(line) == []
    assert written_back == (
        "Not understood. Reply ACK or NO, then the code of the alert, and nothing else."
    )


async def test_a_stranger_learns_nothing_from_any_message():
    async with answering() as line:
        told = [
            await line.phones.text(STRANGER, LINE, text)
            for text in ("hello", f"ACK {CODE}", "ACK CCCC39", "<Message>x</Message>", "")
        ]

    assert told == [None] * 5


async def test_a_telephone_shared_by_two_answers_for_both():
    both = [medic(), medic(contact_id="first_aider", role="a first aider")]
    async with answering(MemoryDesk(both)) as line:
        await line.phones.text(MEDIC, LINE, f"ACK {CODE}")

    assert answers(line) == [("medic", Answer.ACCEPT), ("first_aider", Answer.ACCEPT)]


async def test_an_answer_to_what_is_over_is_told_so():
    async with answering(MemoryDesk([medic(is_open=False, language="fr")])) as line:
        written_back = await line.phones.text(MEDIC, LINE, f"ACK {CODE}")

    assert written_back == "Cette alerte est terminée. On n'attend plus rien de vous.".replace(
        "ê", "e"
    )


async def test_an_answer_that_cannot_be_kept_is_not_confirmed():
    async with answering() as line:
        line.desk.is_broken = True
        written_back = await line.phones.text(MEDIC, LINE, f"ACK {CODE}")

    assert "could NOT be recorded. Phone +12025550100" in (written_back or "")


async def test_a_message_that_twilio_did_not_sign_is_refused():
    async with answering() as line:
        response = await line.client.post(
            "/incoming-message",
            data={"MessageSid": "SM1", "From": MEDIC, "To": LINE, "Body": f"ACK {CODE}"},
            headers={"X-Twilio-Signature": "forged"},
        )

    assert response.status_code == 403
    assert answers(line) == []


async def test_delivery_is_followed_in_any_order_and_is_no_answer():
    async with answering() as line:
        sent = await line.sms.send(alert())
        message = line.server.messages[sent.provider_id]
        line.phones.message_becomes(message, "queued", "sending", "sent", "delivered")
        statuses = await line.phones.deliver(lambda waiting: list(reversed(waiting)))

    assert statuses == [204] * 4
    assert line.desk.progress_of[alert().id] is Progress.DELIVERED
    assert answers(line) == []


async def test_a_message_that_is_not_delivered_is_told_with_its_reason():
    async with answering() as line:
        sent = await line.sms.send(alert())
        message = line.server.messages[sent.provider_id]
        line.phones.message_becomes(message, "sent", "undelivered", error=30003)
        await line.phones.deliver()

    last = line.desk.deliveries[-1]
    assert (last.progress, last.detail) == (Progress.FAILED, "undelivered 30003")
    assert last.provider_id == sent.provider_id
    assert last.progress.is_lost


async def test_a_status_that_twilio_invents_tomorrow_changes_nothing():
    async with answering() as line:
        sent = await line.sms.send(alert())
        message = line.server.messages[sent.provider_id]
        line.phones.message_becomes(message, "teleported")
        assert await line.phones.deliver() == [204]

    assert line.desk.deliveries == []


async def test_in_a_drill_what_is_written_back_and_said_is_called_one():
    async with answering(MemoryDesk([medic(is_drill=True)])) as line:
        back = await line.phones.text(MEDIC, LINE, f"ACK {CODE}")

    assert back == "DRILL. This is an exercise. Recorded: you are coming."
