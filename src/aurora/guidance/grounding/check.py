"""Check a model's sentence against the site's data and the procedure before it may be spoken."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from itertools import permutations
from pathlib import Path

from aurora.guidance.grounding.asking import Asking, AskingLanguages
from aurora.guidance.grounding.claims import Claims, ClaimWords, CompiledNever
from aurora.guidance.grounding.everyday import Everyday, EverydayLanguages
from aurora.guidance.grounding.figures import Figure, Figures, FigureWords, digits, is_telephone
from aurora.guidance.grounding.names import Names, NameWords
from aurora.guidance.grounding.restraint import Approved, EmergencyWords, Restraint
from aurora.guidance.grounding.sentence import MAX_WORDS, Form, FormWords, Sentence, Tongues
from aurora.guidance.library import Library
from aurora.guidance.procedure import Ask, Procedure
from aurora.guidance.spoken import Situation
from aurora.site.model import Site, Zone, spoken
from aurora.site.yaml_file import read_yaml
from aurora.triage.text import normalise

WORDS = Path(__file__).parent
MAX_INSTRUCTIONS = 2
MIN_TELEPHONE_DIGITS = 5
GENERAL_PHRASES = (
    "acknowledge",
    "clarify",
    "did_not_hear",
    "do_not_know_in_emergency",
    "not_all_clear",
    "not_ending",
    "press_one",
    "still_silent",
    "still_with_you",
    "thanks",
)
"""Approved sentences that hold in every emergency, whatever procedure runs."""
EVERYDAY_PHRASES = (
    "acknowledge",
    "cannot_answer",
    "clarify",
    "did_not_hear",
    "drill_noted",
    "goodbye",
    "limit_reached",
    "noted",
    "thanks",
)
"""Approved sentences for a call in which nothing is wrong."""
_DIGITS_APART = re.compile(r"(?<!\w)\+?\d[\d ()./-]{3,}\d")


@dataclass(frozen=True)
class _Script:
    """What a procedure says of itself, ready for comparing."""

    procedure: Procedure
    text: str
    capitals: set[str]
    never: CompiledNever
    orders: frozenset[str]
    """Forbidden elsewhere, but this procedure's own reviewed words."""
    figures: frozenset[Figure]
    lines: list[str]
    """What may be repeated in an emergency."""
    approved: dict[tuple[str, str | None], Approved] = field(default_factory=dict)
    """The same with the site's own lines, by language and confirmed zone."""


class Grounding:
    """Refuses every sentence that says more than the site and the procedure do."""

    def __init__(self, site: Site, library: Library) -> None:
        self._site = site
        self._library = library
        claims = {path.stem: read_yaml(path, ClaimWords) for path in sorted(WORDS.glob("??.yaml"))}
        figures = read_yaml(WORDS / "figures.yaml", FigureWords)
        names = read_yaml(WORDS / "names.yaml", NameWords)
        self._markup = Form(read_yaml(WORDS / "form.yaml", FormWords))
        self._first_aid = figures.first_aid
        self._tongues = Tongues({language: words.common for language, words in claims.items()})
        self._claims = {language: Claims(words) for language, words in claims.items()}
        self._figures = {
            language: Figures(figures.languages[language]) for language in self._claims
        }
        self._names = {language: Names(site, language, names) for language in self._claims}
        self._telephones = (site.emergency_number, site.contact(site.control_room).number)
        self._scripts: dict[int, _Script] = {}
        words = read_yaml(WORDS / "emergency.yaml", EmergencyWords).languages
        asking = read_yaml(WORDS / "observation.yaml", AskingLanguages).languages
        self._ways_out = {language: words[language].ways_out for language in self._claims}
        self._restraint = {
            language: Restraint(
                words[language], Asking(asking[language]), self._figures[language].is_number
            )
            for language in self._claims
        }
        self._without_procedure: dict[tuple[str, str | None], Approved] = {}
        everyday = read_yaml(WORDS / "everyday.yaml", EverydayLanguages).languages
        self._everyday = {
            language: Everyday(
                site,
                language,
                everyday[language],
                words[language],
                asking[language],
                self._figures[language],
            )
            for language in self._claims
        }
        self._courtesies: dict[tuple[str, str | None], Approved] = {}

    def refuse(
        self, sentence: str, situation: Situation, procedure: Procedure | None
    ) -> str | None:
        """Return a short stable word for why the sentence may not be spoken, or None."""
        language = situation.language
        if language not in self._claims:
            return "language"
        said = Sentence(sentence)
        if procedure is None and not situation.urgency.is_emergency:
            return self._form(said, language) or self._uncalled_for(said, situation)
        return (
            self._form(said, language)
            or self._length(said, language)
            or self._content(said, situation, procedure)
            or self._named(said, situation, procedure)
            or self._unapproved(said, situation, procedure)
        )

    def _form(self, said: Sentence, language: str) -> str | None:
        if self._markup.is_in(said):
            return "markup"
        if said.is_unfinished or self._claims[language].is_cut_off(said):
            return "unfinished"
        # Names of places speak no language: "sur" is south in Spanish and on in French.
        rest = Sentence(self._names[language].without_any(said.text))
        return "language" if self._tongues.is_other_than(language, rest) else None

    def _length(self, said: Sentence, language: str) -> str | None:
        too_many = self._claims[language].instructions(said) > MAX_INSTRUCTIONS
        return "too_long" if too_many or len(said.raw.split()) > MAX_WORDS else None

    def _uncalled_for(self, said: Sentence, situation: Situation) -> str | None:
        """Refuse in an everyday call what is neither a fact of the site nor a courtesy."""
        everyday = self._everyday[situation.language]
        zone = everyday.zone_of(said.text, situation.zone)
        is_plain = everyday.is_fact(said.text, zone) or everyday.is_courtesy(said.text)
        if is_plain and len(said.words) <= MAX_WORDS:
            return None
        about = replace(situation, zone=zone)
        refusal = (
            self._length(said, situation.language)
            or self._content(said, about, None)
            or self._named(said, about, None)
        )
        if refusal is not None:
            return refusal
        is_kept = everyday.is_kept_by(said.text, zone, self._courtesy(about))
        return None if is_kept else "unapproved"

    def _courtesy(self, situation: Situation) -> Approved:
        key = situation.language, situation.zone.id if situation.zone else None
        if key not in self._courtesies:
            lines = self._phrases(situation.language, EVERYDAY_PHRASES)
            place = self._place_names(situation.zone, situation.language)
            restraint = self._everyday[situation.language].restraint
            self._courtesies[key] = restraint.approve(map(normalise, lines), place)
        return self._courtesies[key]

    def _content(
        self, said: Sentence, situation: Situation, procedure: Procedure | None
    ) -> str | None:
        claims = self._claims[situation.language]
        claim = claims.claim(said)
        if claim is not None:
            return claim
        if procedure is None:
            return "forbidden" if any(claims.orders(said)) else None
        script = self._script(procedure)
        never = script.never.compiled
        ordered = any(order not in script.orders for order in claims.orders(said, never))
        return "forbidden" if ordered else None

    def _named(
        self, said: Sentence, situation: Situation, procedure: Procedure | None
    ) -> str | None:
        names, zone = self._names[situation.language], situation.zone
        script = self._script(procedure) if procedure else None
        told = script.text if script else ""
        rest = names.without_own(said.text, zone)
        if self._has_foreign_telephone(said, situation.language):
            return "telephone"
        wrong_place = names.place(rest, said, zone, told)
        if wrong_place is not None:
            return wrong_place
        caller = " ".join(str(fact) for fact in situation.facts.values() if isinstance(fact, str))
        if names.substance(said, f"{told} {self._substances(zone, situation)} {normalise(caller)}"):
            return "chemical"
        wrong_number = self._number(rest, situation.language, script)
        if wrong_number is not None:
            return wrong_number
        return "person" if names.person(said, script.capitals if script else set()) else None

    def _substances(self, zone: Zone | None, situation: Situation) -> str:
        if zone is None:
            return ""
        texts = [zone.description, *zone.hazards]
        return normalise(" ".join(spoken(text, situation.language) for text in texts))

    def _has_foreign_telephone(self, said: Sentence, language: str) -> bool:
        return any(
            len(digits(found.group())) >= MIN_TELEPHONE_DIGITS
            and not is_telephone(found.group(), self._telephones)
            for found in _DIGITS_APART.finditer(said.text)
        )

    def _number(self, rest: str, language: str, script: _Script | None) -> str | None:
        for phone in _DIGITS_APART.findall(rest):
            if is_telephone(phone, self._telephones):
                rest = rest.replace(phone, " ")
        figures = self._figures[language]
        told = script.text if script else ""
        if any(amount not in told for amount in figures.vague(rest)):
            return "number"
        allowed = {tuple(figure) for figure in self._first_aid["*"]} | (
            script.figures if script else set()
        )
        for (value, unit), start in figures.read(rest):
            dialled = figures.is_dialled(rest, start)
            if dialled and digits(value) == digits(self._site.emergency_number):
                continue
            if (value, unit) not in allowed:
                is_phone = dialled or len(digits(value)) >= MIN_TELEPHONE_DIGITS
                return "telephone" if is_phone else "number"
        return None

    def _unapproved(
        self, said: Sentence, situation: Situation, procedure: Procedure | None
    ) -> str | None:
        # Everyday answers may be new words. In an emergency a list of what is wrong to say can
        # never be complete, so only what somebody approved is said.
        if not situation.urgency.is_emergency:
            return None
        restraint = self._restraint[situation.language]
        script = self._script(procedure) if procedure else None
        known = script.approved if script else self._without_procedure
        key = situation.language, situation.zone.id if situation.zone else None
        if key not in known:
            lines = [*(script.lines if script else []), *self._site_lines(situation, procedure)]
            place = self._place_names(situation.zone, situation.language)
            known[key] = restraint.approve((normalise(line) for line in lines), place)
        return None if restraint.is_kept_by(said, known[key]) else "unapproved"

    def _site_lines(self, situation: Situation, procedure: Procedure | None) -> Iterator[str]:
        """The phrases of every emergency, and those of the confirmed zone that fit this one."""
        language, zone = situation.language, situation.zone
        phrases = self._library.phrases.get(language)
        yield from self._phrases(language, GENERAL_PHRASES)
        if zone is None or phrases is None:
            return
        name = spoken(zone.name, language)
        yield from (line.format(zone=name) for line in phrases.zone_noted)
        if procedure is None:
            return
        if procedure.uses_exit:
            exits = [spoken(way.name, language) for way in zone.exits]
            for form in self._ways_out[language]:
                yield from (form.format(zone=name, exit=way) for way in exits)
            yield from (phrases.leave_by.format(zone=name, exit=way) for way in exits)
            yield from (
                phrases.leave_by_either.format(zone=name, exit=way, other_exit=other)
                for way, other in permutations(exits, 2)
            )
            muster = self._site.muster_point(zone.muster_point).name
            yield phrases.go_to_muster.format(muster_point=spoken(muster, language))
        if procedure.equipment:
            place = getattr(zone, procedure.equipment)
            if place:
                line: str = getattr(phrases, f"{procedure.equipment}_is")
                yield line.format(place=spoken(place, language))

    def _phrases(self, language: str, names: Iterable[str]) -> Iterator[str]:
        phrases = self._library.phrases.get(language)
        for name in names if phrases is not None else ():
            lines: str | list[str] = getattr(phrases, name)
            for line in [lines] if isinstance(lines, str) else lines:
                if "{" not in line:
                    yield line

    def _place_names(self, zone: Zone | None, language: str) -> Iterator[str]:
        if zone is not None:
            features = [*zone.exits, *zone.equipment, *zone.valves]
            texts = [zone.name, zone.description, *(feature.name for feature in features)]
            yield from (normalise(spoken(text, language)) for text in texts)

    def _script(self, procedure: Procedure) -> _Script:
        known = self._scripts.get(id(procedure))
        if known is None or known.procedure is not procedure:
            known = self._scripts[id(procedure)] = self._read(procedure)
        return known

    def _read(self, procedure: Procedure) -> _Script:
        lines = _lines(procedure)
        language = procedure.language if procedure.language in self._claims else "en"
        claims, figures = self._claims[language], self._figures[language]
        own = [Sentence(line) for line in lines]
        never = CompiledNever(patterns=tuple(procedure.never))
        first_aid = self._first_aid.get(procedure.procedure, [])
        return _Script(
            procedure=procedure,
            text="\n".join(sentence.text for sentence in own),
            capitals={word for line in lines for word in re.findall(r"\b[A-Z]\w+", line)},
            never=never,
            orders=frozenset(order for sentence in own for order in claims.orders(sentence)),
            figures=frozenset(
                [figure for sentence in own for figure, _ in figures.read(sentence.text)]
                + [(value, unit) for value, unit in first_aid]
            ),
            lines=_lines(procedure, is_switching=False),
        )


def _lines(procedure: Procedure, *, is_switching: bool = True) -> list[str]:
    """Every sentence the procedure may speak; those that begin another one need not be in."""
    lines = [procedure.first_line, *procedure.comfort]
    for item in procedure.then:
        lines += [item.ask if isinstance(item, Ask) else item.do, item.again]
        if isinstance(item, Ask):
            lines += [b.say for b in (item.if_yes, item.if_no) if b is not None and b.say]
    replies = [reply for reply in procedure.replies if is_switching or not reply.switch]
    return lines + [line for reply in replies for line in reply.say]
