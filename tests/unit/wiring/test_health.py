"""The start-up report and /health: each part's words are true of the state it is in."""

import socket
from typing import Any

import pytest
from structlog.testing import capture_logs

from aurora.console.health import Component, State, overall
from aurora.console.pages import as_lately
from aurora.conversation.turn import Turn
from aurora.guidance.language_model import ModelState
from aurora.guidance.library import Library
from aurora.records.metrics import Metrics
from aurora.records.mirror import MirrorState
from aurora.serve import listen, warm
from aurora.settings import Settings, load_settings
from aurora.wiring import health
from aurora.wiring.reach import Reach, open_reach
from tests.application import set_environment
from tests.line import NOON, example_library, example_site, new_call
from tests.push_service import MemoryPhones


@pytest.fixture
def settings(monkeypatch: pytest.MonkeyPatch, tmp_path):
    def load(**environment: str) -> Settings:
        set_environment(monkeypatch, tmp_path, environment)
        return load_settings()

    return load


# The model


def test_without_a_key_the_model_is_off_and_says_which_key(settings):
    component = health.model_component(settings(), None)

    assert component.state is State.OFF
    assert "CEREBRAS_API_KEY" in component.detail
    assert "procedures speak alone" in component.detail


@pytest.mark.parametrize(
    ("probed", "reason"),
    [(None, "not asked yet"), (ModelState(False, "the key is refused"), "the key is refused")],
)
def test_a_model_that_did_not_answer_is_degraded_and_says_why(settings, probed, reason):
    component = health.model_component(settings(CEREBRAS_API_KEY="k"), probed)

    assert component.state is State.DEGRADED
    assert reason in component.detail
    assert "https://api.cerebras.ai/v1" in component.detail
    assert "procedures speak alone" in component.detail


def test_a_model_that_answered_is_named_with_its_server(settings):
    loaded = settings(CEREBRAS_API_KEY="k", CEREBRAS_BASE_URL="http://127.0.0.1:8000/v1")
    component = health.model_component(loaded, ModelState(True, "gpt-oss-120b"))

    assert component.state is State.OK
    assert component.detail == "gpt-oss-120b answered at http://127.0.0.1:8000/v1"


ASKED = {"model": 12.0}


def metrics_after(*turns: Turn) -> Metrics:
    metrics = Metrics()
    for turn in turns:
        metrics.turn_taken(turn, 20.0)
    return metrics


def a_turn(fault: str | None = None, stages_ms: dict[str, float] | None = None) -> Turn:
    situation: Any = None
    return Turn(new_call(), situation, model_fault=fault, stages_ms=stages_ms or {})


ANSWERED = Component("model", State.OK, "gpt-oss-120b answered at https://api.cerebras.ai/v1")
DOWN = Component("model", State.DEGRADED, "not asked yet")
OFF = Component("model", State.OFF, "no CEREBRAS_API_KEY")


def test_a_model_that_fails_later_is_degraded_with_its_last_fault():
    faults = [a_turn("timeout", ASKED), a_turn("rate_limited", ASKED), a_turn()]
    component = as_lately(ANSWERED, metrics_after(*faults))

    assert component.state is State.DEGRADED
    assert "last 2 turns" in component.detail
    assert "rate_limited" in component.detail


def test_a_model_that_answers_again_is_in_order_whatever_the_start_found():
    metrics = metrics_after(a_turn("timeout", ASKED), a_turn(stages_ms=ASKED))

    assert as_lately(ANSWERED, metrics) == ANSWERED
    assert as_lately(DOWN, metrics).state is State.OK


def test_a_model_nobody_asked_since_is_as_the_start_found_it():
    metrics = metrics_after(a_turn())

    assert [as_lately(part, metrics) for part in (ANSWERED, DOWN, OFF)] == [ANSWERED, DOWN, OFF]


async def test_a_part_that_cannot_be_loaded_stops_neither_the_line_nor_the_next_part():
    warmed: list[str] = []

    def broken() -> None:
        raise FileNotFoundError("ldpy.model")

    with capture_logs() as logs:
        await warm({"triage": broken, "handbook": lambda: warmed.append("handbook")})

    assert [(entry["event"], entry["part"]) for entry in logs] == [("part_not_warm", "triage")]
    assert warmed == ["handbook"]


def test_answers_go_out_without_waiting_for_an_acknowledgement():
    with listen("127.0.0.1", 0) as listener:
        assert listener.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)


# The telephone


def test_without_a_token_the_telephone_is_off(settings):
    component = health.line_component(settings(AURORA_PUBLIC_URL="https://line.example.com"))

    assert component.state is State.OFF
    assert "TWILIO_AUTH_TOKEN" in component.detail
    assert "this machine only" in component.detail


def test_a_token_without_the_public_address_cannot_work_and_says_so(settings):
    component = health.line_component(settings(TWILIO_AUTH_TOKEN="t"))

    assert component.state is State.DEGRADED
    assert "AURORA_PUBLIC_URL" in component.detail
    assert "403" in component.detail


def test_a_telephone_that_can_be_reached_says_number_and_webhook(settings):
    loaded = settings(
        TWILIO_AUTH_TOKEN="t",
        AURORA_PUBLIC_URL="https://line.example.com/",
        TWILIO_PHONE_NUMBER="+12025550110",
    )
    component = health.line_component(loaded)

    assert component.state is State.OK
    assert component.detail == (
        "gather, +12025550110, webhook https://line.example.com/incoming-call"
    )


def test_a_telephone_without_its_number_says_which_variable_is_missing(settings):
    loaded = settings(TWILIO_AUTH_TOKEN="t", AURORA_PUBLIC_URL="https://line.example.com")

    assert "no TWILIO_PHONE_NUMBER" in health.line_component(loaded).detail


# The API


@pytest.mark.parametrize(
    ("environment", "state", "words"),
    [
        ({}, State.OK, "no AURORA_API_TOKEN: the JSON API answers this machine only"),
        ({"AURORA_API_TOKEN": "x" * 15}, State.DEGRADED, "short; use 16 or more"),
        ({"AURORA_API_TOKEN": "x" * 16}, State.OK, "behind AURORA_API_TOKEN"),
    ],
)
def test_the_api_says_who_may_ask(settings, environment, state, words):
    component = health.access_component(settings(**environment))

    assert component.state is state
    assert words in component.detail


def test_no_part_shows_a_secret(settings):
    secret = "s3cret-of-16-and-more"
    loaded = settings(
        CEREBRAS_API_KEY=secret,
        TWILIO_AUTH_TOKEN=secret,
        AURORA_API_TOKEN=secret,
        AURORA_PUBLIC_URL="https://line.example.com",
    )
    parts = [
        health.model_component(loaded, ModelState(False, "down")),
        health.line_component(loaded),
        health.access_component(loaded),
    ]

    assert not any(secret in part.detail for part in parts)


# Site, procedures, voice


def test_the_site_says_its_name_zones_and_languages():
    assert health.site_component(example_site()) == Component(
        "site", State.OK, "Example Works: 6 zones, en, es, fr, de"
    )


def approved(library: Library, but: int) -> Library:
    """The library with all but so many procedures approved."""
    procedures = dict(library.procedures)
    for key in list(procedures)[but:]:
        approval = procedures[key].approval.model_copy(update={"state": "approved"})
        procedures[key] = procedures[key].model_copy(update={"approval": approval})
    return Library(procedures, library.phrases, library.primary_language)


@pytest.mark.parametrize("drafts", [1, 20])
def test_drafts_are_counted_and_say_who_must_approve_them(drafts):
    total = len(example_library().procedures)
    component = health.procedures_component(approved(example_library(), but=drafts))

    assert component.state is State.DEGRADED
    assert component.detail.startswith(f"{drafts} of {total} are drafts")
    assert "safety officer" in component.detail


def test_approved_procedures_are_in_order():
    total = len(example_library().procedures)
    component = health.procedures_component(approved(example_library(), but=0))

    assert (component.state, component.detail) == (State.OK, f"{total}, all approved")


def test_the_voice_is_the_sites_unless_a_setting_replaces_it(settings):
    own = health.voice_component(settings(), example_site())
    other = health.voice_component(
        settings(TTS_VOICE="Polly.Amy", SPEECH_RATE="slow"), example_site()
    )

    assert own.detail == "Polly.Joanna at 1 times speed"
    assert other.detail == "Polly.Amy at 0.85 times speed"


def reach_of(settings: Settings) -> Reach:
    return open_reach(settings, example_site(), lambda alert: None, lambda: NOON, MemoryPhones())


def test_alerts_that_nobody_sends_are_not_said_to_reach_anybody(settings):
    chosen = settings()
    component = health.alerts_component(chosen, reach_of(chosen), is_on=False)

    assert component.state is State.DEGRADED
    assert "nobody is paged" in component.detail


def test_channels_that_are_not_set_up_are_named_with_what_to_set(settings):
    chosen = settings()
    component = health.alerts_component(chosen, reach_of(chosen), is_on=True)

    assert component.state is State.DEGRADED
    assert component.detail.startswith(
        "paged by console, push; sms, voice off: set TWILIO_ACCOUNT_SID"
    )


# The mirror


def test_a_mirror_that_writes_is_up_to_date():
    component = health.mirror_component(MirrorState(True, NOON, 0, None))

    assert component.state is State.OK


def test_a_mirror_that_cannot_write_says_why():
    component = health.mirror_component(MirrorState(True, NOON, 2, "No space left on device"))

    assert component.state is State.DEGRADED
    assert "No space left on device" in component.detail


def test_a_mirror_that_failed_once_and_wrote_since_is_up_to_date():
    component = health.mirror_component(MirrorState(True, NOON, 2, None))

    assert component.state is State.OK


def test_a_mirror_that_stopped_is_not_said_to_be_up_to_date():
    component = health.mirror_component(MirrorState(False, NOON, 0, None))

    assert component.state is State.DEGRADED
    assert "up to date" not in component.detail


# All of them


def of(*states: State) -> list[Component]:
    return [Component("part", state, "") for state in states]


@pytest.mark.parametrize(
    ("states", "whole"),
    [
        ([State.OK, State.OK], State.OK),
        ([State.OK, State.OFF], State.OK),
        ([State.OFF], State.OK),
        ([State.OK, State.DEGRADED, State.OFF], State.DEGRADED),
        ([State.DEGRADED, State.FAILED, State.OK], State.FAILED),
        ([], State.OK),
    ],
)
def test_the_whole_is_as_well_as_its_worst_part(states, whole):
    assert overall(of(*states)) is whole
