"""From a new line to somebody signed in: the set-up link, sign-in, the session, sign-out."""

import io

from rich.console import Console

from aurora.accounts.person import Role
from aurora.accounts.secret import form_mark
from aurora.serve import report_set_up
from tests.application import LOCAL_URL, application
from tests.signing_in import PASSWORD, add_account, sign_in

FROM_HERE = {"Origin": LOCAL_URL}


async def test_a_newcomer_gets_in_by_the_printed_link_with_one_form(monkeypatch, tmp_path):
    async with application(monkeypatch, tmp_path) as (client, parts):
        out = io.StringIO()
        await report_set_up(Console(file=out, width=200), parts.accounts.set_up, LOCAL_URL)
        link = next(word for word in out.getvalue().split() if "/console/set-up/" in word)

        page = await client.get(link)
        form = {"name": "Ada Lovelace", "password": PASSWORD, "language": "de"}
        done = await client.post(link, data=form, headers=FROM_HERE)
        again = await client.post(link, data=form, headers=FROM_HERE)
        inside = await client.get("/console/sign-in")
        accounts = await parts.accounts.accounts.all()

    assert page.status_code == 200
    assert (done.status_code, done.headers["location"]) == (303, "/console")
    assert [(one.name, one.role, one.language) for one in accounts] == [
        ("Ada Lovelace", Role.ADMIN, "de")
    ]
    assert inside.status_code == 303  # signed in already
    assert again.status_code == 410


async def test_a_link_that_was_not_printed_opens_nothing(monkeypatch, tmp_path):
    async with application(monkeypatch, tmp_path) as (client, parts):
        answer = await client.get("/console/set-up/guessed")
        form = {"name": "Eve", "password": PASSWORD}
        posted = await client.post("/console/set-up/guessed", data=form, headers=FROM_HERE)
        accounts = await parts.accounts.accounts.all()

    assert (answer.status_code, posted.status_code, accounts) == (410, 410, [])


async def test_without_an_account_the_sign_in_page_says_where_the_link_is(monkeypatch, tmp_path):
    async with application(monkeypatch, tmp_path) as (client, _):
        page = await client.get("/console/sign-in")

    assert "set-up link" in page.text
    assert "<form" not in page.text


async def test_with_an_admin_no_link_is_printed(monkeypatch, tmp_path):
    async with application(monkeypatch, tmp_path) as (_, parts):
        await add_account(parts, "Ada", Role.ADMIN)
        out = io.StringIO()
        await report_set_up(Console(file=out), parts.accounts.set_up, LOCAL_URL)

    assert out.getvalue() == ""


async def test_signed_in_and_out_again(monkeypatch, tmp_path):
    async with application(monkeypatch, tmp_path) as (client, parts):
        await add_account(parts, "Ada", Role.ADMIN)
        wrong = await sign_in(client, "Ada", "three wet valves")
        right = await sign_in(client, " ADA ")
        inside = await client.get("/console/sign-in")
        secret = client.cookies["aurora-session"]
        token = form_mark(secret)
        out = await client.post("/console/sign-out", data={"csrf_token": token}, headers=FROM_HERE)
        client.cookies.set("aurora-session", secret)
        after = await client.get("/console/sign-in")

    assert (wrong.status_code, right.status_code) == (401, 303)
    assert inside.status_code == 303
    assert (out.status_code, out.headers["location"]) == (303, "/console/sign-in")
    assert after.status_code == 200  # the old cookie opens nothing any more
