"""``make refresh``: execute the stored notebooks and store their new outputs.

A notebook is executed from top to bottom in a fresh kernel and written back in its
normal form. When its code is the same as when it was stored and every compared output
comes out the same, the stored outputs are kept, so a second refresh changes no file.
(Cells tagged nbval-ignore-output give other numbers on every machine; theirs are kept
or replaced together with the rest.) ``--force`` stores the new outputs in any case.
A notebook that fails, prints to stderr or makes a claim that is not true is left as it
is. At the end the list of all claims is written, tests/claims.txt.
"""

import argparse
import ast
import asyncio
import copy
import sys
from pathlib import Path

from nbformat import NotebookNode

sys.path.insert(0, str(Path(__file__).parent))  # also under PYTHONSAFEPATH

import kernels
import stamp
from figures import distance, pictures
from notebooks import (
    IGNORED,
    ROOT,
    all_notebooks,
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
    drawn = zip(pictures(stored.outputs), pictures(new.outputs), strict=False)
    near = all(distance(*pair) <= SAME_FIGURE for pair in drawn)
    return near and _texts(stored) == _texts(new)


def _texts(cell: NotebookNode) -> list[NotebookNode]:
    """Return a cell's outputs with only a word for each figure."""
    outputs = copy.deepcopy(cell.outputs)
    for output in outputs:
        output.pop("metadata", None)
        if "image/png" in output.get("data", {}):
            output.data["image/png"] = "a figure"
    return outputs


def merged(stored: NotebookNode, new: NotebookNode, *, force: bool) -> NotebookNode:
    """Return what to store: the new notebook, with the stored outputs if they hold.

    Both are in normal form. With ``force`` the new outputs, whatever they are.
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
    """Return what must not be stored: claims that are not true, anything on stderr."""
    printed = [
        f"In [{number}] prints to stderr: {output.text.strip().splitlines()[-1]}"
        for number, cell in enumerate(code_cells(notebook), start=1)
        for output in cell.outputs
        if output.get("name") == "stderr" and output.text.strip()
    ]
    false = [f"not true: {claim}" for claim in kernels.untrue_claims(notebook)]
    return printed + false


def claims(cell: NotebookNode) -> list[tuple[ast.expr, str, str]]:
    """Return condition, its source and the sentence of each claim in a code cell."""
    found = []
    try:
        tree = ast.parse(cell.source)
    except SyntaxError:
        return []
    for node in ast.walk(tree):
        named = isinstance(node, ast.Call) and ast.unparse(node.func)
        if named in ("claim", "claims.claim"):
            values = [*node.args, *(keyword.value for keyword in node.keywords)]
            # Not ast.unparse, which writes the same otherwise in other Pythons.
            source = [ast.get_source_segment(cell.source, value) for value in values]
            words = [" ".join(text.split()) for text in source]
            found.append((values[0], words[0], " ".join(words[1:])))
    return found


def all_claims(root: Path = ROOT) -> str:
    """Return what tests/claims.txt must hold: lesson, condition and sentence.

    There, a claim that was removed or eased shows in the diff.
    """
    return "".join(
        f"{path.name[:2]}  {condition}  {sentence}\n"
        for path in all_notebooks(root)
        for cell in code_cells(read(path))
        for _, condition, sentence in claims(cell)
    )


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
    if write_text(ROOT / "tests" / "claims.txt", all_claims()):
        print("stored the list of claims, tests/claims.txt")
    return 0 if all(good) and not refused else 1


if __name__ == "__main__":
    kernels.command(main)
