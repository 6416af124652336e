"""What attackers try at the console's door, and what comes of it."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

import httpx2
import pytest

from aurora.accounts.account import Account
from aurora.accounts.audit import Sought
from aurora.accounts.password import Passwords
from aurora.accounts.person import Role
from aurora.accounts.secret import form_mark, hash_of, new_id
from aurora.accounts.session import Visitor
from aurora.accounts.slowing import WITHIN
from aurora.app import create_app
from aurora.console.accounts.entry import safe_next
from aurora.console.accounts.sign_in import MOST_AT_ONCE, MOST_STRANGERS, SignIn
from aurora.errors import RecordsError, SignInRefused
from aurora.records.accounts import SqlAccounts
from aurora.records.audit import AuditTrail
from aurora.records.sessions import SqlSessions
from aurora.records.sql import SqlRecords
from aurora.records.wrong_tries import SqlWrongTries
from tests.application import LOCAL_URL, application
from tests.signing_in import PASSWORD, SEAL, add_account, sign_in, signed_in

NOON = datetime(2026, 11, 26, 12, tzinfo=UTC)
STRANGER, OPERATOR = Visitor("203.0.113.9"), Visitor("10.0.0.7")


class CountedPasswords(Passwords):
    """Says how many hashes were made: what each try costs, and how long it takes."""

    hashes = 0

    def _matches(self, kept: str, given: str) -> bool:
        self.hashes += 1
        return super()._matches(kept, given)


@dataclass
class Door:
    """Sign-in over a real database, with a clock that only waiting moves."""

    records: SqlRecords
    now: datetime = NOON
    waits: list[float] = field(default_factory=list)
    passwords: CountedPasswords = field(default_factory=CountedPasswords)

    def __post_init__(self) -> None:
        self.accounts = SqlAccounts(self.records.beside, SEAL)
        self.restart()

    def restart(self) -> None:
        """Forget all that is not in the database."""
        database = self.records.beside
        self.sign_in = SignIn(
            self.accounts,
            SqlSessions(database),
            SqlWrongTries(database),
            self.passwords,
            AuditTrail(database, lambda: self.now),
            lambda: self.now,
            self.wait,
        )

    async def wait(self, seconds: float) -> None:
        self.waits.append(seconds)
        self.now += timedelta(seconds=seconds)

    async def add(self, name: str) -> Account:
        account = Account(new_id(), name, Role.OPERATOR, NOON)
        account = replace(account, password=await self.passwords.hashed(PASSWORD))
        await self.accounts.add(account)
        return account

    async def fail(self, name: str, visitor: Visitor = STRANGER, times: int = 1) -> None:
        for _ in range(times):
            with pytest.raises(SignInRefused):
                await self.sign_in.with_password(name, "guess after guess", visitor)


@pytest.fixture
async def door(tmp_path) -> AsyncIterator[Door]:
    records = await SqlRecords.open(None, tmp_path)
    yield Door(records)
    await records.close()


async def test_guessing_gets_slower_and_slower_but_never_locks(door):
    await door.add("Ada")
    await door.fail("Ada", times=12)
    entered = await door.sign_in.with_password("Ada", PASSWORD, OPERATOR)

    assert door.waits == [0.5, 1.0, 2.0, 4.0, 8.0, 10.0, 10.0, 10.0]
    assert entered.session.is_whole


async def test_a_restart_forgives_no_guesses(door):
    await door.add("Ada")
    await door.fail("Ada", times=8)
    door.waits.clear()
    door.restart()
    await door.fail("Ada")

    assert door.waits == [4.0]


async def test_strangers_cannot_slow_down_a_browser_the_operator_knows(door):
    ada = await door.add("Ada")
    await door.fail("Ada", times=30)
    door.waits.clear()
    known = replace(OPERATOR, device="d1", known_to=(ada.id,))
    await door.sign_in.with_password("Ada", PASSWORD, known)

    assert door.waits == []


async def test_a_stolen_mark_of_a_browser_makes_guessing_no_faster(door):
    ada = await door.add("Ada")
    stolen = replace(STRANGER, device="d1", known_to=(ada.id,))
    await door.fail("Ada", stolen, times=8)

    assert door.waits == [0.5, 1.0, 2.0]


async def test_one_address_that_tries_many_names_is_slowed_down(door):
    for number in range(22):
        await door.fail(f"name {number}")

    assert door.waits == [0.5, 1.0]


async def test_many_at_once_of_one_address_are_turned_away_and_others_are_not(door):
    await door.add("Ada")
    held = asyncio.Event()

    async def hold(seconds: float) -> None:
        await held.wait()

    await door.fail("Ada", times=6)
    door.sign_in._sleep = hold
    trying = [asyncio.create_task(door.fail("Ada")) for _ in range(MOST_AT_ONCE)]
    while door.sign_in._at_door[STRANGER.address] < MOST_AT_ONCE:  # noqa: ASYNC110
        await asyncio.sleep(0)
    with pytest.raises(SignInRefused, match="busy"):
        await door.sign_in.with_password("Ada", PASSWORD, STRANGER)
    held.set()
    entered = await door.sign_in.with_password("Ada", PASSWORD, OPERATOR)
    await asyncio.gather(*trying)

    assert entered.account.name == "Ada"


async def test_a_crowd_at_the_door_keeps_no_browser_out_that_the_operator_knows(door):
    ada = await door.add("Ada")
    held = asyncio.Event()

    async def hold(seconds: float) -> None:
        await held.wait()

    await door.fail("Ada", times=6)
    door.sign_in._sleep = hold
    crowd = [replace(STRANGER, address=f"203.0.113.{n}") for n in range(MOST_STRANGERS)]
    trying = [asyncio.create_task(door.fail("Ada", one)) for one in crowd]
    while door.sign_in._strangers < MOST_STRANGERS:  # noqa: ASYNC110
        await asyncio.sleep(0)
    with pytest.raises(SignInRefused, match="busy"):
        await door.sign_in.with_password("Ada", PASSWORD, OPERATOR)
    known = replace(OPERATOR, device="d1", known_to=(ada.id,))
    entered = await door.sign_in.with_password("Ada", PASSWORD, known)
    held.set()
    await asyncio.gather(*trying)

    assert entered.session.is_whole


async def test_an_unknown_name_costs_and_waits_as_much_as_a_known_one(door):
    await door.add("Ada")
    await door.add("Out")
    out = await door.accounts.named("Out")
    await door.accounts.add(Account(new_id(), "Boss", Role.ADMIN, NOON))
    await door.accounts.change(out.id, is_disabled=True)
    costs = {}
    for name in ("Ada", "Out", "Nobody"):
        door.passwords.hashes, door.waits = 0, []
        visitor = replace(STRANGER, address=name)
        await door.fail(name, visitor, times=7)
        costs[name] = (door.passwords.hashes, door.waits)

    assert costs["Nobody"] == costs["Ada"] == costs["Out"] == (7, [0.5, 1.0])


async def test_what_was_refused_stands_on_the_trail_with_its_address(door):
    await door.fail("Ada")
    (link,) = await AuditTrail(door.records.beside, lambda: NOON).find(
        Sought(), before=None, limit=9
    )

    assert (link.entry.act, link.entry.who, link.entry.address) == (
        "sign_in.refused",
        "Ada",
        STRANGER.address,
    )


async def test_a_stranger_with_a_whole_network_waits_like_one_with_an_address(door):
    await door.add("Ada")
    for number in range(24):
        visitor = replace(STRANGER, address=f"2001:db8:7:7::{number + 1:x}")
        await door.fail(f"Nobody {number}", visitor)

    assert door.waits == [0.5, 1.0, 2.0, 4.0]


async def test_a_stranger_who_goes_on_and_on_does_not_fill_the_trail(door):
    await door.add("Ada")
    trail = AuditTrail(door.records.beside, lambda: door.now)
    for number in range(30):
        visitor = replace(STRANGER, address=f"2001:db8:7:7::{number + 1:x}")
        await door.fail("Ada" if number % 2 else f"Nobody {number}", visitor)
    await door.sign_in.note_added_up()
    so_far = await trail.find(Sought(), before=None, limit=99)
    door.now += WITHIN
    await door.sign_in.note_added_up()
    added_up, *_ = ended = await trail.find(Sought(), before=None, limit=99)

    names = ["Nobody 0", "Ada", "Nobody 2", "Nobody 4", "Nobody 6"]
    assert [link.entry.who for link in so_far] == names[::-1]
    assert len(ended) == len(so_far) + 1
    assert added_up.entry.address == "2001:db8:7:7::/64"
    assert added_up.entry.details == {
        "wrong": "password",
        "count": 25,
        "names": names,
        "since": NOON.isoformat(),
    }


async def test_what_a_browser_that_is_known_gets_wrong_stands_on_the_trail_each_time(door):
    ada = await door.add("Ada")
    known = replace(OPERATOR, device="d1", known_to=(ada.id,))
    await door.fail("Ada", known, times=3)
    trail = AuditTrail(door.records.beside, lambda: door.now)

    assert len(await trail.find(Sought(), before=None, limit=9)) == 3


async def test_a_session_that_an_attacker_planted_is_not_the_one_signed_in_with(
    monkeypatch, tmp_path
):
    async with application(monkeypatch, tmp_path) as (client, parts):
        await add_account(parts, "Ada", Role.ADMIN)
        mallory = await signed_in(parts, Role.VIEWER, "Mallory")
        planted = mallory["Cookie"].partition("=")[2]
        client.cookies.set("aurora-session", planted)
        await sign_in(client, "Ada")
        fresh = client.cookies.get("aurora-session", domain="127.0.0.1")
        old = await parts.accounts.sessions.find(planted)
        found = await parts.accounts.sessions.find(fresh)

    assert fresh != planted
    assert old is None
    assert found is not None
    assert found[1].name == "Ada"


async def test_the_cookie_is_for_no_script_and_no_other_site(monkeypatch, tmp_path):
    async with application(monkeypatch, tmp_path) as (client, parts):
        await add_account(parts, "Ada", Role.ADMIN)
        plain = await sign_in(client, "Ada")
        transport = httpx2.ASGITransport(create_app(parts), client=("10.0.0.7", 40000))
        secure_url = "https://line.example"
        async with httpx2.AsyncClient(transport=transport, base_url=secure_url) as elsewhere:
            form = {"name": "Ada", "password": PASSWORD}
            headers = {"Origin": secure_url}
            secure = await elsewhere.post("/console/sign-in", data=form, headers=headers)
            inside = await elsewhere.get("/console/me")
        kept = await parts.accounts.sessions.find(client.cookies["aurora-session"])

    (here,) = [one for one in plain.headers.get_list("set-cookie") if "session" in one]
    (there,) = [one for one in secure.headers.get_list("set-cookie") if "session" in one]
    assert here.startswith("aurora-session=")
    assert here.endswith("; HttpOnly; Path=/; SameSite=lax")
    assert there.startswith("__Host-aurora-session=")
    assert there.endswith("; HttpOnly; Path=/; SameSite=lax; Secure")
    assert inside.status_code == 200
    assert kept is not None
    assert kept[0].id == hash_of(client.cookies["aurora-session"])  # only its hash is kept


async def test_no_password_is_taken_where_others_read_along(monkeypatch, tmp_path):
    async with application(monkeypatch, tmp_path, peer="10.0.0.7") as (client, parts):
        await add_account(parts, "Ada", Role.ADMIN)
        page = await client.get("/console/sign-in")
        posted = await sign_in(client, "Ada")

    assert "<form" not in page.text
    assert "https" in page.text
    assert posted.status_code == 403


@pytest.mark.parametrize(
    "asked",
    [
        "https://elsewhere.example/console",
        "//elsewhere.example/console",
        "/\\elsewhere.example",
        "\\\\elsewhere.example",
        "/console//elsewhere.example",
        "/console\t//elsewhere.example",
        "/console\r\nLocation: https://elsewhere.example",
        "javascript:alert(1)",
        "/consolex",
        "/call",
        "console",
        "/console/sign-in?next=/console/sign-in",
        "/console/ä",
        "http:/console",
        "",
    ],
)
async def test_signing_in_leads_nowhere_else(asked):
    assert safe_next(asked) == "/console"


@pytest.mark.parametrize("asked", ["/console/accounts", "/console/call/call_1?at=3", "/console"])
async def test_signing_in_leads_back_to_where_somebody_wanted_to_go(asked):
    assert safe_next(asked) == asked


async def test_names_and_browsers_are_shown_as_text_never_as_markup(monkeypatch, tmp_path):
    evil = "<img src=x onerror=alert(1)>"
    async with application(monkeypatch, tmp_path) as (client, parts):
        ada = await add_account(parts, evil, Role.ADMIN)
        form = {"name": evil, "password": PASSWORD}
        headers = {"Origin": LOCAL_URL, "User-Agent": evil}
        await client.post("/console/sign-in", data=form, headers=headers)
        await client.post("/console/sign-in", data=form | {"password": "x"}, headers=headers)
        meant = headers | {"X-CSRF-Token": form_mark(client.cookies["aurora-session"])}
        token = {"name": evil, "scope": "read", "days": "30"}
        pages = [
            await client.post("/console/me/tokens", data=token, headers=meant),
            await client.post("/console/accounts", data={"name": evil}, headers=meant),
            await client.post("/console/sign-in", data=form | {"password": "x"}, headers=headers),
            *[
                await client.get(path)
                for path in (
                    "/console/me",
                    "/console/accounts",
                    f"/console/accounts/{ada.id}",
                    "/console/audit",
                )
            ],
        ]

    for page in pages:
        assert page.status_code in (200, 401, 422)
        assert "<img src=x" not in page.text
        assert "&lt;img src=x" in page.text


async def test_a_spreadsheet_runs_nothing_from_the_trail(monkeypatch, tmp_path):
    async with application(monkeypatch, tmp_path) as (client, parts):
        headers = await signed_in(parts, Role.ADMIN)
        await sign_in(client, '=HYPERLINK("https://elsewhere.example")', "wrong")
        await sign_in(client, "me;=1+1", "wrong")
        file = await client.get("/console/audit.csv", headers=headers)

    assert "'=HYPERLINK" in file.text
    assert "me;'=1+1" in file.text


async def test_a_failing_database_takes_the_board_from_nobody_who_was_there(monkeypatch, tmp_path):
    async with application(monkeypatch, tmp_path) as (client, parts):
        headers = await signed_in(parts, Role.OPERATOR)
        door = parts.accounts.door
        request = (await client.get("/console/me", headers=headers)).request
        assert request is not None

        async def fail(secret: str) -> None:
            raise RecordsError("the disk is full")

        monkeypatch.setattr(parts.accounts.sessions, "find", fail)
        there = await client.get("/console/second-step-that-is-none", headers=headers)
        known = await client.get("/console/accounts", headers=headers)
        stranger = await client.get("/console/accounts", headers={"Cookie": "aurora-session=x"})
        monkeypatch.setattr(door, "_clock", lambda: datetime.now(UTC) + timedelta(hours=1))
        later = await client.get("/console/accounts", headers=headers)

    assert there.status_code == 404
    # Known as an operator, and refused as one; whoever is not known is not let in.
    assert (known.status_code, stranger.status_code, later.status_code) == (403, 503, 503)


async def test_a_session_ends_after_a_shift_unused_and_after_a_week_in_any_case(
    monkeypatch, tmp_path
):
    async with application(monkeypatch, tmp_path) as (client, parts):
        headers = await signed_in(parts, Role.OPERATOR)
        start = datetime.now(UTC)
        statuses = []
        hours = [0, 11, 22, 33, 46]
        weekly = [*range(0, 24 * 7 + 12, 11)]
        for hour in hours:
            monkeypatch.setattr(
                parts.accounts.door, "_clock", lambda at=hour: start + timedelta(hours=at)
            )
            statuses.append((await client.get("/console/me", headers=headers)).status_code)
        others = await signed_in(parts, Role.OPERATOR)
        for hour in weekly:
            monkeypatch.setattr(
                parts.accounts.door, "_clock", lambda at=hour: start + timedelta(hours=at)
            )
            last = (await client.get("/console/me", headers=others)).status_code

    assert [status == 200 for status in statuses] == [True, True, True, True, False]
    assert last != 200
