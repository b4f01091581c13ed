"""Facts about the code of a wrong answer, which are often its cause. Nothing is run."""

import ast
import inspect
import textwrap
import types
from collections.abc import Callable, Iterator

_KEPT = ast.List | ast.Dict | ast.Set | ast.ListComp


def about(answer: object, reference: Callable, source: str) -> str:
    """Say what is odd about the source of a wrong answer, in a sentence, or nothing."""
    try:
        tree = ast.parse(textwrap.dedent(source))
        ours = ast.parse(textwrap.dedent(inspect.getsource(reference)))
    except (SyntaxError, OSError, TypeError):
        return ""
    function = answer.__init__ if inspect.isclass(answer) else answer
    around = getattr(function, "__globals__", {})
    inside = {n.arg for n in ast.walk(tree) if isinstance(n, ast.arg)}
    inside |= {*_names(tree, ast.Store), *_names(ours)}
    for name in _names(tree):
        value = around.get(name, len)
        constant = name.isupper() and isinstance(value, int | float)  # such as EPS
        known = name in inside or constant or isinstance(value, types.ModuleType)
        if not known and not callable(value):
            return f"`{name}` in your code is the notebook's, not an argument."
    return next(_unused(tree, ours), "") or next(_kept(tree), "")


def _unused(tree: ast.Module, ours: ast.Module) -> Iterator[str]:
    """Arguments that are never read, or are given another value before."""
    theirs = {f.name: f for f in ast.walk(ours) if isinstance(f, ast.FunctionDef)}
    for function in (n for n in ast.walk(tree) if isinstance(n, ast.FunctionDef)):
        other = theirs.get(function.name, function)
        for a, b in zip(function.args.args, other.args.args, strict=False):
            if a.arg == "self" or other is function or b.arg not in _names(other):
                continue
            uses = [s for s in function.body if a.arg in _names(s, ast.expr_context)]
            if a.arg not in _names(function):
                yield f"`{a.arg}` is never used."
            elif isinstance(uses[0], ast.Assign) and a.arg not in _names(uses[0]):
                yield f"`{a.arg}` is given another value before it is ever read."


def _kept(tree: ast.Module) -> Iterator[str]:
    """Lists and the like that are made once, and kept from call to call."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef):
            pairs = zip(node.args.args[::-1], node.args.defaults[::-1], strict=False)
            for text in (
                f"{a.arg}={ast.unparse(d)}" for a, d in pairs if isinstance(d, _KEPT)
            ):
                yield f"The list `{text}` in the first line is made once and kept."
        for part in node.body if isinstance(node, ast.ClassDef) else ():
            if isinstance(part, ast.Assign) and isinstance(part.value, _KEPT):
                yield f"`{ast.unparse(part)}` is made once, and all objects share it."


def _names(tree: ast.AST, how: type = ast.Load) -> list[str]:
    names = (node for node in ast.walk(tree) if isinstance(node, ast.Name))
    return [node.id for node in names if isinstance(node.ctx, how)]
