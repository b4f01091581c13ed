"""``make refresh``: execute the stored notebooks and store their new outputs.

A notebook is executed from top to bottom in a fresh kernel and written back in its
normal form. When its code is the same as when it was stored and every compared output
comes out the same, the stored outputs are kept, so a second refresh changes no file.
(Cells tagged nbval-ignore-output give other numbers on every machine; theirs are kept
or replaced together with the rest.) ``--force`` stores the new outputs in any case.
A notebook that fails, or prints to stderr, is left as it is.
"""

import argparse
import asyncio
import base64
import copy
import sys
from pathlib import Path

from nbformat import NotebookNode

import kernels
import stamp
from figures import distance
from notebooks import (
    IGNORED,
    as_text,
    chosen,
    coarse,
    code_cells,
    code_hash,
    computing,
    needs_mnist,
    normalize,
    read,
    tags,
    write_text,
)

CELL_TIMEOUT = 600.0  # seconds
SAME_FIGURE = 10.0  # see figures.distance


def same_outputs(stored: NotebookNode, new: NotebookNode) -> bool:
    """Tell whether a cell's outputs say the same: texts exactly, figures nearly."""
    if len(stored.outputs) != len(new.outputs):
        return False
    for old, fresh in zip(stored.outputs, new.outputs, strict=True):
        if not _same(old, fresh):
            return False
    return True


def _same(old: NotebookNode, fresh: NotebookNode) -> bool:
    if old.output_type != fresh.output_type or old.get("name") != fresh.get("name"):
        return False
    if old.get("text") != fresh.get("text"):
        return False
    if old.get("data", {}).keys() != fresh.get("data", {}).keys():
        return False
    for kind, value in old.get("data", {}).items():
        if kind == "image/png":
            pictures = (base64.b64decode(png) for png in (value, fresh.data[kind]))
            if distance(*pictures) > SAME_FIGURE:
                return False
        elif value != fresh.data[kind]:
            return False
    return True


def merged(stored: NotebookNode, new: NotebookNode, *, force: bool) -> NotebookNode:
    """Return what to store: the new notebook, with the stored outputs if they hold.

    Parameters
    ----------
    stored, new : NotebookNode
        Both in normal form; the code of ``new`` was executed.
    force : bool
        Store the new outputs whatever they are.
    """
    new = copy.deepcopy(new)
    before, now = code_cells(stored), code_cells(new)
    unchanged = stored.metadata.get("course", {}).get("code") == code_hash(new)
    holds = unchanged and all(
        # A cell that is ignored must have run when it was stored; others must agree.
        old.execution_count == fresh.execution_count
        and (IGNORED in tags(fresh) or same_outputs(old, fresh))
        for old, fresh in zip(before, now, strict=True)
    )
    if holds and not force:
        for old, fresh in zip(before, now, strict=True):
            fresh.outputs = old.outputs
        new.metadata.course.seconds = computing(stored)
    return normalize(new)  # gives the figures their alternative texts


def with_facts(new: NotebookNode, seconds: float, known: int) -> NotebookNode:
    """Store with a notebook which code made its outputs, and how long that took.

    A time near the one ``known`` so far is not news.
    """
    if not known / 3 < seconds <= 1.2 * known:
        known = coarse(seconds)
    new.metadata["course"] = {"code": code_hash(new), "seconds": known}
    return new


def complaints(notebook: NotebookNode) -> list[str]:
    """Return what must not be stored: anything printed to stderr."""
    return [
        f"In [{number}] prints to stderr: {output.text.strip().splitlines()[-1]}"
        for number, cell in enumerate(code_cells(notebook), start=1)
        for output in cell.outputs
        if output.get("name") == "stderr" and output.text.strip()
    ]


async def refresh(path: Path, env: dict[str, str], *, force: bool) -> bool:
    """Refresh one notebook; say what became of it and return True if that is good."""
    text_before = path.read_text("utf-8")
    stored = read(path)
    new = copy.deepcopy(stored)
    print(f"{path.stem}: running", flush=True)
    outcome = await kernels.execute(
        new, env=env, folder=path.parent, timeout=CELL_TIMEOUT
    )
    if outcome.error:
        print(f"{path.stem}: not stored, In [{outcome.cell}]: {outcome.error}")
        return False
    if faults := complaints(new):
        print("\n".join(f"{path.stem}: not stored, {fault}" for fault in faults))
        return False
    new = with_facts(normalize(new), outcome.cpu_seconds, computing(stored))
    text = as_text(merged(normalize(stored), new, force=force))
    if path.read_text("utf-8") != text_before:
        print(f"{path.stem}: not stored, it was edited meanwhile; refresh it again")
        return False
    wrote = write_text(path, text)
    size = f"{len(text) / 1e3:.0f} kB"
    state = f"stored, {size}" if wrote else "unchanged"
    print(f"{path.stem}: {state} ({outcome.seconds:.0f} s)", flush=True)
    return True


def main() -> int:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("names", nargs="*", help="lessons, as in 01; all by default")
    parser.add_argument("--force", action="store_true", help="keep no stored output")
    options = parser.parse_args()
    try:
        paths = chosen(options.names)
        for name in stamp.stamp():
            print(f"stamped {name}")
    except ValueError as error:
        print(error, file=sys.stderr)
        return 1
    kernels.prepare()
    refused = []
    if any(needs_mnist(read(path)) for path in paths) and not kernels.mnist_is_here():
        refused = [path for path in paths if needs_mnist(read(path))]
        paths = [path for path in paths if path not in refused]
        for path in refused:
            print(
                f"{path.stem}: not refreshed, its stored outputs come from MNIST and "
                "only the stand-in digits are here; try again with a network"
            )
    env = kernels.environment()
    paths.sort(key=lambda path: -computing(read(path)))
    jobs = [lambda path=path: refresh(path, env, force=options.force) for path in paths]
    good = asyncio.run(kernels.side_by_side(jobs))
    for name in stamp.stamp():  # the time that the headers state
        print(f"stamped {name}")
    return 0 if all(good) and not refused else 1


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit("interrupted")
