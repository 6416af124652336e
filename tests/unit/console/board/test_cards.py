"""What the board says of incidents and calls, in the reader's language."""

from dataclasses import replace

from aurora.console.board.cards import (
    CallRow,
    IncidentCard,
    Standing,
    call_row,
    incident_card,
)
from aurora.console.board.layout import Place, Shelf
from aurora.console.board.naming import Naming
from aurora.console.board.seen import SeenCall
from aurora.conversation.call import CallPlace
from aurora.escalation.incident import Acknowledgement, Answer, Incident, Reach, Source, reached
from aurora.escalation.policy import make_plan
from aurora.guidance.state import GuidanceState
from aurora.levels import Hazard, Urgency
from aurora.site.model import Language
from tests.incidents import accepts, call, declines, incident
from tests.line import NOON, example_library, example_site, new_call

HERE = Place("i-1", Shelf.LIVE, "0")


def naming(language: Language = "en") -> Naming:
    return Naming(language, example_site(), example_library())


def card(made: Incident, language: Language = "en") -> IncidentCard:
    return incident_card(made, HERE, naming(language), NOON, open_calls=1)


def row(seen: SeenCall, language: Language = "en") -> CallRow:
    return call_row(seen, HERE, naming(language))


def paged(made: Incident) -> Incident:
    for page in make_plan(example_site(), made, NOON).steps[0].pages:
        reached(made, page, Reach.SENT)
    return made


def test_it_says_who_was_alerted_and_who_accepted_those_first() -> None:
    made = paged(incident(call(roles=("medical",))))
    assert {one.standing for one in card(made).people} == {Standing.WAITED_FOR}
    accepts(made, "medic")
    declines(made, "duty_supervisor")
    people = {one.contact_id: one.standing for one in card(made).people}
    assert people["medic"] is Standing.ACCEPTED
    assert people["duty_supervisor"] is Standing.DECLINED
    assert card(made).people[0].contact_id == "medic"
    assert not card(made).is_waiting


def test_an_answer_entered_by_an_operator_says_so() -> None:
    made = paged(incident(call(roles=("medical",))))
    entered = Acknowledgement("medic", Answer.ACCEPT, Source.CONSOLE, NOON, "Ann")
    made.acknowledgements.append(entered)
    assert card(made).people[0].entered_by == "Ann"


def test_only_a_critical_that_nobody_accepted_sounds() -> None:
    made = incident()
    assert card(made).is_alarming
    assert not card(incident(call(urgency=Urgency.URGENT))).is_alarming
    assert not card(incident(call(is_drill=True))).is_alarming
    accepts(made, "medic")
    assert not card(made).is_alarming


def test_an_incident_is_named_in_the_readers_language() -> None:
    made = incident(call(procedure="fire", facts={"people_hurt": True, "escaped": True}))
    assert card(made).title == "Fire or smoke"
    assert card(made).facts == ["People hurt."]
    assert card(made, "de").facts == ["Es gibt Verletzte."]
    assert card(made, "de").title != card(made).title


def test_a_role_is_a_label_without_its_article() -> None:
    names = {language: naming(language).role("medical") for language in ("en", "es", "fr", "de")}
    assert names["en"] == "Site medic"
    assert all(name[0].isupper() for name in names.values())
    starts = ("the ", "el ", "la ", "le ", "der ", "die ", "das ", "l’", "l'")
    assert not any(name.lower().startswith(starts) for name in names.values())


def test_a_call_shows_the_first_line_only_once_it_was_given() -> None:
    made = new_call(guidance=GuidanceState(procedure="fire"))
    assert row(SeenCall(made)).first_line is None
    given = row(SeenCall(made, first_line_at=NOON), "de")
    procedure = example_library().procedure("fire", "de")
    assert procedure is not None
    assert given.first_line == procedure.first_line


def test_a_call_shows_the_step_it_has_reached() -> None:
    state = GuidanceState(procedure="fire", position=2, last_instruction="1")
    number, count, words = row(SeenCall(new_call(guidance=state))).step or (0, 0, "")
    assert number == 2
    assert count > 2
    assert words
    assert row(SeenCall(new_call(guidance=GuidanceState(procedure="fire")))).step is None
    far = GuidanceState(procedure="fire", last_instruction="99")
    assert row(SeenCall(new_call(guidance=far))).step is None


def test_a_place_that_is_not_confirmed_is_not_shown_as_known() -> None:
    shown = row(SeenCall(new_call(place=CallPlace(said="zone d", unconfirmed_zone_id="d"))))
    assert (shown.zone, shown.zone_heard) == (None, "Zone D")


def test_what_is_vague_gives_way_to_what_is_known() -> None:
    vague = new_call(guidance=GuidanceState(procedure="emergency"), hazard=Hazard.FIRE)
    assert row(SeenCall(vague)).matter == "Fire"
    assert row(SeenCall(new_call())).matter is None


def test_a_lone_critical_call_sounds_until_an_incident_has_it() -> None:
    seen = SeenCall(new_call(urgency=Urgency.CRITICAL))
    alone = call_row(seen, Place("c-1", Shelf.LIVE, "0"), naming())
    assert alone.is_alarming
    assert not replace(alone, is_alone=False).is_alarming


def test_a_bare_answer_is_shown_after_what_the_caller_said_first() -> None:
    seen = SeenCall(new_call())
    seen.hear("Huele a gas en la zona A", is_final=True)
    assert row(seen).heard == "Huele a gas en la zona A"
    seen.hear("sí", is_final=False)
    assert row(seen).heard == "sí"
    seen.hear("sí", is_final=True)
    assert row(seen).heard == "Huele a gas en la zona A … sí"
    seen.hear("hay dos personas dentro", is_final=True)
    assert row(seen).heard == "hay dos personas dentro"
