"""Scenarios go through the code of a call; a wrong file is named down to the field."""

from pathlib import Path

import pytest

from aurora.conversation.dialogue import Dialogue
from aurora.errors import SiteError
from aurora.guidance.guide import Guide
from aurora.guidance.handbook.handbook import Handbook
from aurora.levels import Hazard, Urgency
from aurora.rehearsal.scenarios import RehearsedTurn, Scenario, read_scenarios, rehearse
from aurora.triage.assess import Heard
from aurora.triage.assessment import Assessment, Intent
from tests.line import example_library, example_site


class ScriptedTriage:
    """Knows a fire, a wish for a person, and nothing else."""

    def assess(
        self, words: str, *, language: str, before: str = "", is_place_expected: bool = False
    ) -> Heard:
        rated = Assessment(Urgency.NORMAL, Hazard.NONE, None, language, 0.9)
        if "fire" in words:
            rated = Assessment(Urgency.CRITICAL, Hazard.FIRE, "fire", language, 0.9)
        elif "person" in words:
            rated = Assessment(
                Urgency.NORMAL, Hazard.NONE, None, language, 0.9, intent=Intent.HUMAN
            )
        return Heard(words, rated, 0.1)


@pytest.fixture(scope="module")
def dialogue() -> Dialogue:
    guide = Guide(example_site(), example_library(), Handbook())
    return Dialogue(example_site(), ScriptedTriage(), guide, max_exchanges=20)  # type: ignore[arg-type]


async def run(
    dialogue: Dialogue, *turns: dict[str, object], lang: str = "en"
) -> list[RehearsedTurn]:
    scenario = Scenario.model_validate({"id": "S1", "lang": lang, "turns": turns})
    return [turn async for turn in rehearse([scenario], dialogue)]


async def test_each_turn_gives_its_reply_and_the_urgency_so_far(dialogue: Dialogue) -> None:
    first, second = await run(dialogue, {"caller": "There is a fire"}, {"caller": "ok"})
    assert (first.scenario, first.turn, second.turn) == ("S1", 0, 1)
    assert first.reply
    assert first.reply != second.reply
    assert (first.urgency, second.urgency) == ("critical", "critical")
    assert set(first.escalated) <= set(second.escalated)


async def test_the_greeting_is_not_a_turn(dialogue: Dialogue) -> None:
    (turn,) = await run(dialogue, {"caller": ""})
    assert dialogue.site.name not in turn.reply


async def test_the_scenarios_language_is_the_calls(dialogue: Dialogue) -> None:
    (german,) = await run(dialogue, {"caller": "fire"}, lang="de")
    (english,) = await run(dialogue, {"caller": "fire"}, lang="en")
    assert german.reply != english.reply


async def test_a_language_the_site_does_not_speak_begins_in_its_first(dialogue: Dialogue) -> None:
    (unknown,) = await run(dialogue, {"caller": "fire"}, lang="pt")
    (english,) = await run(dialogue, {"caller": "fire"}, lang="en")
    assert unknown.reply == english.reply


async def test_keys_are_pressed(dialogue: Dialogue) -> None:
    menu, chosen = await run(dialogue, {"dtmf": 1}, {"dtmf": "1"})
    assert menu.urgency == "critical"
    assert menu.escalated
    assert chosen.reply != menu.reply


async def test_words_and_hanging_up_can_be_one_turn(dialogue: Dialogue) -> None:
    (turn,) = await run(dialogue, {"caller": "fire", "event": "hangup"})
    assert turn.reply
    assert turn.urgency == "critical"


async def test_hanging_up_keeps_urgency_and_alerts_and_says_nothing(dialogue: Dialogue) -> None:
    before, after = await run(dialogue, {"caller": "fire"}, {"event": "hangup"})
    assert after.reply == ""
    assert (after.urgency, after.escalated[: len(before.escalated)]) == (
        before.urgency,
        before.escalated,
    )


async def test_a_caller_who_speaks_after_a_hand_off_is_still_answered(dialogue: Dialogue) -> None:
    hand_off, after = await run(dialogue, {"caller": "a person please"}, {"caller": "a fire"})
    assert hand_off.reply
    assert after.urgency == "critical"


async def test_scenarios_share_nothing(dialogue: Dialogue) -> None:
    both = [
        Scenario.model_validate({"id": name, "turns": [{"caller": words}]})
        for name, words in (("one", "fire"), ("two", "hello"))
    ]
    first, second = [turn async for turn in rehearse(both, dialogue)]
    assert (first.urgency, second.escalated) == ("critical", ())
    assert second.urgency != "critical"


@pytest.mark.parametrize(
    ("text", "where", "what"),
    [
        ("scenarios: []\n", ":1: scenarios:", "at least 1 item"),
        ("scenarios:\n- {lang: en, turns: [{caller: x}]}\n", ":2: scenarios.0.id:", "missing"),
        ("scenarios:\n- id: A\n  turns: []\n", ":3: scenarios.0.turns:", "at least 1"),
        (
            "scenarios:\n- id: A\n  turns:\n  - {must_any: []}\n",
            ":4: scenarios.0.turns.0:",
            "caller",
        ),
        (
            "scenarios:\n- id: A\n  turns:\n  - {event: sneeze}\n",
            ":4: scenarios.0.turns.0.event:",
            "hangup",
        ),
        (
            "scenarios:\n- id: A\n  turns:\n  - {dtmf: one}\n",
            ":4: scenarios.0.turns.0.dtmf:",
            "keys",
        ),
        (
            "scenarios:\n- {id: A, turns: [{caller: x}]}\n- {id: A, turns: [{caller: y}]}\n",
            ":2: scenarios.A:",
            "given twice",
        ),
        ("scenarios: [\n", ":2:", "not valid YAML"),
        ("- a\n", "", "valid dictionary"),
    ],
)
def test_a_wrong_file_is_named_with_line_and_field(
    tmp_path: Path, text: str, where: str, what: str
) -> None:
    file = tmp_path / "mine.yaml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(SiteError) as error:
        read_scenarios(file)
    assert str(error.value).startswith(f"{file}{where}"), error.value
    assert what in str(error.value)


def test_what_a_reply_is_scored_by_is_passed_over(tmp_path: Path) -> None:
    file = tmp_path / "mine.yaml"
    file.write_text(
        "version: 1\nglobal_never: ['x']\nscenarios:\n- id: 7\n  cleared: false\n"
        "  turns:\n  - {caller: 'hi', min_urgency: normal, must_any: [['a|b']]}\n",
        encoding="utf-8",
    )
    (scenario,) = read_scenarios(file)
    assert scenario.id == 7
    assert scenario.turns[0].caller == "hi"
