"""What the records promise of telephones, links and musters, of SQLite and PostgreSQL alike."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from aurora.accounts.account import Account
from aurora.accounts.link import Link, LinkState, contact_key
from aurora.accounts.person import Role
from aurora.accounts.session import Visitor, open_session
from aurora.muster.check_in import CheckIn, Fix, Muster, Standing
from aurora.muster.people import SignedIn
from aurora.records.accounts import SqlAccounts
from aurora.records.musters import SqlMusters
from aurora.records.phones import MOST_PHONES, SqlPhones
from aurora.records.sessions import SqlSessions
from aurora.records.sql import SqlRecords
from tests.line import NOON
from tests.postgres import postgres_server, postgres_url  # noqa: F401
from tests.push_service import Browser
from tests.signing_in import SEAL

MINUTE = timedelta(minutes=1)
MUSTER = Muster("muster_1", "fire in Zone B", False, None, NOON - MINUTE, NOON, "Ann")
SAFE = CheckIn("1", "worker:+1", "Sam", Standing.SAFE, NOON, "Sam", True)


@pytest.fixture(params=["sqlite", "postgresql"])
async def records(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[SqlRecords]:
    is_postgres = request.param == "postgresql"
    url = request.getfixturevalue("postgres_url") if is_postgres else None
    opened = await SqlRecords.open(url, tmp_path)
    yield opened
    await opened.close()


@pytest.fixture
async def phones(records: SqlRecords) -> SqlPhones:
    accounts = SqlAccounts(records.beside, SEAL)
    await accounts.add(Account("root", "Root", Role.ADMIN, NOON))
    for account_id in ("ada", "bob", "eve"):
        await accounts.add(Account(account_id, account_id.title(), Role.VIEWER, NOON))
    return SqlPhones(records.beside, "plant")


@pytest.fixture
def musters(records: SqlRecords) -> SqlMusters:
    return SqlMusters(records.beside, "plant")


def link(account_id: str = "ada", state: LinkState = LinkState.ASKED) -> Link:
    return Link(account_id, account_id.title(), contact_key("medic"), state, "Ada", NOON)


async def test_a_telephone_comes_back_whole_to_its_owner_alone(phones: SqlPhones) -> None:
    phone = Browser().phone("https://push.example/1")
    assert await phones.register(phone)

    assert await phones.of_account("ada") == [phone]
    assert await phones.of_account("bob") == []


async def test_a_contact_is_reached_only_by_links_that_were_granted(phones: SqlPhones) -> None:
    await phones.register(Browser().phone("https://push.example/1"))
    await phones.ask(link())
    assert await phones.of_contact("medic") == []

    assert await phones.grant(link(), "Root")
    assert [one.account_id for one in await phones.of_contact("medic")] == ["ada"]
    assert await phones.of_contact("gate") == []
    assert (await phones.links())[0].by == "Root"

    assert await phones.unlink("ada")
    assert await phones.of_contact("medic") == []
    assert not await phones.unlink("ada")


async def test_asking_to_be_somebody_else_gives_up_what_was_granted(phones: SqlPhones) -> None:
    await phones.ask(link(state=LinkState.GRANTED))
    await phones.ask(replace(link(), person_key=contact_key("gate")))

    assert [one.state for one in await phones.links()] == [LinkState.ASKED]
    assert not await phones.grant(link(), "Root"), "what was asked meanwhile is something else"


async def test_two_accounts_may_be_one_contact(phones: SqlPhones) -> None:
    for account_id in ("ada", "bob"):
        await phones.ask(link(account_id, LinkState.GRANTED))
        own = Browser().phone(f"https://push.example/{account_id}", account_id=account_id)
        await phones.register(own)

    assert {one.account_id for one in await phones.of_contact("medic")} == {"ada", "bob"}


async def test_who_may_not_sign_in_any_more_is_not_alerted_either(
    records: SqlRecords, phones: SqlPhones
) -> None:
    phone = Browser().phone("https://push.example/1")
    await phones.register(phone)
    await phones.ask(link(state=LinkState.GRANTED))
    assert await phones.of_everybody() == [(phone, "en")]
    await SqlAccounts(records.beside, SEAL).change("ada", is_disabled=True)

    assert await phones.of_contact("medic") == []
    assert await phones.of_everybody() == []


async def test_the_same_browser_goes_to_who_uses_it_now(phones: SqlPhones) -> None:
    phone = Browser().phone("https://push.example/1")
    await phones.register(phone)
    assert await phones.register(replace(phone, account_id="bob"))

    assert await phones.of_account("ada") == []


async def test_an_address_with_other_keys_is_not_taken_from_its_owner(phones: SqlPhones) -> None:
    phone = Browser().phone("https://push.example/1")
    await phones.register(phone)
    forged = Browser().phone("https://push.example/1", account_id="eve")
    assert not await phones.register(forged)

    assert await phones.of_account("ada") == [phone]


async def test_nobody_forgets_somebody_elses_telephone(phones: SqlPhones) -> None:
    phone = Browser().phone("https://push.example/1")
    await phones.register(phone)
    await phones.forget("eve", phone.id)
    assert await phones.of_account("ada") == [phone]

    await phones.forget("ada", phone.id)
    assert await phones.of_account("ada") == []


async def test_an_account_keeps_its_newest_telephones(phones: SqlPhones) -> None:
    for number in range(MOST_PHONES + 2):
        at = NOON + number * MINUTE
        await phones.register(Browser().phone(f"https://push.example/{number}", at=at))

    kept = [one.endpoint[-1] for one in await phones.of_account("ada")]
    assert kept == [str(number) for number in range(2, MOST_PHONES + 2)]


async def test_a_second_muster_cannot_be_opened_beside_the_first(musters: SqlMusters) -> None:
    assert await musters.newest() is None
    assert await musters.open(MUSTER) == MUSTER
    assert await musters.open(replace(MUSTER, id="muster_2", opened_by="Bob")) == MUSTER


async def test_a_muster_is_closed_once_and_stays_to_be_read(musters: SqlMusters) -> None:
    await musters.open(MUSTER)
    assert await musters.close(MUSTER.id, "Bob", NOON + MINUTE)
    assert not await musters.close(MUSTER.id, "Eve", NOON + 2 * MINUTE)

    assert await musters.newest() == replace(MUSTER, closed_at=NOON + MINUTE, closed_by="Bob")
    opened = replace(MUSTER, id="muster_2", opened_at=NOON + 3 * MINUTE)
    await musters.open(opened)
    assert await musters.newest() == opened


async def test_a_check_in_sent_twice_is_kept_once(musters: SqlMusters) -> None:
    said = replace(SAFE, place="zone:a", fix=Fix(1.5, -2.25, 12.0))
    await musters.check_in(said)
    await musters.check_in(replace(said, standing=Standing.AWAY))
    await musters.check_in(replace(SAFE, id="2", at=NOON + MINUTE))

    assert [one.id for one in await musters.since(NOON)] == ["1", "2"]
    assert (await musters.since(NOON))[0] == said
    assert [one.id for one in await musters.since(NOON + MINUTE)] == ["2"]


async def test_another_site_sees_nothing_of_it(records: SqlRecords, musters: SqlMusters) -> None:
    await musters.open(MUSTER)
    await musters.check_in(SAFE)
    elsewhere = SqlMusters(records.beside, "elsewhere")

    assert await elsewhere.newest() is None
    assert await elsewhere.since(NOON) == []


async def test_who_used_the_console_lately_is_on_the_site(
    records: SqlRecords, phones: SqlPhones, musters: SqlMusters
) -> None:
    _, session = open_session("ada", Visitor("127.0.0.1"), NOON)
    await SqlSessions(records.beside).open(session)

    assert await musters.signed_in(NOON - MINUTE) == [SignedIn("ada", "Ada")]
    assert await musters.signed_in(NOON + MINUTE) == []
