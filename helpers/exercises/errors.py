"""Explain an exception in a learner's code, by the learner's own line."""

import builtins
import functools
import inspect
import linecache
import os
import re
import sys
import sysconfig
import traceback
import types
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

STUB = "your code here"  # what an exercise not done yet says when it is called

_CALLED_WRONG = re.compile(r"TypeError: .*(takes no|(positional|keyword).*) argument")


class Stopped(BaseException):
    """Ends a call that is over; not an Exception, so that few catch it.

    ``level`` is the call to end (`bounds`).
    """

    def __init__(self, level: object) -> None:
        super().__init__()
        self.level = level

    def __del__(self) -> None:
        """Somebody may have swallowed it."""
        self.level.again()


@dataclass
class Fault:
    """What is kept of an exception: texts, so that it holds nothing any more."""

    text: str  # "ValueError: what it says"
    says: str = ""  # why the learner's code stopped, in one or two sentences
    line: str = ""  # "line 3 of your cell:  x = y / 0"
    stub: bool = False  # it is the line of an exercise not done yet


def describe(
    error: BaseException, answer: object = None, reference: Callable | None = None
) -> Fault:
    """Explain an exception, by the learner's own line."""
    text, line = error_text(error), own_line(error, answer)
    if isinstance(error, Stopped):
        return Fault(text, line=line)
    says = explain_error(error, answer, reference) if reference else text
    return Fault(text, says, line, is_stub(error, answer))


def explain_error(error: BaseException, answer: object, reference: Callable) -> str:
    """Say in one or two sentences why the learner's code stopped."""
    own = _own_place(error, answer)
    if isinstance(error, SystemExit):
        return "It calls `exit()` or `quit()`: end a function with `return` instead."
    if isinstance(error, RecursionError):
        return "It calls itself without end (RecursionError)."
    if type(error) is NameError and error.name and hasattr(np, error.name):
        return f"The name `{error.name}` is not defined: do you mean `np.{error.name}`?"
    if type(error) is NameError and error.name:
        return (
            f"The name `{error.name}` is not defined: is it spelled right, and has the "
            "cell that makes it been run?"
        )
    text = error_text(error)
    if "unhashable type" in text and _cached(answer, own):
        return (
            "Arrays cannot be cached: remove the decorator (`cache` or `lru_cache`, "
            "which look results up by the arguments)."
        )
    network = re.search(r"Module \[(\w+)\] is missing the required \"forward\"", text)
    if network:
        return (
            f"The network `{network[1]}` has no `forward`: is it spelled right, and "
            "indented like `__init__`, not inside of it?"
        )
    if own is None and _CALLED_WRONG.match(text):
        asked, yours = _first_line(reference), _first_line(answer)
        if asked != yours:
            return (
                f"It cannot be called as the exercise asks: it should begin with "
                f"`{asked}`, and yours is `{yours}`."
            )
    hidden = ""
    if own is not None and isinstance(error, TypeError | AttributeError):
        hidden = _hidden_name(own.tb_frame, "not callable" in text)
    return hidden or _of_arrays(text, own) or f"It stops with {text}"


def is_stub(error: BaseException | None, answer: object) -> bool:
    """Whether it is the line that stands in an exercise not done yet."""
    if type(error) is not NotImplementedError or error.args != (STUB,):
        return False
    own = _own_place(error, answer)
    return own is None or own.tb_next is None


def error_text(error: BaseException | None) -> str:
    """``ValueError: what it says``, in one line."""
    try:
        text = (str(error).strip().splitlines() or [""])[0]
    except Exception:  # an exception class whose __str__ fails
        text = ""
    text = text if len(text) <= 200 else text[:199] + "…"
    name = name_of_class(error)
    return f"{name}: {text}" if text else f"{name}."


def name_of_class(thing: object) -> str:
    """The name of its class, whatever the class says of itself."""
    return type.__dict__["__name__"].__get__(type(thing))


def own_line(error: BaseException, answer: object) -> str:
    """``line 3 of your cell:  x = y / 0``, or nothing if it is not in their code."""
    own = _own_place(error, answer)
    if own is None:
        return ""
    file, number = own.tb_frame.f_code.co_filename, own.tb_lineno
    in_file = os.path.exists(file) and not _CELL.search(file)
    name = os.path.basename(file) if in_file else "your cell"
    above, lines = _lines(own.tb_frame.f_code)
    code = lines[number - 1].strip() if number <= len(lines) else ""
    return f"line {above + number} of {name}" + (f":  {code}" if code else "")


def notebook() -> object:
    """IPython's shell, or None where there is none."""
    return getattr(sys.modules.get("IPython"), "get_ipython", lambda: None)()


# Where ipykernel puts cells; with JupyterLab's debugger on, there are files.
_CELL = re.compile(r"[\\/]ipykernel_\d+[\\/]\w+\.py$")


def _lines(code: types.CodeType) -> tuple[int, list[str]]:
    """The lines of the file or cell that the code stands in, and how many are above.

    A magic as `%%time` in a cell's first line runs the lines below as a cell of their
    own. IPython's history tells.
    """
    lines = linecache.getlines(code.co_filename)
    text = "".join(lines).strip()
    definition = re.compile(rf"\s*(@|(def|class) {re.escape(code.co_name)}\b)")
    shell = notebook()
    history = shell.history_manager.input_hist_raw if shell else []
    for cell in reversed(history):
        below = cell.strip().splitlines()[1:]
        if text and cell.strip() == text:
            break
        if not cell.strip().startswith("%%"):
            continue
        if text and "\n".join(below).strip() == text:
            return 1, lines
        first = "".join(below[code.co_firstlineno - 1 : code.co_firstlineno])
        if not text and definition.match(first):
            return 1, below
    return 0, lines


def _own_place(error: BaseException, answer: object) -> types.TracebackType | None:
    """The deepest place in the file or cell of ``answer`` on the way to the error."""
    try:
        code = _code(answer)
    except Stopped:
        raise
    except BaseException:  # an object that does not let itself be looked at
        frames = (frame for frame, _ in traceback.walk_tb(error.__traceback__))
        codes = (frame.f_code for frame in frames)
        code = next((code for code in codes if not of_a_library(code)), None)
    found, here = None, error.__traceback__
    while code is not None and here is not None:
        if here.tb_frame.f_code.co_filename == code.co_filename:
            found = here
        here = here.tb_next
    return found


_LIBRARIES = re.compile(
    rf"<frozen |{re.escape(sysconfig.get_path('stdlib'))}"
    rf"|{re.escape(os.path.dirname(os.path.dirname(__file__)))}"
    r"|.*[\\/](site|dist)-packages[\\/]"
)


def of_a_library(code: types.CodeType) -> bool:
    """Whether it is Python's, an installed package's or the course's."""
    return _LIBRARIES.match(code.co_filename) is not None


def _code(answer: object) -> types.CodeType | None:
    """The code of a function, method, class or callable object."""
    answer = getattr(answer, "func", answer)  # functools.partial
    answer = getattr(answer, "__wrapped__", answer)  # a decorator that uses wraps
    answer = getattr(answer, "__func__", answer)  # a bound method
    if hasattr(answer, "__code__"):
        return answer.__code__
    owner = answer if isinstance(answer, type) else type(answer)
    methods = [value for value in vars(owner).values() if hasattr(value, "__code__")]
    return methods[0].__code__ if methods else None


def _cached(answer: object, own: types.TracebackType | None) -> bool:
    """Whether the answer, a method of it or what it calls there has a cache."""
    near = [answer, *vars(answer).values()] if isinstance(answer, type) else [answer]
    if own is not None:
        values = {**own.tb_frame.f_globals, **own.tb_frame.f_locals}
        code = own.tb_frame.f_code
        near += [values.get(n) for n in (*code.co_names, *code.co_freevars)]
    return any(isinstance(one, type(functools.cache(len))) for one in near)


def _first_line(function: Callable) -> str:
    try:
        parameters = ", ".join(inspect.signature(function).parameters)
    except (TypeError, ValueError):  # some builtins have no signature
        parameters = "…"
    if isinstance(function, type):
        return f"def __init__({', '.join(filter(None, ('self', parameters)))})"
    return f"def {getattr(function, '__name__', 'answer')}({parameters})"


def _of_arrays(text: str, own: types.TracebackType | None) -> str:
    """NumPy's words about shapes and truth in plain ones, or nothing."""
    if "truth value of an array" in text:
        return (
            "`if`, `and`, `or` and `not` take one True or False, and here is a whole "
            "array of them. `np.where` chooses number by number."
        )
    shapes = re.findall(r"\(\d+,[\d,]*\)", text)
    if "could not be broadcast together" in text and len(shapes) == 2:
        a, b = (shape.replace(",", ", ").replace(", )", ",)") for shape in shapes)
        return (
            f"Shapes {a} and {b} do not go together number by number: compared from "
            "the right, the sizes must be the same, or one of them 1."
        )
    if not ("matmul" in text and "mismatch" in text) and "not aligned" not in text:
        return ""
    found = _arrays_there(own) if own else []
    rule = (
        "These shapes cannot be multiplied: the last size on the left of `@` must be "
        "the first on the right"
    )
    if not found:
        return f"{rule}."
    return (
        f"{rule} ({', '.join(found)}). Are these the arrays that you want? If so, `.T` "
        "turns a matrix on its side."
    )


def _arrays_there(own: types.TracebackType) -> list[str]:
    """The shapes of the arrays named in the expression that failed."""
    frame = own.tb_frame
    first, last, left, right = list(frame.f_code.co_positions())[own.tb_lasti // 2]
    code = "".join(_lines(frame.f_code)[1][own.tb_lineno - 1 : own.tb_lineno])
    if first == last and right:
        code = code.encode()[left:right].decode()
    values = {**frame.f_globals, **frame.f_locals}
    return [
        f"`{name}` is {values[name].shape}"
        for name in dict.fromkeys(re.findall(r"\b[^\W\d]\w*", code))
        if isinstance(values.get(name), np.ndarray)
    ]


def _hidden_name(frame: types.FrameType, called: bool) -> str:
    """A sentence if `np`, or a function of Python's, means something else there."""
    code = frame.f_code
    for name in (*code.co_names, *code.co_varnames):
        inside = name in frame.f_locals
        value = frame.f_locals.get(name, frame.f_globals.get(name, builtins))
        if name == "np" and not isinstance(value, types.ModuleType):
            return (
                f"The name `np` now stands for {_short(value)} instead of NumPy: "
                "run `import numpy as np` again."
            )
        python = callable(getattr(builtins, name, None))
        if called and python and not callable(value) and value is not builtins:
            cure = "choose another name" if inside else f"run `del {name}`"
            return (
                f"The name `{name}` now stands for {_short(value)} instead of Python's "
                f"own `{name}`: {cure}."
            )
    return ""


def _short(value: object) -> str:
    if isinstance(value, int | float | str):
        return repr(value)[:30]
    return f"an object of type {type(value).__name__}"
