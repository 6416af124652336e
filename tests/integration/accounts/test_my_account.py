"""Somebody's own account: password, second step, sessions, tokens, look."""

import re
from datetime import UTC, datetime, timedelta

import pyotp

from aurora.accounts.person import Role
from aurora.accounts.secret import form_mark
from tests.application import LOCAL_URL, application
from tests.signing_in import PASSWORD, add_account, sign_in, signed_in

NEW = "four open dampers"


def meant(client) -> dict[str, str]:
    """What a page of the console sends along."""
    mark = form_mark(client.cookies["aurora-session"])
    return {"Origin": LOCAL_URL, "X-CSRF-Token": mark}


async def begin_second_step(client) -> tuple[str, list[str], str]:
    """Return the key, the recovery codes, and the code that it was begun with."""
    page = await client.get("/console/me/second-step")
    key = re.search(r'name="key" value="([A-Z2-7]+)"', page.text).group(1)
    used = pyotp.TOTP(key).now()
    form = {"key": key, "code": used, "current": PASSWORD}
    codes = await client.post("/console/me/second-step", data=form, headers=meant(client))
    assert codes.status_code == 200, codes.text
    return key, re.findall(r"<li><code>([a-z2-7-]+)</code>", codes.text), used


async def test_a_changed_password_signs_out_every_other_browser(monkeypatch, tmp_path):
    async with application(monkeypatch, tmp_path) as (client, parts):
        ada = await add_account(parts, "Ada", Role.VIEWER)
        await add_account(parts, "Boss", Role.ADMIN)
        await sign_in(client, "Ada")
        elsewhere = client.cookies["aurora-session"]
        client.cookies.clear()
        await sign_in(client, "Ada")
        form = {"current": PASSWORD, "password": NEW}
        done = await client.post("/console/me/password", data=form, headers=meant(client))
        here = await client.get("/console/me?done=password")
        left = await parts.accounts.sessions.of(ada.id, datetime.now(UTC))
        client.cookies.clear()
        client.cookies.set("aurora-session", elsewhere)
        there = await client.get("/console/me")
        client.cookies.clear()
        old, new = await sign_in(client, "Ada"), await sign_in(client, "Ada", NEW)

    assert (done.status_code, here.status_code, len(left)) == (303, 200, 1)
    assert there.status_code == 401
    assert (old.status_code, new.status_code) == (401, 303)


async def test_a_new_password_needs_the_present_one(monkeypatch, tmp_path):
    async with application(monkeypatch, tmp_path) as (client, parts):
        await add_account(parts, "Ada", Role.ADMIN)
        await sign_in(client, "Ada")
        form = {"current": "guessed at last", "password": NEW}
        refused = await client.post("/console/me/password", data=form, headers=meant(client))

    assert refused.status_code == 422
    assert "not your present password" in refused.text


async def test_with_a_second_step_the_password_alone_opens_nothing(monkeypatch, tmp_path):
    async with application(monkeypatch, tmp_path) as (client, parts):
        await add_account(parts, "Ada", Role.ADMIN)
        await sign_in(client, "Ada")
        key, codes, used = await begin_second_step(client)
        client.cookies.clear()
        halfway = await sign_in(client, "Ada", back_to="/console/me")
        half_secret = client.cookies["aurora-session"]
        shut = await client.get("/console/me")
        origin = {"Origin": LOCAL_URL}
        # The code that began the second step was used: it does not open the door again.
        replayed = await client.post(
            "/console/second-step", data={"code": used, "next": ""}, headers=origin
        )
        later = datetime.now(UTC) + timedelta(seconds=30)
        code = {"code": pyotp.TOTP(key).at(later), "next": "/console/me"}
        right = await client.post("/console/second-step", data=code, headers=origin)
        whole_secret = client.cookies["aurora-session"]
        opened = await client.get("/console/me")

    assert len(codes) == 10
    assert halfway.headers["location"] == "/console/second-step?next=/console/me"
    assert (shut.status_code, replayed.status_code) == (401, 401)
    assert (right.status_code, right.headers["location"]) == (303, "/console/me")
    assert (opened.status_code, half_secret == whole_secret) == (200, False)


async def test_a_recovery_code_opens_the_door_once(monkeypatch, tmp_path):
    async with application(monkeypatch, tmp_path) as (client, parts):
        await add_account(parts, "Ada", Role.ADMIN)
        await sign_in(client, "Ada")
        _, codes, _ = await begin_second_step(client)
        answers = []
        for _ in range(2):
            client.cookies.clear()
            await sign_in(client, "Ada")
            typed = {"code": f" {codes[0].upper().replace('-', ' ')} "}
            origin = {"Origin": LOCAL_URL}
            answers.append(await client.post("/console/second-step", data=typed, headers=origin))

    assert [answer.status_code for answer in answers] == [303, 401]


async def test_language_and_look_are_the_accounts_own(monkeypatch, tmp_path):
    async with application(monkeypatch, tmp_path) as (client, parts):
        headers = await signed_in(parts, Role.ADMIN)
        form = {"language": "de", "theme": "dark"}
        await client.post("/console/me/look", data=form, headers=headers)
        page = await client.get("/console/me", headers=headers)

    assert '<html lang="de" data-theme="dark">' in page.text


async def test_ended_sessions_open_nothing(monkeypatch, tmp_path):
    async with application(monkeypatch, tmp_path) as (client, parts):
        await add_account(parts, "Ada", Role.ADMIN)
        await sign_in(client, "Ada")
        elsewhere = client.cookies["aurora-session"]
        client.cookies.clear()
        await sign_in(client, "Ada")
        page = await client.get("/console/me")
        address = re.search(r'action="(/console/me/sessions/[0-9a-f]{64}/end)"', page.text).group(1)
        done = await client.post(address, headers=meant(client))
        client.cookies.clear()
        client.cookies.set("aurora-session", elsewhere)
        after = await client.get("/console/me")

    assert (done.status_code, after.status_code) == (303, 401)
