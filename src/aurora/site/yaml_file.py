"""Read a YAML file into a checked model; every complaint names file, line, field and fix."""

import re
from collections.abc import Hashable
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ValidationError

from aurora.errors import SiteError

Model = TypeVar("Model", bound=BaseModel)
READ_AS_WORDS = ("tag:yaml.org,2002:bool", "tag:yaml.org,2002:timestamp")


class _Loader(yaml.CSafeLoader if hasattr(yaml, "CSafeLoader") else yaml.SafeLoader):  # type: ignore[misc]
    """A safe loader that refuses a key given twice; on, off, yes, no and dates are words to it."""

    yaml_implicit_resolvers = {  # noqa: RUF012 - PyYAML's own name
        first: [(tag, pattern) for tag, pattern in resolvers if tag not in READ_AS_WORDS]
        for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        seen: set[Any] = set()
        for key_node, _ in node.value:
            key = self.construct_object(key_node, deep=True)
            if not isinstance(key, Hashable):
                raise yaml.constructor.ConstructorError(
                    None, None, "a key must be one word; quote it", key_node.start_mark
                )
            if key in seen:
                raise yaml.constructor.ConstructorError(
                    None, None, f"key {key!r} is given twice; keep one", key_node.start_mark
                )
            seen.add(key)
        mapping: dict[Hashable, Any] = super().construct_mapping(node, deep)
        return mapping


_Loader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile(r"^(?:true|false)$"), list("tf"))


def read_yaml(path: Path, model: type[Model]) -> Model:
    """Return the file as `model`; raises SiteError with one problem a line."""
    return parse_yaml(read_text(path), str(path), model)


def read_text(path: Path) -> str:
    """Return what a file says; raises SiteError."""
    try:
        return path.read_text(encoding="utf-8")
    except OSError as error:
        raise SiteError(f"{path}: cannot be read ({error.strerror}); check the path") from error
    except UnicodeDecodeError as error:
        raise SiteError(f"{path}: not UTF-8 (byte {error.start}); save it as UTF-8") from error


def parse_yaml(text: str, path: str, model: type[Model]) -> Model:
    """Return a text as `model`; raises SiteError with one problem a line, each beginning with
    `path`, which names the text."""
    content = plain_yaml(text, path)
    try:
        return model.model_validate(content)
    except ValidationError as error:
        root = yaml.compose(text, _Loader)
        raise SiteError("\n".join(_problems(path, root, error))) from error


def plain_yaml(text: str, path: str) -> Any:
    """Return what a text says, unchecked; raises SiteError where it is no YAML."""
    try:
        return yaml.load(text, _Loader)  # noqa: S506 - a SafeLoader
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise SiteError(
            f"{path}:{line}: not valid YAML: {error.problem or error.context}"
        ) from error
    except yaml.reader.ReaderError as error:
        line = text.encode()[: error.position].count(b"\n") + 1
        raise SiteError(f"{path}:{line}: not valid YAML: {error.reason}; remove it") from error
    except ValueError as error:  # a tag such as !!int on a word
        raise SiteError(f"{path}:1: not valid YAML: {error}; remove the tag") from error


def _problems(path: str, root: yaml.Node | None, error: ValidationError) -> list[str]:
    found = []
    for problem in error.errors():
        location = tuple(part for part in problem["loc"] if not _is_union_tag(part))
        message = problem["msg"].removeprefix("Value error, ")
        if problem["type"] == "missing":
            message = "missing; add it"
        elif problem["type"] == "extra_forbidden":
            message = "no such field; check the spelling or remove it"
        if location:
            field = ".".join(map(str, location))
            found.append(f"{path}:{_line(root, location)}: {field}: {message}")
            continue
        # A check across fields: "field.path: what is wrong".
        found += [_located(path, root, part) for part in message.splitlines()]
    return list(dict.fromkeys(found))


def located(path: Path, remark: str) -> str:
    """Return a remark "field.path: what" with the file and line of that field before it."""
    return _located(str(path), yaml.compose(path.read_text(encoding="utf-8"), _Loader), remark)


def _located(path: str, root: yaml.Node | None, remark: str) -> str:
    names = tuple(remark.split(":")[0].split("."))
    return f"{path}:{_line(root, names)}: {remark}"


def _is_union_tag(part: int | str) -> bool:
    return isinstance(part, str) and (part in ("str", "Ask", "Step") or part.startswith("dict["))


def _line(node: yaml.Node | None, location: tuple[int | str, ...]) -> int:
    """The line of the deepest node on the way to `location` that the file has."""
    line = 1 if node is None else node.start_mark.line + 1
    for part in location:
        found = _step_into(node, part)
        if found is not None:
            mark, node = found
            line = mark.start_mark.line + 1
    return line


def _step_into(node: yaml.Node | None, part: int | str) -> tuple[yaml.Node, yaml.Node] | None:
    """The node under a key, an index or an item's `id`, with the node that marks its line."""
    if isinstance(node, yaml.MappingNode):
        return next(((key, value) for key, value in node.value if key.value == str(part)), None)
    if isinstance(node, yaml.SequenceNode):
        if isinstance(part, int):
            return (node.value[part], node.value[part]) if part < len(node.value) else None
        for item in node.value:
            identifier = _step_into(item, "id")
            if identifier is not None and identifier[1].value == part:
                return identifier[0], item
        if part.isdecimal():
            return _step_into(node, int(part))
    return None
