"""Take in a drawing of the site as SVG or PNG, or refuse it with the reason; touches no disk.

What is refused: anything that runs, reaches out, expands or unpacks to more than it seems to be.
"""

import re
import warnings
from dataclasses import dataclass
from io import BytesIO

from lxml import etree
from PIL import Image

from aurora.errors import AuroraError

MOST_BYTES = 4 * 1024 * 1024
MOST_PIXELS = 24_000_000
LONGEST_SIDE = 8_000
MOST_ELEMENTS = 50_000
DEEPEST = 60
SVG = "http://www.w3.org/2000/svg"
XLINK = "http://www.w3.org/1999/xlink"
_DRAWN = frozenset(
    {"svg", "g", "defs", "symbol", "use", "path", "rect", "circle", "ellipse", "line", "polyline"}
    | {"polygon", "text", "tspan", "textPath", "title", "desc", "metadata", "style", "stop"}
    | {"linearGradient", "radialGradient", "pattern", "clipPath", "mask", "marker", "switch"}
    | {"filter"}
)
"""Filters are let in by name and refused with anything inside: they take a browser's time."""
_RUNS = re.compile(
    r"javascript:|vbscript:|data:|expression\s*\(|@import|behavior\s*:|-moz-binding", re.I
)
_REFERENCE = re.compile(r"url\s*\(\s*['\"]?\s*([^)'\"\s]*)", re.I)
_ESCAPE = re.compile(r"\\")


class PictureRefused(AuroraError):
    """A plan cannot be taken in; the text says why and what to do."""


@dataclass(frozen=True, slots=True)
class Picture:
    """A plan that may be shown."""

    content: bytes
    media_type: str


def checked(content: bytes, media_type: str) -> Picture:
    """Return the picture as it is to be kept; raises PictureRefused."""
    if len(content) > MOST_BYTES:
        raise PictureRefused(f"larger than {MOST_BYTES // 1024 // 1024} MB; export it smaller")
    if media_type == "image/png":
        return Picture(_png(content), media_type)
    if media_type == "image/svg+xml":
        return Picture(_svg(content), media_type)
    raise PictureRefused("neither SVG nor PNG; export the plan as one of them")


def _png(content: bytes) -> bytes:
    """Return the picture written anew: nothing that hides in or behind it is kept."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(BytesIO(content), formats=["PNG"]) as opened:
                width, height = opened.size
                if max(width, height) > LONGEST_SIDE or width * height > MOST_PIXELS:
                    raise PictureRefused(
                        f"{width} by {height} pixels; {LONGEST_SIDE} a side and "
                        f"{MOST_PIXELS // 1_000_000} million in all are the most"
                    )
                if getattr(opened, "n_frames", 1) > 1:
                    raise PictureRefused("an animation; export one still picture")
                opened.load()
                plain = opened.convert("RGBA" if "A" in opened.getbands() else "RGB")
    except PictureRefused:
        raise
    except (
        *(OSError, ValueError, SyntaxError, EOFError, OverflowError),
        *(Image.DecompressionBombError, Image.DecompressionBombWarning),
    ) as error:
        raise PictureRefused(f"not a PNG that can be read ({error}); export it again") from error
    written = BytesIO()
    plain.save(written, "PNG", optimize=False)
    return written.getvalue()


def _svg(content: bytes) -> bytes:
    lowered = content[:200_000].lower()
    if b"<!doctype" in lowered or b"<!entity" in lowered or b"<!entity" in content.lower():
        raise PictureRefused("it declares a document type or entities; export plain SVG")
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_pis=True
    )
    try:
        root = etree.fromstring(content, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise PictureRefused(f"not well-formed XML ({error}); export it again") from error
    if root.getroottree().docinfo.doctype:
        raise PictureRefused("it declares a document type; export plain SVG")
    if root.tag != f"{{{SVG}}}svg":
        raise PictureRefused("its root is no <svg>; export it as SVG")
    _walk(root)
    written: bytes = etree.tostring(root, encoding="utf-8", xml_declaration=True)
    return written


def _walk(root: etree._Element) -> None:
    count = uses = 0
    ends = etree.iterwalk(root, events=("start", "end"))
    depth = 0
    for event, element in ends:
        if event == "end":
            depth -= 1
            continue
        depth, count = depth + 1, count + 1
        if count > MOST_ELEMENTS:
            raise PictureRefused(f"more than {MOST_ELEMENTS} elements; simplify the drawing")
        if depth > DEEPEST:
            raise PictureRefused(f"nested deeper than {DEEPEST}; simplify the drawing")
        if not isinstance(element.tag, str):
            continue  # a comment
        name = etree.QName(element)
        if name.namespace == SVG:
            uses += name.localname in ("use", "pattern", "mask", "marker", "filter")
            _check(element, name.localname)
        elif _is_outside_metadata(element):
            raise PictureRefused(f"it has <{name.localname}>, which is no SVG; export plain SVG")
    # Each use of a use doubles what is drawn: ten of them are a bomb of a thousand.
    if uses > 500 or _depth_of_use(root) > 3:
        raise PictureRefused("too much of it is drawn by reference; export it expanded")


def _check(element: etree._Element, name: str) -> None:
    if name not in _DRAWN:
        raise PictureRefused(f"it has <{name}>; scripts, pictures and links cannot be taken in")
    if name == "filter" and len(element):
        raise PictureRefused("it has filters; export it without effects")
    for attribute, value in element.attrib.items():
        local = etree.QName(attribute).localname.lower()
        if local.startswith("on"):
            raise PictureRefused(f"it has the script attribute {local}; export it without scripts")
        if local in ("href", "src") and not str(value).strip().startswith("#"):
            raise PictureRefused(f"it refers to {str(value)[:60]!r}; embed everything")
        _check_text(str(value))
    if name == "style":
        _check_text("".join(element.itertext()))


def _check_text(text: str) -> None:
    if _RUNS.search(text) or (_ESCAPE.search(text) and "url" in text.lower()):
        raise PictureRefused("its styles reach out or run; export it with plain styles")
    for reference in _REFERENCE.findall(text):
        if not reference.startswith("#"):
            raise PictureRefused(f"it refers to {reference[:60]!r}; embed everything")


def _is_outside_metadata(element: etree._Element) -> bool:
    """Editors keep their own notes in <metadata> and in elements of their own at the top."""
    if any(etree.QName(one).localname == "metadata" for one in element.iterancestors()):
        return False
    own = str(etree.QName(element).namespace or "")
    is_editors = own.startswith(("http://sodipodi.", "http://www.inkscape.org/"))
    return not is_editors


def _depth_of_use(root: etree._Element) -> int:
    """How deep references go from one <use> to the next; a circle counts as endless."""
    by_id = {element.get("id"): element for element in root.iter() if element.get("id")}
    known: dict[str, int] = {}

    def depth(target: str, way: tuple[str, ...]) -> int:
        if target in way or len(way) > 10:
            return 99
        if target not in known:
            element = by_id.get(target)
            inner = [] if element is None else list(element.iter(f"{{{SVG}}}use"))
            known[target] = 1 + max(
                (depth(_target(one), (*way, target)) for one in inner), default=0
            )
        return known[target]

    return max((depth(_target(one), ()) for one in root.iter(f"{{{SVG}}}use")), default=0)


def _target(use: etree._Element) -> str:
    return str(use.get("href") or use.get(f"{{{XLINK}}}href") or "").lstrip("#")
