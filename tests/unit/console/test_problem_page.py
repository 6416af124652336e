"""Whoever sits at the console is told in their language why something was not done."""

import pytest
from starlette.requests import Request

from aurora.accounts.person import Person, Role
from aurora.console.frame import Frame
from aurora.console.problem_page import ProblemPage
from aurora.lines.problems import Problem
from tests.console_door import DoorOf
from tests.line import example_site

BUSY = Problem(502, "Not rung", "The call did not answer; look at it and try again.")
GIVEN_UP = Problem(409, "A drill", "No public service is dialled in a drill.")


def page(person: Person | None) -> ProblemPage:
    door = DoorOf(person)
    return ProblemPage(Frame(example_site(), door), door)


def asked(path: str, **headers: str) -> Request:
    sent = [(name.replace("_", "-").encode(), text.encode()) for name, text in headers.items()]
    scope = {"type": "http", "method": "POST", "path": path, "headers": sent}
    return Request(scope | {"query_string": b"", "server": ("localhost", 80), "scheme": "http"})


ADA = Person("1", "Ada", Role.OPERATOR, "es")


async def test_a_script_of_the_console_gets_the_detail_in_the_operators_language():
    response = await page(ADA).response(asked("/console/calls/1/emergency-services"), GIVEN_UP)

    assert response.status_code == 409
    assert "En un simulacro no se llama a ningún servicio público." in response.body.decode()


async def test_while_the_database_may_have_failed_the_browsers_language_counts():
    asking = asked("/console/calls/1/hold", accept_language="de-DE,de;q=0.9")
    response = await page(ADA).response(asking, BUSY)

    assert "Der Anruf hat nicht geantwortet" in response.body.decode()


@pytest.mark.parametrize("path", ["/api/calls/1", "/incoming-call"])
async def test_programs_are_told_in_english(path: str):
    response = await page(ADA).response(asked(path, accept_language="fr"), GIVEN_UP)

    assert GIVEN_UP.detail in response.body.decode()
