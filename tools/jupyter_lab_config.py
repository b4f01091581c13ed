"""JupyterLab's settings for ``make lab``: looking at a lesson does not change it.

JupyterLab writes the version of Python into every notebook it opens. Without that line
a stored lesson is the same for everybody, and ``git pull`` meets no changed file.
"""


def forget_version(model: dict, **_: object) -> None:
    """Leave the version of Python out of a notebook that is saved."""
    if model["type"] == "notebook":
        model["content"]["metadata"].get("language_info", {}).pop("version", None)


get_config().FileContentsManager.pre_save_hook = forget_version  # noqa: F821
