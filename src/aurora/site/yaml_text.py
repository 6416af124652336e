"""Change parts of a YAML text and leave the rest, comments included, as people wrote it."""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import yaml

from aurora.errors import SiteError

Path = tuple[str | int, ...]


def sentences_in(text: str) -> Iterator[tuple[Path, str]]:
    """Yield every scalar of a text with its path: ("then", 0, "do"); raises SiteError."""
    yield from _scalars(_root(text), ())


def with_scalars(text: str, values: Mapping[Path, str]) -> str:
    """Return the text with other words at these paths; raises SiteError for an unknown path."""
    nodes = dict(_nodes(_root(text), ()))
    spans = []
    for path, value in values.items():
        node = nodes.get(path)
        if node is None:
            raise SiteError(f"{'.'.join(map(str, path))}: no such field in this text; reload it")
        spans.append((node.start_mark.index, node.end_mark.index, quoted(value)))
    for start, end, words in sorted(spans, reverse=True):
        text = text[:start] + words + text[end:]
    return text


def with_section(text: str, key: str, value: Any) -> str:
    """Return the text with another value under a key of its first level, at its place or at the
    end; an item a line. Comments inside the section are lost, those around it stay."""
    section = f"{key}:{_dumped(value)}"
    root = _root(text)
    pairs = root.value if isinstance(root, yaml.MappingNode) else []
    for key_node, node in pairs:
        if key_node.value == key:
            end = max(node.start_mark.index, _end(node))
            return text[: key_node.start_mark.index] + section + text[end:]
    return f"{text.rstrip()}\n\n{section}\n"


def quoted(value: str) -> str:
    """Return words as a YAML scalar in double quotes."""
    return json.dumps(value, ensure_ascii=False)


def _dumped(value: Any) -> str:
    if isinstance(value, Mapping):
        return "".join(f"\n  {name}: {_flow(one)}" for name, one in value.items()) or " {}"
    if isinstance(value, Sequence) and not isinstance(value, str):
        return "".join(f"\n  - {_flow(one)}" for one in value) or " []"
    return f" {_flow(value)}"


def _flow(value: Any) -> str:
    text: str = yaml.safe_dump(
        value, default_flow_style=True, allow_unicode=True, sort_keys=False, width=10_000_000
    )
    return text.removesuffix("...\n").strip()


def _root(text: str) -> yaml.Node:
    try:
        # In Python: the marks of libyaml count bytes.
        root = yaml.compose(text, yaml.SafeLoader)
    except yaml.YAMLError as error:
        raise SiteError(f"not valid YAML: {error}") from error
    if root is None:
        raise SiteError("the text is empty; withdraw the draft instead")
    return root


def _scalars(node: yaml.Node, path: Path) -> Iterator[tuple[Path, str]]:
    yield from ((where, one.value) for where, one in _nodes(node, path))


def _nodes(node: yaml.Node, path: Path) -> Iterator[tuple[Path, yaml.ScalarNode]]:
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            yield from _nodes(value, (*path, str(key.value)))
    elif isinstance(node, yaml.SequenceNode):
        for at, value in enumerate(node.value):
            yield from _nodes(value, (*path, at))
    elif isinstance(node, yaml.ScalarNode):
        yield path, node


def _end(node: yaml.Node) -> int:
    """Where a node's own words end: a block's mark is after the comments that follow it."""
    if isinstance(node, yaml.CollectionNode) and not node.flow_style and node.value:
        last = node.value[-1]
        return _end(last[1] if isinstance(last, tuple) else last)
    return int(node.end_mark.index)
