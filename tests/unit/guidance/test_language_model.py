import pytest
from hypothesis import given
from hypothesis import strategies as st

from aurora.errors import ModelFault
from aurora.guidance.header import Header
from aurora.guidance.language_model import (
    MAX_ANSWER_CHARS,
    MAX_SENTENCE_CHARS,
    AnswerReader,
    Figures,
)
from aurora.levels import Hazard, Urgency

HEADER_LINE = '{"urgency": "urgent", "hazard": "chemical", "zone": null}\n'
HEADER = Header(Urgency.URGENT, Hazard.CHEMICAL, None)


def read(text: str, *, step: int = 1) -> list[Header | str]:
    reader = AnswerReader()
    parts: list[Header | str] = []
    for at in range(0, len(text), step):
        parts += reader.take(text[at : at + step])
    return [*parts, *reader.finish()]


@pytest.mark.parametrize("step", [1, 2, 7, 1000])
def test_pieces_of_any_length_give_the_same_parts(step: int) -> None:
    text = HEADER_LINE + "Rinse your eyes. Keep rinsing!\n\n¿Puede ver? Ça va ? Größe 5.5 m… Ja."
    said = ["Rinse your eyes.", "Keep rinsing!", "¿Puede ver?", "Ça va ?", "Größe 5.5 m…", "Ja."]
    assert read(text, step=step) == [HEADER, *said]


@pytest.mark.parametrize(
    "sentence",
    [
        "Use eye protection, e.g. goggles.",
        "Ask Dr. Weber for it.",
        "It is on page No. 5 of the manual.",
        "Tragen Sie z. B. Handschuhe.",
        "Tragen Sie z.B. Handschuhe.",
        "Wait… then go.",
        "Wear it (see the sign).",
        "Attention\u00a0!",
        'Say "stop."',
    ],
)
def test_a_stop_inside_a_sentence_does_not_cut_it(sentence: str) -> None:
    whole = sentence.replace("\u00a0", " ")
    assert read(f"{HEADER_LINE}{sentence} Stay out.") == [HEADER, whole, "Stay out."]


def test_a_zone_letter_ends_a_sentence() -> None:
    assert read(HEADER_LINE + "Stay out of Zone B. Wait.")[1:] == ["Stay out of Zone B.", "Wait."]


def test_an_unfinished_sentence_is_dropped() -> None:
    assert read(HEADER_LINE + "Rinse your eyes. Do not rub th") == [HEADER, "Rinse your eyes."]


@pytest.mark.parametrize("text", [HEADER_LINE, HEADER_LINE.strip(), "\n\n " + HEADER_LINE + "\n "])
def test_a_header_alone_is_an_answer(text: str) -> None:
    assert read(text) == [HEADER]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "empty"),
        (" \n\t\n", "empty"),
        ("[URGENCY: urgent] Rinse your eyes.", "bad_header"),
        ("Urgency=URGENT\nRinse your eyes.", "bad_header"),
        ("Rinse your eyes.\n" + HEADER_LINE, "bad_header"),
        (HEADER_LINE[:-2] + " " * 300, "bad_header"),
        ("{" + "x" * 500, "bad_header"),
        (HEADER_LINE + HEADER_LINE + "Rinse your eyes.", "bad_text"),
        (HEADER_LINE + "Rinse your eyes [URGENCY: urgent]. Stay.", "bad_text"),
        (HEADER_LINE + "Urgency: urgent. Stay.", "bad_text"),
        (HEADER_LINE + "Rinse <|end|> your eyes. Stay.", "bad_text"),
        (HEADER_LINE + "**Rinse** your eyes. Stay.", "bad_text"),
        (HEADER_LINE + "Do not:\n- enter.\n- touch it.\n", "bad_text"),
        (HEADER_LINE + "See https://example.com for more. Stay.", "bad_text"),
        (HEADER_LINE + "Rinse\x07 your eyes. Stay.", "bad_text"),
        (HEADER_LINE + "x" * MAX_SENTENCE_CHARS + ". Stay.", "bad_text"),
        (HEADER_LINE + "x" * MAX_ANSWER_CHARS, "too_long"),
    ],
)
def test_an_unusable_answer_is_a_fault(text: str, reason: str) -> None:
    with pytest.raises(ModelFault) as caught:
        read(text)
    assert caught.value.reason == reason


def test_nothing_of_a_wrong_first_line_is_waited_for() -> None:
    with pytest.raises(ModelFault):
        list(AnswerReader().take("["))


def test_a_header_stands_when_the_text_in_the_same_piece_does_not() -> None:
    parts = AnswerReader().take(HEADER_LINE + "Go. <tag>. Stay.")
    assert [next(parts), next(parts)] == [HEADER, "Go."]
    with pytest.raises(ModelFault):
        next(parts)


@given(st.text(alphabet=st.characters(codec="utf-8"), max_size=400), st.integers(1, 50))
def test_no_tag_and_no_control_character_is_ever_spoken(text: str, step: int) -> None:
    try:
        parts = read(HEADER_LINE + text, step=step)
    except ModelFault as fault:
        assert fault.reason == "bad_text"  # noqa: PT017
    else:
        assert parts[0] == HEADER
        spoken = " ".join(str(part) for part in parts[1:])
        assert spoken.isprintable()
        assert not set(spoken) & set("{}[]<>|")


def test_unknown_figures_are_not_reported() -> None:
    assert Figures(first_token_ms=12.34567, queue_ms=0.2).stages_ms() == {
        "model_first_token": 12.346,
        "model_queue": 0.2,
    }
