"""Known mistakes: wrong answers, mostly as edits of the course's answer."""

import ast
import functools
import inspect
import sys
import textwrap
from collections.abc import Callable


class Mistake:
    """A known mistake, and what to say to it.

    An answer makes it if ``when(answer)`` is true, or, where there is no ``when``, if
    in every trial its results are those of one of the specimens.

    Parameters
    ----------
    says : str
        One or two sentences: what the mistake is, without giving the answer away.
    *specimens
        Wrong answers that make it, each an edit of the reference's source ``(old,
        new)``, a list of such edits, or the answer itself. ``(old, new, helper)`` edits
        a function that the reference calls. With ``when`` they are only examples:
        tests judge every specimen, and it must be told just this.
    when : callable, optional
        ``when(answer) -> bool``, asked only when the answer is not right.
    wrong : optional
        One more specimen.
    """

    def __init__(
        self,
        says: str,
        *specimens: object,
        when: Callable[[object], bool] | None = None,
        wrong: object = None,
    ) -> None:
        self.says, self.when = says, when
        self.specimens = specimens if wrong is None else (*specimens, wrong)

    def answers(self, reference: Callable, value: bool = False) -> list:
        """The specimens as answers; edits of a ``value`` are edits of what makes it."""
        made = []
        for specimen in self.specimens:
            edits = specimen if isinstance(specimen, list) else [specimen]
            if all(map(_is_edit, edits)):
                answer = edited(reference, *edits)
                made.append(answer() if value else answer)
            else:
                made.append(specimen)
        return made


def _is_edit(specimen: object) -> bool:
    return isinstance(specimen, tuple) and isinstance(specimen[0], str)


@functools.cache
def edited(reference: Callable, *edits: tuple) -> Callable:
    """The reference, compiled anew from its source with some text replaced.

    Each edit is (old, new), or (old, new, helper) for a function of the same module
    that the reference calls. They are made one after the other; docstrings do not
    count.

    Raises
    ------
    ValueError
        If an old text does not stand in the source exactly once.
    """
    sources = {edit[2]: _code(edit[2]) for edit in edits if len(edit) == 3}
    sources[reference] = _code(reference)
    for old, new, *of in edits:
        function = of[0] if of else reference
        count = sources[function].count(old)
        if count != 1:
            raise ValueError(
                f"{old!r} stands {count} times in the code of {function.__name__}; the "
                "old text of an edit must stand there once: give more or less of it."
            )
        sources[function] = sources[function].replace(old, new)
    scope = dict(vars(sys.modules[reference.__module__]))
    for function, source in sources.items():
        exec(compile(source, f"<{function.__name__}, edited>", "exec"), scope)
    return scope[reference.__name__]


@functools.cache
def _code(function: Callable) -> str:
    """The source of a function or class, without docstrings."""
    source = textwrap.dedent(inspect.getsource(function))
    lines = source.splitlines(keepends=True)
    for node in ast.walk(ast.parse(source)):
        is_definition = isinstance(node, ast.FunctionDef | ast.ClassDef)
        if is_definition and ast.get_docstring(node) is not None:
            text = node.body[0]
            lines[text.lineno - 1 : text.end_lineno] = [""] * (
                text.end_lineno - text.lineno + 1
            )
    return "".join(lines)
