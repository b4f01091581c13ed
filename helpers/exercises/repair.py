"""Find the learner's own line that one small change would make right.

Every single small edit of the learner's source is tried (`changes`). If one makes all
trials come out right, it names a line of the learner's, and what to look at there; the
repaired line is never shown. When in doubt, nothing is said.

Edited code may run forever in a compiled call, so all this runs in a process of its
own, ``python -m helpers.exercises.repair``, which ends itself when its time is up.
"""

import ast
import builtins
import collections
import contextlib
import copy
import dataclasses
import faulthandler
import functools
import importlib
import io
import itertools
import json
import os
import subprocess
import sys
import textwrap
import time
import traceback
import types
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from helpers.exercises import bounds
from helpers.exercises.changes import Edit, edits, parse

FILE = "<answer>"  # the name under which edited sources are compiled
WIDER = 1  # how much more an edit may cost than the first that fits
BATCH = 30  # edits that are tried together
LONGEST = 0.3  # seconds that a batch, and one trial of one answer, may take
START = 10.0  # seconds in which the process must have come up


def line_to_look_at(
    exercise: object, source: str, globals_needed: dict, seconds: float = 1.0
) -> str:
    """Say which line one small change would make right; nothing when in doubt.

    Parameters
    ----------
    exercise : Exercise
        It must stand in the ``LESSON`` of the module of its reference.
    source : str
        The learner's source, of a function or class, under whatever name.
    globals_needed : dict
        What stands around that source, such as ``answer.__globals__``.
    seconds : float
        How long edits are tried, once the process is up.
    """
    module = exercise.reference.__module__
    try:
        asked = json.dumps(
            {
                "module": module,
                "name": exercise.name,
                "source": source,
                "needed": _needed(source, globals_needed, sys.modules[module]),
                "seconds": seconds,
            }
        )
        done = subprocess.run(
            [sys.executable, "-B", "-m", "helpers.exercises.repair"],
            input=asked,
            capture_output=True,
            encoding="utf-8",
            cwd=Path(__file__).resolve().parents[2],
            timeout=START + seconds,
            check=True,
        )
        return json.loads(done.stdout)
    except (LookupError, SyntaxError, ValueError, OSError, subprocess.SubprocessError):
        return ""


def _needed(source: str, around: dict, lesson: types.ModuleType) -> dict:
    """Where another process finds what the source takes from outside."""
    tree = parse(source)
    own = {n.arg for n in ast.walk(tree) if isinstance(n, ast.arg)}
    own |= {getattr(n, "name", "") for n in ast.walk(tree)}
    own |= {n.asname or n.name for n in ast.walk(tree) if isinstance(n, ast.alias)}
    own |= _names(tree, ast.Store)
    needed = {}
    for name in _names(tree, ast.Load) - own - set(dir(builtins)):
        value = around.get(name)
        home = sys.modules.get(getattr(value, "__module__", None))
        if isinstance(value, types.ModuleType):
            needed[name] = value.__name__, ""
        elif name in lesson.LESSON.exercises or value is getattr(lesson, name, lesson):
            needed[name] = lesson.__name__, name
        elif home and home.__name__ != "__main__" and vars(home).get(name) is value:
            needed[name] = home.__name__, name
        elif name in around:
            raise LookupError(f"{name} cannot be had in another process")
    return needed


def search(exercise: object, source: str, scope: dict, seconds: float) -> list[Edit]:
    """The edits of a source that make right what it gets wrong."""
    end = time.monotonic() + seconds
    tree = parse(source)
    right = functools.partial(_right, exercise, end)
    trials, answer = _trials(exercise, 0), _define(tree, scope)
    wrong = [trial for trial in trials if not right(answer, *trial)]
    if not wrong or time.monotonic() > end:
        return []
    # What raises is made right in the line where it does, or it is made silent.
    stops = {_stops(exercise, answer, case) for case, _ in trials} - {0}
    words = [c for c in _constants(exercise.reference) if isinstance(c, str)]
    queue = (e for e in edits(tree, words) if not stops or e.line in stops)
    read, found, more = _names(tree, ast.Load), [], []
    for edit in _promising(exercise, tree, scope, queue, wrong[0], end):
        if found and edit.cost > found[0].cost + WIDER:
            break
        edit.swap()
        answer, bypassed = _define(tree, scope), read - _names(tree, ast.Load)
        edit.swap()
        if bypassed and not edit.about.startswith("-"):
            continue
        if all(right(answer, *trial) for trial in trials):
            more = more or [*_trials(exercise, 1), *_trials(exercise, 2)]
            if all(right(answer, *t) for t in more) and not exercise._ask_also(answer):
                found.append(edit)
    return found


def _promising(
    exercise: object,
    tree: ast.Module,
    scope: dict,
    queue: Iterator[Edit],
    trial: tuple,
    end: float,
) -> Iterator[Edit]:
    """Yield the edits with which one trial gives the right value, in batches."""
    case, want = trial
    codes, fit = collections.deque(), []

    def try_all() -> None:
        while codes:
            edit, code = codes[0]
            with contextlib.suppress(Exception):
                answer = _define(tree, scope, code)
                value = exercise.run(answer, *copy.deepcopy(case))
                if exercise._alike(dataclasses.replace(want, value=value), want):
                    fit.append(edit)
            codes.popleft()

    while time.monotonic() < end and (batch := list(itertools.islice(queue, BATCH))):
        for edit in batch:
            edit.swap()
            with contextlib.suppress(SyntaxError, ValueError, TypeError):
                codes.append((edit, compile(tree, FILE, "exec")))
            edit.swap()
        while codes and time.monotonic() < end:
            if bounds.call(try_all, seconds=LONGEST).limit:
                codes.popleft()  # the one that takes so long
        yield from fit
        fit.clear()


def _define(tree: ast.Module, scope: dict, code: object = None) -> object:
    """The function or class that a source ends with."""
    inside = dict(scope)
    exec(code or compile(tree, FILE, "exec"), inside)
    return inside[tree.body[-1].name]


def _trials(exercise: object, seed: int) -> list[tuple]:
    """The inputs and what is expected of them."""
    cases = exercise.cases(np.random.default_rng(seed))
    return [(case, exercise._trial(exercise.reference, case)) for case in cases]


def _right(
    exercise: object, end: float, answer: object, case: tuple, want: object
) -> bool:
    """Whether one trial comes out as the check wants it."""
    left = max(min(end - time.monotonic(), LONGEST), 0.02)
    try:
        trial = exercise._trial(answer, case, left)
        return exercise._alike(trial, want) and not trial.replaced
    except Exception:  # such as a result too large to be compared
        return False


def _stops(exercise: object, answer: object, case: tuple) -> int:
    """The line of an answer in which it raises; 0 if it does not."""
    try:
        exercise.run(answer, *copy.deepcopy(case))
    except Exception as error:
        steps = reversed(traceback.extract_tb(error.__traceback__))
        return next((step.lineno for step in steps if step.filename == FILE), -1)
    return 0


def _names(tree: ast.AST, how: type) -> set[str]:
    """The names that are read (ast.Load) or given a value (ast.Store)."""
    names = (node for node in ast.walk(tree) if isinstance(node, ast.Name))
    return {node.id for node in names if isinstance(node.ctx, how)}


def _constants(reference: object) -> tuple:
    code = getattr(reference, "__code__", None)
    return code.co_consts[1:] if code else ()  # the first is the docstring


def message(source: str, found: list[Edit]) -> str:
    """Name the one line of the learner's that all the edits change, or nothing."""
    shown = {_statement(textwrap.dedent(source), edit.line) for edit in found}
    if len(shown) != 1:
        return ""
    [line], abouts = shown, {edit.about for edit in found}
    about = abouts.pop() if len(abouts) == 1 else ""
    if about == "`axis`" and line.count("axis=") > 1:
        return ""  # right by chance: the other one makes up for it
    named = about and about[0] not in "+-"
    there = f"{about} in this line" if named else "this line"
    told = f"One small change makes it right. Look at {there}: `{line}`."
    if about == "+":
        return f"{told} Is something missing in it?"
    if about.startswith("-"):
        short = about[1:] != line and len(about) <= 30
        return f"{told} Is {f'`{about[1:]}`' if short else 'all of it'} needed?"
    return told


def _statement(source: str, line: int) -> str:
    """The statement in which a line stands, or the line itself if that is long."""
    lines = [text.strip() for text in source.splitlines()]
    for node in ast.walk(ast.parse(source)):
        simple = isinstance(node, ast.stmt) and not hasattr(node, "body")
        if simple and node.lineno <= line <= node.end_lineno:
            whole = " ".join(lines[node.lineno - 1 : node.end_lineno])
            return whole if len(whole) <= 88 else lines[line - 1]
    return lines[line - 1]


def _main() -> None:
    """Read what is asked from stdin, and write the message to stdout."""
    asked = json.load(sys.stdin)
    exercise = importlib.import_module(asked["module"]).LESSON.exercises[asked["name"]]
    scope = {"__name__": "answer"}
    for name, (module, inside) in asked["needed"].items():
        value = importlib.import_module(module)
        scope[name] = getattr(value, inside) if inside else value
    nowhere = os.open(os.devnull, os.O_WRONLY)
    sys.addaudithook(_only_compute)
    # A timer of the system's: it ends the process even in a compiled call.
    faulthandler.dump_traceback_later(asked["seconds"] + 0.5, exit=True, file=nowhere)
    with contextlib.redirect_stdout(io.StringIO()):
        found = search(exercise, asked["source"], scope, asked["seconds"])
    faulthandler.cancel_dump_traceback_later()
    json.dump(message(asked["source"], found), sys.stdout)


def _only_compute(event: str, given: tuple) -> None:
    """Refuse edited code what reaches beyond the process (an audit hook)."""
    reads = event == "open" and given[1] in (None, "r", "rb")
    looks = event in ("os.listdir", "os.scandir")
    reaches = event.split(".")[0] in ("open", "os", "socket", "subprocess", "shutil")
    if reaches and not reads and not looks:
        raise PermissionError(event)


if __name__ == "__main__":
    _main()
