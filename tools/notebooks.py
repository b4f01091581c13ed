"""The course's files as the tools see them: notebooks, their normal form, the address.

A stored notebook has one normal form, so that executing it again without a change
leaves the file alone: nbformat 4.5, cell ids c000, c001, ..., of the cell metadata only
``tags``, ``alt`` and whether its code is folded, of the notebook's metadata only
``course`` (the checksum of the code that made the outputs, and how long it ran) and
what JupyterLab writes when it opens the file (without Python's version, see
jupyter_lab_config.py).
"""

import copy
import hashlib
import re
import tomllib
from dataclasses import dataclass
from pathlib import Path

import nbformat
from nbformat import NotebookNode

ROOT = Path(__file__).resolve().parents[1]
IGNORED = "nbval-ignore-output"  # the tag of a cell whose output is not compared
KERNEL = {
    "kernelspec": {
        "display_name": "Python 3 (ipykernel)",
        "language": "python",
        "name": "python3",
    },
    "language_info": {
        "codemirror_mode": {"name": "ipython", "version": 3},
        "file_extension": ".py",
        "mimetype": "text/x-python",
        "name": "python",
        "nbconvert_exporter": "python",
        "pygments_lexer": "ipython3",
    },
}
NUMBERED = re.compile(r"\d\d_\w+\.ipynb")


@dataclass(frozen=True)
class Repository:
    """Where the course is published, from ``[project.urls]`` in pyproject.toml."""

    owner: str
    name: str

    @property
    def url(self) -> str:
        """The address that a browser and ``git clone`` use."""
        return f"https://github.com/{self.owner}/{self.name}"

    def colab(self, notebook: str) -> str:
        """Return the address that opens ``notebooks/<notebook>`` in Google Colab."""
        place = f"{self.owner}/{self.name}/blob/main/notebooks/{notebook}"
        return f"https://colab.research.google.com/github/{place}"


def repository(root: Path = ROOT) -> Repository:
    """Read the course's address from pyproject.toml.

    Raises
    ------
    ValueError
        It is not of the form https://github.com/owner/name, which Colab needs.
    """
    project = tomllib.loads((root / "pyproject.toml").read_text("utf-8"))["project"]
    url = project["urls"]["Repository"]
    match = re.fullmatch(r"https://github\.com/([\w.-]+)/([\w.-]+?)(\.git)?/?", url)
    if not match:
        raise ValueError(
            f"pyproject.toml, [project.urls], Repository = {url!r}: expected "
            "https://github.com/owner/name (Colab opens nothing else)"
        )
    return Repository(match[1], match[2])


def all_notebooks(root: Path = ROOT) -> list[Path]:
    """Return the paths of the lessons in order."""
    found = (root / "notebooks").glob("*.ipynb")
    return sorted(path for path in found if NUMBERED.fullmatch(path.name))


def chosen(names: list[str], root: Path = ROOT) -> list[Path]:
    """Return the lessons that ``names`` mean: ``01``, ``01_neuron`` or a path; or all.

    Raises
    ------
    ValueError
        A name means no lesson.
    """
    paths = all_notebooks(root)
    if not names:
        return paths
    picked = []
    for name in names:
        stem = Path(name).name.removesuffix(".ipynb")
        matches = [path for path in paths if path.stem.startswith(stem)]
        if not stem or not matches:
            have = ", ".join(path.stem for path in paths)
            raise ValueError(f"no lesson is called {name!r}; there are: {have}")
        picked += [path for path in matches if path not in picked]
    return picked


def read(path: Path) -> NotebookNode:
    """Read a notebook."""
    return nbformat.reads(path.read_text("utf-8"), as_version=4)


def tags(cell: NotebookNode) -> list[str]:
    """Return the cell's tags."""
    return list(cell.metadata.get("tags", []))


def code_cells(notebook: NotebookNode) -> list[NotebookNode]:
    """Return the code cells that hold something."""
    return [c for c in notebook.cells if c.cell_type == "code" and c.source.strip()]


def needs_mnist(notebook: NotebookNode) -> bool:
    """Tell whether the lesson loads MNIST."""
    return any("mnist(" in cell.source for cell in code_cells(notebook))


def code_hash(notebook: NotebookNode) -> str:
    """Return a checksum of the code that the outputs come from: all but the set-up."""
    code = "\0".join(cell.source for cell in code_cells(notebook)[1:])
    return hashlib.sha256(code.encode()).hexdigest()


def coarse(seconds: float) -> int:
    """Round a computing time up to a step that does not change from run to run."""
    steps = (10, 20, 30, 60, 90, 120, 180, 300, 600, 1200, 3600)
    return next((step for step in steps if seconds <= step), steps[-1])


def computing(notebook: NotebookNode) -> int:
    """Return the stored computing time in seconds, 0 if it was never measured."""
    return int(notebook.metadata.get("course", {}).get("seconds", 0))


def merged_streams(outputs: list[NotebookNode]) -> list[NotebookNode]:
    """Join neighboring pieces of printed text: where a kernel cuts it is chance."""
    merged: list[NotebookNode] = []
    for output in outputs:
        if merged and "name" in output and output.name == merged[-1].get("name"):
            merged[-1].text += output.text
        else:
            merged.append(nbformat.from_dict(dict(output)))
    return merged


def normalize(notebook: NotebookNode) -> NotebookNode:
    """Return a copy of the notebook in the normal form described above."""
    new = nbformat.v4.new_notebook(metadata=copy.deepcopy(KERNEL))
    if "course" in notebook.metadata:
        new.metadata["course"] = copy.deepcopy(notebook.metadata["course"])
    new.nbformat, new.nbformat_minor = 4, 5
    for number, cell in enumerate(notebook.cells):
        known = cell.metadata
        metadata = {k: known[k] for k in ("alt", "cellView", "tags") if known.get(k)}
        if known.get("jupyter", {}).get("source_hidden"):
            metadata["jupyter"] = {"source_hidden": True}
        kept = nbformat.from_dict(
            {
                "cell_type": cell.cell_type,
                "id": f"c{number:03d}",
                "metadata": metadata,
                "source": cell.source.strip("\n"),
            }
        )
        if cell.cell_type == "code":
            kept.execution_count = cell.get("execution_count")
            kept.outputs = merged_streams(cell.get("outputs", []))
            for output in kept.outputs:
                _normalize_output(output, metadata.get("alt"), kept.execution_count)
        new.cells.append(kept)
    return new


def _normalize_output(output: NotebookNode, alt: str | None, count: int | None) -> None:
    if output.output_type == "execute_result":
        output.execution_count = count
    if "data" in output:
        output.data.pop("application/vnd.jupyter.widget-view+json", None)
        described = alt and "image/png" in output.data
        metadata = {"image/png": {"alt": alt}} if described else {}
        output.metadata = nbformat.from_dict(metadata)


def as_text(notebook: NotebookNode) -> str:
    """Return the file's content for a notebook: sorted keys, one final line end."""
    return nbformat.writes(notebook, version=nbformat.NO_CONVERT).rstrip("\n") + "\n"


def write_text(path: Path, text: str) -> bool:
    """Write ``text`` if the file holds something else; all or nothing.

    Returns
    -------
    bool
        True if the file was written.
    """
    if path.exists() and path.read_text("utf-8") == text:
        return False
    part = path.with_name(f".{path.name}.part")
    part.write_text(text, encoding="utf-8", newline="\n")
    part.replace(path)
    return True
