"""How many parts a text message takes, and how to write it in the alphabet that takes the fewest.

GSM 03.38: 160 characters a message, 153 in each part of several; outside it 70 and 67.
"""

import unicodedata

BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
EXTENDED = frozenset("^{}\\[~]|€\f")
"""Each takes two places."""
TYPOGRAPHIC = str.maketrans(
    {
        **dict.fromkeys("‘’‚‛′´`ʼ", "'"),
        **dict.fromkeys("“”„‟″«»", '"'),
        **dict.fromkeys("‐‑‒–—―−", "-"),
        **dict.fromkeys("\u00a0\u202f\u2009\u2007\t", " "),
        **dict.fromkeys("\u200b\ufeff\u00ad", None),
        "…": "...",
        "•": "-",
        "·": "-",
        "œ": "oe",
        "Œ": "OE",
        "ẞ": "SS",
        "×": "x",
        "°": "deg",
        "₂": "2",
        "²": "2",
        "³": "3",
        "™": "(TM)",
    }
)


def is_gsm(text: str) -> bool:
    """Whether the text needs no more than the GSM alphabet."""
    return all(character in BASIC or character in EXTENDED for character in text)


def in_gsm(text: str) -> str:
    """Return the text with what has a near GSM character replaced by it: á by a, — by -.

    What has none (another script) stays, and makes the message dearer rather than wrong.
    """
    plain = unicodedata.normalize("NFC", text).translate(TYPOGRAPHIC)
    return "".join(_nearest(character) for character in plain)


def units(text: str) -> int:
    """Return how many places the text takes in its alphabet."""
    if is_gsm(text):
        return len(text) + sum(character in EXTENDED for character in text)
    return len(text.encode("utf-16-be")) // 2


def segments(text: str) -> int:
    """Return how many messages the text is sent as."""
    whole, part = (160, 153) if is_gsm(text) else (70, 67)
    taken = units(text)
    return 1 if taken <= whole else -(-taken // part)


def _nearest(character: str) -> str:
    if character in BASIC or character in EXTENDED:
        return character
    bare = "".join(
        c for c in unicodedata.normalize("NFD", character) if not unicodedata.combining(c)
    )
    return bare if bare and is_gsm(bare) else character
