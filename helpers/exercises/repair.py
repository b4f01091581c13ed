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
import faulthandler
import functools
import importlib
import json
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

    ``cost`` is low for simple changes, ``line`` counts in the source, ``about`` names
    what is changed (after a ``-`` what is left out), and ``slots`` are (owner, key,
    new): in ``owner``, a list or a node of the tree, ``new`` takes the place ``key``.
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
    names = {n.arg for n in ast.walk(tree) if isinstance(n, ast.arg)} - {"self"}
    for node in ast.walk(tree):
        if isinstance(getattr(node, "ctx", None), ast.Store) and hasattr(node, "lineno"):
            if isinstance(node, ast.Name | ast.Attribute):
                names.add(ast.unparse(node))
    found = [
        edit
        for node, parent, slot in expressions(tree)
        for cost, about, text in _instead(node, parent, names, words)
        if (edit := instead(node, slot, cost, about, text))
    ]
    return sorted([*found, *_statements(tree)], key=lambda edit: edit.cost)


def expressions(tree: ast.AST) -> Iterator[tuple]:
    """Yield (node, parent, (owner, key)) for each expression that is read."""
    for parent in ast.walk(tree):
        for field, value in ast.iter_fields(parent):
            listed = isinstance(value, list)
            for key, node in enumerate(value) if listed else [(field, value)]:
                stored = isinstance(getattr(node, "ctx", None), ast.Store | ast.Del)
                odd = stored or isinstance(node, ast.Starred | ast.Slice)
                if isinstance(node, ast.expr) and not odd:
                    if not isinstance(parent, ast.JoinedStr | ast.FormattedValue):
                        yield node, parent, (value if listed else parent, key)


def instead(node, slot: tuple, cost: int, about: str, text: str) -> Edit | None:
    """The edit that puts an expression, given as text, in the place of a node."""
    try:
        new = ast.parse(f"({text})", mode="eval").body
    except SyntaxError:  # such as a tuple of slices, outside of its brackets
        return None
    for part in ast.walk(new):
        if hasattr(part, "lineno"):
            part.lineno = part.end_lineno = node.lineno
    same = ast.dump(new) == ast.dump(node)
    return None if same else Edit(cost, node.lineno, about, [(*slot, new)])


# What each expression may become -------------------------------------------------------

_OTHER = {
    "+": "-",
    "-": "+",
    "*": "/ @ **",
    "/": "* //",
    "//": "/",
    "@": "*",
    "**": "*",
    "&": "|",
    "|": "&",
    "<": "<= > >=",
    "<=": "< >= >",
    ">": ">= < <=",
    ">=": "> <= <",
    "==": "!= >= <=",
    "!=": "==",
}
_RELATED = (
    "sum mean max prod",
    "max min",
    "argmax argmin",
    "maximum minimum",
    "floor ceil",
    "zeros ones",
    "zeros_like ones_like",
    "std var",
    "log exp log2 log10",
    "int float",
    "append extend",
    "permutation shuffle",
    "hstack vstack",
    "repeat tile",
)
_ALONG = "sum mean max min std var argmax argmin prod any all cumsum sort concatenate"
_TYPED = "zeros_like ones_like full_like full array asarray"
_HOLD = ast.Assign | ast.Tuple | ast.List | ast.Call | ast.Return | ast.ListComp


def _sign(op: ast.AST) -> str:
    """``+`` for ast.Add, ``<`` for ast.Lt and so on."""
    x = ast.Name("x")
    both = ast.Compare(x, [op], [x]) if isinstance(op, ast.cmpop) else None
    return ast.unparse(both or ast.BinOp(x, op, x))[2:-2]


def _instead(node, parent, names, words) -> Iterator[tuple]:
    """Yield (cost, about, text) for what may stand in the place of an expression."""
    text = ast.unparse(node)
    match node:
        case ast.BinOp(left=left, op=op, right=right):
            a, sign, b = ast.unparse(left), _sign(op), ast.unparse(right)
            yield 1, f"-{sign} {b}", a
            if sign in "+*@/":
                yield 1, f"-{a} {sign}", b
            for other in _OTHER.get(sign, "").split():
                yield 2, "the operation", f"({a}) {other} ({b})"
            yield 2, "the order", f"({b}) {sign} ({a})"
            if isinstance(left, ast.BinOp):  # 1 / 2 + x as 1 / (2 + x)
                c, first, d = map(ast.unparse, (left.left, left, left.right))
                first = _sign(left.op)
                yield 3, "the parentheses", f"({c}) {first} (({d}) {sign} ({b}))"
            if isinstance(right, ast.BinOp):
                c, d = ast.unparse(right.left), ast.unparse(right.right)
                last = _sign(right.op)
                yield 3, "the parentheses", f"(({a}) {sign} ({c})) {last} ({d})"
        case ast.UnaryOp(operand=operand):
            minus = isinstance(node.op, ast.USub)
            yield 1, "the sign" if minus else "`not`", ast.unparse(operand)
        case ast.Compare(left=left, ops=[op], comparators=[right]):
            a, b = ast.unparse(left), ast.unparse(right)
            for i, other in enumerate(_OTHER.get(_sign(op), "").split()):
                yield 2 + (i > 0), "the comparison", f"({a}) {other} ({b})"
            for end in ("+ 1", "- 1"):
                yield 3, "the comparison", f"({a}) {_sign(op)} ({b}) {end}"
        case ast.BoolOp(op=op, values=values):
            parts = [f"({ast.unparse(value)})" for value in values]
            word, other = ("and", "or")[:: 1 if isinstance(op, ast.And) else -1]
            yield 2, "`and` and `or`", f" {other} ".join(parts)
            for i, part in enumerate(parts):
                yield 1, f"-{part}", f" {word} ".join(parts[:i] + parts[i + 1 :])
        case ast.Constant(value=bool()):
            yield 2, f"`{text}`", repr(not node.value)
        case ast.Constant(value=int() | float()):
            named = isinstance(parent, ast.keyword)
            about = f"`{parent.arg}`" if named else "the number"
            others = "0 1 2 0.5 -1 float('inf')".split()
            for other in [*others, f"{text} + 1", f"{text} - 1", f"-{text}"]:
                yield 3, about, other
            if named:
                yield 3, about, "None"
        case ast.Constant(value=str()):
            for word in words:
                yield 3, f"`{text}`", repr(word)
        case ast.Attribute(value=value, attr="T"):
            yield 1, "-.T", ast.unparse(value)
        case ast.Subscript(value=value, slice=index):
            a, i = ast.unparse(value), ast.unparse(index)
            yield 2, f"-[{i}]", a
            if isinstance(index, ast.Slice):
                low, high = (e and ast.unparse(e) or "" for e in (index.lower, index.upper))
                for other in (f":{high}", f"{low}:", f"{low}:{high}"):
                    yield 3, "where it begins or ends", f"({a})[{other}]"
        case ast.IfExp(test=test, body=body, orelse=orelse):
            parts = map(ast.unparse, (orelse, test, body))
            yield 3, "the condition", "({}) if ({}) else ({})".format(*parts)
        case ast.Tuple(elts=parts) | ast.List(elts=parts) if len(parts) > 1:
            brackets = "[{}]" if isinstance(node, ast.List) else "({},)"
            for less, other in _fewer(parts):
                yield 3, f"-{less}", brackets.format(other)
            for other in _exchanged(parts):
                yield 3, "the order", brackets.format(other)
        case ast.Call():
            yield from _other_call(node)
    if text in names and not (isinstance(parent, ast.Call) and node is parent.func):
        for other in sorted(names - {text, "_"}):
            yield 6, f"`{text}`", other
    yield from _around(node, parent, text)


def _around(node, parent, text: str) -> Iterator[tuple]:
    """Yield what may be missing around an expression: a sign, a transpose, a copy, ±1."""
    if isinstance(node, ast.Constant) or node is getattr(parent, "func", None):
        return
    plain = isinstance(node, ast.Name | ast.Attribute | ast.Subscript | ast.Call)
    if isinstance(parent, _HOLD | ast.BinOp) and (plain or isinstance(node, ast.BinOp)):
        yield 3, "the sign", f"-({text})"
    if isinstance(parent, ast.BinOp) and isinstance(parent.op, ast.MatMult) and plain:
        yield 2, "the shapes", f"({text}).T"
    if node is getattr(parent, "test", None):
        yield 3, "the condition", f"not ({text})"
    if isinstance(node, ast.Name | ast.Attribute) and isinstance(parent, _HOLD):
        yield 4, "what is a copy, and what is not", f"{text}.copy()"
    counts = _name(getattr(parent, "func", None)) in ("range", "arange", "linspace")
    if counts or isinstance(parent, ast.Slice) or node is getattr(parent, "slice", None):
        if not isinstance(node, ast.Tuple):
            yield 3, "where it begins or ends", f"({text}) + 1"
            yield 3, "where it begins or ends", f"({text}) - 1"


def _other_call(node: ast.Call) -> Iterator[tuple]:
    called, name = ast.unparse(node.func), _name(node.func)
    given = [ast.unparse(part) for part in node.args]
    named = [ast.unparse(part) for part in node.keywords]
    owner = getattr(node.func, "value", None)
    method = owner is not None and ast.unparse(owner) not in ("np", "torch", "math")

    def call(*arguments: str, to: str = called) -> str:
        return f"{to}({', '.join(arguments)})"

    if method:
        yield 1, f"-.{name}", ast.unparse(owner)
    elif given and not isinstance(node.args[0], ast.Starred):
        for argument in given[:2]:
            yield 1, f"-{name}", argument
    for group in _RELATED:
        for other in group.split() if name in group.split() else ():
            to = called[: len(called) - len(name)] + other
            yield 2, f"`{name}`", call(*given, *named, to=to)
    for i, keyword in enumerate(named):
        fewer = named[:i] + named[i + 1 :]
        yield 1, f"`{keyword.split('=')[0]}`", call(*given, *fewer)
    if len(given) > 1 or method:
        for less, other in _fewer(node.args):
            yield 2, f"-{less}", call(other, *named)
    for other in _exchanged(node.args):
        yield 3, "the order", call(other, *named)
    if name in _ALONG.split():
        for axis in ("axis=0", "axis=1"):
            yield 3, "what it runs over", call(*given, *named, axis)
        yield 3, "the shapes", call(*given, *named, "keepdims=True")
    if name in ("std", "var"):
        yield 3, f"`{name}`", call(*given, *named, "ddof=1")
    if name in _TYPED.split():
        untyped = [keyword for keyword in named if not keyword.startswith("dtype")]
        yield 3, "the type of its numbers", call(*given, *untyped, "dtype=float")


def _fewer(parts: list) -> Iterator[tuple[str, str]]:
    texts = [ast.unparse(part) for part in parts]
    for i, text in enumerate(texts):
        yield text, ", ".join(texts[:i] + texts[i + 1 :])


def _exchanged(parts: list) -> Iterator[str]:
    texts = [ast.unparse(part) for part in parts]
    for i in range(len(texts)):
        for j in range(i + 1, len(texts)):
            moved = list(texts)
            moved[i], moved[j] = texts[j], texts[i]
            yield ", ".join(moved)


def _name(function: ast.expr | None) -> str:
    """The last part of a called name: ``sum`` of ``np.sum`` and ``(x * y).sum``."""
    return getattr(function, "attr", getattr(function, "id", ""))


# What each statement may become --------------------------------------------------------


def _statements(tree: ast.Module) -> Iterator[Edit]:
    """Yield edits of whole statements: left out, in place, in or out of a loop."""
    for parent in ast.walk(tree):
        for field in ("body", "orelse"):
            block = getattr(parent, field, None)
            if isinstance(block, list) and not isinstance(parent, ast.Module):
                for i, node in enumerate(block):
                    for cost, about, new in _other_statement(node):
                        new = ast.fix_missing_locations(ast.copy_location(new, node))
                        yield Edit(cost, node.lineno, about, [(block, i, new)])
                    yield from _moved(parent, field, block, i)
        for i, condition in enumerate(getattr(parent, "ifs", ())):
            less = parent.ifs[:i] + parent.ifs[i + 1 :]
            about = f"-if {ast.unparse(condition)}"
            yield Edit(1, condition.lineno, about, [(parent, "ifs", less)])


def _other_statement(node: ast.stmt) -> Iterator[tuple]:
    if not isinstance(node, ast.FunctionDef | ast.ClassDef | ast.Pass | ast.Return):
        yield 2, f"-{ast.unparse(node)}", ast.Pass()
    match node:
        case ast.AugAssign(target=target, op=op, value=value):
            yield 2, "the `=`", ast.Assign([target], value)
            read = ast.parse(ast.unparse(target), mode="eval").body
            about = "what changes in place"
            yield 4, about, ast.Assign([target], ast.BinOp(read, op, value))
            if isinstance(op, ast.Add | ast.Sub):
                other = ast.Sub() if isinstance(op, ast.Add) else ast.Add()
                yield 2, "the operation", ast.AugAssign(target, other, value)
        case ast.Assign(targets=[ast.Tuple(elts=[a, b])], value=value):
            yield 3, "the order", ast.Assign([ast.Tuple([b, a], ast.Store())], value)
        case ast.Assign(targets=[target], value=value):
            if not isinstance(target, ast.Tuple | ast.List):
                yield 2, "the `=`", ast.AugAssign(target, ast.Add(), value)
        case ast.If(body=body, orelse=orelse):
            yield 2, "the condition", ast.If(ast.Constant(True), body, orelse)
        case ast.Return(value=ast.expr() as value):
            yield 4, "`return`", ast.Expr(ast.Yield(value))


def _moved(parent, field, block, i) -> Iterator[Edit]:
    """Yield edits that put a statement elsewhere: one step down, in or out of a loop."""
    node, about = block[i], "where it stands"
    repeats = isinstance(node, ast.For | ast.While | ast.If)
    if i + 1 < len(block):
        after, rest = block[i + 1], block[i + 2 :]
        slots = [(parent, field, [*block[:i], after, node, *rest])]
        yield Edit(4, node.lineno, about, slots)
        if repeats:  # what stands after it, into it
            slots = [(node, "body", [*node.body, after])]
            slots += [(parent, field, [*block[: i + 1], *rest])]
            yield Edit(4, after.lineno, about, slots)
    if repeats and len(node.body) > 1:
        for out, left, order in (
            (node.body[-1], node.body[:-1], (node, node.body[-1])),
            (node.body[0], node.body[1:], (node.body[0], node)),
        ):
            slots = [(node, "body", left)]
            slots += [(parent, field, [*block[:i], *order, *block[i + 1 :]])]
            yield Edit(4, out.lineno, about, slots)


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
        if bypassed and not edit.about.startswith("-"):
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
    if about.startswith("-"):
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
