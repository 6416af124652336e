"""Milliseconds to rate a sentence, language by language, and the pace of `aurora triage`."""

import time
from collections.abc import Iterator
from itertools import cycle, islice

import orjson

from aurora.records.figures import nearest_rank
from aurora.rehearsal.triage_lines import rate_line
from aurora.site.load import load_site, locate
from aurora.triage.assess import Triage, load_triage
from benchmarks.figures import figures, new_table, show
from evals.rating import as_line
from evals.sets import read_split

HAPPENINGS = {
    "en": (
        "there is a fire next to the compressor",
        "smoke is coming from the ceiling",
        "I smell something like rotten eggs",
        "his sleeve got pulled into the rollers",
        "she breathed in the fumes and collapsed",
        "the ladder slipped and he fell on concrete",
        "acid has run over my glove",
        "the guard on the saw is broken off",
        "no, nobody is hurt, it was only a drill",
        "a drum has tipped over and is leaking",
        "how do I isolate the mixer before cleaning",
        "the delivery is at the gate since seven",
    ),
    "es": (
        "hay fuego junto al compresor",
        "sale humo del techo",
        "huele a huevos podridos",
        "la manga se le enganchó en los rodillos",
        "respiró los vapores y se desplomó",
        "la escalera resbaló y cayó sobre el hormigón",
        "me ha caído ácido en el guante",
        "la protección de la sierra está rota",
        "no, nadie está herido, era un simulacro",
        "se ha volcado un bidón y pierde líquido",
        "cómo se bloquea la mezcladora antes de limpiarla",
        "el reparto espera en la puerta desde las siete",
    ),
    "fr": (
        "il y a le feu à côté du compresseur",
        "de la fumée sort du plafond",
        "ça sent l'œuf pourri",
        "sa manche a été prise dans les rouleaux",
        "elle a respiré les vapeurs et s'est effondrée",
        "l'échelle a glissé et il est tombé sur le béton",
        "de l'acide a coulé sur mon gant",
        "le protecteur de la scie est cassé",
        "non, personne n'est blessé, c'était un exercice",
        "un fût s'est renversé et il fuit",
        "comment consigner le mélangeur avant de le nettoyer",
        "la livraison attend au portail depuis sept heures",
    ),
    "de": (
        "neben dem Kompressor brennt es",
        "aus der Decke kommt Rauch",
        "es riecht nach faulen Eiern",
        "sein Ärmel ist in die Walzen geraten",
        "sie hat die Dämpfe eingeatmet und ist umgekippt",
        "die Leiter ist weggerutscht und er ist auf den Beton gefallen",
        "mir ist Säure über den Handschuh gelaufen",
        "die Abdeckung der Säge ist abgebrochen",
        "nein, niemand ist verletzt, es war nur eine Übung",
        "ein Fass ist umgefallen und läuft aus",
        "wie sichere ich den Mischer vor der Reinigung",
        "die Lieferung steht seit sieben am Tor",
    ),
}
FRAMES = {
    "en": ("{}", "hello, {}", "{} in zone b", "{}, we are at the presses", "please, {}, be quick",
           "{} and I am alone here, what should I do"),
    "es": ("{}", "hola, {}", "{} en la zona b", "{}, estamos en las prensas", "por favor, {}",
           "{} y estoy solo, qué tengo que hacer"),
    "fr": ("{}", "bonjour, {}", "{} en zone b", "{}, nous sommes aux presses", "vite, {}",
           "{} et je suis seul ici, que dois-je faire"),
    "de": ("{}", "hallo, {}", "{} in Zone B", "{}, wir sind bei den Pressen", "bitte schnell, {}",
           "{} und ich bin allein hier, was soll ich tun"),
}  # fmt: skip
LENGTHS = (1, 3)
"""Sentences in one utterance: most are one, an excited caller strings several together."""
LINES = 10_000
SPLITS = ("test", "tune", "train")


def measure() -> None:
    site = load_site(locate(None))
    triage = load_triage(site, site.languages)
    triage.warm()
    table = new_table(
        "Triage, in ms",
        "from the caller's words to urgency, hazard, procedure, place and facts, in one process",
        "language",
        "happenings in an utterance",
    )
    for language in site.languages:
        for length in LENGTHS:
            utterances = list(_utterances(language, length))
            triage.assess(utterances[0], language=language)
            taken: list[float] = []
            for words in utterances * 3:
                started = time.perf_counter()
                triage.assess(words, language=language)
                taken.append((time.perf_counter() - started) * 1000)
            table.add_row(language, str(length), *figures(taken))
    show(table)
    _measure_lines(triage)


def _measure_lines(triage: Triage) -> None:
    """Print the pace of a file of as many lines: the corpus, from its start again as needed."""
    corpus = [as_line(item) for split in SPLITS for item in read_split(split)]
    taken: list[float] = []
    began = time.perf_counter()
    for line in islice(cycle(corpus), LINES):
        started = time.perf_counter()
        orjson.dumps(rate_line(line, triage, "en"))
        taken.append((time.perf_counter() - started) * 1000)
    per_second = len(taken) / (time.perf_counter() - began)
    p50, p99 = nearest_rank(taken, 0.50), nearest_rank(taken, 0.99)
    table = new_table(
        "`aurora triage` over lines of the corpus",
        "from a line read to its rating written, ms; start and warming up left out",
        numbers=("n", "sentences/s", "p50", "p99", "max"),
    )
    cells = (f"{value:,.2f}" for value in (p50, p99, max(taken)))
    table.add_row(f"{len(taken):,}", f"{per_second:,.0f}", *cells)
    show(table)


def _utterances(language: str, length: int) -> Iterator[str]:
    happenings = HAPPENINGS[language]
    for at in range(len(happenings)):
        told = ". ".join(happenings[(at + step) % len(happenings)] for step in range(length))
        for frame in FRAMES[language]:
            yield frame.format(told)
