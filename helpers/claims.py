"""What a lesson asserts about its own results.

The digits of an accuracy differ a little from machine to machine; what a lesson
concludes from them must not. So a notebook prints its measurements in one cell and
claims its conclusion in the next.
"""


class ClaimError(AssertionError):
    """A sentence that a lesson states turned out to be false in this run."""


def claim(condition: bool, sentence: str, *, about: object = None) -> None:
    """Print ``sentence`` with a tick if ``condition`` holds; stop with an error if not.

    Parameters
    ----------
    condition : bool
        What was measured, compared with what is claimed, as in ``accuracy > 0.98``.
        One truth value: for arrays, say which you mean with ``.all()`` or ``.any()``.
    sentence : str
        The conclusion in plain words, without a number that differs between machines.
    about : Digits, optional
        The digits the claim is about, as `helpers.data.mnist` returned them. A claim
        about MNIST says nothing about the stand-in digits: on those it is not checked,
        and says so.

    Raises
    ------
    ClaimError
        The condition is false.
    TypeError
        The condition is not a single truth value, or the sentence is missing.
    """
    if not isinstance(sentence, str) or not sentence.strip():
        raise TypeError(
            "claim needs a sentence: claim(accuracy > 0.98, 'it reads well')"
        )
    single = isinstance(condition, bool) or getattr(condition, "shape", None) == ()
    if not single or "bool" not in str(getattr(condition, "dtype", "bool")):
        raise TypeError(
            f"claim needs True or False, not {type(condition).__name__}; compare first "
            "(accuracy > 0.98), and for arrays add .all() or .any()"
        )
    if getattr(about, "stand_in", False):
        print(f"– not checked on the stand-in digits: {sentence}")
    elif condition:
        print(f"✓ {sentence}")
    else:
        raise ClaimError(
            f"this run does not show that {sentence}. Restart the kernel and run all "
            "cells. If it still fails, a change to this lesson broke its conclusion"
        )
