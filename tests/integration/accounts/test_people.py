"""Accounts as an admin keeps them: added, let in by a link, given roles, disabled."""

import re

from aurora.accounts.person import Role
from tests.application import LOCAL_URL, application
from tests.signing_in import PASSWORD, add_account, sign_in, signed_in

FROM_HERE = {"Origin": LOCAL_URL}


async def test_somebody_added_chooses_a_password_by_a_link_that_works_once(monkeypatch, tmp_path):
    async with application(monkeypatch, tmp_path) as (client, parts):
        admin = await signed_in(parts, Role.ADMIN)
        form = {"name": "Grace Hopper", "role": "operator"}
        page = await client.post("/console/accounts", data=form, headers=admin)
        link = re.search(rf"{LOCAL_URL}(/console/password/[\w-]+)", page.text).group(1)
        shown = await client.get(link)
        password = {"password": PASSWORD}
        chosen = await client.post(link, data=password, headers=FROM_HERE)
        again = await client.post(link, data=password, headers=FROM_HERE)
        client.cookies.clear()
        signed = await sign_in(client, "grace hopper")

    assert page.status_code == 200
    assert "Grace Hopper" in shown.text
    assert (chosen.status_code, again.status_code, signed.status_code) == (303, 410, 303)


async def test_two_accounts_never_share_a_name(monkeypatch, tmp_path):
    async with application(monkeypatch, tmp_path) as (client, parts):
        admin = await signed_in(parts, Role.ADMIN)
        await client.post("/console/accounts", data={"name": "Ada"}, headers=admin)
        page = await client.post("/console/accounts", data={"name": " ADA "}, headers=admin)

    assert page.status_code == 422
    assert "already" in page.text


async def test_a_disabled_account_is_out_at_once_and_everywhere(monkeypatch, tmp_path):
    async with application(monkeypatch, tmp_path) as (client, parts):
        admin = await signed_in(parts, Role.ADMIN)
        ada = await add_account(parts, "Ada", Role.OPERATOR)
        await sign_in(client, "Ada")
        before = await client.get("/console/me")
        done = await client.post(f"/console/accounts/{ada.id}/disable", headers=admin)
        after = await client.get("/console/me")
        client.cookies.clear()
        again = await sign_in(client, "Ada")

    assert (before.status_code, done.status_code) == (200, 303)
    assert (after.status_code, again.status_code) == (401, 401)


async def test_the_last_admin_stays_one(monkeypatch, tmp_path):
    async with application(monkeypatch, tmp_path) as (client, parts):
        admin = await signed_in(parts, Role.ADMIN)
        (me,) = await parts.accounts.accounts.all()
        role = await client.post(
            f"/console/accounts/{me.id}/role", data={"role": "viewer"}, headers=admin
        )
        out = await client.post(f"/console/accounts/{me.id}/disable", headers=admin)
        (still,) = await parts.accounts.accounts.all()

    assert (role.status_code, out.status_code) == (422, 422)
    assert (still.role, still.is_disabled) == (Role.ADMIN, False)


async def test_a_role_that_is_taken_away_is_gone_with_the_next_request(monkeypatch, tmp_path):
    async with application(monkeypatch, tmp_path) as (client, parts):
        admin = await signed_in(parts, Role.ADMIN)
        ada = await add_account(parts, "Ada", Role.ADMIN)
        await sign_in(client, "Ada")
        before = await client.get("/console/accounts")
        form = {"role": "viewer"}
        await client.post(f"/console/accounts/{ada.id}/role", data=form, headers=admin)
        after = await client.get("/console/accounts")

    assert (before.status_code, after.status_code) == (200, 403)


async def test_what_admins_do_stands_on_the_trail_before_and_after(monkeypatch, tmp_path):
    async with application(monkeypatch, tmp_path) as (client, parts):
        admin = await signed_in(parts, Role.ADMIN, "Boss")
        ada = await add_account(parts, "Ada", Role.ADMIN)
        form = {"role": "viewer"}
        await client.post(f"/console/accounts/{ada.id}/role", data=form, headers=admin)
        page = await client.get("/console/audit?act=account.role", headers=admin)
        file = await client.get("/console/audit.csv?who=boss", headers=admin)
        checked = await parts.accounts.audit.check()

    assert re.search(r"Boss.*account\.role.*before.*admin.*after.*viewer", page.text, re.S)
    assert "account.role" in file.text
    assert checked.broken_at is None
    assert checked.count == 2  # and the export itself
