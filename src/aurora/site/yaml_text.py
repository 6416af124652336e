"""Change parts of a YAML text and leave the rest, comments included, as people wrote it."""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import yaml

from aurora.errors import SiteError

Path = tuple[str | int, ...]
DEEPEST = 24
_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def require_plain(text: str) -> None:
    """Raise SiteError for a text that grows when it is read, or is nested too deep to be read.

    For what comes over the network: libyaml, asked for a tree, follows both until it dies.
    """
    depth = 0
    try:
        for event in yaml.parse(text, _Loader):
            if isinstance(event, yaml.AliasEvent):
                raise SiteError(f"*{event.anchor}: repeats another part; write it out")
            depth += isinstance(event, yaml.CollectionStartEvent)
            depth -= isinstance(event, yaml.CollectionEndEvent)
            if depth > DEEPEST:
                raise SiteError(f"nested over {DEEPEST} deep; write it flat")
    except yaml.YAMLError as error:
        raise SiteError(f"not valid YAML: {error}") from error


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


def with_section(text: str, key: str, before: Any, after: Any) -> str:
    """Return the text with another value under a key of its first level: only what differs is
    written anew, so that a reviewer sees what changed and comments stay.

    before: the value as it was read from this text.
    """
    root = _root(text)
    pairs = root.value if isinstance(root, yaml.MappingNode) else []
    for key_node, node in pairs:
        if key_node.value == key:
            edits = list(_edits(text, node, before, after))
            for start, end, words in sorted(edits, reverse=True):
                text = text[:start] + words + text[end:]
            return text
    return f"{text.rstrip()}\n\n{key}:{_dumped(after)}\n"


def with_order(text: str, key: str, order: Sequence[int]) -> str:
    """Return the text with the items of a list under a key in another order, each with the
    comments above it; raises SiteError for a list that is not written as lines.

    order: where each item of the new order stands now.
    """
    node = next((n for path, n in _children(_root(text)) if path == key), None)
    count = len(node.value) if isinstance(node, yaml.SequenceNode) else 0
    if not isinstance(node, yaml.SequenceNode) or sorted(order) != list(range(count)):
        raise SiteError(f"{key}: other items than were shown; reload it")
    if node.flow_style:
        raise SiteError(f"{key}: written on one line; write an item a line")
    starts = [_first_line(text, item) for item in node.value]
    ends = [*starts[1:], _line_end(text, _end(node))]
    items = [text[start:end] for start, end in zip(starts, ends, strict=True)]
    return text[: starts[0]] + "".join(items[at] for at in order) + text[ends[-1] :]


def quoted(value: str) -> str:
    """Return words as a YAML scalar in double quotes."""
    return json.dumps(value, ensure_ascii=False)


Edit = tuple[int, int, str]
"""From where to where, and the words in place of these."""


def _edits(text: str, node: yaml.Node, before: Any, after: Any) -> Iterator[Edit]:
    if before == after:
        return
    if isinstance(node, yaml.MappingNode) and isinstance(before, dict) and isinstance(after, dict):
        if not node.flow_style or before.keys() == after.keys():
            yield from _mapping_edits(text, node, before, after)
            return
    elif isinstance(node, yaml.SequenceNode) and isinstance(after, list) and after:
        pairs = _paired(before, after, by_value=not node.flow_style)
        if pairs is not None and (not node.flow_style or len(before) == len(after) == len(pairs)):
            yield from _list_edits(text, node, before, after, pairs)
            return
    yield node.start_mark.index, max(node.start_mark.index, _end(node)), _flow(after)


def _mapping_edits(
    text: str, node: yaml.MappingNode, before: dict[str, Any], after: dict[str, Any]
) -> Iterator[Edit]:
    last = node.start_mark.index
    for key_node, value in node.value:
        key = key_node.value
        if key in after:
            yield from _edits(text, value, before[key], after[key])
            last = _end(value)
        else:
            yield _whole_lines(text, key_node.start_mark.index, _end(value))
    indent = " " * node.start_mark.column
    added = [key for key in after if key not in before]
    words = "".join(f"\n{indent}{_flow(key)}: {_flow(after[key])}" for key in added)
    if words:
        yield last, last, words


def _list_edits(
    text: str, node: yaml.SequenceNode, before: list[Any], after: list[Any], pairs: dict[int, int]
) -> Iterator[Edit]:
    """pairs: which item of `after` each item of `before` became; the others were removed."""
    for at, item in enumerate(node.value):
        if at in pairs:
            yield from _edits(text, item, before[at], after[pairs[at]])
        else:
            dash = text.rindex("-", 0, item.start_mark.index)
            yield _whole_lines(text, dash, _end(item))
    indent = " " * node.start_mark.column
    known = set(pairs.values())
    added = [item for at, item in enumerate(after) if at not in known]
    words = "".join(f"\n{indent}- {_flow(item)}" for item in added)
    if words:
        end = _end(node.value[-1])
        yield end, end, words


def _paired(before: Any, after: list[Any], *, by_value: bool) -> dict[int, int] | None:
    """Which items are the same: by id, or by place; None where they cannot be told.

    by_value: words alone on their line are their own id.
    """
    if not isinstance(before, list) or not before:
        return None
    olds, news = ([_id(one, by_value) for one in items] for items in (before, after))
    if None in olds or None in news or len({*olds}) < len(olds) or len({*news}) < len(news):
        if len(before) > len(after):
            return None
        return {at: at for at in range(len(before))}
    pairs = {at: news.index(one) for at, one in enumerate(olds) if one in news}
    # New ones come last; any other order is written anew.
    is_in_order = list(pairs.values()) == list(range(len(pairs)))
    return pairs if pairs and is_in_order else None


def _id(item: Any, by_value: bool) -> str | None:
    if isinstance(item, dict):
        return item.get("id")
    return item if by_value and isinstance(item, str) else None


def _children(root: yaml.Node) -> Iterator[tuple[str, yaml.Node]]:
    for key, node in root.value if isinstance(root, yaml.MappingNode) else []:
        yield str(key.value), node


def _first_line(text: str, item: yaml.Node) -> int:
    """Where an item of a list begins: its dash's line, or the first of the comments above it."""
    start = text.rfind("\n", 0, text.rindex("-", 0, item.start_mark.index)) + 1
    while start:
        above = text.rfind("\n", 0, start - 1) + 1
        if not text[above:start].lstrip().startswith("#"):
            break
        start = above
    return start


def _line_end(text: str, at: int) -> int:
    end = text.find("\n", at)
    return len(text) if end < 0 else end + 1


def _whole_lines(text: str, start: int, end: int) -> Edit:
    """The lines that a removed part stands on, when it is alone on them."""
    first = text.rfind("\n", 0, start) + 1
    is_alone = not text[first:start].strip()
    last = text.find("\n", end)
    last = len(text) if last < 0 else last
    if is_alone and (not text[end:last].strip() or text[end:last].lstrip().startswith("#")):
        return first, min(last + 1, len(text)), ""
    return start, end, ""


def _dumped(value: Any) -> str:
    if isinstance(value, Mapping):
        return "".join(f"\n  {_flow(name)}: {_flow(one)}" for name, one in value.items()) or " {}"
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
        root = yaml.compose(text, _Loader)
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
