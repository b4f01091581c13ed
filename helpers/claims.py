"""What a lesson says about its own results.

The digits of an accuracy differ a little from machine to machine; what a lesson
concludes from them must not. So a notebook prints its measurements in one cell and
claims its conclusion in the next. A claim stops nobody: what is not so in this run is
marked ✗, and the lesson goes on. `make run`, `make refresh` and `make test` count a ✗
as a failure.
"""

import sys

ADVICE = """\
  Did you change something above? Then this is what the change does. If not, choose
  Kernel > Restart Kernel and Run All Cells. If ✗ stays, please report it."""


def claim(condition: bool, sentence: str, *, about: object = None) -> None:
    """Print ``sentence`` after a ✓ if ``condition`` holds, and after a ✗ if not.

    Parameters
    ----------
    condition : bool
        What was measured, compared with what is claimed, as in ``accuracy > 0.98``.
        One truth value: for arrays, say which you mean with ``.all()`` or ``.any()``.
        Anything else is marked ✗, with the reason.
    sentence : str
        The conclusion in plain words, without a number that differs between machines.
    about : Digits, optional
        The digits the claim is about, as `helpers.data.mnist` returned them. A claim
        about MNIST says nothing about the stand-in digits: on those it is not checked,
        and says so.
    """
    single = isinstance(condition, bool) or getattr(condition, "shape", None) == ()
    if getattr(about, "stand_in", False):
        _show(f"– not checked on the stand-in digits: {sentence}")
    elif not single or "bool" not in str(getattr(condition, "dtype", "bool")):
        _show(
            f"✗ cannot be told: {sentence}\n  claim needs True or False, not "
            f"{type(condition).__name__}: compare first, as in accuracy > 0.98, and "
            "for arrays add .all() or .any()"
        )
    elif condition:
        _show(f"✓ {sentence}")
    else:
        _show(f"✗ not so in this run: {sentence}\n{ADVICE}")


def _show(text: str) -> None:
    """Print it, in plain characters where the output has no others."""
    encoding = getattr(sys.stdout, "encoding", None) or "utf-8"
    try:
        text.encode(encoding)
    except UnicodeEncodeError:
        text = text.replace("✓", "[ok]").replace("✗", "[NOT SO]").replace("–", "-")
        text = text.encode(encoding, "replace").decode(encoding)
    print(text)
