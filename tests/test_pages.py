"""The pages of ``make run``: what they hold, and that they need no network."""

import base64
import re
import shutil
import subprocess
from pathlib import Path

import bs4
import nbformat
import pytest
from ipykernel.ipkernel import IPythonKernel
from ipykernel.kernelspec import get_kernel_dict
from jupyter_server.services.contents.filemanager import FileContentsManager
from nbconvert import ScriptExporter
from traitlets.config import PyFileConfigLoader

import run
import stamp
from notebooks import ROOT, all_notebooks, as_text, normalize, read, repository

PNG = base64.b64encode(
    bytes.fromhex("89504e470d0a1a0a0000000d4948445200000001000000010802000000")
).decode()
ALT = 'A curve that falls from "high" to <low>'
TEXT = r"""# 01 · A page

[![Open lesson 01 in Google Colab](https://colab.research.google.com/x.svg)](https://colab.research.google.com/y)

[← 00 Start](00_start_here.ipynb#loss) · [Contents](../README.md) ·
[02 Next →](02_gradient_descent.ipynb) · [code](../helpers/network.py)

The slope $\frac{\partial L}{\partial w}$ of

$$L = \sum_n (y_n - \hat y_n)^2$$

\begin{equation}a_n = \sigma(z_n)\end{equation}

costs `$5` and \$6; what LaTeX is not, $\frac{$, stays.

<details><summary>A proof</summary>

It **holds** for $x > 0$ too.

![A tree](images/tree.png)

| a | b |
|---|---|
| 1 | 2 |

</details>

After it.
"""


@pytest.fixture(scope="module")
def soup() -> bs4.BeautifulSoup:
    """The page of a small lesson, beside which only lesson 00 has one."""
    figure = nbformat.v4.new_output(
        "display_data", {"image/png": PNG, "text/plain": ""}
    )
    formula = nbformat.v4.new_output(
        "display_data", {"text/latex": r"$\displaystyle x^2$"}
    )
    cells = [
        nbformat.v4.new_markdown_cell(TEXT),
        nbformat.v4.new_code_cell("plot()", outputs=[figure], metadata={"alt": ALT}),
        nbformat.v4.new_code_cell("symbols('x')", outputs=[formula]),
    ]
    notebook = nbformat.v4.new_notebook(cells=cells)
    stamp.put_setup(notebook, repository())
    text = run.page(normalize(notebook), "01 · A page", {"00_start_here"})
    return bs4.BeautifulSoup(text, "html.parser")


def test_a_fold_out_holds_its_content(soup: bs4.BeautifulSoup):
    (details,) = (d for d in soup("details") if d.summary.text == "A proof")
    assert details.strong.text == "holds"
    assert details.table.find_all("td")[1].text == "2"
    assert details.svg["aria-label"] == "x > 0"
    assert "After it." not in details.text
    assert "After it." in soup.text


def test_the_setup_is_folded(soup: bs4.BeautifulSoup):
    (details,) = (d for d in soup("details") if "first" in d.summary.text)
    assert (
        details.summary.text == "Run this cell first. On Colab it fetches the course."
    )
    assert "git clone" in details.text


def test_figures_have_the_alternative_text_of_their_cell(soup: bs4.BeautifulSoup):
    (figure,) = (i for i in soup("img") if i["src"].startswith("data:"))
    assert figure["alt"] == ALT


def test_formulas_are_drawn_into_the_page(soup: bs4.BeautifulSoup):
    drawn = [svg["aria-label"] for svg in soup("svg") if svg.get("role") == "img"]
    assert drawn == [
        r"\frac{\partial L}{\partial w}",
        r"L = \sum_n (y_n - \hat y_n)^2",
        r"\begin{equation}a_n = \sigma(z_n)\end{equation}",
        "x > 0",
        r"\displaystyle x^2",
    ]
    assert all(svg.find(["path", "use"]) for svg in soup("svg"))
    codes = [code.text for code in soup("code")]
    assert {"$5", r"\frac{"} <= set(codes), "code, and what cannot be drawn"
    assert "$6" in soup.text


def test_nothing_is_loaded_from_elsewhere(soup: bs4.BeautifulSoup):
    """No script or picture, and a badge is its text."""
    assert not soup("script")
    assert not soup.find_all("link")
    assert {i["src"] for i in soup("img")} - {"images/tree.png"} == {
        f"data:image/png;base64,{PNG}"
    }
    css = "\n".join(style.text for style in soup("style"))
    assert not re.findall(r"url\([\"']?https?:|@import", css)
    badge = soup.find("a", href="https://colab.research.google.com/y")
    assert badge.text == "Open lesson 01 in Google Colab"


def test_links_lead_to_pages_that_are_there(soup: bs4.BeautifulSoup):
    """Lesson 02 has no page."""
    links = {
        a.text: a["href"] for a in soup("a") if "anchor-link" not in a.get("class", [])
    }
    assert links["← 00 Start"] == "00_start_here.html#loss"
    assert links["Contents"] == "index.html"
    assert (ROOT / "build" / links["code"]).resolve().exists()
    assert "02 Next →" in soup.text
    assert "02 Next →" not in links
    assert not [href for href in links.values() if ".ipynb" in href]


def test_the_contents_list_the_pages_that_are_there():
    names = re.findall(r'href="(\w+)\.html"', run.contents({"01_single_neuron"}))
    assert names == ["01_single_neuron"]


@pytest.mark.parametrize("path", all_notebooks(), ids=lambda path: path.stem)
def test_every_formula_of_a_lesson_can_be_drawn(path: Path):
    page = run.page(read(path), path.stem, set())
    soup = bs4.BeautifulSoup(page, "html.parser")
    source = "".join(c.source for c in read(path).cells if c.cell_type == "markdown")
    assert bool(soup.find("svg", role="img")) == ("$" in source)
    assert [code.text for code in soup("code") if code.text.startswith("\\")] == []
    assert all(len(image["alt"]) >= 20 for image in soup("img"))


def test_a_browser_without_a_network_shows_all(soup: bs4.BeautifulSoup, tmp_path: Path):
    """The height of the fold-out changes, and no request fails."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None:
        pytest.skip("no chromium here")
    measure = soup.new_tag("script")
    measure.string = """window.onload = () => {
      const fold = [...document.querySelectorAll("details")].pop();
      const closed = fold.offsetHeight; fold.open = true;
      const svgs = [...document.querySelectorAll("svg[role=img]")];
      const small = svgs.filter(svg => svg.getBoundingClientRect().width < 5).length;
      document.title = `${fold.offsetHeight > 2 * closed} ${svgs.length} ${small}`;
    }"""
    soup.head.append(measure)
    (tmp_path / "page.html").write_text(str(soup), encoding="utf-8")
    measure.decompose()
    options = ["--headless", "--no-sandbox", "--disable-gpu", "--dump-dom"]
    offline = [
        "--host-resolver-rules=MAP * ~NOTFOUND",
        f"--user-data-dir={tmp_path}/me",
    ]
    address = (tmp_path / "page.html").as_uri()
    done = subprocess.run(
        [chromium, *options, *offline, address], capture_output=True, timeout=120
    )
    shown = bs4.BeautifulSoup(done.stdout.decode(), "html.parser")
    assert shown.title.text == "true 5 0"


def test_a_claim_that_is_not_so_fails(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture
):
    cells = [
        nbformat.v4.new_markdown_cell("# 00 · Start\n\n*Ready?*"),
        nbformat.v4.new_code_cell("print('✓ one is less\\n✗ one is more\\n  Advice')"),
    ]
    path = tmp_path / all_notebooks()[0].name
    notebook = normalize(nbformat.v4.new_notebook(cells=cells))
    path.write_text(as_text(notebook), encoding="utf-8")
    monkeypatch.setattr(run, "BUILD", tmp_path / "build")
    monkeypatch.setattr(run, "chosen", lambda _: [path])
    monkeypatch.setattr("sys.argv", ["run.py"])
    assert run.main() == 1
    assert "one is more" in (says := capsys.readouterr().out)
    assert "one is less" not in says
    assert (tmp_path / "build" / "00_start_here.html").exists()


def test_a_script_made_of_a_lesson_is_python():
    notebook = normalize(nbformat.v4.new_notebook())
    _, resources = ScriptExporter().from_notebook_node(notebook)
    assert resources["output_extension"] == ".py"


@pytest.mark.parametrize("version", ["3.11.1", "3.13.9"])
def test_jupyterlab_saves_a_lesson_as_it_was(version: str, tmp_path: Path):
    """It writes what the kernel says of itself into what it opens."""
    stored = all_notebooks()[0]
    shutil.copy(stored, tmp_path)
    config = PyFileConfigLoader(
        "jupyter_lab_config.py", str(ROOT / "tools")
    ).load_config()
    files = FileContentsManager(root_dir=str(tmp_path), config=config)
    model = files.get(stored.name)
    metadata = model["content"]["metadata"]
    metadata["kernelspec"]["display_name"] = get_kernel_dict()["display_name"]
    metadata["language_info"] = IPythonKernel.language_info | {"version": version}
    files.save(model, stored.name)
    assert (tmp_path / stored.name).read_text("utf-8") == stored.read_text("utf-8")
