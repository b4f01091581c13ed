"""``make run``: execute the lessons without a browser and write HTML pages to build/.

The notebooks themselves are not changed. Exit status 1 if one fails; its page then
shows how far it came.
"""

import argparse
import asyncio
import html
import re
import sys
import time
from pathlib import Path

from nbconvert import HTMLExporter
from nbformat import NotebookNode
from tqdm import tqdm

import kernels
from notebooks import NUMBERED, ROOT, chosen, code_cells, computing, read
from stamp import title_and_question

BUILD = ROOT / "build"
CELL_TIMEOUT = 3600.0  # seconds; a slow machine is no error


def page(notebook: NotebookNode, name: str) -> str:
    """Return a lesson as an HTML page whose links to other lessons lead to pages."""
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            link = rf"\]\(({NUMBERED.pattern})".replace(r"\.ipynb", ")(?:\\.ipynb")
            cell.source = re.sub(link, r"](\1.html", cell.source)
    exporter = HTMLExporter(embed_images=True)
    resources = {"metadata": {"path": str(ROOT / "notebooks"), "name": name}}
    return exporter.from_notebook_node(notebook, resources)[0]


def contents(stems: list[str]) -> str:
    """Return the page that lists the lessons."""
    items = []
    for stem in stems:
        title, question = title_and_question(
            read(ROOT / "notebooks" / f"{stem}.ipynb"), stem
        )
        items.append(
            f'<li value="{int(stem[:2])}"><a href="{stem}.html">{html.escape(title)}'
            f"</a>: {html.escape(question)}</li>"
        )
    return (
        '<!doctype html><html lang="en"><meta charset="utf-8">'
        "<title>Neural networks by hand</title>"
        "<h1>Neural networks by hand</h1><ol>" + "\n".join(items) + "</ol></html>\n"
    )


async def run(path: Path, env: dict[str, str], bar: tqdm) -> bool:
    """Execute one lesson and write its page; return True if no cell failed."""
    notebook = read(path)
    outcome = await kernels.execute(
        notebook,
        env=env,
        folder=path.parent,
        timeout=CELL_TIMEOUT,
        on_cell=bar.update,
    )
    text = await asyncio.to_thread(page, notebook, path.stem)
    (BUILD / f"{path.stem}.html").write_text(text, encoding="utf-8")
    line = f"{path.stem:32} {outcome.seconds:6.1f} s  "
    if outcome.error:
        line += f"FAILED at In [{outcome.cell}]: {outcome.error}"
    else:
        line += "ok"
    bar.write(line, file=sys.stdout)
    sys.stdout.flush()
    return outcome.error is None


def main() -> int:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("names", nargs="*", help="lessons, as in 01; all by default")
    try:
        paths = chosen(parser.parse_args().names)
    except ValueError as error:
        print(error, file=sys.stderr)
        return 1
    start = time.perf_counter()
    BUILD.mkdir(exist_ok=True)
    kernels.prepare()
    env = kernels.environment(reproducible=False)
    cells = sum(len(code_cells(read(path))) for path in paths)
    slowest_first = sorted(paths, key=lambda path: -computing(read(path)))
    with tqdm(total=cells, unit="cell", disable=None, dynamic_ncols=True) as bar:
        jobs = [lambda path=path: run(path, env, bar) for path in slowest_first]
        good = asyncio.run(kernels.side_by_side(jobs))
    pages = sorted(p.stem for p in BUILD.glob("[0-9]*.html"))
    pages = [stem for stem in pages if (ROOT / f"notebooks/{stem}.ipynb").exists()]
    (BUILD / "index.html").write_text(contents(pages), encoding="utf-8")
    failed = good.count(False)
    took = time.perf_counter() - start
    print(f"{len(good)} notebooks in {took:.0f} s, {failed} failed: build/index.html")
    return 1 if failed else 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit("interrupted")
