"""``make run``: execute the lessons without a browser and write HTML pages to build/.

The pages need no network: formulas and figures are drawn into them. The notebooks
themselves are not changed. Exit status 1 if a lesson fails or claims what is not so;
the page of one that failed shows how far it came.
"""

import argparse
import asyncio
import functools
import html
import sys
import time
from pathlib import Path

import ziamath
from nbconvert import HTMLExporter
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath
from nbformat import NotebookNode
from tqdm import tqdm

sys.path.insert(0, str(Path(__file__).parent))  # also under PYTHONSAFEPATH

import kernels
from notebooks import (
    NUMBERED,
    ROOT,
    all_notebooks,
    chosen,
    code_cells,
    computing,
    read,
)
from stamp import title_and_question

BUILD = ROOT / "build"
CELL_TIMEOUT = 3600.0  # seconds; a slow machine is no error
TEMPLATE = """\
{%- extends "lab/index.html.j2" -%}
{%- block html_head_js %}{% endblock -%}
{%- block html_head_js_mathjax %}{% endblock -%}
{%- block html_head_js_mermaidjs %}{% endblock -%}
{%- block html_head_css -%}
<style>
img, svg { max-width: 100%; }
.jp-InputArea-editor { overflow-x: auto; }
summary { font-family: var(--jp-content-font-family); }
</style>
{%- endblock -%}
{%- block input -%}
{%- if cell.metadata.get("jupyter", {}).source_hidden -%}
{%- set title = cell.source.splitlines()[0].replace("# @title ", "") -%}
<details><summary>{{ title | e }}</summary>{{ super() }}</details>
{%- else -%}{{ super() }}{%- endif -%}
{%- endblock -%}
{%- block data_png -%}
<img src="data:image/png;base64,{{ output.data["image/png"] }}"
alt="{{ cell.metadata.get("alt", "") | e }}">
{%- endblock -%}
{%- block data_latex %}{{ output.data["text/latex"] | markdown2html }}{% endblock -%}
"""


class Renderer(IPythonRenderer):
    """Markdown as HTML that needs nothing from elsewhere."""

    def __init__(self, pages: set[str]):
        super().__init__(escape=False)
        self.pages = pages  # of the lessons that are there, without .html

    def block_math(self, body: str) -> str:
        """Draw a formula on a line of its own."""
        return f'<p style="text-align: center">{formula(body, inline=False)}</p>\n'

    def latex_environment(self, name: str, body: str) -> str:
        """Draw a formula that is an environment of LaTeX."""
        return self.block_math(rf"\begin{{{name}}}{body}\end{{{name}}}")

    def inline_math(self, body: str) -> str:
        """Draw a formula within a line."""
        return formula(body, inline=True)

    def image(self, text: str, url: str, title: str | None = None) -> str:
        """Show an image of the course, and of one from elsewhere only the text."""
        return text if ":" in url else super().image(text, url, title)

    def link(self, text: str, url: str, title: str | None = None) -> str:
        """Lead from lesson to lesson if there is a page, else keep only the text."""
        name, mark, anchor = url.partition("#")
        if name == "../README.md":
            url = "index.html"
        elif NUMBERED.fullmatch(name):
            if Path(name).stem not in self.pages:
                return text
            url = f"{Path(name).stem}.html{mark}{anchor}"
        return super().link(text, url, title)


@functools.cache
def formula(tex: str, *, inline: bool) -> str:
    """Return a formula as a picture in SVG, or as it is where that cannot be drawn."""
    said = html.escape(tex.strip())
    try:
        drawn = ziamath.Latex(tex, size=16, inline=inline)
        svg = drawn.svg()
    except Exception:  # whatever a package makes of LaTeX that it does not know
        return f"<code>{said}</code>"
    place = f'style="vertical-align: {drawn.getyofst():.1f}px"'
    return svg.replace("<svg ", f'<svg role="img" aria-label="{said}" {place} ', 1)


def page(notebook: NotebookNode, name: str, pages: set[str]) -> str:
    """Return a lesson as an HTML page that needs no network.

    Parameters
    ----------
    notebook : NotebookNode
        The lesson.
    name : str
        Its title in the browser.
    pages : set of str
        The lessons that have a page, as in "01_single_neuron"; others are not linked.
    """

    def markdown(source: str) -> str:
        return MarkdownWithMath(renderer=Renderer(pages)).render(source)

    exporter = HTMLExporter(filters={"markdown2html": markdown})
    exporter.raw_template = TEMPLATE
    return exporter.from_notebook_node(notebook, {"metadata": {"name": name}})[0]


def contents(pages: set[str]) -> str:
    """Return the page that lists the lessons."""
    items = []
    for path in all_notebooks():
        if path.stem in pages:
            title, question = title_and_question(read(path), path.name)
            link = f'<a href="{path.stem}.html">{html.escape(title)}</a>'
            number = int(path.stem[:2])
            items.append(f'<li value="{number}">{link}: {html.escape(question)}</li>')
    return (
        '<!doctype html><html lang="en"><meta charset="utf-8">'
        "<title>Neural networks by hand</title>"
        "<h1>Neural networks by hand</h1><ol>" + "\n".join(items) + "</ol></html>\n"
    )


async def run(path: Path, env: dict[str, str], pages: set[str], bar: tqdm) -> bool:
    """Execute one lesson and write its page; return True if nothing went wrong."""
    notebook = read(path)
    outcome = await kernels.execute(
        notebook,
        env=env,
        folder=path.parent,
        timeout=CELL_TIMEOUT,
        on_cell=bar.update,
    )
    title, _ = title_and_question(notebook, path.name)
    text = page(notebook, f"{path.stem[:2]} · {title}", pages)
    (BUILD / f"{path.stem}.html").write_text(text, encoding="utf-8")
    faults = kernels.untrue_claims(notebook)
    if outcome.error:
        faults.append(f"FAILED at In [{outcome.cell}]: {outcome.error}")
    says = "\n    ".join(faults) or "ok"
    bar.write(f"{path.stem:32} {outcome.seconds:6.1f} s  {says}", file=sys.stdout)
    sys.stdout.flush()
    return not faults


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
    pages = {page.stem for page in BUILD.glob("[0-9]*.html")} | {p.stem for p in paths}
    with tqdm(total=cells, unit="cell", disable=None, dynamic_ncols=True) as bar:
        jobs = [lambda path=path: run(path, env, pages, bar) for path in slowest_first]
        good = asyncio.run(kernels.side_by_side(jobs))
    (BUILD / "index.html").write_text(contents(pages), encoding="utf-8")
    failed = good.count(False)
    took = time.perf_counter() - start
    print(f"{len(good)} notebooks in {took:.0f} s, {failed} failed: build/index.html")
    return 1 if failed else 0


if __name__ == "__main__":
    kernels.command(main)
