"""Find the learner's own line that one small change would make right.

Every single small edit of the learner's source is tried: something left out, a sign, an
axis, a comparison, an end of a range. If one makes all trials come out right, it names
a line of the learner's, and what to look at there; the repaired line is never shown.
When in doubt, nothing is said.

Edited code may run forever in a compiled call, so all this runs in a process of its
own, ``python -m helpers.exercises.repair``, which ends itself when its time is up.
"""

import ast
import builtins
import copy
import faulthandler
import functools
import importlib
import json
import math
import os
import subprocess
import sys
import textwrap
import time
import traceback
import types
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

FILE = "<answer>"  # the name under which edited sources are compiled
WIDER = 1  # how much more an edit may cost than the first that fits
LONGEST = 0.3  # seconds that one trial may take
START = 10.0  # seconds in which the process must have come up


@dataclass
class Edit:
    """One small change to a syntax tree.

    ``cost`` is low for simple changes, ``line`` counts in the source, ``about`` says in
    words what is changed, and ``slots`` are (owner, key, new): ``owner`` is a list or a
    node of the tree, in which ``new`` takes the place ``key``.
    """

    cost: int
    line: int
    about: str
    slots: list[tuple]

    def swap(self) -> None:
        """Make the change; the next call undoes it."""
        for i, (owner, key, new) in enumerate(self.slots):
            if isinstance(owner, list):
                old, owner[key] = owner[key], new
            else:
                old = getattr(owner, key)
                setattr(owner, key, new)
            self.slots[i] = owner, key, old


def parse(source: str) -> ast.Module:
    """The tree of a function or class, without annotations and docstrings."""
    tree = ast.parse(textwrap.dedent(source))
    for node in ast.walk(tree):
        if isinstance(node, ast.arg):
            node.annotation = None
        if isinstance(node, ast.FunctionDef):
            node.returns = None
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and ast.get_docstring(node):
            node.body[0] = ast.copy_location(ast.Pass(), node.body[0])
    return tree


def edits(tree: ast.Module, words: tuple[str, ...] = ()) -> list[Edit]:
    """All single edits of the tree, the simplest first; ``words`` are keys to try."""
    names = {n.arg for n in ast.walk(tree) if isinstance(n, ast.arg)} | {
        n.id
        for n in ast.walk(tree)
        if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)
    }
    attributes = {
        n.attr
        for n in ast.walk(tree)
        if isinstance(n, ast.Attribute) and isinstance(n.ctx, ast.Store)
    }
    found = []
    for node, parent, slot in expressions(tree):
        for cost, about, new in _other(node, parent, names, attributes, words):
            new = ast.fix_missing_locations(ast.copy_location(new, node))
            found.append(Edit(cost, node.lineno, about, [(*slot, new)]))
    found += _statements(tree)
    return sorted(found, key=lambda edit: edit.cost)


def expressions(tree: ast.AST) -> Iterator[tuple]:
    """Yield (node, parent, (owner, key)) for each expression that is read."""
    for parent in ast.walk(tree):
        for field, value in ast.iter_fields(parent):
            listed = isinstance(value, list)
            for key, node in enumerate(value) if listed else [(field, value)]:
                stored = isinstance(getattr(node, "ctx", None), ast.Store | ast.Del)
                if isinstance(node, ast.expr) and not stored:
                    yield node, parent, (value if listed else parent, key)


# What each expression may become -------------------------------------------------------

_OPERATIONS = {
    ast.Add: (ast.Sub,),
    ast.Sub: (ast.Add,),
    ast.Mult: (ast.Div, ast.MatMult, ast.Pow),
    ast.Div: (ast.Mult, ast.FloorDiv),
    ast.FloorDiv: (ast.Div,),
    ast.MatMult: (ast.Mult,),
    ast.Pow: (ast.Mult,),
    ast.BitAnd: (ast.BitOr,),
    ast.BitOr: (ast.BitAnd,),
    ast.Mod: (ast.FloorDiv,),
}
_COMPARISONS = {
    ast.Lt: (ast.LtE, ast.Gt, ast.GtE),
    ast.LtE: (ast.Lt, ast.GtE, ast.Gt),
    ast.Gt: (ast.GtE, ast.Lt, ast.LtE),
    ast.GtE: (ast.Gt, ast.LtE, ast.Lt),
    ast.Eq: (ast.NotEq, ast.GtE, ast.LtE),
    ast.NotEq: (ast.Eq,),
}
_RELATED = [
    ("sum", "mean", "max", "prod"),
    ("max", "min"),
    ("argmax", "argmin"),
    ("maximum", "minimum"),
    ("floor", "ceil"),
    ("zeros", "ones"),
    ("zeros_like", "ones_like"),
    ("std", "var"),
    ("exp", "log"),
    ("int", "float"),
    ("append", "extend"),
    ("log", "log2"),
    ("log", "log10"),
    ("permutation", "shuffle"),
    ("hstack", "vstack"),
    ("repeat", "tile"),
]
_ALONG = {"sum", "mean", "max", "min", "std", "var", "argmax", "argmin", "prod", "any"}
_ALONG |= {"all", "cumsum", "sort", "concatenate", "median"}
_COUNTS = {"range", "arange", "linspace"}


def _number(value: float) -> ast.Constant:
    return ast.Constant(value)


def _other(node, parent, names, attributes, words) -> Iterator[tuple]:
    """Yield (cost, about, new node) for all that one expression may become."""
    match node:
        case ast.BinOp(left=left, op=op, right=right):
            yield 1, _too_much(right), left
            if isinstance(op, ast.Add | ast.Mult | ast.MatMult | ast.Div):
                yield 1, _too_much(left), right
            for other in _OPERATIONS.get(type(op), ()):
                yield 2, "the operation", ast.BinOp(left, other(), right)
            if not isinstance(op, ast.Add | ast.Mult):
                yield 2, "the order", ast.BinOp(right, op, left)
            if isinstance(left, ast.BinOp):  # (a + b) * c as a + b * c
                inner = ast.BinOp(left.right, op, right)
                yield 3, "the parentheses", ast.BinOp(left.left, left.op, inner)
            if isinstance(right, ast.BinOp):
                inner = ast.BinOp(left, op, right.left)
                yield 3, "the parentheses", ast.BinOp(inner, right.op, right.right)
        case ast.UnaryOp(op=ast.USub() | ast.Not() | ast.Invert(), operand=operand):
            about = "the sign" if isinstance(node.op, ast.USub) else "`not`"
            yield 1, about, operand
        case ast.Compare(left=left, ops=[op], comparators=[right]):
            for i, other in enumerate(_COMPARISONS.get(type(op), ())):
                yield 2 + (i > 0), "the comparison", ast.Compare(left, [other()], [right])
        case ast.BoolOp(op=op, values=values):
            other = ast.Or() if isinstance(op, ast.And) else ast.And()
            yield 2, "`and` and `or`", ast.BoolOp(other, values)
            for i, value in enumerate(values):
                rest = values[:i] + values[i + 1 :]
                yield (
                    1,
                    _too_much(value),
                    rest[0] if len(rest) == 1 else ast.BoolOp(op, rest),
                )
        case ast.Constant(value=value):
            yield from _other_constant(value, parent, words)
        case ast.Name(id=name) if name in names and not _is_called(node, parent):
            for other in sorted(names - {name, "self", "_"}):
                yield 6, f"`{name}`", ast.Name(other, ast.Load())
        case ast.Attribute(value=value, attr="T"):
            yield 1, "`.T`", value
        case ast.Attribute(value=value, attr=attr) if attr in attributes:
            for other in sorted(attributes - {attr}):
                yield 6, f"`{ast.unparse(node)}`", ast.Attribute(value, other, ast.Load())
        case ast.Subscript(value=value, slice=index):
            yield 2, _too_much(index, "[{}]"), value
            yield from _other_index(node)
        case ast.IfExp(test=test, body=body, orelse=orelse):
            yield 3, "the condition", ast.IfExp(test, orelse, body)
        case ast.Tuple(elts=parts) | ast.List(elts=parts) if len(parts) > 1:
            for i in range(len(parts)):
                for j in range(i + 1, len(parts)):
                    moved = list(parts)
                    moved[i], moved[j] = moved[j], moved[i]
                    yield 3, "the order", _like(node, moved)
                less = parts[:i] + parts[i + 1 :]
                yield 3, _too_much(parts[i]), _like(node, less)
        case ast.Call():
            yield from _other_call(node)
    yield from _put_in(node, parent)


def _put_in(node, parent) -> Iterator[tuple]:
    """What may be missing around an expression: a sign, a transpose, a copy, a ±1."""
    plain = isinstance(node, ast.Name | ast.Attribute | ast.Subscript | ast.Call)
    if isinstance(node, ast.Constant) or _is_called(node, parent):
        return
    term = isinstance(parent, ast.BinOp | ast.Return | ast.Assign | ast.Tuple)
    if (plain or isinstance(node, ast.BinOp)) and (term or isinstance(parent, ast.Call)):
        yield 3, "the sign", ast.UnaryOp(ast.USub(), node)
    if isinstance(parent, ast.BinOp) and isinstance(parent.op, ast.MatMult) and plain:
        yield 2, "the shapes", ast.Attribute(node, "T", ast.Load())
    if isinstance(parent, ast.If | ast.While | ast.IfExp) and node is parent.test:
        yield 3, "the condition", ast.UnaryOp(ast.Not(), node)
    held = ast.Assign | ast.Tuple | ast.List | ast.Call | ast.Return | ast.ListComp
    if isinstance(node, ast.Name | ast.Attribute) and isinstance(parent, held):
        method = ast.Attribute(node, "copy", ast.Load())
        yield 4, "a copy", ast.Call(method, [], [])
    ends = isinstance(parent, ast.Slice) or (
        isinstance(parent, ast.Subscript) and node is parent.slice
    )
    if isinstance(parent, ast.Call) and _name(parent.func) in _COUNTS:
        ends = True
    if isinstance(parent, ast.Compare) and node is not parent.left:
        ends = True
    if ends and not isinstance(node, ast.Slice | ast.Tuple):
        for op in (ast.Add(), ast.Sub()):
            yield 3, "where it begins or ends", ast.BinOp(node, op, _number(1))


def _other_constant(value, parent, words) -> Iterator[tuple]:
    about = "the number" if not isinstance(parent, ast.keyword) else f"`{parent.arg}`"
    if isinstance(value, bool):
        yield 2, f"`{value}`", _number(not value)
    elif isinstance(value, int | float):
        others = [0, 1, 2, 0.5, -1, math.inf, value + 1, value - 1, -value, None]
        for other in others if isinstance(parent, ast.keyword) else others[:-1]:
            if other is None or other != value or isinstance(other, bool):
                yield 3, about, _number(other)
    elif isinstance(value, str):
        for word in words:
            if word != value:
                yield 3, f"`{value!r}`", _number(word)


def _other_index(node: ast.Subscript) -> Iterator[tuple]:
    """Yield other slices: an end left out, a step."""
    match node.slice:
        case ast.Slice(lower=lower, upper=upper, step=step):
            for changed in (
                ast.Slice(None, upper, step),
                ast.Slice(lower, None, step),
                ast.Slice(lower, upper, None),
            ):
                yield (
                    3,
                    "where it begins or ends",
                    ast.Subscript(node.value, changed, ast.Load()),
                )
        case ast.Name() | ast.Constant() | ast.BinOp():
            for changed in (
                ast.Slice(None, node.slice),
                ast.Slice(node.slice, None),
            ):
                yield 5, "the index", ast.Subscript(node.value, changed, ast.Load())


def _other_call(node: ast.Call) -> Iterator[tuple]:
    function, given, keywords = node.func, node.args, node.keywords
    name = _name(function)
    method = isinstance(function, ast.Attribute) and not (
        isinstance(function.value, ast.Name) and function.value.id in ("np", "torch")
    )
    if method:
        yield 1, _too_much(function, ".{}", name), function.value
    elif given and not isinstance(given[0], ast.Starred):
        for argument in given[:2]:
            yield 1, _too_much(function, "{}", name), argument
    for group in _RELATED:
        for other in group if name in group else ():
            if other != name:
                renamed = (
                    ast.Attribute(function.value, other, ast.Load())
                    if isinstance(function, ast.Attribute)
                    else ast.Name(other, ast.Load())
                )
                yield 2, f"`{name}`", ast.Call(renamed, given, keywords)
    for i, keyword in enumerate(keywords):
        fewer = keywords[:i] + keywords[i + 1 :]
        yield 1, f"`{keyword.arg}`", ast.Call(function, given, fewer)
    for i in range(len(given)):
        for j in range(i + 1, len(given)):
            moved = list(given)
            moved[i], moved[j] = moved[j], moved[i]
            yield 3, "the order of the arguments", ast.Call(function, moved, keywords)
        if len(given) > 1 or method:
            less = given[:i] + given[i + 1 :]
            yield 2, _too_much(given[i]), ast.Call(function, less, keywords)
    has = {keyword.arg for keyword in keywords}
    more = []
    if name in _ALONG and "axis" not in has:
        more += [("axis", 0, "what it runs over"), ("axis", 1, "what it runs over")]
    if name in _ALONG and "keepdims" not in has and (has or given):
        more += [("keepdims", True, "the shapes")]
    if name in ("std", "var") and "ddof" not in has:
        more += [("ddof", 1, f"`{name}`")]
    for word, value, about in more:
        new = ast.keyword(word, _number(value))
        yield 3, about, ast.Call(function, given, [*keywords, new])
    if name in ("zeros_like", "ones_like", "full_like", "full", "array"):
        new = ast.keyword("dtype", ast.Name("float", ast.Load()))
        rest = [keyword for keyword in keywords if keyword.arg != "dtype"]
        yield 3, "the type of its numbers", ast.Call(function, given, [*rest, new])


# What each statement may become --------------------------------------------------------


def _statements(tree: ast.Module) -> Iterator[Edit]:
    """Yield edits of whole statements: left out, in place, in or out of a loop."""
    for parent in ast.walk(tree):
        for field in ("body", "orelse"):
            block = getattr(parent, field, None)
            if not isinstance(block, list) or isinstance(parent, ast.Module):
                continue
            for i, node in enumerate(block):
                for cost, about, new in _other_statement(node):
                    new = ast.fix_missing_locations(ast.copy_location(new, node))
                    yield Edit(cost, node.lineno, about, [(block, i, new)])
                yield from _moved(parent, field, block, i)
        for i, condition in enumerate(getattr(parent, "ifs", ())):
            less = parent.ifs[:i] + parent.ifs[i + 1 :]
            slots = [(parent, "ifs", less)]
            yield Edit(1, condition.lineno, _too_much(condition, "if {}"), slots)


def _other_statement(node: ast.stmt) -> Iterator[tuple]:
    if not isinstance(node, ast.FunctionDef | ast.ClassDef | ast.Pass | ast.Return):
        yield 2, _too_much(node), ast.Pass()
    match node:
        case ast.AugAssign(target=target, op=op, value=value):
            yield 2, "the `=`", ast.Assign([target], value)
            read = copy.copy(target)
            read.ctx = ast.Load()
            yield 4, "a copy", ast.Assign([target], ast.BinOp(read, op, value))
            for other in _OPERATIONS.get(type(op), ()):
                yield 2, "the operation", ast.AugAssign(target, other(), value)
        case ast.Assign(targets=[target], value=value) if not isinstance(
            target, ast.Tuple
        ):
            yield 2, "the `=`", ast.AugAssign(target, ast.Add(), value)
        case ast.Assign(targets=[ast.Tuple(elts=[a, b])], value=value):
            other = ast.Tuple([b, a], ast.Store())
            yield 3, "the order", ast.Assign([other], value)
        case ast.If(test=test, body=body, orelse=orelse):
            yield 2, "the condition", ast.If(_number(True), body, orelse)
        case ast.Return(value=ast.expr() as value):
            yield 4, "`return`", ast.Expr(ast.Yield(value))


def _moved(parent, field, block, i) -> Iterator[Edit]:
    """Yield edits that put a statement elsewhere: one step down, in or out of a loop."""
    node = block[i]
    about = "where it stands"
    loops = ast.For | ast.While
    if i + 1 < len(block):
        after = block[i + 1]
        order = [*block[:i], after, node, *block[i + 2 :]]
        yield Edit(4, node.lineno, about, [(parent, field, order)])
        if isinstance(node, loops | ast.If):  # what stands after it, into it
            slots = [
                (node, "body", [*node.body, after]),
                (parent, field, block[: i + 1] + block[i + 2 :]),
            ]
            yield Edit(4, after.lineno, about, slots)
    if isinstance(node, loops | ast.If) and len(node.body) > 1:
        first, last = node.body[0], node.body[-1]
        rest = [*block[: i + 1], last, *block[i + 1 :]]
        slots = [(node, "body", node.body[:-1]), (parent, field, rest)]
        yield Edit(4, last.lineno, about, slots)
        rest = [*block[:i], first, *block[i:]]
        slots = [(node, "body", node.body[1:]), (parent, field, rest)]
        yield Edit(4, first.lineno, about, slots)


def _is_called(node, parent) -> bool:
    return isinstance(parent, ast.Call) and node is parent.func


def _name(function: ast.expr) -> str:
    """The last part of a called name: ``sum`` of ``np.sum`` and ``(x * y).sum``."""
    return getattr(function, "attr", getattr(function, "id", ""))


def _like(node, parts):
    return type(node)(parts, ast.Load())


def _too_much(node: ast.AST, shape: str = "{}", text: str = "") -> str:
    """Name what an edit leaves out, if it is short."""
    text = text or ast.unparse(node)
    short = len(text) <= 30 and "\n" not in text
    return f"+{shape.format(text)}" if short else "+"


# The search ----------------------------------------------------------------------------


def search(exercise: object, source: str, scope: dict, seconds: float) -> list[Edit]:
    """The edits of a source that make right what it gets wrong."""
    end = time.monotonic() + seconds
    tree, name = parse(source), exercise.name
    judge = _Judge(exercise, end)
    trials = judge.trials(0)
    mine = [judge.outcome(_define(tree, name, scope), *trial) for trial in trials]
    wrong = [i for i, t in enumerate(mine) if not judge.alike(t, trials[i][1])]
    if not wrong or any(trial.limit for trial in mine):
        return []
    # What raises is made right in the line where it does, or it is made silent.
    lines = {_own_line(trial.error) for trial in mine if trial.error}
    trials = [trials[i] for i in (wrong[0], *set(range(len(trials))) - {wrong[0]})]
    read, found = _read(tree), []
    for edit in edits(tree, _words(exercise)):
        if time.monotonic() > end or (found and edit.cost > found[0].cost + WIDER):
            break
        if lines and edit.line not in lines:
            continue
        edit.swap()
        try:
            answer, bypassed = _define(tree, name, scope), read - _read(tree)
        except Exception:  # such as two arguments of one name
            continue
        finally:
            edit.swap()
        if bypassed and not edit.about.startswith("+"):
            continue
        if all(judge.right(answer, *trial) for trial in trials) and judge.also(answer):
            found.append(edit)
    return found


class _Judge:
    """Judges answers as the check does, on its inputs and on two further seeds."""

    def __init__(self, exercise: object, end: float) -> None:
        self.exercise, self.end = exercise, end
        self.alike = exercise._alike

    @functools.cache
    def trials(self, seed: int) -> list[tuple]:
        """The inputs and what is expected of them."""
        import numpy as np

        cases = self.exercise.cases(np.random.default_rng(seed))
        reference = self.exercise.reference
        return [(case, self.exercise._trial(reference, case)) for case in cases]

    def outcome(self, answer: object, case: tuple, want: object) -> object:
        left = max(min(self.end - time.monotonic(), LONGEST), 0.02)
        return self.exercise._trial(answer, case, left)

    def right(self, answer: object, case: tuple, want: object) -> bool:
        trial = self.outcome(answer, case, want)
        return self.alike(trial, want) and not trial.replaced

    def also(self, answer: object) -> bool:
        more = [trial for seed in (1, 2) for trial in self.trials(seed)]
        return all(
            self.right(answer, *trial) for trial in more
        ) and not self.exercise._ask_also(answer)


def _define(tree: ast.Module, name: str, scope: dict) -> object:
    inside = dict(scope)
    exec(compile(tree, FILE, "exec"), inside)
    return inside[name]


def _own_line(error: BaseException) -> int:
    """The line of the answer in which an error came up; 0 if in none."""
    steps = traceback.extract_tb(error.__traceback__)
    return next((s.lineno for s in reversed(steps) if s.filename == FILE), 0)


def _read(tree: ast.Module) -> set[str]:
    """The names that are read."""
    return {
        node.id
        for node in ast.walk(tree)
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)
    }


def _words(exercise: object) -> tuple[str, ...]:
    """The texts in the code of the reference, such as the keys of a dict."""
    code = getattr(exercise.reference, "__code__", None)
    texts = [c for c in code.co_consts if isinstance(c, str)] if code else []
    return tuple(text for text in texts if text != exercise.reference.__doc__)


def message(source: str, found: list[Edit]) -> str:
    """Name the one line of the learner's that the edits change, or nothing."""
    source = textwrap.dedent(source)
    shown = {_statement(source, edit.line) for edit in found}
    if len(shown) != 1:
        return ""
    abouts = {edit.about for edit in found}
    about = abouts.pop() if len(abouts) == 1 else ""
    told = "One small change makes it right. Look at "
    if about.startswith("+"):
        told += "this line"
        what = f" Is `{about[1:]}` needed?" if about[1:] else ""
    else:
        told += f"{about} in this line" if about else "this line"
        what = ""
    return f"{told}: `{shown.pop()}`.{what}"


def _statement(source: str, line: int) -> str:
    """The statement in which a line stands, or the line itself if that is long."""
    lines = source.splitlines()
    parts = [
        node
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.stmt)
        and not hasattr(node, "body")
        and node.lineno <= line <= node.end_lineno
    ]
    if parts:
        whole = " ".join(s.strip() for s in lines[parts[0].lineno - 1 : parts[0].end_lineno])
        if len(whole) <= 88:
            return whole
    return lines[line - 1].strip()


# The process of its own ----------------------------------------------------------------


def line_to_look_at(
    exercise: object, source: str, globals_needed: dict, seconds: float = 1.0
) -> str:
    """Say which line one small change would make right; nothing when in doubt.

    Parameters
    ----------
    exercise : Exercise
        It must stand in the ``LESSON`` of the module of its reference.
    source : str
        The learner's source, of a function or class with the exercise's name.
    globals_needed : dict
        What stands around that source, ``answer.__globals__``.
    seconds : float
        How long edits are tried, once the process is up.
    """
    asked = {
        "module": exercise.reference.__module__,
        "name": exercise.name,
        "source": source,
        "seconds": seconds,
    }
    root = Path(__file__).resolve().parents[2]
    try:
        asked["needed"] = _needed(exercise, source, globals_needed)
        done = subprocess.run(
            [sys.executable, "-B", "-m", "helpers.exercises.repair"],
            input=json.dumps(asked),
            capture_output=True,
            encoding="utf-8",
            cwd=root,
            timeout=START + seconds,
            check=True,
        )
        return json.loads(done.stdout)
    except (_Unknown, SyntaxError, ValueError, OSError, subprocess.SubprocessError):
        return ""


class _Unknown(Exception):
    """The source uses something that cannot be had in another process."""


def _needed(exercise: object, source: str, around: dict) -> dict:
    """Where to find what the source takes from outside: name -> (module, name)."""
    lesson = sys.modules[exercise.reference.__module__]
    tree = parse(source)
    stored = {
        getattr(node, "id", getattr(node, "arg", getattr(node, "name", "")))
        for node in ast.walk(tree)
        if not isinstance(getattr(node, "ctx", None), ast.Load)
    }
    needed = {}
    for name in _read(tree) - stored - set(dir(builtins)):
        value = around.get(name)
        owner = getattr(value, "__module__", None)
        if isinstance(value, types.ModuleType):
            needed[name] = value.__name__, ""
        elif name in lesson.LESSON.exercises or value is getattr(lesson, name, lesson):
            needed[name] = lesson.__name__, name
        elif callable(value) and value is getattr(sys.modules.get(owner), name, None):
            needed[name] = owner, name
            if owner == "__main__":
                raise _Unknown
        elif name in around:
            raise _Unknown
    return needed


def _main() -> None:
    """Read what is asked from stdin, and write the message to stdout."""
    asked = json.load(sys.stdin)
    lesson = importlib.import_module(asked["module"]).LESSON
    scope = {"__name__": "answer"}
    for name, (module, inside) in asked["needed"].items():
        value = importlib.import_module(module)
        scope[name] = getattr(value, inside) if inside else value
    # A timer of the system's: it ends the process even in a compiled call.
    with open(os.devnull, "w") as nothing:
        sys.addaudithook(_only_compute)
        faulthandler.dump_traceback_later(asked["seconds"] + 0.5, exit=True, file=nothing)
        found = search(
            lesson.exercises[asked["name"]], asked["source"], scope, asked["seconds"]
        )
        faulthandler.cancel_dump_traceback_later()
    json.dump(message(asked["source"], found), sys.stdout)


def _only_compute(event: str, given: tuple) -> None:
    """Refuse edited code what reaches beyond the process (an audit hook)."""
    if event == "open" and given[1] in (None, "r", "rb"):
        return
    if event == "open" or event.split(".")[0] in ("socket", "subprocess", "shutil"):
        raise PermissionError(event)
    if event.startswith("os.") and event not in ("os.listdir", "os.scandir"):
        raise PermissionError(event)


if __name__ == "__main__":
    _main()
