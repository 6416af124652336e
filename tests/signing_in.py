"""Sign somebody in at the console of an application under test."""

from dataclasses import replace
from datetime import UTC, datetime

import httpx2

from aurora.accounts.account import Account
from aurora.accounts.person import Role
from aurora.accounts.second_step_seal import SecondStepSeal
from aurora.accounts.secret import form_mark, new_id
from aurora.accounts.session import Visitor, open_session
from aurora.parts import Parts
from tests.application import LOCAL_URL

PASSWORD = "three dry valves"
SEAL = SecondStepSeal(b"the signing key of a line under test")


async def add_account(parts: Parts, name: str, role: Role, password: str = PASSWORD) -> Account:
    """Add an account with a password."""
    accounts = parts.accounts
    account = Account(new_id(), name, role, datetime.now(UTC))
    account = replace(account, password=await accounts.passwords.hashed(password))
    await accounts.accounts.add(account)
    return account


async def signed_in(parts: Parts, role: Role, name: str | None = None) -> dict[str, str]:
    """Return the headers that a page of somebody signed in sends: give them to any request."""
    name = name or f"{role.value} {new_id()}"
    account = Account(new_id(), name, role, datetime.now(UTC))
    await parts.accounts.accounts.add(account)
    secret, session = open_session(account.id, Visitor("127.0.0.1"), datetime.now(UTC))
    await parts.accounts.sessions.open(session)
    return headers_of(secret)


def headers_of(secret: str) -> dict[str, str]:
    return {
        "Cookie": f"aurora-session={secret}",
        "X-CSRF-Token": form_mark(secret),
        "Origin": LOCAL_URL,
        "Accept": "text/html",
    }


async def sign_in(
    client: httpx2.AsyncClient, name: str, password: str = PASSWORD, back_to: str = ""
) -> httpx2.Response:
    """Sign in by the form, as a browser does."""
    form = {"name": name, "password": password, "next": back_to}
    return await client.post("/console/sign-in", data=form, headers={"Origin": LOCAL_URL})
