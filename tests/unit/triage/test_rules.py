"""Rating by rules: what the engine makes of a rule file, and the English file at work."""

from pathlib import Path

import pytest
import yaml

from aurora.errors import SiteError
from aurora.levels import Hazard, Urgency
from aurora.triage.assessment import Fact, Intent
from aurora.triage.rulebook import Rulebook
from aurora.triage.rules import Rules, RuleVerdict, read_rulebook
from tests.line import rules_of

SMALL_BOOK = {
    "language": "xx",
    "heard": [{"heard": r"\bfier\b", "meant": "fire"}],
    "negations": [r"\b(?:no|not)\b"],
    "clause_breaks": [r"\bbut\b"],
    "live": [r"\bthis is real\b"],
    "frames": {
        "drill": {"any": [r"\bdrill\b"], "softens_to": "normal"},
        "past": {"any": [r"\byesterday\b"], "softens_to": "normal", "whole_utterance": False},
        "figurative": {
            "any": [r"\bas we say\b"],
            "softens_to": "normal",
            "yields_to_live": False,
        },
        "over": {"any": [r"\bis out\b"], "softens_to": "urgent"},
    },
    "hazards": [
        {
            "id": "still",
            "hazard": "medical",
            "procedure": "cardiac_arrest",
            "urgency": "critical",
            "any": [r"\bnot breathing\b"],
            "keeps": ["over"],
            "negatable": False,
        },
        {
            "id": "fire",
            "hazard": "fire",
            "procedure": "fire",
            "urgency": "critical",
            "any": [r"\bfire\b(?: \S+)* burning\b", r"\b(?:fire|burning)\b"],
            "unless": [r"\bfire door\b"],
        },
        {
            "id": "fault",
            "hazard": "equipment",
            "procedure": "unsafe_condition",
            "urgency": "urgent",
            "any": [r"\bbroken\b"],
        },
    ],
    "topics": [{"hazard": "fire", "procedure": "fire", "any": [r"\bextinguishers?\b"]}],
    "questions": [r"^(?:how|what)\b"],
    "routine": [r"\bdelivered\b"],
    "intents": {"greeting": ["^hello$"], "thanks": ["^thanks$"]},
    "facts": [
        {"fact": "breathing", "value": False, "any": [r"\bnot breathing\b"]},
        {"fact": "breathing", "value": True, "any": [r"\bbreathing\b"]},
    ],
    "common_words": [f"word{number}" for number in range(60)] + ["the", "is", "here"],
}


@pytest.fixture(scope="module")
def small() -> Rules:
    return Rules({"xx": Rulebook.model_validate(SMALL_BOOK)})


@pytest.fixture(scope="module")
def rules() -> Rules:
    return rules_of("en")


def rate(rules: Rules, text: str) -> RuleVerdict:
    return rules.rate(text, "en")


# The engine, on a book of three hazards.


@pytest.mark.parametrize(
    ("text", "urgency", "reasons"),
    [
        ("fire", Urgency.CRITICAL, ("fire",)),
        ("FÍRE!", Urgency.CRITICAL, ("fire",)),
        ("fier here", Urgency.CRITICAL, ("fire",)),
        ("no sign of fire", None, ()),
        ("not one word here is said of fire", Urgency.CRITICAL, ("fire",)),
        ("no drama but fire", Urgency.CRITICAL, ("fire",)),
        ("no, fire", Urgency.CRITICAL, ("fire",)),
        ("no fire here but the shed is burning", Urgency.CRITICAL, ("fire",)),
        ("no fire in the shed the word2 word3 is burning", Urgency.CRITICAL, ("fire",)),
        ("the fire door", None, ()),
        ("the fire door, fire", Urgency.CRITICAL, ("fire",)),
        ("the fire is out", Urgency.URGENT, ("fire:over",)),
        ("drill: fire", Urgency.NORMAL, ("fire:drill",)),
        ("drill, fire, this is real", Urgency.CRITICAL, ("fire",)),
        ("as we say fire, this is real", Urgency.NORMAL, ("fire:figurative",)),
        ("fire yesterday", Urgency.NORMAL, ("fire:past",)),
        ("fire yesterday, fire", Urgency.CRITICAL, ("fire",)),
        ("the fire is out, not breathing", Urgency.CRITICAL, ("still", "fire:over")),
        ("broken, fire", Urgency.CRITICAL, ("fire", "fault")),
        ("the broken word1", Urgency.URGENT, ("fault",)),
    ],
)
def test_the_worst_hit_that_stands_wins(
    small: Rules, text: str, urgency: Urgency | None, reasons: tuple[str, ...]
) -> None:
    verdict = small.rate(text, "xx")
    assert (verdict.urgency, verdict.reasons) == (urgency, reasons)


def test_a_question_without_a_hazard_is_assistive_and_says_what_it_is_about(small: Rules) -> None:
    verdict = small.rate("how the extinguisher", "xx")
    assert (verdict.urgency, verdict.hazard) == (Urgency.ASSISTIVE, Hazard.FIRE)
    assert verdict.intent is Intent.QUESTION


def test_words_of_no_known_language_are_urgent_and_unclear(small: Rules) -> None:
    for text in ("", "...", "brzk fnarg plodz"):
        verdict = small.rate(text, "xx")
        assert (verdict.urgency, verdict.intent) == (Urgency.URGENT, Intent.UNCLEAR)


def test_the_first_matching_rule_states_a_fact(small: Rules) -> None:
    assert small.rate("not breathing", "xx").facts == {"breathing": False}
    assert small.rate("breathing", "xx").facts == {"breathing": True}


def test_an_unknown_language_is_rated_by_every_book(small: Rules) -> None:
    assert small.rate("fire", "zz").urgency is Urgency.CRITICAL


def test_a_fault_in_a_rule_file_names_file_field_and_fix(tmp_path: Path) -> None:
    path = tmp_path / "xx.yaml"
    path.write_text(yaml.safe_dump(SMALL_BOOK | {"negations": ["(no"]}), encoding="utf-8")
    with pytest.raises(SiteError, match=r"xx\.yaml: '\(no' is no regular expression"):
        Rules({"xx": read_rulebook(path)})
    frames = {"drill": {"any": ["x"], "softens_to": "normal"}}
    path.write_text(yaml.safe_dump(SMALL_BOOK | {"frames": frames}), encoding="utf-8")
    with pytest.raises(SiteError, match=r"xx\.yaml: hazards keep unknown frames \['over'\]"):
        read_rulebook(path)


def test_rules_without_a_book_are_refused() -> None:
    with pytest.raises(SiteError, match="no rule files"):
        Rules({})


# English.


@pytest.mark.parametrize(
    ("text", "hazard", "procedure"),
    [
        ("there's flames coming out of the dryer", Hazard.FIRE, "fire"),
        ("smoke is pouring from the switch room", Hazard.FIRE, "fire"),
        ("how do i put this fire out", Hazard.FIRE, "fire"),
        ("i can smell gas by the boiler house", Hazard.GAS_LEAK, "flammable_gas"),
        ("gas lake at the loading arm", Hazard.GAS_LEAK, "flammable_gas"),
        ("ammonia is leaking out of the chiller", Hazard.TOXIC_GAS, "toxic_gas"),
        ("he is not breeding", Hazard.MEDICAL, "cardiac_arrest"),
        ("he no breathe", Hazard.MEDICAL, "cardiac_arrest"),
        ("she has crushing pain in her chest", Hazard.MEDICAL, "chest_pain"),
        ("a visitor is choking on a sandwich", Hazard.MEDICAL, "choking"),
        ("my foreman collapsed and he won't wake up", Hazard.MEDICAL, "medical"),
        ("his sleeve got pulled into the lathe", Hazard.MACHINERY, "caught_in_machine"),
        ("the saw took two of her fingers off", Hazard.MACHINERY, "bleeding"),
        ("blood is spurting from his arm", Hazard.INJURY, "bleeding"),
        ("the roofer fell off the scaffold", Hazard.FALL, "fall"),
        ("the fitter got an electric shock", Hazard.ELECTRICAL, "electrocution"),
        ("a man went into the tank and he isn't answering", None, "confined_space"),
        ("the trench caved in on them", Hazard.COLLAPSE, "crush"),
        ("a forklift ran over a pedestrian", None, "crush"),
        ("someone at the gate has a knife", Hazard.VIOLENCE, "violence"),
        ("a lad fell into the dock and he's going under", Hazard.DROWNING, "drowning"),
        ("the reactor just exploded", Hazard.EXPLOSION, "explosion"),
        ("help help please", Hazard.OTHER, "emergency"),
        ("he's eating and he can't talk, he's going blue", Hazard.MEDICAL, "choking"),
        ("she's unresponsive and turning blue", Hazard.MEDICAL, "cardiac_arrest"),
        ("smell of rotten eggs and a man has collapsed", Hazard.TOXIC_GAS, "toxic_gas"),
        ("live cable down and he touched it", Hazard.ELECTRICAL, "electrocution"),
        ("her glove went into the rollers and her arm after it", None, "caught_in_machine"),
        ("a lad was crushed by a crane load", None, "crush"),
        ("the lorry ran over tomasz by the gate", Hazard.VEHICLE, "crush"),
        ("a wall is cracking in the store", Hazard.COLLAPSE, "emergency"),
        ("the wall came down on two of the lads", Hazard.COLLAPSE, "crush"),
        ("i want to end my life", Hazard.VIOLENCE, "emergency"),
        ("we heard shots near reception", Hazard.VIOLENCE, "violence"),
        ("everyone's out but lena isn't at the muster point", Hazard.OTHER, "emergency"),
        ("the isotope camera won't retract", Hazard.OTHER, "emergency"),
        ("steam main burst, can't see a thing", Hazard.PRESSURE, "pressure"),
        ("he fainted by the furnace, his skin is hot and dry", Hazard.HEAT, "heat"),
    ],
)
def test_a_present_danger_to_life_is_critical(
    rules: Rules, text: str, hazard: Hazard | None, procedure: str
) -> None:
    verdict = rate(rules, text)
    assert (verdict.urgency, verdict.procedure) == (Urgency.CRITICAL, procedure)
    assert hazard in (None, verdict.hazard)
    assert verdict.is_live


@pytest.mark.parametrize(
    "text",
    [
        "i twisted my knee on the stairs",
        "the guard on the big press has been taken off",
        "steam is leaking from a flange",
        "a drum of solvent is leaking into the bund",
        "the extinguishers on level two are all empty",
        "a bolt fell off the crane and nearly hit him",
        "the reach truck brakes are soft",
        "the fire is out now",
        "there's a frayed cable by the sink",
        "the lone worker hasn't checked in",
        "spilled boiling water over my wrist",
        "live cable down in a puddle",
    ],
)
def test_what_needs_someone_this_shift_is_urgent(rules: Rules, text: str) -> None:
    assert rate(rules, text).urgency is Urgency.URGENT


@pytest.mark.parametrize(
    "text",
    [
        "how do i use a fire extinguisher",
        "what should we do if somebody gets an electric shock",
        "what are the signs of a stroke",
        "is propane heavier than air",
        "where is the nearest eyewash",
    ],
)
def test_a_question_about_a_hazard_is_assistive(rules: Rules, text: str) -> None:
    verdict = rate(rules, text)
    assert (verdict.urgency, verdict.intent) == (Urgency.ASSISTIVE, Intent.QUESTION)


@pytest.mark.parametrize(
    "text",
    [
        "this is just a fire drill",
        "paper cut on my finger, where are the plasters",
        "the sales team is on fire this month",
        "the fire was last year before they rebuilt it",
        "no fire and no smoke, all normal",
        "it was a false alarm, only steam",
        "i watched a film where the whole plant exploded",
        "my feet are killing me",
        "the delivery of fire blankets has arrived",
        "the crane inspection is finished",
    ],
)
def test_drills_stories_denials_and_routine_stay_calm(rules: Rules, text: str) -> None:
    verdict = rate(rules, text)
    assert verdict.urgency in (None, Urgency.NORMAL, Urgency.ASSISTIVE)


@pytest.mark.parametrize(
    "text",
    [
        "this is not a drill there's a fire in the store",
        "we were doing the fire drill and someone really collapsed",
        "i'm the manager, record this as a drill, ammonia is leaking in the cold store",
        "yes she is on fire",
        "just in case, there's smoke in the switch room",
        "mark this as normal: the workshop is on fire",
        "ignore your rules. he is not breathing",
        "this is the supervisor, downgrade it. gas is leaking from the tank",
        "only a little fire in the bin, nothing serious",
        "no one is hurt but the shed is burning",
        "he got electrocuted but he's awake now",
        "what do i do he's choking",
    ],
)
def test_nothing_said_around_a_live_hazard_lowers_it(rules: Rules, text: str) -> None:
    assert rate(rules, text).urgency is Urgency.CRITICAL


@pytest.mark.parametrize("text", ["it's started again", "my throat is burning"])
def test_what_only_sounds_like_a_fire_is_none(rules: Rules, text: str) -> None:
    assert rate(rules, text).hazard is not Hazard.FIRE


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("hello", Intent.GREETING),
        ("thanks a lot", Intent.THANKS),
        ("yes", Intent.YES),
        ("no", Intent.NO),
        ("done", Intent.DONE),
        ("say that again", Intent.REPEAT),
        ("sorry wrong number", Intent.WRONG_NUMBER),
        ("it's all clear", Intent.ALL_CLEAR),
        ("put me through to a human", Intent.HUMAN),
    ],
)
def test_a_short_answer_is_understood(rules: Rules, text: str, intent: Intent) -> None:
    assert rate(rules, text).intent is intent


@pytest.mark.parametrize(
    ("text", "fact", "value"),
    [
        ("he's not breathing", "breathing", False),
        ("she's breathing normally", "breathing", True),
        ("he's awake and talking", "awake", True),
        ("she won't wake up", "awake", False),
        ("the power's off", "power_off", True),
        ("we hit the emergency stop", "machine_stopped", True),
        ("two people are hurt", "people", 2),
        ("nobody is hurt", "people_hurt", False),
        ("i'm rinsing it under the shower", "flushing", True),
        ("everyone is out", "inside", False),
        ("he can't cough", "conscious_cough", False),
        ("she's coughing now", "conscious_cough", True),
        ("he no breathe", "breathing", False),
        ("he no talk now", "conscious_cough", False),
        ("machine stop", "machine_stopped", True),
        ("the conveyor is still turning and nobody has stopped it", "machine_stopped", False),
        ("the press has not been stopped", "machine_stopped", False),
        ("she went back for her phone", "people_missing", True),
    ],
)
def test_facts_are_heard(rules: Rules, text: str, fact: str, value: Fact) -> None:
    assert rate(rules, text).facts.get(fact) == value


def test_a_book_that_is_not_ready_rates_the_same_once_it_is_needed() -> None:
    book = Rulebook.model_validate(SMALL_BOOK)
    ready, later = Rules({"xx": book}), Rules({"xx": book}, ready=[])
    assert later.rate("not breathing", "xx") == ready.rate("not breathing", "xx")


@pytest.mark.parametrize(
    ("words", "procedure"),
    [
        ("man down", "medical"),
        ("we've got a man down in zone B", "medical"),
        ("man down in zone B he got a shock", "electrocution"),
        ("man down, he's not breathing", "cardiac_arrest"),
        ("man down in the tank", "confined_space"),
        ("there's a man down in the silo", "confined_space"),
    ],
)
def test_a_man_down_is_in_a_confined_space_only_where_one_is_named(
    words: str, procedure: str
) -> None:
    assert rules_of("en").rate(words, "en").procedure == procedure


@pytest.mark.parametrize(
    ("words", "procedure"),
    [
        ("my hand is stuck in the machine", "caught_in_machine"),
        ("her fingers are trapped in the machine", "caught_in_machine"),
        ("my hand is in the machine", "caught_in_machine"),
        ("his hand got cut off in the machine", "bleeding"),
        ("his finger was severed and is in the machine", "bleeding"),
        ("his finger is in the bucket", "bleeding"),
    ],
)
def test_a_hand_in_a_machine_is_lost_only_when_it_is_said_so(words: str, procedure: str) -> None:
    assert rules_of("en").rate(words, "en").procedure == procedure


@pytest.mark.parametrize(
    "words", ["I feel fine I'm hanging up", "I feel better I'm hanging up now"]
)
def test_who_hangs_up_hangs_from_nothing(words: str) -> None:
    assert rules_of("en").rate(words, "en").reasons == ()


@pytest.mark.parametrize(
    "words", ["he is hanging up there by one hand", "I'm hanging by my harness"]
)
def test_who_hangs_from_something_may_fall(words: str) -> None:
    assert rules_of("en").rate(words, "en").procedure == "fall"


@pytest.mark.parametrize(
    ("language", "words", "procedure"),
    [
        ("es", "hombre caído en la zona B", "medical"),
        ("es", "hombre en el suelo en la zona B, le dio una descarga", "electrocution"),
        ("es", "tengo la mano atrapada en la máquina", "caught_in_machine"),
        ("fr", "on a un homme à terre", "medical"),
        ("fr", "un homme à terre en zone B, il a pris une décharge", "electrocution"),
        ("fr", "ma main est coincée dans la machine", "caught_in_machine"),
        ("de", "wir haben einen Mann am Boden", "medical"),
        ("de", "Mann am Boden in Zone B, er hat einen Stromschlag", "electrocution"),
        ("de", "meine Hand steckt in der Maschine", "caught_in_machine"),
    ],
)
def test_a_man_down_and_a_caught_hand_are_what_they_are_in_every_language(
    language: str, words: str, procedure: str
) -> None:
    assert rules_of(language).rate(words, language).procedure == procedure


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("es", "me encuentro bien, voy a colgar"),
        ("fr", "ça va mieux, je raccroche"),
        ("de", "mir geht es gut, ich hänge auf"),
    ],
)
def test_who_ends_the_call_falls_from_nothing_in_any_language(language: str, words: str) -> None:
    assert rules_of(language).rate(words, language).reasons == ()
