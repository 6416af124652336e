"""Numbers in a sentence, as digits or words, each with its unit; knows which a call may hear."""

import re
from collections.abc import Callable, Iterable, Iterator

from pydantic import BaseModel, ConfigDict

from aurora.triage.text import normalise

Figure = tuple[str, str]
"""A value in digits and its unit: ("20", "minute"); the unit is "" when none follows."""
_TOKEN = re.compile(r"\d+(?:[.,:]\d+)*|[^\W\d_]+|%|°")


class NumberWords(BaseModel):
    """One language's section of figures.yaml."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    words: dict[str, int]
    joins: list[str]
    """Words inside a number: "and" in "a hundred and twenty"."""
    ranges: list[str]
    """Words between two numbers that share a unit: "to"."""
    units: dict[str, list[str]]
    vague: str
    """Amounts without a number: "a few minutes", "half an hour"."""
    dial: str
    """What stands before a telephone number or extension."""
    one: list[str]
    """Words for one that count only before a unit; elsewhere they are articles."""
    not_numbers: str | None = None
    """Phrases in which a number word is none."""


class FigureWords(BaseModel):
    """figures.yaml: number words by language, first-aid figures by procedure."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    languages: dict[str, NumberWords]
    first_aid: dict[str, list[tuple[str, str]]]


class Figures:
    """Reads the figures of one language."""

    def __init__(self, words: NumberWords) -> None:
        self._values = {normalise(word): value for word, value in words.words.items()}
        self._one = set(words.one)
        self._joins, self._ranges = set(words.joins), {*words.ranges, "-", "–"}
        self._unit_of = {normalise(w): unit for unit, all_ in words.units.items() for w in all_}
        self._dial = re.compile(rf"\b(?:{words.dial})\W*(?:\w+\W+){{0,2}}$")
        self._not_numbers = re.compile(words.not_numbers) if words.not_numbers else None
        self._vague = re.compile(words.vague)
        self._compound = _compound_of(self._values)

    def read(self, text: str) -> Iterator[tuple[Figure, int]]:
        """Yield each figure of a normalised text with where it starts."""
        if self._not_numbers is not None:
            text = self._not_numbers.sub(lambda match: "x" * len(match.group()), text)
        tokens = [(match.group(), match.start()) for match in _TOKEN.finditer(text)]
        index = 0
        while index < len(tokens):
            run, after = self._run(tokens, index)
            if not run:
                index += 1
                continue
            unit = self._unit(tokens, after)
            if len(run) > 1 or run[0] not in self._one or unit:
                yield (self._value(run), unit), tokens[index][1]
            index = after

    def is_number(self, word: str) -> bool:
        """Whether a word counts something; an article that could be "one" does not."""
        return word.isdigit() or (word not in self._one and self._number(word) is not None)

    def vague(self, text: str) -> list[str]:
        """Amounts given without a number."""
        return self._vague.findall(text)

    def is_dialled(self, text: str, start: int) -> bool:
        """Whether the figure at `start` is given as something to call."""
        return bool(self._dial.search(text[:start]))

    def _run(self, tokens: list[tuple[str, int]], index: int) -> tuple[list[str], int]:
        """Number tokens that stand together, and the index after them."""
        run: list[str] = []
        while index < len(tokens):
            token = tokens[index][0]
            if token[0].isdigit() or self._number(token) is not None:
                run.append(token)
            elif not (
                run
                and token in self._joins
                and index + 1 < len(tokens)
                and self._continues(run[-1], tokens[index + 1][0])
            ):
                break
            index += 1
        return run, index

    def _continues(self, last: str, following: str) -> bool:
        before, after = self._number(last), self._number(following)
        return before is not None and after is not None and before >= 20 and after < before

    def _number(self, token: str) -> int | None:
        value = self._values.get(token)
        return self._compound(token) if value is None else value

    def _value(self, run: list[str]) -> str:
        if all(token[0].isdigit() for token in run):
            return " ".join(run)
        if any(token[0].isdigit() for token in run):
            return "?"
        total, last = 0, 10_000
        for token in run:
            value = self._number(token) or 0
            if value in (100, 1000) and total:
                total *= value
            elif (total, value) == (4, 20):
                total = 80
            elif value >= last or (last < 20 and last != 10 and total not in (60, 80)):
                return " ".join(str(self._number(token)) for token in run)
            else:
                total += value
            last = value
        return str(total)

    def _unit(self, tokens: list[tuple[str, int]], after: int) -> str:
        following = [token for token, _ in tokens[after : after + 5]]
        if len(following) > 1 and following[0] in self._ranges:
            number = self._run(tokens, after + 1)
            if number[0]:
                return self._unit(tokens, number[1])
        for token in following[:3]:
            if token in self._unit_of:
                return self._unit_of[token]
        return ""


def _compound_of(values: dict[str, int]) -> Callable[[str], int | None]:
    """A reader of German one-word numbers: zweiundzwanzig, hundertzwanzig."""
    small = {word: n for word, n in values.items() if n < 10}
    tens = {word: n for word, n in values.items() if 20 <= n < 100}
    pattern = re.compile(
        rf"(?:(?P<hundreds>{'|'.join([*small, 'ein'])})?hundert(?:und)?)?"
        rf"(?:(?P<units>{'|'.join([*small, 'ein'])})und(?P<tens>{'|'.join(tens) or 'x'})"
        rf"|(?P<rest>{'|'.join(values)}))?"
    )
    if "hundert" not in values:
        return lambda token: None

    def read(token: str) -> int | None:
        match = pattern.fullmatch(token)
        if match is None or not token:
            return None
        part = {**small, "ein": 1}
        total = 100 * part.get(match["hundreds"] or "", 1) if "hundert" in token else 0
        if match["units"]:
            return total + part[match["units"]] + tens[match["tens"]]
        return total + values.get(match["rest"] or "", 0)

    return read


def digits(number: str) -> str:
    return re.sub(r"\D", "", number)


def is_telephone(value: str, known: Iterable[str]) -> bool:
    """Whether these digits are the whole or the national end of a known telephone number."""
    asked = digits(value)
    return any(
        asked == digits(number)
        or (len(asked) >= 7 and digits(number).endswith(asked.removeprefix("0")))
        for number in known
    )
