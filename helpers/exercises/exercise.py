"""One exercise: its reference answer, and how other answers are judged by it."""

import copy
import dis
import inspect
import time
import types
from collections.abc import Callable, Sequence

import numpy as np

from helpers.exercises import bounds, compare
from helpers.exercises.edits import Mistake
from helpers.exercises.errors import Fault, describe
from helpers.exercises.explain import explain, is_vague, other_structure
from helpers.exercises.state import put_numpy_back
from helpers.exercises.verdict import (
    CORRECT,
    NOT_DONE,
    NOT_RIGHT,
    Verdict,
    hang,
    shorten,
)


class Exercise:
    """One exercise: the reference answer, and how to judge others.

    Parameters
    ----------
    reference : function or class
        The course's answer; its name is the exercise's name.
    cases : callable, optional
        ``cases(rng) -> list of tuples``: the arguments of each trial.
    hints : sequence of str
        One to three; each says more than the one before.
    mistakes : sequence of Mistake, optional
        Tried in this order, before the generic explanations.
    run : callable, optional
        ``run(answer, *case)``: how to use the answer; returns what is compared.
    value : bool
        The answer is a value; ``reference()`` returns it.
    rtol, atol : float
        Tolerances, as in `numpy.allclose`.
    seconds, gigabytes : float
        Limits for all trials together, and for one.
    may_warn, may_change_input : bool
        False: a RuntimeWarning (as of an overflow), or a changed argument, is a fault.
    reveal : bool
        False: what was expected is not shown, where that would be the answer itself.
    also : callable, optional
        ``also(answer) -> str or None``, asked when all trials pass: a fault in words.
    in_lesson, calls : callable and int, optional
        ``in_lesson(rng) -> tuple``: the arguments of one call as the lesson makes it,
        ``calls`` times. A right answer with which the lesson would take minutes (as
        with a loop over the samples) is told how many.
    """

    def __init__(
        self,
        reference: Callable,
        *,
        cases: Callable[[np.random.Generator], list[tuple]] | None = None,
        hints: Sequence[str],
        mistakes: Sequence[Mistake] = (),
        run: Callable | None = None,
        value: bool = False,
        rtol: float = compare.RTOL,
        atol: float = compare.ATOL,
        seconds: float = 5.0,
        gigabytes: float = 2.0,
        may_warn: bool = True,
        may_change_input: bool = False,
        reveal: bool = True,
        also: Callable[[object], str | None] | None = None,
        in_lesson: Callable[[np.random.Generator], tuple] | None = None,
        calls: int = 0,
    ) -> None:
        self.reference = reference
        self.name = reference.__name__
        self.cases = cases or (lambda rng: [()])
        self.hints = tuple(hints)
        self.mistakes = tuple(mistakes)
        self.run = run or (_take_value if value else _call)
        self.value = value
        self.rtol, self.atol = rtol, atol
        self.seconds, self.gigabytes = seconds, gigabytes
        self.may_warn, self.may_change_input = may_warn, may_change_input
        self.reveal = reveal
        self.also = also
        self.in_lesson, self.calls = in_lesson, calls
        self._given = []  # values handed out, to know them when they come back

    def judge(self, answer: object) -> Verdict:
        """Judge an answer. ``value`` of the verdict is what the lesson goes on with."""
        replaced = put_numpy_back()
        ours = self.reference() if self.value else self.reference
        judged = bounds.call(
            lambda: self._judge(answer, ours, replaced),
            seconds=self.seconds,
            explain=lambda error: describe(error, answer, self.reference),
            net=True,
        )
        verdict = judged.value or self._without_judgment(judged)
        verdict.value = answer if verdict.status == CORRECT else ours
        if self.value and verdict.value is ours:
            self._given.append(ours)
        return verdict

    def _judge(
        self, answer: object, ours: object, replaced: tuple[str, ...]
    ) -> Verdict:
        if _unfinished(answer):
            return self._not_done()
        if self._is_ours(answer):
            return Verdict(
                self.name,
                NOT_DONE,
                "This is the course's answer, not yours: run the cell that defines "
                "yours, then check it again.",
            )
        fault = self._not_an_answer(answer)
        if replaced and not fault:
            fault = (
                f"Somewhere in this notebook `{replaced[0]}` was given another "
                "meaning. It is NumPy's own again: run this cell once more."
            )
        return self._wrong(fault) if fault else self._try(answer, ours)

    def not_judged(self, why: str, line: str = "") -> Verdict:
        """What to show when a check did not come to its end."""
        if why == "interrupt" or why.startswith("KeyboardInterrupt"):
            message = (
                "You have interrupted the check before its end. The course's answer is "
                "used below."
            )
        else:
            message = (
                f"The check itself failed ({why}). Restart the kernel and run all "
                "cells. If it fails again, please report it."
            )
        ours = self.reference() if self.value else self.reference
        return Verdict(self.name, NOT_DONE, message, value=ours, line=line)

    def _without_judgment(self, judged: bounds.Outcome) -> Verdict:
        fault = judged.fault or Fault("")
        if judged.limit == "interrupt":
            return self.not_judged("interrupt", fault.line)
        if judged.limit:  # by an object that asks for much when it is looked at
            return self._wrong(self._explain_limit(judged.limit), line=fault.line)
        if fault.line:
            return self._wrong(fault.says, line=fault.line)
        return self.not_judged(fault.text)

    def _try(self, answer: object, ours: object) -> Verdict:
        """Use the answer and the reference on all cases, and compare."""
        start = time.monotonic()
        cases = self.cases(np.random.default_rng(0))
        wanted = [self._trial(ours, case) for case in cases]
        for want in wanted:
            if want.fault or want.limit:
                why = want.fault.text if want.fault else want.limit
                raise RuntimeError(f"the answer to {self.name} fails: {why}")
        trials, left = [], self.seconds
        for case in cases:
            trials.append(self._trial(answer, case, left))
            left = max(left - trials[-1].seconds, 0.02)
            if trials[-1].limit:
                break
        wrong = [i for i, t in enumerate(trials) if not self._alike(t, wanted[i])]
        replaced = [name for trial in trials for name in trial.replaced]
        if replaced:
            verdict = self._wrong(
                f"Your code gives `{replaced[0]}` another meaning. It is NumPy's own "
                "again: choose another name on the left of the `=`."
            )
        elif any(trial.fault and trial.fault.stub for trial in trials):
            verdict = self._not_done()
        elif wrong:
            verdict = self._explain(answer, cases, trials, wanted, wrong[0])
        elif any(trial.debugged for trial in trials):  # or it would start once more
            verdict = self._correct(len(cases))
        else:
            fault = self._ask_also(answer)
            verdict = self._wrong(fault) if fault else self._correct(len(cases))
            left = start + 2 * self.seconds - time.monotonic()
            verdict.message += "" if fault else self._slow(answer, left)
        verdict.printed = verdict.printed or shorten(trials[0].printed)
        return verdict

    def _trial(
        self, answer: object, case: tuple, seconds: float = 60.0
    ) -> bounds.Outcome:
        """Use the answer on a copy of one case, within the limits."""
        changed = []

        def use() -> object:
            given = copy.deepcopy(case)
            value = compare.plain(self.run(answer, *given))
            changed.extend(
                name
                for (name, before), after in zip(
                    self._named(case).items(), given, strict=True
                )
                if compare.known(before)
                and not compare.equal(compare.plain(after), before, 0, 0)
            )
            return value

        outcome = bounds.call(
            use,
            seconds=seconds,
            gigabytes=self.gigabytes,
            explain=lambda error: self._describe(error, answer),
        )
        outcome.changed = tuple(changed)
        return outcome

    def _describe(self, error: BaseException, answer: object) -> Fault:
        fault = describe(error, answer, self.reference)
        if self.value:
            fault.says = (
                other_structure(compare.plain(answer), compare.plain(self.reference()))
                or f"This value cannot be used: {fault.text}"
            )
        return fault

    def _alike(self, a: bounds.Outcome, b: bounds.Outcome) -> bool:
        """Whether two trials came to the same: values, errors, side effects."""
        if a.limit or b.limit:
            return False
        if a.fault or b.fault:
            return bool(a.fault and b.fault) and a.fault.text == b.fault.text
        return (
            compare.equal(a.value, b.value, self.rtol, self.atol)
            and (self.may_warn or bool(a.warning) == bool(b.warning))
            and (self.may_change_input or a.changed == b.changed)
        )

    def _explain(
        self,
        answer: object,
        cases: list[tuple],
        trials: list[bounds.Outcome],
        wanted: list[bounds.Outcome],
        first: int,
    ) -> Verdict:
        """Say what is wrong, shown on the first trial that went wrong."""
        trial, want = trials[first], wanted[first]
        details = {
            "fed": "\n".join(
                hang(f"{name} = ", compare.show(value))
                for name, value in self._named(cases[first]).items()
            ),
            "printed": shorten(trial.printed),
        }
        if trial.fault:
            details["line"] = trial.fault.line
        if trial.limit:
            message = self._explain_limit(trial.limit)
        elif trial.fault:
            message = trial.fault.says
        else:
            details["got"], details["expected"] = compare.show_both(
                trial.value, want.value
            )
            if trial.changed and not self.may_change_input:
                how = _method_that_changes(answer)
                message = f"It changes its input `{trial.changed[0]}` in place" + (
                    f", perhaps by `{how}`: work on a copy of it."
                    if how
                    else ": work on a copy, or write `a = a + b` instead of `a += b`."
                )
            elif not compare.equal(trial.value, want.value, self.rtol, self.atol):
                ran = [i for i, t in enumerate(trials) if not (t.fault or t.limit)]
                message, details["place"] = explain(
                    "the value" if self.run is _take_value else "the result",
                    [trials[i].value for i in ran],
                    [wanted[i].value for i in ran],
                    [self._named(cases[i]) for i in ran],
                    ran.index(first),
                    self.rtol,
                    self.atol,
                )
            else:
                message = (
                    f"The numbers are right, but NumPy warns: {trial.warning}. "
                    "Find a way that never comes there."
                )
            if not self.reveal:
                details["expected"] = details["place"] = ""
        known = self._known_mistake(answer, cases, trials, wanted)
        if not known and is_vague(message) and not any(t.debugged for t in trials):
            known = self._slip(answer)
        return self._wrong(known or message, **details)

    def _slip(self, answer: object) -> str:
        """What the learner's own code shows: a fact about it, or a line to look at."""
        from helpers.exercises import facts, repair  # only now: most checks do without

        if self.value or not (inspect.isfunction(answer) or inspect.isclass(answer)):
            return ""
        try:
            source = inspect.getsource(answer)
        except (OSError, TypeError):
            return ""
        function = answer.__init__ if inspect.isclass(answer) else answer
        around = getattr(function, "__globals__", {})
        fact = facts.about(answer, self.reference, source)
        return fact or repair.line_to_look_at(self, source, around)

    def _known_mistake(
        self,
        answer: object,
        cases: list[tuple],
        trials: list[bounds.Outcome],
        wanted: list[bounds.Outcome],
    ) -> str:
        """What the first of the lesson's mistakes that fits says, or nothing."""
        if any(
            "cannot be cached" in trial.fault.says for trial in trials if trial.fault
        ):
            return ""
        left = self.seconds  # for all questions together
        if trials[-1].limit:  # what runs too long is asked briefly
            left *= 1 if len(trials) > 1 else 0.1
        if any(trial.debugged for trial in trials):
            left = 0.0
        for mistake in self.mistakes:
            if mistake.when is not None:
                if left <= 0:
                    continue
                asked = bounds.call(
                    lambda when=mistake.when: bool(when(answer)), seconds=left
                )
                left = 0.0 if asked.limit else left - asked.seconds
                if asked.value is True:
                    return mistake.says
                continue
            for wrong in mistake.answers(self.reference, self.value):
                if self._made_by(wrong, cases, trials, wanted):
                    return mistake.says
        return ""

    def _made_by(
        self,
        wrong: object,
        cases: list[tuple],
        trials: list[bounds.Outcome],
        wanted: list[bounds.Outcome],
    ) -> bool:
        """Whether a wrong answer comes to the same in all trials, and is wrong."""
        differs = False
        for case, trial, want in zip(cases, trials, wanted, strict=False):
            made = self._trial(wrong, case)
            if not self._alike(trial, made):
                return False
            differs = differs or not self._alike(made, want)
        return differs

    def _explain_limit(self, limit: str) -> str:
        if limit == "debugger":
            return "You have left the debugger before your code came to its end."
        if limit == "memory":
            return (
                f"It asks for more than {self.gigabytes:g} GB of memory: an array far "
                "too large, or a list that grows without end."
            )
        return (
            f"It does not come to an end within {self.seconds:g} seconds: a loop "
            "without end, or far too many steps."
        )

    def _ask_also(self, answer: object) -> str:
        if self.also is None:
            return ""
        asked = bounds.call(
            lambda: self.also(answer),
            seconds=self.seconds,
            gigabytes=self.gigabytes,
            explain=lambda error: self._describe(error, answer),
        )
        if asked.limit:
            return self._explain_limit(asked.limit)
        return asked.fault.says if asked.fault else asked.value or ""

    def _slow(self, answer: object, left: float) -> str:
        """What to say if the lesson would take minutes with this answer, or nothing."""
        if self.in_lesson is None or left < 0:
            return ""
        case = self.in_lesson(np.random.default_rng(0))
        idle = min(bounds.call(lambda: None).seconds for _ in range(5))

        def seconds(function: object) -> float:
            given = copy.deepcopy(case)

            def ten_times() -> None:
                for _ in range(10):
                    self.run(function, *given)

            ten = bounds.call(ten_times, seconds=min(left, self.seconds))
            return max(ten.seconds - idle, 0) / 10

        theirs, ours = seconds(answer), seconds(self.reference)
        minutes = theirs * self.calls / 60
        if minutes < 1 or theirs < 5 * ours:
            return ""
        return (
            f" But the lesson calls it {self.calls:,} times, with more numbers than "
            f"here: that takes about {minutes:.0f} minutes with yours and "
            f"{ours * self.calls:.0f} seconds with the course's. Compute with whole "
            "arrays, without a loop over the samples, and check it again."
        )

    def _not_an_answer(self, answer: object) -> str:
        """Say what was handed in instead of a function, class or value."""
        name = self.name
        if self.value:
            if callable(answer) and not callable(self.reference()):
                return f"This is a function; `{name}` asks for a value: call it first."
            return ""
        if isinstance(answer, str):
            return f"This is only a name: hand in the function itself, `check({name})`."
        if isinstance(answer, types.ModuleType):
            return f"This is a module; hand in your function: `check({name})`."
        if not callable(answer):
            return (
                f"This is {compare.kind(answer)}, perhaps what your function returned: "
                f"hand in the function itself, `check({name})`."
            )
        if isinstance(answer, type) and not isinstance(self.reference, type):
            return f"This is a class; `{name}` asks for a function (`def {name}…`)."
        if isinstance(self.reference, type) and not isinstance(answer, type):
            return f"Hand in the class `{name}` itself: `check({name})`."
        return ""

    def _is_ours(self, answer: object) -> bool:
        """Whether it is what `check` gave back: the reference, or its value."""
        if not self.value:
            return answer is self.reference
        return any(_same_objects(answer, given) for given in self._given)

    def _named(self, case: tuple) -> dict[str, object]:
        """The arguments of one trial with the names they have in the exercise."""
        of_run = list(inspect.signature(self.run).parameters.values())[1:]
        of_answer = list(inspect.signature(self.reference).parameters.values())
        by_run = all(p.kind is p.POSITIONAL_OR_KEYWORD for p in of_run)
        names = [p.name for p in (of_run if by_run else of_answer)]
        names += [f"argument {i + 1}" for i in range(len(names), len(case))]
        return dict(zip(names, case, strict=False))

    def _not_done(self) -> Verdict:
        if self.value:
            todo = "Put your own value in place of `None`"
        else:
            todo = "Write your code in place of the line `raise NotImplementedError(…)`"
        return Verdict(
            self.name,
            NOT_DONE,
            f"{todo} and run this cell again. Until then, the course's answer is used "
            "below.",
            next=f'A first hint: `ex.hint("{self.name}")`',
        )

    def _wrong(self, message: str, **details: str) -> Verdict:
        return Verdict(
            self.name,
            NOT_RIGHT,
            message,
            **details,
            next=f'A hint: `ex.hint("{self.name}")` · until it is right, the course\'s '
            "answer is used below.",
        )

    def _correct(self, trials: int) -> Verdict:
        tried = f" It gave the right result on {trials} inputs." if trials > 1 else ""
        return Verdict(self.name, CORRECT, f"Your answer is used from here on.{tried}")


def _call(answer: Callable, *case: object) -> object:
    return answer(*case)


def _take_value(answer: object, *case: object) -> object:
    return answer


def _parts(value: object, depth: int = 5) -> list:
    """What a tuple, list or dict is made of, down to single things."""
    if not isinstance(value, tuple | list | dict) or depth == 0:
        return [value]
    inner = value.values() if isinstance(value, dict) else value
    return [part for item in inner for part in _parts(item, depth - 1)]


# Methods of lists, dicts and arrays that change them. `a.shape = …` does it, too.
_CHANGING = {
    *("append", "clear", "extend", "fill", "insert", "partition", "pop", "popitem"),
    *("put", "remove", "resize", "reverse", "setdefault", "shuffle", "sort", "update"),
}


def _method_that_changes(answer: object) -> str:
    """``.pop()`` or the like, if it is in the code and no ``+=`` is, nor ``a[i] =``."""
    code = getattr(answer, "__code__", None)
    steps = [(s.opname, s.argval, s.argrepr) for s in dis.get_instructions(code or "")]
    for step, _, text in steps:
        if step == "STORE_SUBSCR" or (step == "BINARY_OP" and text.endswith("=")):
            return ""
    loads = [name for step, name, _ in steps if step in ("LOAD_METHOD", "LOAD_ATTR")]
    methods = [f".{name}()" for name in loads if name in _CHANGING]
    stores = [f".{name} = …" for step, name, _ in steps if step == "STORE_ATTR"]
    return [*methods, *stores, ""][0]


def _unfinished(answer: object) -> bool:
    return any(part is None or part is ... for part in _parts(answer))


def _same_objects(answer: object, given: object) -> bool:
    """Whether all parts are the same objects, and not only such as Python shares."""
    a, b = _parts(answer), _parts(given)
    same = len(a) == len(b) and all(x is y for x, y in zip(a, b, strict=True))
    shared = (int, str, bool)
    return same and not all(isinstance(part, shared) for part in a)
