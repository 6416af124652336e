"""Pick the one or two sentences of a passage that answer, word for word."""

from aurora.guidance.handbook.passage import Passage
from aurora.guidance.handbook.search import Index
from aurora.guidance.handbook.sentences import sentences

MOST_WORDS = 45
"""About 18 seconds of speech; more is not remembered."""
FIGURE_WEIGHT = 3.0
"""A question for a number wants the sentence that has one."""


def best_sentences(passage: Passage, question: str, index: Index) -> str | None:
    """Return the sentences that say most of what was asked, at most MOST_WORDS words.

    None when no sentence is short enough: half a sentence may say the opposite.
    """
    terms = set(index.words.terms(question))
    heading = set(index.words.terms(passage.heading))
    if heading <= terms:
        # The whole of it is about this heading: no sentence under it need repeat its words.
        terms -= heading
    asked = {term: index.weight(term) for term in terms}
    wants_figure = index.words.figure_asked(question) is not None
    parts = sentences(passage.text)
    best: tuple[float, int, int] | None = None
    chosen: str | None = None
    for start in range(len(parts)):
        for count in (2, 1):
            window = parts[start : start + count]
            text = " ".join(window)
            if len(window) < count or len(text.split()) > MOST_WORDS:
                continue
            said = set(index.words.terms(text))
            score = sum(weight for term, weight in asked.items() if term in said)
            if wants_figure and index.words.has_figure(text):
                score += FIGURE_WEIGHT
            # Of near equals, two sentences say more than one, and the first say it best.
            rank = (round(score, 6) - 0.5 * start, count, -start)
            if best is None or rank > best:
                best, chosen = rank, text
    return chosen
