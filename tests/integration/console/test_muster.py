"""A muster at the console: each checks in for themselves, operators keep the roll."""

from collections.abc import Callable

import pytest

from aurora.accounts.person import Person, Role
from aurora.review.versions import Kind
from tests.integration.console.phone_room import Room, Somebody, phone_room
from tests.integration.records.test_versions import passed
from tests.reached_line import until


@pytest.fixture
async def room(monkeypatch, tmp_path):
    async with phone_room(monkeypatch, tmp_path) as opened:
        yield opened


@pytest.fixture
async def operator(room: Room) -> Somebody:
    return await room.somebody("Ann", Role.OPERATOR)


async def opened(operator: Somebody, room: Room, **fields: str) -> str:
    """Open a muster; return its id."""
    answer = await operator.post("/console/muster/open", **{"reason": "Fire in Zone A", **fields})
    assert answer.status_code == 303, answer.text
    return answer_id((await operator.get("/console/muster")).text)


def answer_id(page: str) -> str:
    return page.partition('name="muster" value="')[2].partition('"')[0]


async def roll_of(operator: Somebody) -> str:
    return (await operator.get("/console/muster/roll")).text


def missing(roll: str) -> str:
    return roll.partition('aria-label="Missing"')[2].partition("</ul>")[0]


async def test_somebody_checks_in_and_leaves_the_list_of_the_missing(room: Room, operator):
    sam = await room.linked("Sam", "worker:+12025550151")
    await opened(operator, room)
    before = await roll_of(operator)
    said = await sam.check_in(
        place="point:north_car_park", latitude=40.4, longitude=-3.7, accuracy_m=12
    )
    after = await roll_of(operator)

    assert "Sam Example" in missing(before)
    assert said.status_code == 201
    assert "Sam Example" not in missing(after)
    assert "the north car park" in after
    assert "40.40000, -3.70000 (±12 m)" in after
    assert "Recorded: you are safe." in (await sam.get("/console/muster")).text


@pytest.mark.parametrize("field", ["person", "person_key", "account_id", "name", "by"])
async def test_nobody_checks_in_for_somebody_else(room: Room, operator, field):
    eve = await room.somebody("Eve")
    await opened(operator, room)
    forged = await eve.check_in(**{field: "contact:medic"})

    assert forged.status_code == 422
    assert "Site medic" in missing(await roll_of(operator))


async def test_an_account_with_the_name_of_somebody_else_is_not_them(room: Room, operator):
    double = await room.somebody("Site medic")
    await double.post("/console/phone/person", person="contact:medic")
    await opened(operator, room)
    await double.check_in()

    assert "Site medic" in missing(await roll_of(operator))


async def test_before_the_first_muster_there_is_no_roll(room: Room, operator):
    answer = await operator.get("/console/muster/roll")

    assert answer.status_code == 404
    assert "none was ever opened" in answer.text


async def test_the_roll_and_its_acts_are_for_operators(room: Room, operator):
    eve = await room.somebody("Eve")
    muster = await opened(operator, room)
    mark = {"muster": muster, "person": "contact:medic", "standing": "safe"}
    acts = {
        "open": {"reason": "prank"},
        "close": {"muster": muster},
        "mark": mark,
        "visitor": {"muster": muster, "name": "Nobody"},
    }
    refused = [
        (await eve.post(f"/console/muster/{act}", **fields)).status_code
        for act, fields in acts.items()
    ]

    assert refused == [403] * 4
    assert (await eve.get("/console/muster/roll")).status_code == 403
    page = (await eve.get("/console/muster")).text
    assert "Site medic" not in page
    assert "Fire in Zone A" in page


async def test_an_operator_marks_who_was_seen_and_takes_a_wrong_mark_back(room: Room, operator):
    muster = await opened(operator, room)
    mark = {"muster": muster, "person": "contact:medic"}
    safe = await operator.post("/console/muster/mark", standing="safe", **mark)
    back = await operator.post("/console/muster/mark", standing="missing", **mark)

    assert "Site medic" not in missing(safe.text)
    assert "marked by Ann" in safe.text
    assert "Site medic" in missing(back.text)
    assert "taken back by Ann" in back.text


async def test_a_mark_is_of_somebody_on_the_roll_of_the_muster_that_was_shown(room: Room, operator):
    muster = await opened(operator, room)
    stranger = {"muster": muster, "person": "contact:nobody", "standing": "safe"}
    old = {"muster": "muster_old", "person": "contact:medic", "standing": "safe"}

    assert (await operator.post("/console/muster/mark", **stranger)).status_code == 422
    assert (await operator.post("/console/muster/mark", **old)).status_code == 409


async def test_who_is_on_no_list_is_added_by_name_and_shown_as_text(room: Room, operator):
    muster = await opened(operator, room)
    name = "<b>Visitor</b>"
    added = await operator.post("/console/muster/visitor", muster=muster, name=name)

    assert "&lt;b&gt;Visitor&lt;/b&gt;" in added.text
    assert name not in added.text


async def test_two_operators_open_one_muster(room: Room, operator):
    bob = await room.somebody("Bob", Role.OPERATOR)
    await opened(operator, room)
    second = await bob.post("/console/muster/open", reason="the same fire")

    assert second.status_code == 409
    assert "Ann" in second.json()["detail"]


async def test_everybody_with_a_telephone_is_asked_to_check_in_and_told_of_a_drill(
    room: Room, operator
):
    sam = await room.linked("Sam", "worker:+12025550151", language="es")
    await sam.register()
    await opened(operator, room, is_drill="true")
    await until(sam.shown)

    (shown,) = sam.shown()
    assert str(shown["title"]).startswith("DRILL / SIMULACRO. Recuento")
    assert (shown["page"], shown["answer"]) == ("/console/muster", None)


async def test_a_check_in_from_before_the_muster_was_opened_counts(room: Room, operator):
    sam = await room.linked("Sam", "worker:+12025550151")
    await sam.check_in()
    await opened(operator, room)

    assert "Sam Example" not in missing(await roll_of(operator))


async def test_a_muster_that_is_over_takes_no_marks_and_can_be_read(room: Room, operator):
    muster = await opened(operator, room)
    closed = await operator.post("/console/muster/close", muster=muster)
    again = await operator.post("/console/muster/close", muster=muster)
    mark = {"muster": muster, "person": "contact:medic", "standing": "safe"}
    late = await operator.post("/console/muster/mark", **mark)
    page = (await operator.get("/console/muster")).text

    assert (closed.status_code, again.status_code, late.status_code) == (303, 409, 409)
    assert "The last one: Fire in Zone A" in page
    assert "Site medic" in missing(page)


async def test_a_flood_of_check_ins_is_stopped_and_a_repeat_is_one(room: Room, operator):
    eve = await room.somebody("Eve")
    await opened(operator, room)
    same = [(await eve.check_in()).status_code for _ in range(20)]
    flood = await eve.check_in(key="f" * 16)
    kept = await room.parts.records.beside.read(
        lambda connection: connection.exec_driver_sql("SELECT count(*) FROM check_ins").scalar()
    )

    assert set(same) == {201}
    assert flood.status_code == 429
    assert kept == 1


async def test_check_ins_that_could_not_be_recorded_are_no_flood(room: Room):
    eve = await room.somebody("Eve")
    await renamed(room, "check_ins", "out_of_reach")
    lost = [(await eve.check_in()).status_code for _ in range(20)]
    await renamed(room, "out_of_reach", "check_ins")

    assert set(lost) == {503}
    assert (await eve.check_in()).status_code == 201


async def renamed(room: Room, table: str, name: str) -> None:
    await room.parts.records.beside.write(
        lambda connection: connection.exec_driver_sql(f"ALTER TABLE {table} RENAME TO {name}")
    )


@pytest.mark.parametrize(
    "wrong",
    [
        {"standing": "missing"},
        {"standing": "dead"},
        {"key": "../../etc"},
        {"place": "zone:nowhere"},
        {"latitude": 91, "longitude": 0, "accuracy_m": 1},
        {"latitude": "NaN", "longitude": 0, "accuracy_m": 1},
    ],
)
async def test_what_no_page_of_ours_sends_is_refused_by_name(room: Room, wrong):
    eve = await room.somebody("Eve")
    answer = await eve.check_in(**wrong)

    assert answer.status_code == 422
    assert answer.json()["field"] in wrong


async def test_a_check_in_that_another_site_made_a_browser_send_is_refused(room: Room):
    eve = await room.somebody("Eve")
    for headers in (
        {"Origin": "https://elsewhere.example"},
        {"X-CSRF-Token": "guessed"},
    ):
        answer = await room.client.post(
            "/console/muster/check-in",
            json={"standing": "safe", "key": "0123456789abcdef"},
            headers=eve.headers | headers,
        )
        # From an address that is not this machine its cookie is not even looked for.
        assert answer.status_code in (401, 403)


async def approve(room: Room, change: Callable[[str], str]) -> None:
    """Change the site as two people do at the console."""
    room.parts.review.texts._check = passed  # a rehearsal is no part of this
    ana, bo = (Person(name, name.title(), Role.ADMIN) for name in ("ana", "bo"))
    reviewing = room.parts.review.reviewing
    draft = await reviewing.begin(Kind.SITE, "site", ana, "Somebody new")
    draft = await reviewing.save(draft.id, ana, draft.sha256, change(draft.content))
    await reviewing.check(draft.id, ana)
    await reviewing.submit(draft.id, ana, draft.sha256, "Look")
    await reviewing.approve(draft.id, bo, draft.sha256, "")


async def test_the_roll_follows_the_site_s_people_and_loses_nobody_while_it_is_open(
    room: Room, operator
):
    def change(text: str) -> str:
        nora = 'workers:\n  - {phone: "+12025550177", name: Nora New}'
        return text.replace("workers:", nora).replace("second_medic", "paramedic")

    muster = await opened(operator, room)
    before = missing(await roll_of(operator))
    await approve(room, change)
    after = missing(await roll_of(operator))
    await operator.post("/console/muster/close", muster=muster)
    ended = missing((await operator.get("/console/muster")).text)
    await opened(operator, room)
    again = missing(await roll_of(operator))

    people = ("Nora New", 'value="contact:second_medic"', 'value="contact:paramedic"')
    assert [one in before for one in people] == [False, True, False]
    assert [one in after for one in people] == [True, True, True]
    assert [name in ended for name in ("Nora New", "Second medic")] == [True, True]
    assert [one in again for one in people] == [True, False, True]
    assert 'value="contact:paramedic"' in (await operator.get("/console/phone")).text
