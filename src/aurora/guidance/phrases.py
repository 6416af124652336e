"""The approved sentences that belong to no hazard; one file a language."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from aurora.site.model import COMPASS_POINTS, CompassPoint

Line = Annotated[str, Field(min_length=2, max_length=240)]
Lines = Annotated[list[Line], Field(min_length=2)]
"""Variants of one sentence, taken in turn so that nothing is said twice in the same words."""


WAITED_FOR = frozenset(
    {"greeting", "did_not_hear", "press_one", "clarify", "called_back", "ask_about"}
    | {
        "ask_zone",
        "unknown_zone",
        "confirm_zone",
        "recovers",
        "casualty",
        "danger_check",
        "danger_near",
        "out_yet",
    }
)
"""Phrases that may ask: what is said next is taken as the answer."""


class ChildPhrases(BaseModel):
    """What a child is told in place of the phrase of the same name: short words, one thing each."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    clarify: Lines
    ask_zone: Lines
    """What can you see around you? Names no zone: a child does not know them."""
    still_with_you: Lines


class Phrases(BaseModel):
    """All of one language; {braces} are filled from the site's data, never from caller's words."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    language: str
    version: int
    greeting: Line
    """Names {site}; says who answers and asks what is happening; under 15 words."""
    did_not_hear: Lines
    """After one silence."""
    press_one: Lines
    """After two: "If you cannot speak, press 1."."""
    still_silent: Lines
    """After three: nothing is promised, the line stays open."""
    keypad_menu: Line
    """For a caller who cannot speak: 1 fire or smoke, 2 gas, 3 someone is hurt, 4 a threat,
    5 trapped, 9 again."""
    keypad_again: Line
    """A key that means nothing here."""
    keypad_yes_no: Line
    """Appended to a yes/no question: "Press 1 for yes, 2 for no."."""
    quiet_ready: Lines
    """To a caller who must stay silent because of a threat."""
    quiet_silence: Lines
    """To the silence of such a caller: short, offers keys, never asks to speak; at least six."""
    ask_zone: Lines
    """Where are you? {zones} is a spoken list of the site's zones, used by at least one variant."""
    unknown_zone: Lines
    """The place said is not on this site: asks which of {zones}; never repeats the unknown name."""
    confirm_zone: Lines
    """It only sounded like {zone}: asks yes or no."""
    zone_noted: Lines
    """Reads {zone} back."""
    zone_corrected: Lines
    """The caller took the first place back: it is {zone} now."""
    leave_by: Line
    """Leave {zone} by {exit}."""
    leave_by_either: Line
    """Leave {zone} by {exit} or {other_exit}, whichever is clear."""
    leave_upwind: Line
    """Leave {zone} by {exit}; the wind comes from the {wind}, a word of `winds`."""
    exits_blocked: Line
    """Every exit of {zone} is reported blocked: use one only if it is clear; else what follows."""
    shut_in: Lines
    """To a caller without a way out: stay, close doors, seal gaps, say exactly where."""
    shut_in_smoke: Lines
    """The same, step by step, where it burns: doors, the exact place, a window."""
    shut_in_gas: Lines
    """The same in gas, where nothing may spark and the floor may be worst."""
    shut_in_rubble: Lines
    """The same under what came down: still, knock to be heard."""
    out_yet: Lines
    """Asks one who is shut in whether they are out by now, by whatever way."""
    winds: dict[CompassPoint, Annotated[str, Field(min_length=2)]]
    """The eight points of the compass, as `leave_upwind` takes them."""
    go_to_muster: Line
    """Then go to {muster_point} and report to the warden; one instruction."""
    aed_is: Line
    """The nearest defibrillator is {place}."""
    eyewash_is: Line
    shower_is: Line
    aed_unlisted: Line
    """The plan shows no defibrillator for {zone}: ask the people near."""
    eyewash_unlisted: Line
    """The plan shows no eyewash for {zone}: clean running water."""
    shower_unlisted: Line
    acknowledge: Lines
    """One or two words before the next step: "Okay."; at least five; never "good" or "great"."""
    casualty: Lines
    """Somebody is hurt while the caller must not go near: only if they are with you and out of
    danger; each ends by asking whether they breathe normally, and the answer is taken as that."""
    beside_you: Line
    """After the first line of care that follows a danger: only for somebody out of it as well."""
    take_along: Line
    """After the first line of a danger that ends the care of somebody beside the caller: out with
    them if it can be done at once, else leave them."""
    leave_them: Lines
    """In such a danger, of somebody who cannot be moved at once or whom the caller will not leave:
    to leave them, get out, and tell the rescuers where they are."""
    move_on: Line
    """The same of a danger that the caller is out of: further away with them if it comes near."""
    danger_near: Lines
    """To a rescuer who told of a danger that may be elsewhere: to go on, and whether it is where
    they are."""
    recovers: Lines
    """To a rescuer whose casualty breathes or wakes again, step by step: on the side, watched, and
    back to compressions if it stops."""
    clarify: Lines
    """Not understood, or too little said: asks what is happening; at least four."""
    still_with_you: Lines
    """At least four: the line is open, keep to the last instruction; promises nothing."""
    time_check: Line
    """Last resort against repetition: it is {time}, still on the line."""
    not_all_clear: Lines
    """Said to be over: noted; stay clear until the person in charge says so; at least three."""
    cannot_answer: Lines
    """A question without an approved answer: says so, and names the supervisor or the written
    procedure; at least three."""
    handbook_source: Line
    """Where the sentences just read out stand: {title} and {heading} of the handbook."""
    handbook_source_page: Line
    """The same with the number of the {page}."""
    handbook_title: Line
    """The same with the {title} alone."""
    handbook_too_long: Lines
    """An answer is there, too long to be read out: look there yourself; the source follows."""
    handbook_other_language: Lines
    """The handbook is not written in the caller's language: ask the supervisor; at least two."""
    if_it_is_happening: Lines
    """After an answer that spoke of a hazard: if it is happening now, say so; at least two."""
    muster_is: Line
    """The muster point of {zone} is {place}."""
    exit_is: Line
    """Out of {zone}: {exit}."""
    exits_are: Line
    """Out of {zone}: {exit} or {other_exit}."""
    none_listed: Lines
    """The site's data names none of what was asked for in {zone}; at least two."""
    name_the_zone: Lines
    """Asked where something is: ask again with the zone, one of {zones}; at least two."""
    emergency_number_is: Line
    """The {number} of the public emergency services; a life in danger: call it now."""
    control_room_desk_is: Line
    """The control room is {desk}, its number {number}."""
    do_not_know_in_emergency: Lines
    """The same during an emergency: keep to the last instruction; at least three."""
    only_what_i_say: list[Line] = Field(default_factory=list)
    """Before a step, to a question without an approved answer in an emergency: to do that step and
    nothing of their own; at least three, or none."""
    danger_check: Line
    """Once in a call that only seems ordinary: is anyone hurt or in danger right now?"""
    noted: Lines
    """A routine report; at least three."""
    drill_noted: Lines
    """A drill was announced: noted; if it becomes real, say so; at least two."""
    wrong_number: Lines
    """Kindly: this is the emergency line of {site}, not the number meant."""
    thanks: Lines
    goodbye: Lines
    not_ending: Lines
    """To a goodbye in an emergency: stay on the line if safe; Aurora does not hang up."""
    limit_reached: Line
    """A long everyday call ends: the supervisor can help further."""
    hand_off: Lines
    """I am connecting you to the control room; stay on the line."""
    called_back: Line
    """Aurora rings whoever was cut off: says who calls ({site}), and asks if they are all right."""
    safe_place: Line
    """The same on a line that cannot connect: get to a safe place."""
    control_room_is: Line
    """On a line that cannot connect: the control room's number is {number}."""
    ask_about: Line
    """Asks what can be seen of {place}, without going there: an operator wants to know."""
    operator_says: Line
    """Before {words} that a person at the console typed: whose they are."""
    joining: Line
    """{who} speaks with the caller from now on; only once they pressed a key or are there."""
    person_left: Line
    """{who} is gone again, and Aurora is there."""
    on_hold: Lines
    """To a caller who waits for a person alone, in place of music; promises nobody."""
    human_unreachable: Line
    """The control room did not answer; Aurora goes on."""
    alerted: Line
    """A message went out to {whom}: a list of roles as the object of the sentence."""
    arrived: Line
    """{who} say that they are there."""
    confirmed_coming: Line
    """{who} accepted and comes; only after they said so."""
    confirmed: Line
    """{who} accepted at a desk: they act on it, nobody need come."""
    no_longer_confirmed: Line
    """Takes back one of these two for {who}."""
    not_reached: Line
    """Takes back `alerted` for {whom}."""
    somebody_confirmed: Line
    """To "is anybody coming?": yes, without a name."""
    nobody_confirmed: Line
    nobody_reached: Line
    call_yourself: Line
    """After one of these two, when nothing is left to try: {number} of the public services."""
    only_in: Line
    """Before instructions in another language: I have them only in {tongue}."""
    tongues: dict[str, Annotated[str, Field(min_length=2)]]
    """What {tongue} is filled with, by language."""
    child: ChildPhrases
    fallback: Line
    """When anything inside fails: get to a safe place; connecting you to the control room."""

    @field_validator("casualty")
    @classmethod
    def _asks_for_breath(cls, lines: list[str]) -> list[str]:
        if not all(line.endswith("?") and line.count("?") == 1 for line in lines):
            raise ValueError("end each line by asking whether they breathe normally, and only that")
        return lines

    @model_validator(mode="after")
    def _waits_for_what_it_asks(self) -> "Phrases":
        for name in type(self).model_fields:
            own = getattr(self, name)
            lines = [own] if isinstance(own, str) else own if isinstance(own, list) else []
            if name not in WAITED_FOR and any("?" in line for line in lines):
                raise ValueError(f"{name}: asks, and nobody waits for the answer; order or tell")
        return self

    @field_validator("winds")
    @classmethod
    def _whole_compass(cls, winds: dict[CompassPoint, str]) -> dict[CompassPoint, str]:
        missing = [point for point in COMPASS_POINTS if point not in winds]
        if missing:
            raise ValueError(f"no word for {', '.join(missing)}; add it")
        return winds
