"""Made-up calls of a busy plant, for measurements and pictures, kept as the line keeps its own."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice

from aurora.conversation.call import Call, CallPlace, EndReason
from aurora.conversation.record import Entry, Event, Message
from aurora.levels import Hazard, Urgency
from aurora.records.rows import prepare
from aurora.records.sql import SqlRecords

CALLS_AT_ONCE = 500
BUSY = 90_000_000
"""The numbers of a busy hour's calls begin there."""
ZONES = ("a", "b", "c", "d", "e", "f")
PLACES = {
    "en": ("the press shop", "the gas corridor", "chemical storage", "the assembly hall",
           "the workshop", "the loading dock"),
    "es": ("las prensas", "el pasillo de gas", "el almacén químico", "montaje", "el taller",
           "el muelle de carga"),
    "fr": ("l'atelier presses", "le couloir de gaz", "le stockage chimique", "l'assemblage",
           "l'atelier de maintenance", "le quai de chargement"),
    "de": ("dem Presswerk", "dem Gasgang", "dem Chemielager", "der Montagehalle", "der Werkstatt",
           "der Laderampe"),
}  # fmt: skip


@dataclass(frozen=True)
class Kind:
    """Something people call about."""

    urgency: Urgency
    hazard: Hazard
    procedure: str | None
    share: float
    said: dict[str, tuple[str, ...]]
    answered: str


KINDS = (
    Kind(Urgency.CRITICAL, Hazard.FIRE, "fire", 4, {
        "en": ("there is smoke coming out of {place}",
               "flames behind the machine in {place}, it spreads"),
        "es": ("sale humo de {place}", "hay llamas en {place}"),
        "fr": ("il y a de la fumée dans {place}", "des flammes dans {place}, ça se propage"),
        "de": ("es kommt Rauch aus {place}", "es brennt in {place}"),
    }, "Get out now. Pull the alarm as you leave. No lifts."),
    Kind(Urgency.CRITICAL, Hazard.GAS_LEAK, "flammable_gas", 4, {
        "en": ("I smell gas in {place}, the flange is hissing",
               "gas alarm is going off in {place}"),
        "es": ("huele a gas en {place}",), "fr": ("ça sent le gaz dans {place}",),
        "de": ("es riecht nach Gas in {place}", "in {place} zischt ein Ventil"),
    }, "Leave now on foot. No flames, sparks or switches. Head upwind."),
    Kind(Urgency.CRITICAL, Hazard.MEDICAL, "cardiac_arrest", 3, {
        "en": ("a colleague collapsed in {place}, he does not react",),
        "es": ("un compañero se ha desmayado en {place}",),
        "fr": ("un collègue s'est effondré dans {place}",),
        "de": ("ein Kollege ist in {place} zusammengebrochen",),
    }, "Push hard and fast in the middle of the chest. I will count with you."),
    Kind(Urgency.URGENT, Hazard.MACHINERY, "caught_in_machine", 6, {
        "en": ("the guard of a press is broken in {place}",
               "the conveyor in {place} will not stop"),
        "es": ("la prensa de {place} no se para",),
        "fr": ("le convoyeur de {place} ne s'arrête pas",),
        "de": ("das Band in {place} bleibt nicht stehen",),
    }, "Press the red emergency stop. Keep hands away."),
    Kind(Urgency.URGENT, Hazard.CHEMICAL, "spill", 6, {
        "en": ("a drum of solvent tipped over in {place}", "acid on the floor in {place}"),
        "es": ("se ha volcado un bidón en {place}",),
        "fr": ("un fût s'est renversé dans {place}",),
        "de": ("in {place} ist ein Fass umgekippt",),
    }, "Keep people away and do not touch it. Move upwind."),
    Kind(Urgency.URGENT, Hazard.FALL, "fall", 4, {
        "en": ("somebody fell off a ladder in {place}",), "es": ("alguien se cayó en {place}",),
        "fr": ("quelqu'un est tombé d'une échelle dans {place}",),
        "de": ("jemand ist in {place} von der Leiter gefallen",),
    }, "Do not move the person. Keep them still and talk to them."),
    Kind(Urgency.NORMAL, Hazard.EQUIPMENT, None, 20, {
        "en": ("the forklift in {place} loses oil", "the lights flicker in {place}"),
        "es": ("la carretilla de {place} pierde aceite",),
        "fr": ("le chariot de {place} perd de l'huile",),
        "de": ("der Stapler in {place} verliert Öl",),
    }, "I have noted that. Mark the place and tell your supervisor."),
    Kind(Urgency.ASSISTIVE, Hazard.NONE, None, 53, {
        "en": ("how do I charge a forklift battery", "which gloves do I need for acid",
               "who signs a hot work permit", "when may I enter a confined space alone"),
        "es": ("cómo cargo la batería de una carretilla", "qué guantes necesito para el ácido"),
        "fr": ("comment charger la batterie d'un chariot", "quels gants pour l'acide"),
        "de": ("wie lade ich die Batterie eines Staplers",
               "welche Handschuhe brauche ich für Säure"),
    }, "Charge only in the marked and aired charging area."),
)  # fmt: skip
FOLLOWING = {
    "en": ("yes everybody is out", "no I cannot see anyone", "two people are coughing badly",
           "I am at the muster point now", "it is getting worse", "okay thank you"),
    "es": ("sí, todos están fuera", "no veo a nadie", "está empeorando", "vale, gracias"),
    "fr": ("oui tout le monde est dehors", "je ne vois personne", "ça empire", "merci"),
    "de": ("ja, alle sind draußen", "ich sehe niemanden", "es wird schlimmer", "danke"),
}  # fmt: skip
NAMES = (
    "Zoë Keller",
    "Ana Ruiz",
    "Tom Baker",
    "Léa Martin",
    "Jonas Wolf",
    "Ines Pardo",
    "Sam Okoye",
)
LINES = ("stream", "gather", "kiosk", "browser", "api", "relay")
HANDBOOK = (
    "handbook.en@96794536:battery-charging-1", "handbook.en@18d2a001:protective-equipment-2",
    "handbook.en@77c0d1aa:permits-to-work-3", "handbook.en@0b1c2d3e:confined-space-entry-1",
)  # fmt: skip
HOURS = (2, 1, 1, 1, 1, 2, 6, 7, 6, 6, 7, 5, 4, 6, 7, 6, 5, 4, 4, 3, 3, 3, 4, 3)
"""How many calls come in each hour of the day, relative to one another."""


def made_calls(count: int, until: datetime, days: int, seed: int = 6) -> Iterator[Entry]:
    """Yield whole calls over the days before then, oldest first; the same for the same seed."""
    chance = random.Random(seed)  # noqa: S311 - made-up calls
    begins = sorted(_moment(chance, until, days) for _ in range(count))
    weights = [kind.share for kind in KINDS]
    for number, at in enumerate(begins):
        [kind] = chance.choices(KINDS, weights)
        yield _call(chance, number, at, kind)


def busy_hour(count: int, until: datetime, seed: int = 7) -> Iterator[Entry]:
    """Yield calls that began and ended within the hour before then, oldest first."""
    chance = random.Random(seed)  # noqa: S311 - made-up calls
    begins = sorted(until - timedelta(seconds=chance.uniform(180, 3300)) for _ in range(count))
    weights = [kind.share for kind in KINDS]
    for number, at in enumerate(begins):
        [kind] = chance.choices(KINDS, weights)
        yield _call(chance, BUSY + number, at, kind)


async def fill(records: SqlRecords, entries: Iterator[Entry]) -> None:
    """Write the calls, some hundred in a transaction."""
    while some := [prepare(entry) for entry in islice(entries, CALLS_AT_ONCE)]:
        await records._commit(some)


def _moment(chance: random.Random, until: datetime, days: int) -> datetime:
    day = until - timedelta(days=chance.randrange(days))
    if day.weekday() >= 5 and chance.random() < 0.5:
        day -= timedelta(days=2)
    [hour] = chance.choices(range(24), HOURS)
    at = day.replace(hour=hour, minute=chance.randrange(60), second=chance.randrange(60))
    return at if at < until else at - timedelta(days=1)


def _call(chance: random.Random, number: int, at: datetime, kind: Kind) -> Entry:
    [language] = chance.choices(("en", "de", "es", "fr"), (70, 12, 10, 8))
    place = chance.randrange(len(ZONES))
    is_emergency = kind.urgency.is_emergency
    call = Call(
        id=f"call_{number:08}_{at:%Y%m%d_%H%M%S}",
        line=chance.choice(LINES),
        site="example_works",
        worker_id=f"worker_{number % 400}",
        language=language,
        started_at=at,
        from_number=f"+1202555{number % 10_000:04}" if chance.random() < 0.8 else None,
        worker_name=chance.choice(NAMES) if chance.random() < 0.6 else None,
        urgency=kind.urgency,
        hazard=kind.hazard,
        place=CallPlace(PLACES["en"][place], ZONES[place] if chance.random() < 0.85 else None),
        roles_alerted=["supervisor", "safety_team"] if is_emergency else [],
        is_drill=is_emergency and chance.random() < 0.1,
    )
    messages = list(_talk(chance, at, kind, language, PLACES[language][place]))
    call.exchanges = len(messages) // 2
    call.recent_words = [messages[-2].content]
    call.last_message_at = messages[-1].at
    call.ended_at = messages[-1].at + timedelta(seconds=8)
    call.end_reason = EndReason.HUNG_UP
    return Entry(call, messages, list(_events(chance, call, kind)))


def _talk(
    chance: random.Random, at: datetime, kind: Kind, language: str, place: str
) -> Iterator[Message]:
    level = kind.urgency.value
    said = chance.choice(kind.said[language]).format(place=place)
    for turn in range(chance.randint(1, 6 if kind.urgency.is_emergency else 3)):
        heard_at = at + timedelta(seconds=3 + 11 * turn)
        yield Message("user", said, heard_at, level, {"language": language, "confidence": 0.9})
        ms = round(chance.lognormvariate(4.2, 0.9) + (80 if turn else 20), 3)
        details: dict[str, object] = {"total_ms": ms, "stages_ms": {"triage": 4.2, "total": ms}}
        details["sources"] = _sources(chance, kind, language, turn)
        if chance.random() < 0.01:
            refused = {"sentence": "Close valve nine.", "reason": chance.choice(("name", "number"))}
            details["refusals"] = [refused]
        answered = heard_at + timedelta(milliseconds=ms)
        yield Message(
            "assistant", kind.answered if not turn else "Keep going.", answered, level, details
        )
        said = chance.choice(FOLLOWING[language])


def _sources(chance: random.Random, kind: Kind, language: str, turn: int) -> list[str]:
    if kind.procedure is not None:
        step = "first_line" if not turn else f"then.{turn}"
        return [f"{kind.procedure}.{language}@1:{step}"]
    if kind.hazard is Hazard.NONE and not turn:
        [passage] = chance.choices((*HANDBOOK, None), (40, 25, 15, 8, 12))
        return [passage] if passage else [f"phrases.{language}@1:cannot_answer"]
    return [f"phrases.{language}@1:noted"]


def _events(chance: random.Random, call: Call, kind: Kind) -> Iterator[Event]:
    at = call.started_at
    if not kind.urgency.is_emergency:
        return
    rose = {"from": "assistive", "to": kind.urgency.value, "source": "rules"}
    yield Event("urgency_rose", at + timedelta(seconds=3), rose)
    started = {"procedure": f"{kind.procedure}.{call.language}@1", "state": "approved"}
    yield Event("procedure_started", at + timedelta(seconds=3), started)
    asked = {"roles": call.roles_alerted, "urgency": kind.urgency.value, "is_drill": call.is_drill}
    yield Event("alert_requested", at + timedelta(seconds=3), asked)
    sent_s = 3 + chance.expovariate(1 / 2.0)
    alerted = {"incident": f"inc_{call.id}", "sent": ["duty_supervisor", "safety_officer"]}
    yield Event("alerted", at + timedelta(seconds=sent_s), alerted)
    if chance.random() < 0.93:
        taken_s = sent_s + chance.lognormvariate(3.4, 0.6)
        answer = {"contact": "duty_supervisor", "answer": "accept", "source": "sms"}
        yield Event("alert_answered", at + timedelta(seconds=taken_s), answer)
    if chance.random() < 0.05:
        lowered = {"by": "Ada Field", "reason": "steam from the washer, no fire", "to": "normal"}
        yield Event("urgency_lowered", at + timedelta(minutes=4), lowered)
