"""A person's tokens for the JSON API: from anywhere, in their name, while they are good."""

import re
from datetime import UTC, datetime, timedelta

import pytest

from aurora.accounts.api_token import Scope, new_token
from aurora.accounts.audit import Sought
from aurora.accounts.person import Role
from tests.application import application
from tests.signing_in import add_account, signed_in

WORDS = {"speech": "There is a fire in Zone B"}


async def token_of(parts, name: str, scope: Scope, lasts: timedelta = timedelta(days=1)):
    """Return the account, the token's id and the header that carries it."""
    account = await parts.accounts.accounts.named(name) or await add_account(
        parts, name, Role.OPERATOR
    )
    shown, token = new_token(account.id, account.role, "test", scope, lasts, datetime.now(UTC))
    await parts.accounts.tokens.add(token)
    return account, token.id, {"Authorization": f"Bearer {shown}"}


async def test_what_a_token_does_stands_on_call_and_trail_in_its_owners_name(monkeypatch, tmp_path):
    environment = {"AURORA_API_TOKEN": "correct-horse-battery-staple"}
    async with application(monkeypatch, tmp_path, environment, peer="203.0.113.9") as (
        client,
        parts,
    ):
        _, _, headers = await token_of(parts, "Ada", Scope.OPERATE)
        call = (await client.post("/api/process-speech", json=WORDS, headers=headers)).json()
        asked = {"urgency": "normal", "by": "Somebody Else", "reason": "a barbecue"}
        path = f"/api/call/{call['call_id']}"
        lowered = await client.post(f"{path}/urgency", json=asked, headers=headers)
        events = (await client.get(path, headers=headers)).json()["events"]
        (link,) = await parts.accounts.audit.find(Sought(act="urgency"), before=None, limit=9)

    assert lowered.status_code == 200
    assert "Somebody Else" not in str(events)
    assert "Ada" in str(events)
    assert (link.entry.who, link.entry.address, link.entry.subject) == (
        "Ada",
        "203.0.113.9",
        call["call_id"],
    )


async def test_a_machines_token_names_who_acts_and_the_trail_says_that_it_was_a_claim(
    monkeypatch, tmp_path
):
    async with application(monkeypatch, tmp_path) as (client, parts):
        wind = await client.put("/api/wind", json={"from": "W", "by": "Ann"})
        nameless = await client.put("/api/wind", json={"from": "W"})
        (link,) = await parts.accounts.audit.find(Sought(), before=None, limit=9)

    assert (wind.status_code, nameless.status_code) == (200, 422)
    assert (link.entry.who, link.entry.details["with"]) == ("Ann", "this machine")


@pytest.mark.parametrize("why", ["revoked", "too old", "owner disabled", "made up"])
async def test_a_token_that_is_no_good_opens_nothing_even_here(why, monkeypatch, tmp_path):
    async with application(monkeypatch, tmp_path) as (client, parts):
        await add_account(parts, "Boss", Role.ADMIN)
        lasts = timedelta(days=-1) if why == "too old" else timedelta(days=1)
        account, token_id, headers = await token_of(parts, "Ada", Scope.READ, lasts)
        if why == "revoked":
            await parts.accounts.tokens.revoke(token_id, account.id)
        if why == "owner disabled":
            await parts.accounts.accounts.change(account.id, is_disabled=True)
        if why == "made up":
            headers = {"Authorization": "Bearer aur_guessed"}
        answer = await client.get("/api/active-calls", headers=headers)

    assert answer.status_code == 401


async def test_a_token_never_does_more_than_its_owner_may_now(monkeypatch, tmp_path):
    async with application(monkeypatch, tmp_path) as (client, parts):
        await add_account(parts, "Boss", Role.ADMIN)
        account, _, headers = await token_of(parts, "Ada", Scope.OPERATE)
        await parts.accounts.accounts.change(account.id, role="viewer")
        reading = await client.get("/api/active-calls", headers=headers)
        acting = await client.post("/api/process-speech", json=WORDS, headers=headers)

    assert (reading.status_code, acting.status_code) == (200, 403)


async def test_a_token_is_shown_once_kept_as_a_hash_and_revoked_on_its_page(monkeypatch, tmp_path):
    async with application(monkeypatch, tmp_path) as (client, parts):
        headers = await signed_in(parts, Role.OPERATOR)
        form = {"name": "weather station", "scope": "operate", "days": "30"}
        made = await client.post("/console/me/tokens", data=form, headers=headers)
        shown = re.search(r"aur_[\w-]{43}", made.text).group()
        used = await client.get("/api/active-calls", headers={"Authorization": f"Bearer {shown}"})
        page = await client.get("/console/me", headers=headers)
        revoke = re.search(r'action="(/console/me/tokens/\w+/revoke)"', page.text).group(1)
        await client.post(revoke, headers=headers)
        after = await client.get("/api/active-calls", headers={"Authorization": f"Bearer {shown}"})
        too_much = await client.post(
            "/console/me/tokens", data=form | {"scope": "admin"}, headers=headers
        )

    assert shown not in page.text
    assert "weather station" in page.text
    assert (used.status_code, after.status_code, too_much.status_code) == (200, 401, 422)
