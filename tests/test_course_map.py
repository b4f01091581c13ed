"""The map in lesson 00 and the README's list of planned lessons follow the files."""

from pathlib import Path

import nbformat

import stamp

ROWS = """\
| 00 | Start here | What they ask? | planned |
| 01 | [A neuron](01_old_name.ipynb) | An old question? | ready |
| 02 | [Gone](02_gone.ipynb) | Is it there? | ready |
| 03 | Never there, 99 % | Will it be? | planned |
"""


def lesson(*sources: str) -> nbformat.NotebookNode:
    return nbformat.v4.new_notebook(
        cells=[nbformat.v4.new_markdown_cell(source) for source in sources]
    )


LESSONS = {
    Path("00_start_here.ipynb"): lesson("# 00 · Start here\n\n*Ready?*", ROWS),
    Path("01_neuron.ipynb"): lesson("# 01 · One neuron\n\n*Can it?*"),
}


def test_lessons_that_are_there_are_linked_and_the_others_are_planned():
    mapped = stamp.course_map(ROWS, LESSONS)
    assert mapped.splitlines() == [
        "| 00 | [Start here](00_start_here.ipynb) | Ready? | ready |",
        "| 01 | [One neuron](01_neuron.ipynb) | Can it? | ready |",
        "| 02 | Gone | Is it there? | planned |",
        "| 03 | Never there, 99 % | Will it be? | planned |",
    ]
    assert stamp.course_map(mapped, LESSONS) == mapped


def test_the_readme_names_the_planned_lessons():
    assert stamp.planned(LESSONS) == "02 Gone · 03 Never there, 99 %"


def test_the_course_has_a_map_of_all_twenty_lessons():
    notebooks = {path: stamp.read(path) for path in stamp.all_notebooks()}
    start = next(iter(notebooks.values()))
    text = "\n".join(cell.source for cell in start.cells)
    numbers = [number for number, _, _ in stamp.MAP_ROW.findall(text)]
    assert numbers == [f"{n:02}" for n in range(20)]
