"""Signing in by an identity provider, over HTTP with a real one of the tests' own."""

from urllib.parse import urlsplit

import httpx2
import pytest

from aurora.accounts.audit import Sought
from aurora.accounts.person import Role
from aurora.errors import SettingsError
from tests.application import application
from tests.identity_provider import CLIENT, SECRET, identity_provider
from tests.signing_in import add_account, sign_in
from tests.waiting import PATIENT_S

LONG_AGO = 1_000_000_000
ROLES = "plant-admins=admin control-room=operator"


def settings(url: str, **more: str) -> dict[str, str]:
    return {
        "AURORA_OIDC_ISSUER": url,
        "AURORA_OIDC_CLIENT_ID": CLIENT,
        "AURORA_OIDC_CLIENT_SECRET": SECRET,
        "AURORA_OIDC_ROLES": ROLES,
        **more,
    }


async def by_provider(client: httpx2.AsyncClient, back_to: str = "/console/me") -> httpx2.Response:
    """Go to the provider and come back, as a browser does."""
    away = await client.get(f"/console/sign-in/provider?next={back_to}")
    assert away.status_code == 303, away.text
    async with httpx2.AsyncClient(trust_env=False, timeout=PATIENT_S) as browser:
        back = urlsplit((await browser.get(away.headers["location"])).headers["location"])
    return await client.get(f"{back.path}?{back.query}")


async def test_whoever_the_provider_vouches_for_is_in_with_the_role_of_their_group(
    monkeypatch, tmp_path
):
    async with (
        identity_provider() as provider,
        application(monkeypatch, tmp_path, settings(provider.url)) as (client, parts),
    ):
        done = await by_provider(client)
        inside = await client.get("/console/me")
        provider.claims = {"groups": ["others", "control-room"]}
        await by_provider(client)
        (account,) = await parts.accounts.accounts.all()

    assert (done.status_code, done.headers["location"]) == (303, "/console/me")
    assert inside.status_code == 200
    assert "Ada" in inside.text
    # The provider said something else the second time, but somebody has to stay admin.
    assert (account.role, account.password) == (Role.ADMIN, None)


async def test_a_role_follows_the_provider_with_every_sign_in(monkeypatch, tmp_path):
    async with (
        identity_provider() as provider,
        application(monkeypatch, tmp_path, settings(provider.url)) as (client, parts),
    ):
        await add_account(parts, "Boss", Role.ADMIN)
        provider.claims = {"groups": "control-room"}
        await by_provider(client)
        first = await parts.accounts.accounts.named("Ada")
        provider.claims = {"groups": ["plant-admins", "control-room"]}
        provider.turn_key()
        await by_provider(client)
        second = await parts.accounts.accounts.named("Ada")

    assert (first.role, second.role, first.id == second.id) == (Role.OPERATOR, Role.ADMIN, True)


async def test_a_site_whose_provider_makes_nobody_admin_promotes_and_shuts_out_on_the_trail(
    monkeypatch, tmp_path
):
    roles = {"AURORA_OIDC_ROLES": "control-room=operator visitors=viewer"}
    async with (
        identity_provider() as provider,
        application(monkeypatch, tmp_path, settings(provider.url, **roles)) as (client, parts),
    ):
        provider.claims = {"groups": "visitors"}
        await by_provider(client)
        provider.claims = {"groups": "control-room"}
        promoted = await by_provider(client)
        ada = await parts.accounts.accounts.named("Ada")
        await parts.accounts.accounts.change(ada.id, is_disabled=True)
        links = await parts.accounts.audit.find(Sought(act="account"), before=None, limit=9)

    assert (promoted.status_code, ada.role) == (303, Role.OPERATOR)
    assert [(one.entry.act, one.entry.who) for one in links] == [
        ("account.role", "identity provider"),
        ("account.added", "identity provider"),
    ]
    assert links[0].entry.details == {"name": "Ada", "before": "viewer", "after": "operator"}


@pytest.mark.parametrize(
    "claims",
    [
        {"nonce": "of another sign-in"},
        {"nonce": None},
        {"aud": "another client"},
        {"iss": "https://elsewhere.example"},
        {"exp": LONG_AGO},
        {"sub": None},
    ],
    ids=str,
)
async def test_an_id_token_with_a_wrong_claim_lets_nobody_in(claims, monkeypatch, tmp_path):
    async with (
        identity_provider() as provider,
        application(monkeypatch, tmp_path, settings(provider.url)) as (client, parts),
    ):
        provider.claims = claims
        answer = await by_provider(client)
        accounts = await parts.accounts.accounts.all()

    assert (answer.status_code, accounts) == (502, [])


async def test_a_token_signed_with_what_the_client_knows_lets_nobody_in(monkeypatch, tmp_path):
    async with (
        identity_provider() as provider,
        application(monkeypatch, tmp_path, settings(provider.url)) as (client, parts),
    ):
        provider.algorithm = "HS256"
        answer = await by_provider(client)
        accounts = await parts.accounts.accounts.all()

    assert (answer.status_code, accounts) == (502, [])


async def test_a_browser_that_was_not_sent_there_cannot_come_back(monkeypatch, tmp_path):
    async with (
        identity_provider() as provider,
        application(monkeypatch, tmp_path, settings(provider.url)) as (client, _),
    ):
        away = await client.get("/console/sign-in/provider")
        async with httpx2.AsyncClient(trust_env=False, timeout=PATIENT_S) as browser:
            back = urlsplit((await browser.get(away.headers["location"])).headers["location"])
        cookie = client.cookies["aurora-away"]
        client.cookies.clear()
        without = await client.get(f"{back.path}?{back.query}")
        client.cookies.set("aurora-away", cookie)
        other_state = await client.get(f"{back.path}?{back.query}x")

    assert (without.status_code, other_state.status_code) == (502, 502)


async def test_somebody_in_no_group_of_the_console_is_told_so(monkeypatch, tmp_path):
    async with (
        identity_provider() as provider,
        application(monkeypatch, tmp_path, settings(provider.url)) as (client, parts),
    ):
        await add_account(parts, "Boss", Role.ADMIN)
        provider.claims = {"groups": ["canteen"]}
        answer = await by_provider(client)

    assert answer.status_code == 403
    assert "has no part in this console" in answer.text


async def test_a_name_that_is_taken_here_does_not_give_that_account(monkeypatch, tmp_path):
    async with (
        identity_provider() as provider,
        application(monkeypatch, tmp_path, settings(provider.url)) as (client, parts),
    ):
        theirs = await add_account(parts, "Ada", Role.ADMIN)
        provider.claims = {"preferred_username": "ada@plant.example", "groups": ["control-room"]}
        await by_provider(client)
        accounts = await parts.accounts.accounts.all()

    assert [one.name for one in accounts] == ["Ada", "Ada (ada@plant.example)"]
    assert theirs.subject is None


async def test_while_the_provider_is_down_passwords_still_let_people_in(monkeypatch, tmp_path):
    async with (
        identity_provider() as provider,
        application(monkeypatch, tmp_path, settings(provider.url)) as (client, parts),
    ):
        await add_account(parts, "Boss", Role.ADMIN)
        provider.is_down = True
        down = await client.get("/console/sign-in/provider")
        local = await sign_in(client, "Boss")

    assert (down.status_code, local.status_code) == (502, 303)
    assert 'name="password"' in down.text


async def test_a_provider_without_roles_stops_the_start(monkeypatch, tmp_path):
    environment = settings("http://127.0.0.1:1", AURORA_OIDC_ROLES="")
    with pytest.raises(SettingsError, match="AURORA_OIDC_ROLES"):
        async with application(monkeypatch, tmp_path, environment):
            pass
