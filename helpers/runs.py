"""What several runs measured, kept by name and shown as a table."""

import html
from collections.abc import Iterator
from types import SimpleNamespace

import numpy as np


class Runs:
    """Numbers of repeated runs: ``runs.add("ours", train=98.0, new=83.1)`` for each.

    ``runs["ours"].new`` is an array with one number a run. At the end of a cell,
    ``runs`` is shown as a table: the mean of each column ± the standard deviation of
    the runs (with n − 1 in the denominator, so that it needs two runs or more).

    Parameters
    ----------
    digits : int
        Decimals in the table.
    """

    def __init__(self, digits: int = 1) -> None:
        self.digits = digits
        self._rows: dict[str, dict[str, list[float]]] = {}

    def add(self, name: str, **measured: float) -> None:
        """Note what one more run of ``name`` has measured: a number for each column.

        Raises
        ------
        ValueError
            Nothing was measured, something is not a single number, or an earlier run of
            that name measured other things.
        """
        numbers = {column: _number(column, value) for column, value in measured.items()}
        columns = self._rows.get(name) or {column: [] for column in numbers}
        if not numbers or columns.keys() != numbers.keys():
            raise ValueError(
                f"a run of {name!r} measures {_listed(columns) or 'one number or more'}"
                f", not {_listed(numbers) or 'nothing'}"
            )
        for column, number in numbers.items():
            columns[column].append(number)
        self._rows[name] = columns

    def __getitem__(self, name: str) -> SimpleNamespace:
        """The columns of ``name``, each an array (runs,).

        Raises
        ------
        KeyError
            No run has that name; it says which names there are.
        """
        if name not in self._rows:
            raise KeyError(f"no runs of {name!r}; there are {_listed(self._rows)}")
        columns = self._rows[name].items()
        return SimpleNamespace(**{column: np.array(v) for column, v in columns})

    def __iter__(self) -> Iterator[str]:
        """The names, in the order in which they were added."""
        return iter(self._rows)

    def __len__(self) -> int:
        """How many names there are."""
        return len(self._rows)

    def column(self, column: str) -> list[np.ndarray]:
        """One column, an array (runs,) a name: for `plotting.bars_with_spread`."""
        return [getattr(self[name], column) for name in self]

    def _table(self) -> list[list[str]]:
        """Its cells as texts, head first: a row for each name."""
        heads = dict.fromkeys(head for row in self._rows.values() for head in row)
        counts = {len(v) for row in self._rows.values() for v in row.values()}
        several = f", {counts.pop()} runs" if len(counts) == 1 else ""
        table = [[f"mean ± sd{several}", *(head.replace("_", " ") for head in heads)]]
        for name, row in self._rows.items():
            runs = "" if several else f" ({len(next(iter(row.values())))} runs)"
            cells = [self._cell(row[head]) if head in row else "" for head in heads]
            table.append([f"{name}{runs}", *cells])
        return table

    def _cell(self, values: list[float]) -> str:
        text = _written(np.mean(values), self.digits)
        if len(values) < 2:
            return text
        return f"{text} ± {_written(np.std(values, ddof=1), self.digits)}"

    def __repr__(self) -> str:
        """The table as text."""
        table = self._table()
        widths = [max(map(len, column)) for column in zip(*table, strict=True)]
        lines = []
        for first, *rest in table:
            cells = zip(rest, widths[1:], strict=True)
            cells = [first.ljust(widths[0]), *(text.rjust(w) for text, w in cells)]
            lines.append("   ".join(cells).rstrip())
        return "\n".join(lines)

    def _repr_html_(self) -> str:
        """The table for a notebook."""
        rows = []
        for number, cells in enumerate(self._table()):
            tag = "th" if number == 0 else "td"
            sides = ["left", *["right"] * (len(cells) - 1)]
            rows.append(
                "".join(
                    f'<{tag} style="text-align:{side}">{html.escape(text)}</{tag}>'
                    for side, text in zip(sides, cells, strict=True)
                )
            )
        head, *body = (f"<tr>{row}</tr>" for row in rows)
        return f"<table><thead>{head}</thead><tbody>{''.join(body)}</tbody></table>"


def _number(column: str, value: object) -> float:
    """A float from a number, or from an array or tensor without axes."""
    value = value.detach() if hasattr(value, "detach") else value  # or torch warns
    try:
        if getattr(value, "shape", ()) == ():
            return float(value)
    except (TypeError, ValueError):
        pass
    raise ValueError(f"{column} must be one number a run, not {value!r:.60}")


def _written(value: float, digits: int) -> str:
    """With so many decimals, a real minus sign, and never −0."""
    return f"{round(value, digits) + 0.0:.{digits}f}".replace("-", "−")


def _listed(names: object) -> str:
    return ", ".join(map(str, names))
