"""The page to call from: its words in every language, and nothing that its policy would stop."""

import re

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from aurora.console.call_page import call_page_routes, page_words, preferred
from aurora.levels import Hazard, Urgency
from aurora.site.model import LANGUAGES
from tests.line import example_site


def shape_of(words: dict[str, object]) -> set[str]:
    """Every key with the slots of its text."""
    shape = set()
    for key, value in words.items():
        if isinstance(value, dict):
            shape |= {f"{key}.{inner}" for inner in shape_of(value)}
        else:
            shape.add(f"{key} {sorted(re.findall(r'{[a-z]+}', str(value)))}")
    return shape


class Expectation:
    calls = 0

    async def __call__(self) -> None:
        self.calls += 1


@pytest.fixture
def expected() -> Expectation:
    return Expectation()


@pytest.fixture
def client(expected) -> TestClient:
    app = FastAPI()
    app.include_router(call_page_routes(example_site(), expected))
    return TestClient(app)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_word_of_the_page_exists_in_every_language(language):
    words = page_words()

    assert shape_of(words[language]) == shape_of(words["en"])
    assert set(words[language]["urgency"]) == {urgency.value for urgency in Urgency}
    assert set(words[language]["hazards"]) == {hazard.value for hazard in Hazard} - {"none"}


def test_the_page_names_the_numbers_to_call_instead(client):
    page = client.get("/call").text

    assert 'href="tel:112"' in page
    assert 'href="tel:+12025550100">+1 202-555-0100<' in page


def test_who_opens_the_page_finds_ears_and_voice_loaded(client, expected):
    client.get("/call")

    assert expected.calls == 1


@pytest.mark.parametrize(("accepted", "title"), [("", "Emergency line"), ("de-AT,de", "Notruf")])
def test_the_page_comes_in_the_language_of_the_browser(client, accepted, title):
    assert f"<title>{title} ·" in client.get("/call", headers={"accept-language": accepted}).text


@pytest.mark.parametrize(
    ("accepted", "language"),
    [
        ("fr-CH, fr;q=0.9, en;q=0.8", "fr"),
        ("it, es;q=0.5, en;q=0.7", "en"),
        ("it", "en"),
        ("es;q=nonsense", "es"),
        ("*", "en"),
        ("EN-us", "en"),
    ],
)
def test_the_first_known_language_of_a_browser_counts(accepted, language):
    assert preferred(accepted, ["en", "es", "fr"]) == language


def test_nothing_on_the_page_needs_more_than_the_strict_policy(client):
    answer = client.get("/call")
    policy = answer.headers["content-security-policy"]

    assert "default-src 'none'; script-src 'self'; style-src 'self'" in policy
    assert "unsafe" not in policy
    assert answer.headers["permissions-policy"] == "microphone=(self)"
    scripts = re.findall(r"<script[^>]*>", answer.text)
    assert all("src=" in tag or 'type="application/json"' in tag for tag in scripts)
    assert not re.search(r"<style|\sstyle=|\son[a-z]+=|https?://", answer.text)
