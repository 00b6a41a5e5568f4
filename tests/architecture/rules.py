"""The house rules that a tree can show, each as a function from modules to what offends it."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Set
from statistics import median

from tests.architecture.source import Function, Module, dotted, length

FILE_LINES, FUNCTION_LINES, HANDLER_LINES, MEDIAN_LINES = 300, 40, 25, 10
CLOCK_CALLS = {"datetime.now", "datetime.utcnow", "datetime.today", "date.today", "time.time", "time.time_ns"}
TICKS = {"time.monotonic", "time.monotonic_ns", "time.perf_counter"}
EDGE_OF_COMMITS = {"core/db.py", "core/engine.py", "core/migrations/__init__.py", "core/migrations/env.py"}
ORDER_STATE_WRITERS = {"core/orders/flow.py"}


def long_files(modules: Iterable[Module]) -> list[str]:
    counted = ((module.path, len(module.text.splitlines())) for module in modules)
    return [f"{path} has {lines} lines" for path, lines in counted if lines > FILE_LINES]


def long_functions(modules: Iterable[Module], most: int = FUNCTION_LINES) -> list[str]:
    return [
        f"{module.at(node)} {node.name} has {length(node)} lines"
        for module in modules for node in module.functions() if length(node) > most
    ]  # fmt: skip


def median_length(modules: Iterable[Module]) -> float:
    return median(length(node) for module in modules for node in module.functions())


def handlers_of(modules: Iterable[Module]) -> Iterator[tuple[Module, Function]]:
    """Functions that take a Turn, or are registered by a decorator of handlers.routes."""
    registering = {"press", "command", "tile", "word", "link", "expects", "kind", "free_text", "refused"}
    for module in modules:
        for node in module.functions():
            arguments = [dotted(arg.annotation) for arg in node.args.args if arg.annotation is not None]
            marks = {
                dotted(mark.func if isinstance(mark, ast.Call) else mark).split(".")[-1] for mark in node.decorator_list
            }
            if "Turn" in arguments or marks & registering:
                yield module, node


def long_handlers(modules: Iterable[Module]) -> list[str]:
    return [
        f"{module.at(node)} {node.name} has {length(node)} lines"
        for module, node in handlers_of(modules) if length(node) > HANDLER_LINES
    ]  # fmt: skip


def without_docstring(modules: Iterable[Module]) -> list[str]:
    """Files with anything in them say at their head what they know; an empty file says nothing."""
    return [module.path for module in modules if module.text.strip() and not ast.get_docstring(module.tree)]


def clock_readers(modules: Iterable[Module], names: Set[str], allowed: Set[str]) -> list[str]:
    """Who reads a clock by one of these names, as a call or as a value handed on."""
    return [
        f"{module.at(node)} {dotted(node)}"
        for module in modules if module.path not in allowed
        for node in module.nodes
        if isinstance(node, ast.Attribute) and ".".join(dotted(node).split(".")[-2:]) in names
    ]  # fmt: skip


def commits(modules: Iterable[Module]) -> list[str]:
    """Who begins or ends a transaction; savepoints (begin_nested) are a verb's own business."""
    found = []
    for module in modules:
        if module.path in EDGE_OF_COMMITS:
            continue
        for call in module.calls():
            name = dotted(call.func).split(".")
            if name[-1] == "commit" or (name[-1] in {"begin", "rollback"} and len(name) > 1):
                found.append(f"{module.at(call)} {'.'.join(name)}()")
    return found


def order_state_writers(modules: Iterable[Module]) -> list[str]:
    """Who writes the state of an Order: an attribute of something known as one, setattr, or a Core UPDATE."""
    return [
        line for module in modules if module.path not in ORDER_STATE_WRITERS for line in _order_state_writes(module)
    ]


def _order_state_writes(module: Module) -> Iterator[str]:
    if "rder" not in module.text:
        return
    for scope in [module.tree, *module.functions()]:
        orders = _names_of_orders(scope)
        for node in ast.walk(scope):
            if _assigns_state(node, orders) or _updates_state(node) or _sets_state(node, orders):
                yield f"{module.at(node)} writes an order's state"


def _names_of_orders(scope: ast.AST) -> set[str]:
    """Names that hold an Order in this scope: by annotation, by habit, or bound from something that gives orders."""
    found = {"order", "ordered", "bought"}
    for node in ast.walk(scope):
        if isinstance(node, ast.arg | ast.AnnAssign) and _is_order(node.annotation):
            found.add(node.arg if isinstance(node, ast.arg) else dotted(node.target))
        if (
            isinstance(node, ast.For | ast.comprehension)
            and isinstance(node.target, ast.Name)
            and "Order" in _words(node.iter)
        ):
            found.add(node.target.id)
        if isinstance(node, ast.Assign) and "Order" in _words(node.value):
            found |= {dotted(target) for target in node.targets}
    return found


def _is_order(annotation: ast.AST | None) -> bool:
    return annotation is not None and "Order" in _words(annotation)


def _words(node: ast.AST) -> set[str]:
    names = {dotted(each).split(".")[-1] for each in ast.walk(node) if isinstance(each, ast.Name | ast.Attribute)}
    quoted = {each.value for each in ast.walk(node) if isinstance(each, ast.Constant) and isinstance(each.value, str)}
    return names | quoted


def _assigns_state(node: ast.AST, orders: set[str]) -> bool:
    targets: list[ast.expr] = []
    if isinstance(node, ast.Assign):
        for target in node.targets:
            targets += target.elts if isinstance(target, ast.Tuple) else [target]
    elif isinstance(node, ast.AugAssign | ast.AnnAssign):
        targets = [node.target]
    return any(
        isinstance(target, ast.Attribute) and target.attr == "state" and dotted(target.value).split(".")[-1] in orders
        for target in targets
    )


def _sets_state(node: ast.AST, orders: set[str]) -> bool:
    """setattr(order, "state", ...) and SQLAlchemy's set_attribute, set_committed_value."""
    if not isinstance(node, ast.Call) or len(node.args) < 2:
        return False
    setter = dotted(node.func).split(".")[-1] in {"setattr", "set_attribute", "set_committed_value"}
    names_state = isinstance(node.args[1], ast.Constant) and node.args[1].value == "state"
    return setter and names_state and dotted(node.args[0]).split(".")[-1] in orders


def _updates_state(node: ast.AST) -> bool:
    """`.values(state=...)` or `.values({"state": ...})` in a chain that began with update(Order)."""
    if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "values"):
        return False
    begun = any(
        isinstance(each, ast.Call) and dotted(each.func).split(".")[-1] == "update"
        and ((each.args and dotted(each.args[0]).split(".")[-1] == "Order") or dotted(each.func).startswith("Order."))
        for each in ast.walk(node.func)
    )  # fmt: skip
    if not begun:
        return False
    if any(not isinstance(arg, ast.Dict) for arg in node.args) or any(word.arg is None for word in node.keywords):
        return True  # what it writes cannot be seen: say it with names
    keys: set[object] = {word.arg for word in node.keywords}
    keys |= {
        key.value for arg in node.args if isinstance(arg, ast.Dict) for key in arg.keys if isinstance(key, ast.Constant)
    }
    return "state" in keys


def imports_of(modules: Iterable[Module], library: str, allowed: tuple[str, ...]) -> list[str]:
    """Who imports a library outside the rooms that may."""
    return [
        f"{module.path}:{line} imports {name}"
        for module in modules if module.path.split("/")[0] not in allowed
        for name, line in module.imported() if name == library or name.startswith(f"{library}.")
    ]  # fmt: skip


def floats(modules: Iterable[Module]) -> list[str]:
    """Where a float could touch money: the type's name, a literal with a point, a true division of plain names."""
    found = []
    for module in modules:
        for node in module.nodes:
            if isinstance(node, ast.Name) and node.id == "float":
                found.append(f"{module.at(node)} float")
            if isinstance(node, ast.Constant) and isinstance(node.value, float):
                found.append(f"{module.at(node)} {node.value}")
    return found
