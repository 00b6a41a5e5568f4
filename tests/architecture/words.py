"""Finds words for people: those outside the catalogues, labels of buttons, and messages whose values are missing."""

from __future__ import annotations

import ast
import re
import string
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from core.errors import words_of
from tests.architecture.source import Module, dotted

MARKS = {"_", "N_", "NN_", "gettext_of", "ngettext_of"}
# which argument of each is read by people
SHOWN: dict[str, tuple[int | str, ...]] = {
    "Screen": (0, "text"), "Toast": (0, "text"), "Tile": (0, "label"), "Button": (0, "label"), "button": (0, "label"),
    "Invoice": (0, 1, "title", "description", "label"), "home": (1, "text"), "keyboard": (1, "text"),
    "at_home": (1, "text"),
}  # fmt: skip
PLAIN_METHODS = {"join", "format", "strip", "replace", "capitalize", "title", "lower", "upper", "fresh"}
_NO_WORDS = re.compile(
    r"https?://\S*|\?start=|@\w+|/[a-z_]+|\b[a-z_]+\.[a-z_]+\b|\b[a-z]\b"
)  # addresses, commands, keys
_PROSE = re.compile(r"[^\W\d_]{2,}[ ,.:!?…]+[^\W\d_]{2,}|[\U0001F300-\U0001FAFF\u2190-\u2BFF]\uFE0F? ?[^\W\d_]{2,}")


@dataclass(frozen=True)
class Found:
    """A place in our source and the words that stand there."""

    at: str
    words: str

    def __str__(self) -> str:
        return f"{self.at} {self.words!r}"


def has_letters(text: str) -> bool:
    return any(char.isalpha() for char in _NO_WORDS.sub("", text))


def outside_marks(module: Module) -> list[Found]:
    """Literals with letters that reach a screen, button, tile, toast or refusal without passing a catalogue."""
    found: dict[tuple[str, str], Found] = {}
    for scope in [module.tree, *module.functions()]:
        bound = _bound(scope)
        for call in (node for node in ast.walk(scope) if isinstance(node, ast.Call)):
            for value in _shown_arguments(call):
                for literal in _literals(value, bound, set()):
                    found[module.at(literal), str(literal.value)] = Found(module.at(literal), str(literal.value))
    return list(found.values())


def prose(module: Module) -> list[Found]:
    """Any literal that reads like a sentence or a label and is not marked, wherever it stands."""
    # kinds of content are keys (`takes=`), not words
    marked = {id(word.value) for call in module.calls() for word in call.keywords if word.arg == "takes"}
    marked |= {id(arg) for call in module.calls() if dotted(call.func).split(".")[-1] in MARKS for arg in _inside(call)}
    silent = _docstrings(module.tree) | _raised_bugs(module.tree)
    return [
        Found(module.at(node), node.value)
        for node in module.nodes
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
        and id(node) not in marked | silent and _PROSE.search(_NO_WORDS.sub("", node.value))
    ]  # fmt: skip


def _inside(call: ast.Call) -> Iterator[ast.AST]:
    for argument in call.args:
        yield from ast.walk(argument)


def _docstrings(tree: ast.Module) -> set[int]:
    """Strings that stand as statements of their own."""
    return {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}


def _raised_bugs(tree: ast.Module) -> set[int]:
    """Words of programming errors: nobody but us reads them."""
    bugs = {"ValueError", "TypeError", "KeyError", "RuntimeError", "AssertionError", "LookupError"}
    return {
        id(each)
        for node in ast.walk(tree) if isinstance(node, ast.Call) and dotted(node.func) in bugs
        for each in ast.walk(node)
    }  # fmt: skip


def _shown_arguments(call: ast.Call) -> Iterator[ast.expr]:
    name = dotted(call.func).split(".")[-1]
    for place in SHOWN.get(name, ()):
        if isinstance(place, int) and place < len(call.args):
            yield call.args[place]
    for word in call.keywords:
        if word.arg in SHOWN.get(name, ()) or (
            word.arg and name in REFUSALS and word.arg in {"field", "reason", "example"}
        ):
            yield word.value


REFUSALS = {"BadInput", "OutOfBounds"}


def _bound(scope: ast.AST) -> dict[str, list[ast.expr]]:
    """What the names of a scope are assigned, appended, extended with, or iterate over."""
    found: dict[str, list[ast.expr]] = {}
    for node in ast.walk(scope):
        if isinstance(node, ast.Assign):
            for target in node.targets:
                _bind(found, target, node.value)
        elif isinstance(node, ast.AugAssign | ast.AnnAssign) and node.value is not None:
            _bind(found, node.target, node.value)
        else:
            _bind_growth(found, node)
    return found


def _bind_growth(found: dict[str, list[ast.expr]], node: ast.AST) -> None:
    match node:
        case ast.Call(
            func=ast.Attribute(attr="append" | "extend" | "insert", value=ast.Name(id=name)), args=[*_, last]
        ):
            found.setdefault(name, []).append(last)


def _bind(found: dict[str, list[ast.expr]], target: ast.expr, value: ast.expr) -> None:
    if isinstance(target, ast.Name):
        found.setdefault(target.id, []).append(value)
    elif isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple) and len(target.elts) == len(value.elts):
        for each, its in zip(target.elts, value.elts, strict=True):
            _bind(found, each, its)


def _literals(node: ast.AST, bound: dict[str, list[ast.expr]], seen: set[str]) -> Iterator[ast.Constant]:
    """Literal texts of which the value of `node` may be made."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str) and has_letters(node.value):
        yield node
    if isinstance(node, ast.Name):
        if node.id in seen:
            return
        seen = seen | {node.id}
    for part in _parts(node, bound):
        yield from _literals(part, bound, seen)


def _parts(node: ast.AST, bound: dict[str, list[ast.expr]]) -> list[ast.expr]:
    """What a value is made of; a function's result is that function's own matter."""
    match node:
        case ast.Name():
            return bound.get(node.id, [])
        case ast.Call(func=ast.Attribute(attr=name, value=on)) if name in PLAIN_METHODS:
            return [on, *node.args]
        case ast.IfExp():
            return [node.body, node.orelse]
        case ast.FormattedValue(value=inner) | ast.Starred(value=inner) | ast.GeneratorExp(elt=inner):
            return [inner]
        case ast.JoinedStr() | ast.BoolOp():
            return node.values
        case ast.BinOp():
            return [node.left, node.right]
        case ast.List() | ast.Tuple():
            return node.elts
    return []


def labels(modules: Iterable[Module]) -> dict[str, str]:
    """Marked words that stand on buttons and tiles, with where: by the call they are in, or a table of them."""
    found: dict[str, str] = {}
    for module in modules:
        tables = _bound(module.tree)
        for call in module.calls():
            if dotted(call.func).split(".")[-1] not in {"button", "Button", "Tile"} or not call.args:
                continue
            for text in _marked(call.args[0], tables):
                found.setdefault(text, module.at(call))
    return found


def _marked(node: ast.AST, tables: dict[str, list[ast.expr]]) -> Iterator[str]:
    if isinstance(node, ast.Call) and dotted(node.func).split(".")[-1] in MARKS:
        for argument in node.args[:2]:
            if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
                yield argument.value
            elif isinstance(argument, ast.Name):
                for value in tables.get(argument.id, []):
                    yield from _marked(value, {})
    else:
        for child in ast.iter_child_nodes(node):
            yield from _marked(child, tables)


def placeholders(message: str) -> frozenset[str]:
    """The names in braces."""
    return frozenset(name for _text, name, _spec, _conversion in string.Formatter().parse(message) if name is not None)


def without_values(modules: Iterable[Module]) -> list[str]:
    """Calls that show a message but give no value for one of its placeholders."""
    found = []
    refusals = _refusals(modules)
    for module in modules:
        for call in module.calls():
            given = {word.arg for word in call.keywords}
            if None in given:
                continue
            for message in _messages_of(call, refusals):
                missing = (
                    placeholders(message) - given - ({"count"} if dotted(call.func).endswith("ngettext_of") else set())
                )
                if missing:
                    found.append(f"{module.at(call)} {message!r} lacks {', '.join(sorted(missing))}")
    return found


def _messages_of(call: ast.Call, refusals: dict[str, str]) -> Iterator[str]:
    name = dotted(call.func).split(".")[-1]
    if name in refusals:
        yield refusals[name]
    if name in {"_", "gettext_of", "ngettext_of"}:
        for argument in call.args[: 2 if name == "ngettext_of" else 1]:
            if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
                yield argument.value


def _refusals(modules: Iterable[Module]) -> dict[str, str]:
    """Class names of refusals with the message in their docstring."""
    found: dict[str, str] = {}
    for module in modules:
        for node in module.nodes:
            if isinstance(node, ast.ClassDef) and module.path.endswith("errors.py"):
                found[node.name] = words_of(ast.get_docstring(node) or "")
    return found
