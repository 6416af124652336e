"""Accepted, then silence: a reminder, then others; a sign by any way ends the watch."""

import pytest

from aurora.escalation.acknowledgement import make_link
from aurora.rehearsal.rung_phones import OnThePhone
from tests.hurried_site import hurried_site
from tests.reached_line import ReachedLine, reached_line, until

MEDICS = ("+12025550105", "+12025550109")


@pytest.fixture(scope="module", params=[1.5], ids=["quiet"])
def site(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> str:
    """A site that reminds after so many seconds."""
    quiet_s = {"critical": request.param, "urgent": request.param}
    paging = {"wait_s": {"critical": 120}, "quiet_s": quiet_s}
    return hurried_site(tmp_path_factory.mktemp("quiet"), paging=paging)


@pytest.fixture
async def line(monkeypatch, tmp_path, site: str):
    async with reached_line(monkeypatch, tmp_path, {"AURORA_SITE": site}) as opened:
        yield opened


async def burned(line: ReachedLine) -> tuple[str, str]:
    """A fire that somebody was hurt in; return the medic's number who is rung, and the other's."""
    caller = line.caller()
    await caller.ring()
    await caller.say("There is a fire in zone A and Tom is badly burned")
    await until(lambda: any(line.calls_to(one) for one in MEDICS))
    number = next(one for one in MEDICS if line.calls_to(one))
    [other] = [one for one in MEDICS if one != number]
    return number, other


async def accepted(line: ReachedLine) -> tuple[OnThePhone, str]:
    """The medic on duty has accepted by key."""
    number, _ = await burned(line)
    heard = await line.phones.pick_up(line.calls_to(number)[0])
    await line.phones.press(heard, "1")
    return heard, number


async def incident(line: ReachedLine):
    [one] = await line.parts.answers.incidents()
    return one


async def reminded(line: ReachedLine, number: str) -> OnThePhone:
    await until(lambda: [c for c in line.read_out("REMINDER") if c.fields["To"] == number])
    [call] = [one for one in line.read_out("REMINDER") if one.fields["To"] == number]
    return await line.phones.pick_up(call)


# Time to pick up and press before the promise is taken back.
@pytest.mark.parametrize("site", [8], indirect=True)
async def test_a_reminder_comes_and_three_says_arrived(line: ReachedLine) -> None:
    _, number = await accepted(line)
    heard = await reminded(line, number)
    assert "If you have arrived, press 3." in heard.text
    await line.phones.press(heard, "3")

    assert heard.text == "Recorded: you have arrived."
    medic = next(one for one in (await incident(line)).accepted_by)
    assert (await incident(line)).answer_of(medic) == "arrived"


async def test_silent_again_the_other_medic_is_paged_and_the_promise_is_taken_back(
    line: ReachedLine,
) -> None:
    _, number = await accepted(line)
    [other] = [one for one in MEDICS if one != number]
    await reminded(line, number)

    await until(lambda: line.calls_to(other))
    called = [one.fields for one in line.twilio.calls.values()]
    asked = [one["To"] for one in called if one["To"] in MEDICS]
    assert asked[:2] == [number, number], "reminded before anybody else is paged"
    made = await incident(line)
    lapsed = [one for one in made.responders if made.answer_of(one) == "lapsed"]
    assert len(lapsed) == 1
    assert made.accepted_by == []

    # They were on their way all the same.
    link = make_link(line.parts.reach.tokens, line.url, made.id, lapsed[0])
    assert "I have arrived" in (await line.client.get(link)).text


async def test_three_before_anybody_accepted_is_no_key(line: ReachedLine) -> None:
    caller = line.caller()
    await caller.ring()
    await caller.say("There is a fire in zone A")
    await until(lambda: line.calls_to("+12025550104"))
    heard = await line.phones.pick_up(line.calls_to("+12025550104")[0])
    await line.phones.press(heard, "3")

    assert heard.text.startswith("That key has no meaning here.")
    assert (await incident(line)).acknowledgements == []


async def test_cannot_by_text_message_pages_the_next_at_once(line: ReachedLine) -> None:
    _, other = await burned(line)
    code = (await incident(line)).code
    for contact in list((await incident(line)).responders):
        phone = line.parts.rooms.site.contact(contact).number
        await line.phones.text(phone, "+12025550110", f"NO {code}")

    # Two minutes would be waited for an answer: everybody of the step having declined ends that.
    await until(lambda: line.calls_to(other))
    assert (await incident(line)).accepted_by == []


async def test_cannot_of_the_medic_alone_pages_the_next_medic_at_once(line: ReachedLine) -> None:
    number, other = await burned(line)
    heard = await line.phones.pick_up(line.calls_to(number)[0])
    await line.phones.press(heard, "2")

    # The others of the step have two minutes to answer, and nobody has to wait for them.
    await until(lambda: line.calls_to(other))
    assert len(line.calls_to(number)) == 1
