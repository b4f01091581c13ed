"""Exercises that answer back: `check`, `hint` and `solution` of a lesson's notebook.

A lesson module (``lesson_01.py``) holds the reference answers, the inputs to try them
on, hints, and known mistakes. It ends with::

    LESSON = Lesson(Exercise(sigmoid, cases=..., hints=..., mistakes=...), ...)
    check, hint, solution = LESSON.check, LESSON.hint, LESSON.solution

An answer is judged by what it does (`exercise`). It is called with the inputs, within
limits (`bounds`), and the kernel is left as it was (`state`); its results are compared
with those of the reference (`compare`); a difference is explained (`explain`), and so
is an exception, by the learner's own line (`errors`); and what was found is shown
(`verdict`).
"""

import inspect
import sys
import types

from helpers.exercises import bounds
from helpers.exercises.errors import error_text
from helpers.exercises.exercise import Exercise, Mistake
from helpers.exercises.verdict import NOT_DONE, Note, Source, Verdict, display

__all__ = ["Exercise", "Lesson", "Mistake"]


class Lesson:
    """The exercises of one lesson, and the three functions its notebook uses."""

    def __init__(self, *exercises: Exercise) -> None:
        self.exercises = {exercise.name: exercise for exercise in exercises}
        if len(self.exercises) < len(exercises):
            raise ValueError("two exercises of this lesson have the same name")

    def judge(self, answer: object, name: str | None = None) -> Verdict:
        """What `check` shows, without showing it."""
        if name is None and type(answer) is str:
            name = answer
        if type(answer) is types.FunctionType:
            own_name = answer.__name__
        else:  # a look at its attributes may run any code
            own_name = bounds.call(lambda: _own_name(answer), seconds=1).value
        if name is None and own_name in (None, "<lambda>"):
            first = next(iter(self.exercises))
            message = (
                f'Say which exercise this answers, as in `ex.check(answer, "{first}")`.'
            )
            functions = [name for name, e in self.exercises.items() if not e.value]
            if functions and answer is not None and not callable(answer):
                message += (
                    " Is it what your function returned? Then hand in the function "
                    f"itself, without calling it, as in `ex.check({functions[0]})`."
                )
            return self._unclear("", message, answer)
        name = own_name if name is None else _name_of(name)
        if name not in self.exercises:
            message = self._unknown(name)
            if name == own_name and "another lesson" not in message:
                first = next(iter(self.exercises))
                message += f' Say which one it answers: `ex.check({name}, "{first}")`.'
            return self._unclear(name, message, answer)
        if own_name != name and own_name in self.exercises:
            verdict = self._unclear(
                name, f"This is your answer to `{own_name}`, not to `{name}`.", answer
            )
            if not self.exercises[name].value:
                verdict.value = self.exercises[name].reference
            return verdict
        return self.exercises[name].judge(answer)

    def check(self, answer: object, name: str | None = None) -> object:
        """Show whether an answer is right; return it if it is, else the course's."""
        try:
            verdict = self.judge(answer, name)
        except (Exception, KeyboardInterrupt) as error:
            exercise = self.exercises.get(_name_of(answer if name is None else name))
            if exercise is None:
                raise
            verdict = exercise.not_judged(error_text(error))
        if not bounds.is_running():  # when an answer calls `check`, nobody looks
            display(verdict)
        return verdict.value

    def hint(self, name: str = "", step: int = 1) -> None:
        """Show a hint; ``step`` 2 and 3 say more. Without a name: what there is."""
        name = _name_of(name)
        if name not in self.exercises:
            display(Note(self._unknown(name)))
            return
        hints = self.exercises[name].hints
        if step not in range(1, len(hints) + 1):
            count = "is one hint" if len(hints) == 1 else f"are {len(hints)} hints"
            display(
                Note(
                    f'There {count} for `{name}`, from `ex.hint("{name}", 1)` on. '
                    f'The answer: `ex.solution("{name}")`'
                )
            )
            return
        if step < len(hints):
            after = f'More: `ex.hint("{name}", {step + 1})`'
        else:
            after = f'The course\'s answer: `ex.solution("{name}")`'
        display(
            Note(
                f"**Hint {step} of {len(hints)} for {name}.** "
                f"{hints[step - 1]}\n\n{after}"
            )
        )

    def solution(self, name: str = "") -> None:
        """Show the source of the course's answer. Without a name: what there is."""
        name = _name_of(name)
        if name not in self.exercises:
            display(Note(self._unknown(name)))
            return
        source = inspect.getsource(self.exercises[name].reference)
        display(Source(source))

    def _unknown(self, name: str) -> str:
        for module in list(sys.modules.values()):
            other = getattr(module, "LESSON", None)
            if isinstance(other, Lesson) and name in other.exercises:
                title = module.__name__.rpartition(".")[2]
                return (
                    f"`{name}` is an exercise of another lesson: first run "
                    f"`from helpers.exercises import {title} as ex`."
                )
        names = ", ".join(f"`{n}`" for n in self.exercises)
        if not name:
            first = next(iter(self.exercises))
            return f'Say which exercise: {names}. For example: `ex.hint("{first}")`'
        return f"There is no exercise `{name}` in this lesson. Its exercises: {names}."

    def _unclear(self, name: str, message: str, answer: object) -> Verdict:
        return Verdict(name, NOT_DONE, message, value=answer)


def _name_of(name: object) -> str:
    """A name, also where the function was given instead of its name."""
    return name if isinstance(name, str) else getattr(name, "__name__", str(name))


def _own_name(answer: object) -> str | None:
    name = getattr(getattr(answer, "func", answer), "__name__", None)
    return name if type(name) is str else None
