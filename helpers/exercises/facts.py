"""Facts about the code of a wrong answer, which are often its cause. Nothing is run."""

import ast
import builtins
import inspect
import textwrap
import types
from collections.abc import Callable, Iterator

_KEPT = ast.List | ast.Dict | ast.Set | ast.ListComp


def about(answer: object, reference: Callable, source: str) -> str:
    """Say what is odd about the source of a wrong answer, in a sentence, or nothing."""
    try:
        tree, ours = ast.parse(textwrap.dedent(source)), _parse(reference)
    except (SyntaxError, OSError, TypeError):
        return ""
    function = getattr(answer, "__init__", answer) if inspect.isclass(answer) else answer
    around = getattr(function, "__globals__", {})
    return _outside(tree, ours, around) or _unused(tree, ours) or _kept(tree)


def _parse(reference: Callable) -> ast.Module:
    return ast.parse(textwrap.dedent(inspect.getsource(reference)))


def _outside(tree: ast.Module, ours: ast.Module, around: dict) -> str:
    """Data of the notebook's that the code reads."""
    made = {n.arg for n in ast.walk(tree) if isinstance(n, ast.arg)}
    made |= {n.id for n in _names(tree) if not isinstance(n.ctx, ast.Load)}
    for name in _read(tree):
        value = around.get(name, len)
        data = not callable(value) and not isinstance(value, types.ModuleType)
        if data and not name.isupper() and name not in made | {*_read(ours)}:
            return f"`{name}` in your code is the notebook's, not an argument."
    return ""


def _unused(tree: ast.Module, ours: ast.Module) -> str:
    """An argument that is never read, or given another value before."""
    theirs = {f.name: f for f in _functions(ours)}
    for function in _functions(tree):
        other = theirs.get(function.name)
        if other is None or len(_arguments(other)) != len(_arguments(function)):
            continue
        for name, their_name in zip(_arguments(function), _arguments(other), strict=True):
            if their_name not in _read(other):
                continue
            if name not in _read(function):
                return f"`{name}` is never used."
            first = next(s for s in function.body if name in {n.id for n in _names(s)})
            if isinstance(first, ast.Assign) and name not in _read(first):
                return f"`{name}` is given another value before it is ever read."
    return ""


def _kept(tree: ast.Module) -> str:
    """A list (or the like) that is made once, and then kept from call to call."""
    for function in _functions(tree):
        a = function.args
        pairs = zip(a.args[len(a.args) - len(a.defaults) :], a.defaults, strict=True)
        for argument, value in pairs:
            if isinstance(value, _KEPT):
                text = f"{argument.arg}={ast.unparse(value)}"
                return f"The list `{text}` in the first line is made once and kept."
    for owner in ast.walk(tree):
        for node in owner.body if isinstance(owner, ast.ClassDef) else ():
            if isinstance(node, ast.Assign) and isinstance(node.value, _KEPT):
                return f"`{ast.unparse(node)}` is made once, and all objects share it."
    return ""


def _functions(tree: ast.AST) -> Iterator[ast.FunctionDef]:
    return (n for n in ast.walk(tree) if isinstance(n, ast.FunctionDef))


def _arguments(function: ast.FunctionDef) -> list[str]:
    every = (*function.args.args, *function.args.kwonlyargs)
    return [a.arg for a in every if a.arg != "self"]


def _names(tree: ast.AST) -> Iterator[ast.Name]:
    return (n for n in ast.walk(tree) if isinstance(n, ast.Name))


def _read(tree: ast.AST) -> list[str]:
    return [n.id for n in _names(tree) if isinstance(n.ctx, ast.Load)]
