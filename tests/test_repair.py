"""Slips found in the learner's own code: `facts`, `repair`, and `mutants`."""

import importlib
import linecache
import textwrap
import time

import numpy as np
import pytest

import mutants
from helpers.exercises import facts, repair
from tests import within

# lesson, exercise, source; the line to find ends with #!
SLIPS = [
    (
        "02",
        """
        def descend(slope, w, learning_rate, steps):
            path = [w]
            for _ in range(steps):
                w = max(w - learning_rate * slope(w), 0.0)  #!
                path.append(w)
            return np.array(path)
        """,
    ),
    (
        "02",
        """
        def descend(slope, w, learning_rate, steps):
            path = np.zeros(steps + 1)
            path[0] = w
            for i in range(steps - 1):  #!
                path[i + 1] = path[i] - learning_rate * slope(path[i])
            return path
        """,
    ),
    (
        "02",
        """
        def standardize(X_train, X_other):
            mean = X_train.mean(axis=0)
            spread = X_train.std(axis=0, ddof=1)  #!
            spread[np.ptp(X_train, axis=0) == 0] = 1
            return (X_train - mean) / spread, (X_other - mean) / spread
        """,
    ),
    (
        "02",
        """
        def minibatches(X, y, batch_size, rng):
            order = rng.permutation(len(y))
            for start in range(0, len(y) - 1, batch_size):  #!
                rows = order[start : start + batch_size]
                yield X[rows], y[rows]
        """,
    ),
    (
        "01",
        """
        def accuracy(X, y, w, b):
            z = X @ w + b
            said = (z > 0).astype(int)  #!
            return np.mean(said == y)
        """,
    ),
    (
        "01",
        """
        def gradient(X, y, w, b):
            a = sigmoid(X @ w + b)
            delta = (a - y) * a * 1 - a  #!
            return X.T @ delta / len(y), delta.mean()
        """,
    ),
    (
        "03",
        """
        def hidden_and_output(x, wh, bh, wo, bo):
            ah = sigmoid(x[:, None] * wh + bh)
            out = ah @ wo + bo
            return ah, sigmoid(out)  #!
        """,
    ),
    (
        "03",
        """
        def forward(X, parameters):
            W1, b1, W2, b2 = parameters
            z1 = X @ W1 + b1
            a1 = sigmoid(z1)
            z2 = z1 @ W2 + b2  #!
            return z1, a1, z2, sigmoid(z2)
        """,
    ),
    (
        "04",
        """
        def confusion_matrix(y, predicted, classes=10):
            matrix = np.zeros((classes, classes), dtype=int)
            for n in range(len(y)):
                matrix[predicted[n], y[n]] += 1  #!
            return matrix
        """,
    ),
    (
        "05",
        """
        def shrink(W, amount):
            size = np.abs(W) - amount
            size = np.minimum(size, 0)  #!
            return np.sign(W) * size
        """,
    ),
    (
        "05",
        """
        def folds(order, k):
            blocks, pairs = np.array_split(order, k), []
            for i, block in enumerate(blocks):
                others = blocks[:i] + blocks[i:]  #!
                pairs.append((np.concatenate(others), block))
            return pairs
        """,
    ),
    (
        "06",
        """
        def geometric_mean(outputs):
            logs = np.log(outputs)
            mean = np.exp(logs.mean(axis=0))
            return mean / mean.sum(axis=1)  #!
        """,
    ),
]


def exercise_of(lesson: str, source: str) -> tuple:
    """The exercise that a source answers, the source, and what stands around it."""
    source = textwrap.dedent(source).strip() + "\n"
    module = importlib.import_module(f"helpers.exercises.lesson_{lesson}")
    name = source.split("(")[0].split(":")[0].split()[1]
    around = {"np": np, "sigmoid": getattr(module, "sigmoid", None)}
    return module.LESSON.exercises[name], source, around


def line_to_look_at(lesson: str, source: str, **more: float) -> str:
    return repair.line_to_look_at(*exercise_of(lesson, source), **more)


@pytest.mark.parametrize(("lesson", "source"), SLIPS)
def test_the_line_of_a_slip_is_found_and_the_repaired_one_never_shown(lesson, source):
    [line] = [line for line in source.splitlines() if "#!" in line]
    line = line.replace("#!", "").strip()
    told = line_to_look_at(lesson, source.replace("  #!", ""), seconds=3)
    assert f": `{line}`." in told, told
    assert told.startswith("One small change makes it right. Look at ")
    # Of code it holds this line and what is too much in it or its kind, nothing else.
    for part in told.split("`")[1::2]:
        assert part in line, told


SILENT = {
    "right, in another style": """
        def accuracy(X, y, w, b):
            right = 0
            for row, label in zip(X, y):
                right += int(row @ w + b >= 0) == label
            return right / len(y)
        """,
    "two mistakes in two lines": """
        def accuracy(X, y, w, b):
            z = X @ w - b
            return 100 * np.mean((z >= 0) == y)
        """,
    "not the exercise at all": """
        def accuracy(X, y, w, b):
            return 0.5
        """,
    "an exception, right without a line that does not raise": """
        def accuracy(X, y, w, b):
            X = X[0]
            return np.mean((np.dot(X, w, b) >= 0) == y)
        """,
    "endless": """
        def accuracy(X, y, w, b):
            n = 0
            while True:
                n += 0
            return np.mean((X @ w + b >= 0) == y)
        """,
    "two lines of which either may be changed": """
        def accuracy(X, y, w, b):
            n = len(y) + 1
            m = n + 1
            return np.sum((X @ w + b >= 0) == y) / (m - 1)
        """,
    "a name that only the notebook knows": """
        def accuracy(X, y, w, b):
            return np.mean((X @ w + b >= threshold + 1) == y)
        """,
}


@pytest.mark.parametrize("source", SILENT.values(), ids=SILENT)
def test_nothing_is_said_when_in_doubt(source):
    exercise, source, around = exercise_of("01", source)
    around["threshold"] = 0.0
    assert repair.line_to_look_at(exercise, source, around, seconds=1) == ""


def test_an_edit_without_end_in_a_compiled_call_is_ended():
    # One of the edits is 7 ** 10**9, which no signal interrupts.
    source = """
        def accuracy(X, y, w, b):
            large = 7 * 10**9
            return np.mean((X @ w + b >= 0) == y) / large * len(y) + 3
        """
    start = time.monotonic()
    assert line_to_look_at("01", source, seconds=0.5) == ""
    assert time.monotonic() - start < within(6)


def test_edited_code_writes_no_file(tmp_path):
    source = f"""
        def accuracy(X, y, w, b):
            open({str(tmp_path / "file")!r}, "w").write("")
            return np.mean((X @ w + b > 0) == y)
        """
    assert line_to_look_at("01", source) == ""
    assert not list(tmp_path.iterdir())


FACTS = [
    ("01", "def accuracy(X, y, w, b):\n    return np.mean((X @ w >= 0) == y)", "`b`"),
    (
        "01",
        "def accuracy(X, y, w, b):\n    return np.mean((X_train @ w + b >= 0) == y)",
        "`X_train` in your code is the notebook's",
    ),
    (
        "01",
        "def accuracy(X, y, w, b):\n    w = np.ones(2)\n"
        "    return np.mean((X @ w + b >= 0) == y)",
        "`w` is given another value",
    ),
    (
        "02",
        "def descend(slope, w, learning_rate, steps, path=[]):\n    path.append(w)\n"
        "    for _ in range(steps):\n        w = w - learning_rate * slope(w)\n"
        "        path.append(w)\n    return np.array(path)",
        "The list `path=[]` in the first line is made once and kept",
    ),
    (
        "05",
        "class EarlyStopping:\n    losses = []\n    def __init__(self, patience, "
        "min_epochs=0, min_improvement=0.0):\n        self.all = patience, min_epochs, "
        "min_improvement\n    def update(self, loss, parameters):\n"
        "        self.losses.append((loss, parameters))\n        return False",
        "`losses = []` is made once, and all objects share it",
    ),
]


@pytest.mark.parametrize(("lesson", "source", "fact"), FACTS)
def test_facts_about_the_code(lesson, source, fact):
    exercise, source, around = exercise_of(lesson, source)
    around["X_train"] = np.zeros((3, 2))
    exec(source, around)
    answer = around[exercise.name]
    assert facts.about(answer, exercise.reference, source).startswith(fact)


def test_no_fact_is_told_of_what_the_reference_does_too():
    for lesson in ("00", "01", "02", "03", "04", "05", "06"):
        module = importlib.import_module(f"helpers.exercises.lesson_{lesson}")
        for exercise in module.LESSON.exercises.values():
            if not exercise.value:
                source = mutants.inspect.getsource(exercise.reference)
                assert not facts.about(exercise.reference, exercise.reference, source)


def test_a_hole_in_the_inputs_is_listed(monkeypatch):
    lesson = importlib.import_module("helpers.exercises.lesson_01").LESSON
    exercise = lesson.exercises["accuracy"]
    monkeypatch.setattr(mutants, "AROUND", ["np.abs({})"])
    full = {now for _, _, now, _ in mutants.holes(exercise)}

    def poor_cases(rng: np.random.Generator) -> list[tuple]:
        return [(rng.normal(size=(9, 2)), rng.integers(0, 2, 9), np.ones(2), 0.3)]

    monkeypatch.setattr(exercise, "cases", poor_cases)
    poor = {now for _, _, now, _ in mutants.holes(exercise)}
    # No weight is negative:
    assert "return float(np.mean((X @ np.abs(w) + b >= 0) == y))" in poor - full


@pytest.mark.parametrize(
    ("source", "says"),
    [
        (SLIPS[0][1].replace("#!", ""), "One small change makes it right. Look at"),
        (
            """
            def descend(slope, w, learning_rate, steps):
                path = [w]
                for _ in range(steps):
                    path.append(path[-1] - 0.1 * slope(path[-1]))
                return np.array(path)
            """,
            "`learning_rate` is never used.",
        ),
    ],
)
def test_a_check_says_it_where_nothing_better_is_known(source, says, monkeypatch):
    lesson = importlib.import_module("helpers.exercises.lesson_02").LESSON
    monkeypatch.setattr(lesson.exercises["descend"], "mistakes", ())
    source, scope = textwrap.dedent(source), {"np": np}
    lines = source.splitlines(keepends=True)
    monkeypatch.setitem(linecache.cache, "<cell>", (len(source), None, lines, "<cell>"))
    exec(compile(source, "<cell>", "exec"), scope)
    assert lesson.judge(scope["descend"]).message.startswith(says)
