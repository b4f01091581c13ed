"""What a learner sees: a box in a notebook, plain text elsewhere."""

import html
import re
import textwrap
from dataclasses import dataclass, field

from helpers.palette import BLUE, GREEN, VERMILION

NOT_DONE, NOT_RIGHT, CORRECT = "not done yet", "not right yet", "correct"

# A sign and a color for each status. The words alone say it, too.
_MARKS = {
    NOT_DONE: ("○", BLUE),
    NOT_RIGHT: ("✗", VERMILION),
    CORRECT: ("✓", GREEN),
}

# How text of a fixed width looks on light and dark pages alike.
_PRE = (
    'style="margin:0; padding:0; background:none; color:inherit; '
    'font-family:monospace; font-size:13px; line-height:1.3"'
)


@dataclass
class Verdict:
    """What `check` found. All but ``value`` are texts, empty where there is nothing."""

    name: str
    status: str
    message: str
    value: object = field(default=None, repr=False)  # what `check` returns
    fed: str = ""
    got: str = ""
    expected: str = ""
    place: str = ""  # where the first wrong number stands
    line: str = ""  # of the learner's code, where it stopped
    printed: str = ""
    next: str = ""  # what to do now

    def _rows(self) -> list[tuple[str, str]]:
        rows = (
            ("given", self.fed),
            ("your result", self.got),
            ("expected", self.expected),
            ("first difference", self.place),
            ("stopped in", self.line),
            ("printed", self.printed),
        )
        return [(label, text) for label, text in rows if text]

    def _title(self) -> str:
        exercise = f"Exercise {self.name}".rstrip()
        return f"{_MARKS[self.status][0]} {exercise}: {self.status}"

    def __repr__(self) -> str:
        """The verdict as text, for a terminal."""
        rows = [hang(f"  {label:18}", text) for label, text in self._rows()]
        lines = (self._title(), self.message, *rows, self.next)
        return "\n".join(line for line in lines if line)

    def _repr_html_(self) -> str:
        color = _MARKS[self.status][1]
        cell = 'style="text-align:left; vertical-align:top; padding:1px 16px 1px 0"'
        rows = "".join(
            f'<tr style="background:none"><td {cell}>{label}</td>'
            f"<td {cell}><pre {_PRE}>{html.escape(text)}</pre></td></tr>"
            for label, text in self._rows()
        )
        parts = [
            f"<b>{html.escape(self._title())}</b>",
            _with_code(self.message),
            rows and f'<table style="margin:6px 0; border:none">{rows}</table>',
            self.next and f"<small>{_with_code(self.next)}</small>",
        ]
        return (
            f'<div style="border:1px solid {color}; border-left:6px solid {color}; '
            'padding:6px 12px; margin:4px 0">'
            + "".join(f"<div>{part}</div>" for part in parts if part)
            + "</div>"
        )


class Note:
    """A piece of Markdown to display; as text, it is shown as it is."""

    def __init__(self, markdown: str) -> None:
        self.markdown = markdown

    def __repr__(self) -> str:
        """The text as it is."""
        return self.markdown

    def _repr_markdown_(self) -> str:
        return self.markdown


class Source:
    """Python code to display."""

    def __init__(self, code: str) -> None:
        self.code = code

    def __repr__(self) -> str:
        """The code as it is."""
        return self.code

    def _repr_html_(self) -> str:
        return f"<pre {_PRE}>{html.escape(self.code)}</pre>"


def display(thing: Verdict | Note | Source) -> None:
    """Show it in the notebook, or print it where there is none."""
    try:
        from IPython.display import display as show
    except ImportError:
        show = print
    try:
        show(thing)
    except UnicodeEncodeError:  # a Windows terminal without ✓
        print(repr(thing).encode("ascii", "replace").decode())


def hang(label: str, text: str) -> str:
    """``text`` after ``label``, its further lines indented below its first."""
    return label + textwrap.indent(text, " " * len(label))[len(label) :]


def shorten(text: str) -> str:
    """At most 8 lines of at most 88 characters."""
    lines = [s if len(s) <= 88 else s[:87] + "…" for s in text.splitlines()[:9]]
    return "\n".join(lines if len(lines) <= 8 else [*lines[:7], "…"])


def _with_code(text: str) -> str:
    """Text as HTML; what stands between `backticks` becomes code."""
    code = '<code style="background:none; padding:0; color:inherit; font-weight:bold">'
    return re.sub(r"`([^`]+)`", code + r"\1</code>", html.escape(text))
