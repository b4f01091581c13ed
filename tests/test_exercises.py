"""Every exercise of every lesson: its reference, its hints, its bank of wrong answers.

The banks are ``wrong_answers/lesson_NN.py``. By exercise, ``RIGHT`` holds right answers
in other styles, and ``WRONG`` wrong ones that no specimen of a mistake expresses: the
first words of what they must be told, and the answers.
"""

import ast
import copy
import importlib
import inspect
import json
import types
from pathlib import Path

import numpy as np
import pytest

from helpers.exercises import bounds
from helpers.exercises.edits import edited
from helpers.exercises.exercise import Exercise
from helpers.exercises.verdict import CORRECT, NOT_DONE, NOT_RIGHT
from tests import within

ROOT = Path(__file__).parent.parent
STUB = 'raise NotImplementedError("your code here")'


def load(path: Path) -> tuple:
    """A lesson and its bank; without torch, lessons that need it are skipped."""
    try:
        lesson = importlib.import_module(f"helpers.exercises.{path.stem}").LESSON
        bank = importlib.import_module(f"tests.wrong_answers.{path.stem}")
    except ModuleNotFoundError as error:
        if error.name == "torch":
            return None, None
        if error.name == f"tests.wrong_answers.{path.stem}":
            return lesson, types.SimpleNamespace(WRONG={}, RIGHT={})
        raise
    return lesson, bank


LESSONS = {
    path.stem: load(path)
    for path in sorted((ROOT / "helpers" / "exercises").glob("lesson_[0-9]*.py"))
}
EXERCISES = [
    pytest.param(exercise, bank, id=f"{stem}-{name}")
    for stem, (lesson, bank) in LESSONS.items()
    if lesson
    for name, exercise in lesson.exercises.items()
]
each_exercise = pytest.mark.parametrize(("exercise", "bank"), EXERCISES)


@pytest.fixture(autouse=True)
def _without_repair(monkeypatch):
    """What is told of a slip depends on the time; tests/test_repair.py has it."""
    monkeypatch.setattr(Exercise, "_slip", lambda exercise, answer: "")


def lesson_of(exercise: object) -> str:
    return exercise.reference.__module__.rpartition(".")[2]


def notebook_of(stem: str) -> list[ast.Module]:
    """The parsed code cells of the lesson's notebook."""
    [path] = (ROOT / "notebooks").glob(f"{stem.removeprefix('lesson_')}_*.ipynb")
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    return [
        ast.parse("".join(cell["source"]))
        for cell in cells
        if cell["cell_type"] == "code"
        and "exercise-demo" not in cell["metadata"].get("tags", [])
    ]


def checked_name(statement: ast.stmt) -> str | None:
    """The exercise that ``x = ex.check(...)`` checks, or None for another statement."""
    call = getattr(statement, "value", None)
    if not (isinstance(call, ast.Call) and ast.unparse(call.func) == "ex.check"):
        return None
    if len(call.args) == 2:
        return ast.literal_eval(call.args[1])
    return call.args[0].id


@pytest.mark.parametrize("stem", LESSONS)
def test_the_bank_is_about_the_exercises_of_the_lesson(stem):
    lesson, bank = LESSONS[stem]
    if lesson is None:
        pytest.skip("needs torch")
    assert set(bank.WRONG) <= set(lesson.exercises)
    assert set(bank.RIGHT) == set(lesson.exercises)


def wrong_answers(exercise: object, bank: object) -> list[tuple[object, str]]:
    """The bank's wrong answers, each with the first words of what it must be told."""
    listed = bank.WRONG.get(exercise.name, {})
    return [(answer, words) for words, answers in listed.items() for answer in answers]


@each_exercise
def test_wrong_answers_are_recognized(exercise, bank):
    for answer, words in wrong_answers(exercise, bank):
        verdict = exercise.judge(answer)
        what = f"{getattr(answer, '__name__', answer)}\n{verdict}"
        assert verdict.status == NOT_RIGHT, what
        assert verdict.message.startswith(words), what
        repr(verdict)
        verdict._repr_html_()


@each_exercise
def test_the_first_words_name_one_mistake(exercise, bank):
    says = [mistake.says for mistake in exercise.mistakes]
    for _, words in wrong_answers(exercise, bank):
        meant = [text for text in says if text.startswith(words)]
        assert words
        assert len(meant) <= 1, f"{words!r} are the first words of several mistakes"


@each_exercise
def test_every_specimen_of_a_mistake_is_told_just_that(exercise, bank):
    """It can be made, is wrong on the inputs, and no earlier mistake takes it."""
    for mistake in exercise.mistakes:
        for answer in mistake.answers(exercise.reference, exercise.value):
            verdict = exercise.judge(answer)
            assert verdict.status == NOT_RIGHT, mistake.says
            assert verdict.message == mistake.says


@each_exercise
def test_right_answers_in_other_styles_pass(exercise, bank):
    right = bank.RIGHT[exercise.name]
    assert len(right) >= 2
    for answer in right:
        verdict = exercise.judge(answer)
        assert verdict.status == CORRECT, verdict
        assert verdict.value is answer


@each_exercise
def test_every_mistake_has_a_specimen_or_is_in_the_bank(exercise, bank):
    mistakes = exercise.mistakes
    says = [mistake.says for mistake in mistakes]
    assert len(set(says)) == len(says), "two mistakes say the same"
    assert all(text.strip().endswith((".", "?", "!", ")", "`")) for text in says)
    wrong = wrong_answers(exercise, bank)
    assert len(wrong) + sum(len(mistake.specimens) for mistake in mistakes) >= 5
    for mistake in mistakes:
        listed = any(mistake.says.startswith(words) for _, words in wrong)
        assert mistake.specimens or listed, f"nobody makes it: {mistake.says}"


# Answers made by edits, and what is wrong with an edit.
def half(x: float) -> float:
    """Return x / 2."""
    return x / 2


def quarter(x: float) -> float:
    """Return x / 4."""
    return half(x) / 2


def test_an_edit_changes_the_code_and_not_its_docstring():
    assert edited(half, ("x / 2", "x / 3"))(6) == 2
    assert edited(quarter, ("/ 2", "/ 3"), ("x / 2", "x", half))(6) == 2
    assert quarter(8) == 2


@pytest.mark.parametrize(("old", "count"), [("x / 3", 0), ("x", 2)])
def test_the_old_text_of_an_edit_must_stand_there_once(old, count):
    with pytest.raises(ValueError, match=f"stands {count} times in the code of half"):
        edited(half, (old, "y"))


def another(value: object) -> object:
    """The same value in other objects."""
    if isinstance(value, dict):
        return {key: another(entry) for key, entry in value.items()}
    if isinstance(value, tuple | list):
        return type(value)(map(another, value))
    return float(repr(value)) if type(value) is float else copy.deepcopy(value)


@each_exercise
def test_the_reference_passes_as_somebody_elses_answer(exercise, bank):
    reference = exercise.reference
    if exercise.value:
        other = another(reference())
    elif isinstance(reference, type):
        other = type(reference.__name__, (reference,), {})
    else:
        other = types.FunctionType(
            reference.__code__, reference.__globals__, reference.__name__
        )
        other.__defaults__ = reference.__defaults__
        other.__kwdefaults__ = reference.__kwdefaults__
    assert exercise.judge(other).status == CORRECT


@each_exercise
def test_the_reference_takes_little_of_the_time_allowed(exercise, bank):
    ours = exercise.reference() if exercise.value else exercise.reference
    took = sum(
        exercise._trial(ours, case).seconds
        for case in exercise.cases(np.random.default_rng(0))
    )
    assert took < within(exercise.seconds / 4)
    assert bounds.put_numpy_back() == ()


@each_exercise
def test_nothing_done_yet_is_said_so(exercise, bank):

    def stub(*args: object, **options: object) -> None:
        raise NotImplementedError("your code here")

    if exercise.value:
        answers = [None, ...]
    elif isinstance(exercise.reference, type):
        answers = [None, type("Stub", (exercise.reference,), {"__init__": stub})]
    else:
        answers = [None, stub]
    for answer in answers:
        verdict = exercise.judge(answer)
        assert verdict.status == NOT_DONE
        if not exercise.value:
            assert verdict.value is exercise.reference


@each_exercise
def test_hints_say_more_and_more_and_the_solution_shows_the_reference(
    exercise, bank, capsys
):
    hints = exercise.hints
    assert 1 <= len(hints) <= 3
    assert all(hint.strip() for hint in hints)
    assert len(set(hints)) == len(hints)
    lesson, _ = LESSONS[lesson_of(exercise)]
    for step, hint in enumerate(hints, 1):
        assert lesson.hint(exercise.name, step) is None
        assert hint in capsys.readouterr().out
    assert lesson.solution(exercise.name) is None
    assert inspect.getsource(exercise.reference) in capsys.readouterr().out
    assert inspect.getdoc(exercise.reference)


# The notebooks --------------------------------------------------------------


@pytest.mark.parametrize("stem", LESSONS)
def test_the_notebook_checks_every_exercise_once(stem):
    lesson, _ = LESSONS[stem]
    if lesson is None:
        pytest.skip("needs torch")
    checked = [
        checked_name(statement)
        for cell in notebook_of(stem)
        for statement in cell.body
        if checked_name(statement)
    ]
    assert sorted(checked) == sorted(lesson.exercises)


@each_exercise
def test_the_stub_in_the_notebook_agrees_with_the_reference(exercise, bank):
    [cell] = [
        cell
        for cell in notebook_of(lesson_of(exercise))
        if exercise.name in map(checked_name, cell.body)
    ]
    if exercise.value:
        check_value_stub(cell, exercise)
        return
    reference = ast.parse(inspect.getsource(exercise.reference)).body[0]
    [stub] = [s for s in cell.body if getattr(s, "name", None) == exercise.name]
    assert type(stub) is type(reference)
    assert ast.get_docstring(stub) == ast.get_docstring(reference)
    if isinstance(stub, ast.FunctionDef):
        check_function_stub(stub, reference)
        return
    theirs = {f.name: f for f in methods(reference)}
    assert [*map(ast.unparse, stub.bases)] == [*map(ast.unparse, reference.bases)]
    assert any(map(is_stub, methods(stub)))
    for method in methods(stub):
        if is_stub(method):
            check_function_stub(method, theirs[method.name])
        else:
            assert ast.dump(method) == ast.dump(theirs[method.name])


def methods(definition: ast.ClassDef) -> list[ast.FunctionDef]:
    return [f for f in definition.body if isinstance(f, ast.FunctionDef)]


def is_stub(function: ast.FunctionDef) -> bool:
    """Whether the body is a docstring, or none, and the line to replace."""
    body = function.body[1:] if ast.get_docstring(function) else function.body
    return [ast.dump(s) for s in body] == [ast.dump(ast.parse(STUB).body[0])]


def unparsed(annotation: ast.expr | None) -> str:
    return ast.unparse(annotation) if annotation else ""


def check_function_stub(stub: ast.FunctionDef, reference: ast.FunctionDef) -> None:
    assert is_stub(stub), f"`{stub.name}` must have the line {STUB} and no other code"
    assert ast.unparse(stub.args) == ast.unparse(reference.args)
    assert unparsed(stub.returns) == unparsed(reference.returns)
    assert ast.get_docstring(stub) == ast.get_docstring(reference)


def check_value_stub(cell: ast.Module, exercise: object) -> None:
    """`weights = None  # your numbers` for each name that is handed in."""
    [check] = [s for s in cell.body if checked_name(s) == exercise.name]
    handed_in = {n.id for n in ast.walk(check.value.args[0]) if isinstance(n, ast.Name)}
    set_here = {
        name.id
        for s in cell.body
        if isinstance(s, ast.Assign)
        and s is not check
        and all(
            isinstance(v, ast.Constant) and v.value is None
            for v in ast.walk(s.value)
            if not isinstance(v, ast.Tuple | ast.expr_context)
        )
        for target in s.targets
        for name in ast.walk(target)
        if isinstance(name, ast.Name)
    }
    assert handed_in
    assert handed_in <= set_here, "a value to fill in must be None in the notebook"
