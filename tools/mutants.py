"""List the wrong answers that an exercise's inputs do not tell from the right one.

    python tools/mutants.py 02 [exercise]

Small edits of the reference answer, and calls put around its parts, are used on the
exercise's inputs. One that is right on all of them, but not on others (the same ones
turned, shifted, rounded, one sample) is listed with its line. Either the inputs have a
hole, and need one more, or those others are none that the exercise allows.
"""

import ast
import contextlib
import copy
import functools
import importlib
import inspect
import sys
import textwrap
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from helpers.exercises import compare
from helpers.exercises.changes import edits, expressions, instead, parse
from helpers.exercises.exercise import Exercise

# What is put around each part of the answer, and what is done to the inputs' arrays.
AROUND = ["abs({})", "-abs({})", "np.sort({})", "np.squeeze({})", "np.round({}, 1)"]
AROUND += ["np.minimum({}, 1)", "np.maximum({}, 0)", "{}[0]", "{}[-1]", "{}[:-1]"]
AROUND += ["{}[::-1]", "np.asarray({}).astype(int)", "np.asarray({}).astype('uint8')"]
CHANGES = (
    lambda rng, a: -a,
    lambda rng, a: a * 7 + 1,
    lambda rng, a: rng.permutation(a.ravel()).reshape(a.shape),
    lambda rng, a: a + rng.normal(size=a.shape) if a.dtype.kind == "f" else a,
    lambda rng, a: np.round(a * 3),
    lambda rng, a: a[:1] if a.ndim else a,
)
OTHERS = 150  # inputs on which a mutant is compared with the reference


def mutants(exercise: Exercise) -> Iterator[tuple[int, str, str, Callable]]:
    """Yield a line's number, the line as it is, as it becomes, and the answer."""
    reference = exercise.reference
    lines, first = inspect.getsourcelines(reference)
    tree = parse("".join(lines))
    found = list(edits(tree))
    for node, parent, slot in expressions(tree):
        within = node is getattr(parent, "func", 0) or isinstance(parent, ast.Attribute)
        for shape in () if within else AROUND:
            text = shape.format(f"({ast.unparse(node)})")
            found.append(instead(node, slot, 0, shape, text))
    was, seen = ast.unparse(tree).splitlines(), {ast.unparse(tree)}
    for edit in filter(None, found):
        edit.swap()
        text = ast.unparse(ast.fix_missing_locations(tree))
        edit.swap()
        scope, now = dict(vars(sys.modules[reference.__module__])), text.splitlines()
        with contextlib.suppress(SyntaxError, TypeError, ValueError, NameError):
            exec(text, scope)
            if text not in seen:
                line, old, new = first + edit.line - 1, _rest(was, now), _rest(now, was)
                yield line, old, new, scope[exercise.name]
        seen.add(text)


def _rest(lines: list[str], others: list[str]) -> str:
    return " / ".join(line.strip() for line in lines if line not in others)


def changed(value: object, change: Callable) -> object:
    """The same input with every array, and every float, changed."""
    if isinstance(value, list | tuple):
        return type(value)(changed(part, change) for part in value)
    if isinstance(value, dict):
        return {key: changed(part, change) for key, part in value.items()}
    if isinstance(value, float):
        return float(change(np.array(value)))
    return change(value) if isinstance(value, np.ndarray) else value


def other_inputs(exercise: Exercise) -> list[tuple]:
    """Inputs of the same kinds with what the reference makes of them."""
    rng, others = np.random.default_rng(1), []
    for case in (*exercise.cases(rng), *exercise.cases(rng)):
        others.append(case)
        for change in CHANGES:
            new = changed(copy.deepcopy(case), functools.partial(change, rng))
            one = [(*case[:i], new[i], *case[i + 1 :]) for i in range(len(case))]
            others += [new, *one]
    some = [others[i] for i in rng.permutation(len(others))[:OTHERS]]
    made = [(case, exercise._trial(exercise.reference, case, 1.0)) for case in some]
    return [
        (case, want)
        for case, want in made
        if want.value is not None and not want.warning
    ]


def holes(exercise: Exercise) -> Iterator[tuple[int, str, str, str]]:
    """Yield the mutants that only other inputs tell from the reference, and which."""

    def wrong_on(answer: Callable, trials: list[tuple]) -> tuple | None:
        for case, want in trials:
            with contextlib.suppress(OverflowError):  # an int beyond float's range
                if exercise._alike(exercise._trial(answer, case, 0.5), want):
                    continue
            return case
        return None

    cases = exercise.cases(np.random.default_rng(0))
    own = [(case, exercise._trial(exercise.reference, case)) for case in cases]
    others = other_inputs(exercise)
    for line, was, now, answer in mutants(exercise):
        if wrong_on(answer, own) is not None or exercise._ask_also(answer):
            continue
        case = wrong_on(answer, others)
        if case is not None:
            given = exercise._named(case).items()
            told = ", ".join(f"{name}={compare.show(x)}" for name, x in given)
            yield line, was, now, textwrap.shorten(told, 140)


def main(number: str, *names: str) -> None:
    """Print the holes of one lesson's exercises."""
    warnings.simplefilter("ignore", SyntaxWarning)  # of what some edits come to
    lesson = importlib.import_module(f"helpers.exercises.lesson_{number}").LESSON
    for name in names or lesson.exercises:
        if not lesson.exercises[name].value:
            print(f"\n{name}")
            for line, was, now, given in holes(lesson.exercises[name]):
                print(f"  {line}: {was}\n    → {now}\n        e.g. {given}", flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:]) if len(sys.argv) > 1 else sys.exit(__doc__)
