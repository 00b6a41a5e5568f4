"""Reads our own source as syntax trees, for the tests of the house rules."""

from __future__ import annotations

import ast
import io
import re
import tokenize
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
ROOMS = ("bot", "handlers", "core", "scheduler", "simulator", "web", "locales")
Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True)
class Module:
    """One file of ours: where it stands, as text and as a tree."""

    path: str
    text: str

    @cached_property
    def tree(self) -> ast.Module:
        return ast.parse(self.text)

    @cached_property
    def nodes(self) -> list[ast.AST]:
        return list(ast.walk(self.tree))

    def functions(self) -> Iterator[Function]:
        for node in self.nodes:
            if isinstance(node, Function):
                yield node

    def calls(self) -> Iterator[ast.Call]:
        for node in self.nodes:
            if isinstance(node, ast.Call):
                yield node

    def imported(self) -> Iterator[tuple[str, int]]:
        """Dotted names of imported modules with their lines."""
        for node in self.nodes:
            if isinstance(node, ast.Import):
                for alias in node.names:
                    yield alias.name, node.lineno
            elif isinstance(node, ast.ImportFrom) and node.module:
                yield node.module, node.lineno

    def at(self, node: ast.AST) -> str:
        return f"{self.path}:{getattr(node, 'lineno', 1)}"


def modules(*rooms: str) -> tuple[Module, ...]:
    """The files of these rooms; generated migrations aside."""
    return tuple(module for room in rooms for module in _in_room(room))


@cache
def _in_room(room: str) -> tuple[Module, ...]:
    found = sorted((ROOT / room).rglob("*.py"))
    return tuple(
        Module(path.relative_to(ROOT).as_posix(), path.read_text(encoding="utf-8"))
        for path in found
        if "versions" not in path.parts
    )


def length(node: Function) -> int:
    """Lines from `def` to the last one."""
    return (node.end_lineno or node.lineno) - node.lineno + 1


def dotted(node: ast.AST) -> str:
    """`a.b.c` of a name or attribute; empty for anything else."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        inner = dotted(node.value)
        return f"{inner}.{node.attr}" if inner else f"?.{node.attr}"
    return ""


_IGNORE = re.compile(
    r"#\s*(noqa|type:\s*ignore)(?P<codes>(?::\s*[A-Z]+\d+(?:\s*,\s*[A-Z]+\d+)*|\[[\w\-, ]+\])?)(?P<rest>.*)"
)


def bare_ignores(module: Module) -> Iterator[str]:
    """Comments that silence a tool without a code or without saying why."""
    for token in tokenize.generate_tokens(io.StringIO(module.text).readline):
        if token.type != tokenize.COMMENT:
            continue
        found = _IGNORE.match(token.string)
        if found and not (found["codes"] and len(found["rest"].strip(" -#")) >= 4):
            yield f"{module.path}:{token.start[0]}: {token.string}"
