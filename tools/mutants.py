"""List the wrong answers that an exercise's inputs do not tell from the right one.

    python tools/mutants.py 02 [exercise]

Small edits of the reference answer (those of `helpers.exercises.repair`, and calls put
around its parts) are used on the exercise's inputs. One that comes out right on all of
them but differs from the reference on other inputs (the same ones turned, shifted,
sorted, rounded) is listed with its line. Either the inputs have a hole, and need one
more, or those other inputs are none that the exercise allows.
"""

import ast
import copy
import importlib
import inspect
import sys
import textwrap
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from helpers.exercises import compare, repair
from helpers.exercises.exercise import Exercise

# What is put around each part of the answer, as a learner might.
AROUND = (
    "abs({})",
    "-abs({})",
    "np.sort({})",
    "np.squeeze({})",
    "np.round({}, 1)",
    "np.minimum({}, 1)",
    "np.maximum({}, 0)",
    "np.asarray({}).astype(int)",
    "np.asarray({}).astype(np.uint8)",
    "{}[0]",
    "{}[-1]",
    "{}[:-1]",
    "{}[::-1]",
)


def around(tree: ast.Module) -> Iterator[repair.Edit]:
    """Yield the edits that put a call around an expression of the answer."""
    for node, parent, slot in repair.expressions(tree):
        called = node is getattr(parent, "func", None)
        if called or isinstance(node, ast.Constant) or isinstance(parent, ast.Attribute):
            continue
        for shape in AROUND:
            text = shape.format(f"({ast.unparse(node)})")
            yield repair.instead(node, slot, 0, shape, text)


def mutants(exercise: Exercise) -> Iterator[tuple[int, str, str, Callable]]:
    """Yield line, the line as it was, as it became, and the edited answer."""
    reference = exercise.reference
    lines, first = inspect.getsourcelines(reference)
    tree = repair.parse("".join(lines))
    words = tuple(
        n.value
        for n in ast.walk(tree)
        if isinstance(n, ast.Constant) and isinstance(n.value, str)
    )
    was = ast.unparse(tree).splitlines()
    for edit in [*repair.edits(tree, words), *around(tree)]:
        edit.swap()
        try:
            now = ast.unparse(ast.fix_missing_locations(tree))
            scope = dict(vars(sys.modules[reference.__module__]))
            exec(compile(now, "<mutant>", "exec"), scope)
        except (SyntaxError, TypeError, ValueError, NameError):
            continue
        finally:
            edit.swap()
        new = now.splitlines()
        old = [line for line in was if line not in new]
        new = [line.strip() for line in new if line not in was]
        yield (
            first + edit.line - 1,
            " / ".join(map(str.strip, old)),
            " / ".join(new) or "(left out)",
            scope[exercise.name],
        )


def changed(case: tuple, rng: np.random.Generator) -> Iterator[tuple]:
    """Yield other inputs of the same kinds and shapes."""
    for change in (
        lambda a: -a,
        lambda a: a * 7 + 1,
        lambda a: a[::-1].copy() if a.ndim else a,
        lambda a: rng.permutation(a.ravel()).reshape(a.shape),
        lambda a: a + rng.normal(size=a.shape) if a.dtype.kind == "f" else a,
        lambda a: np.round(a * 3),
        lambda a: a[:1] if a.ndim else a,  # of all: one sample
    ):
        for which in (*range(len(case)), None):
            yield tuple(
                _with_arrays(part, change) if which in (i, None) else part
                for i, part in enumerate(copy.deepcopy(case))
            )


def _with_arrays(value: object, change: Callable) -> object:
    if isinstance(value, list | tuple):
        return type(value)(_with_arrays(part, change) for part in value)
    if isinstance(value, dict):
        return {key: _with_arrays(part, change) for key, part in value.items()}
    if isinstance(value, float):
        return float(change(np.array(value)))
    return change(value) if isinstance(value, np.ndarray) else value


def holes(exercise: Exercise) -> Iterator[tuple[int, str, str, str]]:
    """Yield line, before, after, and inputs on which the edited answer is wrong."""
    cases = exercise.cases(np.random.default_rng(0))
    wanted = [exercise._trial(exercise.reference, case) for case in cases]
    others = [
        other
        for seed in (1, 2)
        for case in exercise.cases(np.random.default_rng(seed))
        for other in (case, *changed(case, np.random.default_rng(seed)))
    ]
    others = [others[i] for i in np.random.default_rng(0).permutation(len(others))]
    others = [(o, exercise._trial(exercise.reference, o, 1.0)) for o in others[:150]]
    others = [(o, want) for o, want in others if not (want.error or want.warning)]
    seen = set()
    for line, was, now, answer in mutants(exercise):
        if now in seen:
            continue
        seen.add(now)
        if not all(
            exercise._alike(exercise._trial(answer, case, 0.5), want)
            for case, want in zip(cases, wanted, strict=True)
        ) or (exercise.also and exercise._ask_also(answer)):
            continue
        for other, want in others:
            if not exercise._alike(exercise._trial(answer, other, 0.5), want):
                named = exercise._named(other)
                yield (
                    line,
                    was,
                    now,
                    ", ".join(f"{n}={compare.show(v)}" for n, v in named.items()),
                )
                break


def main(number: str, *names: str) -> None:
    """Print the holes of one lesson's exercises."""
    lesson = importlib.import_module(f"helpers.exercises.lesson_{number}").LESSON
    for name, exercise in lesson.exercises.items():
        if exercise.value or (names and name not in names):
            continue
        print(f"\n{name}")
        before = ""
        for line, was, now, other in sorted(holes(exercise)):
            print(f"  {line}: {was}\n" * (was != before) + f"    → {now}")
            print("        e.g. " + textwrap.shorten(other, 140), flush=True)
            before = was


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    main(*sys.argv[1:])
