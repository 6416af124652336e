"""Cut a passage into sentences, each as it stands in the document."""

import re

_END = re.compile(r"(?<=[.!?…])[\"'»”)]*\s+(?=[\"'«“(¿¡]*[^\W_a-zß-öø-ÿ])|\n+")
_ABBREVIATION = re.compile(
    r"(?:\b(?:e\.g|i\.e|z\.B|d\.h|p\.ej|approx|max|min|ca|bzw|ggf|Nr|No|Dr|Mr|Mrs|Sr|Sra|fig|Abb"
    r"|art|vgl|inkl|Std)|(?:^|\s)\d{1,3}|(?:^|\s)[A-Z])\.$"
)


def sentences(text: str) -> list[str]:
    """Return the sentences of a text; a line end always ends one."""
    found: list[str] = []
    start = 0
    for cut in _END.finditer(text):
        piece = text[start : cut.end()].strip()
        if "\n" not in cut.group() and _ABBREVIATION.search(piece):
            continue
        if piece:
            found.append(piece)
        start = cut.end()
    rest = text[start:].strip()
    return [*found, rest] if rest else found


def as_sentence(text: str) -> str:
    """End a line that ends without a mark, such as a list item, so that it can be spoken."""
    return text if not text or text[-1] in '.!?…:;"”»)' else f"{text}."
