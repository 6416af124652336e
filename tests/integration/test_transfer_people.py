"""Whom hand-offs ring is as people have it now: their contacts, numbers and absences."""

from datetime import UTC, datetime, timedelta

from aurora.site.absence import Absence
from aurora.site.model import Site
from tests.telephones import telephones, text

FIRE = "There is a fire in zone B"
HUMAN = "I want to speak to a person"
NEW = "+12025550177"


def with_number(site: Site, contact_id: str) -> Site:
    """The site with a new number for somebody."""
    contacts = [
        one.model_copy(update={"phone": NEW}) if one.id == contact_id else one
        for one in site.contacts
    ]
    return site.model_copy(update={"contacts": contacts})


def with_newcomer(site: Site, stands_in_for: str = "medic") -> Site:
    """The site with somebody more, who can do what somebody else can."""
    other = site.contact(stands_in_for)
    newcomer = other.model_copy(update={"id": "newcomer", "name": "Newcomer", "phone": NEW})
    return site.model_copy(update={"contacts": [*site.contacts, newcomer]})


async def test_a_person_is_rung_by_the_number_of_now(monkeypatch, tmp_path):
    async with telephones(monkeypatch, tmp_path) as line:
        in_force = line.parts.review.site
        in_force.approve(with_number(in_force.site, "medic"))
        caller = await line.call()
        await caller.say(FIRE)
        await line.act(caller, "hand-off", contact="medic")
        rung = (await line.rings()).fields["To"]

    assert rung == NEW


async def test_who_is_away_by_now_is_not_rung(monkeypatch, tmp_path):
    async with telephones(monkeypatch, tmp_path) as line:
        caller = await line.call()
        await caller.say(HUMAN)
        first = await line.rings()
        review, now = line.parts.review, datetime.now(UTC)
        for one in ("duty_supervisor", "night_supervisor"):
            begins, ends = now - timedelta(hours=1), now + timedelta(days=1)
            away = Absence(one, one, begins, ends, ("newcomer",), "ill", "Ana", now)
            await review.absences.add(away)
        review.site.approve(with_newcomer(review.site.site, stands_in_for="duty_supervisor"))
        await review.texts.refresh()
        line.phones.end(first, "no-answer")
        await line.network.settle()
        rung = (await line.rings()).fields["To"]

    assert rung == NEW


async def test_a_newcomer_can_be_chosen_and_is_announced_by_their_role(monkeypatch, tmp_path):
    async with telephones(monkeypatch, tmp_path) as line:
        in_force = line.parts.review.site
        in_force.approve(with_newcomer(in_force.site))
        caller = await line.call()
        await caller.say(FIRE)
        answer = await line.act(caller, "hand-off", contact="newcomer")
        heard = await line.picks_up(await line.rings())
        await line.presses(heard, "2")
        told, stage = text(line.last_heard()), await line.stage(caller)

    assert answer.status_code == 200
    assert heard.call.fields["To"] == NEW
    assert told.startswith("Joining you now: the site medic.")
    assert stage == "joined"


async def test_a_caller_is_put_through_to_the_number_of_now(monkeypatch, tmp_path):
    async with telephones(monkeypatch, tmp_path) as line:
        in_force = line.parts.review.site
        in_force.approve(with_number(in_force.site, "medic"))
        caller = await line.call()
        await caller.say(FIRE)
        await line.act(caller, "hand-off", contact="medic", is_blind=True)
        heard = await line.hears(caller)

    assert NEW in heard
