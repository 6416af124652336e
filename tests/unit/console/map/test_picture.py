"""What may be put under the map: drawings and pictures, not what runs, reaches out or grows."""

import struct
import zlib
from io import BytesIO

import pytest
from PIL import Image

from aurora.console.map.picture import MOST_BYTES, PictureRefused, checked

HEAD = '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" '
PLAIN = HEAD + 'viewBox="0 0 100 70">{}</svg>'


def svg(inside: str) -> bytes:
    return PLAIN.format(inside).encode()


def refused(content: bytes, media_type: str = "image/svg+xml") -> str:
    with pytest.raises(PictureRefused) as error:
        checked(content, media_type)
    return str(error.value)


def png(width: int = 40, height: int = 30, **options: object) -> bytes:
    written = BytesIO()
    Image.new("RGB", (width, height), "white").save(written, "PNG", **options)
    return written.getvalue()


def test_a_drawing_as_editors_write_it_is_taken_in():
    inkscape = (
        '<sodipodi:namedview xmlns:sodipodi="http://sodipodi.sourceforge.net/DTD/sodipodi-0.dtd"/>'
        "<metadata><rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#'/></metadata>"
        '<defs><pattern id="p"><path d="M0 0h9"/></pattern></defs>'
        "<style>.wall { fill: url(#p); stroke: #333 }</style>"
        '<g style="fill:none;stroke:black"><path class="wall" d="M0 0h90v60h-90z"/></g>'
        '<use xlink:href="#p"/><text x="3" y="4">Halle 1 &amp; 2</text>'
    )

    picture = checked(svg(inkscape), "image/svg+xml")

    assert b"Halle 1 &amp; 2" in picture.content


@pytest.mark.parametrize(
    ("inside", "why"),
    [
        ("<script>alert(1)</script>", "<script>"),
        ('<path d="M0 0" onload="alert(1)"/>', "onload"),
        ('<a href="javascript:alert(1)"><path d="M0 0"/></a>', "<a>"),
        ('<image href="https://evil.example/x.png"/>', "<image>"),
        ('<use href="https://evil.example/x.svg#a"/>', "refers to"),
        ('<use xlink:href="//evil.example/x.svg#a"/>', "refers to"),
        ('<foreignObject><p xmlns="http://www.w3.org/1999/xhtml">x</p></foreignObject>', "foreign"),
        ('<iframe xmlns="http://www.w3.org/1999/xhtml" src="x"/>', "iframe"),
        ("<style>@import 'https://evil.example/x.css';</style>", "styles"),
        ("<style>.a{fill:url(https://evil.example/x)}</style>", "refers to"),
        ("<style>.a{fill:u\\72l(https://evil.example/x)} .b{fill:url(#x)}</style>", "styles"),
        ('<path style="fill:url( \'//evil.example\' )" d="M0 0"/>', "refers to"),
        ('<animate attributeName="href" to="javascript:alert(1)"/>', "<animate>"),
        ('<set attributeName="onload" to="x"/>', "<set>"),
        ('<filter id="f"><feTurbulence baseFrequency="9"/></filter>', "filter"),
    ],
)
def test_a_drawing_that_runs_or_reaches_out_is_refused_with_the_reason(inside, why):
    assert why in refused(svg(inside))


@pytest.mark.parametrize(
    "declared",
    [
        '<!DOCTYPE svg [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>',
        '<!DOCTYPE svg [<!ENTITY x SYSTEM "file:///etc/passwd">]>',
        '<!doctype svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "http://evil.example/svg11.dtd">',
    ],
)
def test_entities_and_document_types_are_refused(declared):
    assert "document type" in refused(declared.encode() + svg("<text>&x;</text>"))


def test_entities_in_another_encoding_are_refused():
    hidden = '<?xml version="1.0" encoding="utf-16"?><!DOCTYPE svg [<!ENTITY a "x">]>'
    assert "document type" in refused((hidden + PLAIN.format("&a;")).encode("utf-16"))


def test_a_drawing_that_unfolds_is_refused():
    doubled = "".join(
        f'<g id="g{n}"><use href="#g{n - 1}"/><use href="#g{n - 1}"/></g>' for n in range(1, 12)
    )
    assert "by reference" in refused(svg(f'<g id="g0"><path d="M0 0"/></g>{doubled}'))
    assert "by reference" in refused(svg('<g id="a"><use href="#a"/></g>'))


def test_endless_and_deep_drawings_are_refused():
    assert "elements" in refused(svg("<g/>" * 50_001))
    assert "nested deeper" in refused(svg("<g>" * 100 + "</g>" * 100))
    assert "larger" in refused(b" " * (MOST_BYTES + 1))
    assert "XML" in refused(b"<svg")
    assert "no <svg>" in refused(b"<html/>")


def test_a_picture_is_written_anew_without_what_hides_in_it():
    hidden = png() + b"<script>alert(1)</script>PK\x03\x04"

    picture = checked(hidden, "image/png")

    assert b"script" not in picture.content
    assert Image.open(BytesIO(picture.content)).size == (40, 30)


def test_a_picture_that_unpacks_to_more_is_refused():
    def chunk(kind: bytes, content: bytes) -> bytes:
        check = struct.pack(">I", zlib.crc32(kind + content))
        return struct.pack(">I", len(content)) + kind + content + check

    header = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0)
    bomb = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"\0" * 99))

    assert "exceeds limit" in refused(bomb + chunk(b"IEND", b""), "image/png")
    assert "pixels" in refused(png(8_001, 1), "image/png")


@pytest.mark.parametrize(
    ("content", "media_type", "why"),
    [
        (b"", "image/png", "not a PNG that can be read"),
        (b"GIF89a", "image/png", "not a PNG that can be read"),
        (png()[:60], "image/png", "not a PNG that can be read"),
        (png(), "text/html", "neither SVG nor PNG"),
    ],
)
def test_what_is_no_picture_is_refused(content, media_type, why):
    assert why in refused(content, media_type)
