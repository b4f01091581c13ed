"""Claims: printed when true, an error when false, silent about the stand-in."""

from types import SimpleNamespace

import numpy as np
import pytest

from helpers.claims import ClaimError, claim


@pytest.mark.parametrize(
    "true", [True, np.bool_(True), np.array(True), np.array([2, 3]).min() > 1]
)
def test_a_true_claim_is_printed_with_a_tick(true, capsys):
    claim(true, "two is more than one")
    assert capsys.readouterr().out == "✓ two is more than one\n"


@pytest.mark.parametrize("false", [False, np.bool_(False), np.array(False)])
def test_a_false_claim_is_an_error_that_names_it(false, capsys):
    with pytest.raises(ClaimError, match="two is less than one"):
        claim(false, "two is less than one")
    assert capsys.readouterr().out == ""


def test_stand_in_digits_are_said_not_to_be_checked(capsys):
    claim(False, "all is read", about=SimpleNamespace(stand_in=True))
    assert (
        capsys.readouterr().out == "– not checked on the stand-in digits: all is read\n"
    )


def test_real_digits_are_checked():
    with pytest.raises(ClaimError):
        claim(False, "all is read", about=SimpleNamespace(stand_in=False))


@pytest.mark.parametrize(
    "unclear", [0.99, 1, "yes", None, np.array([True, False]), [True]]
)
def test_what_is_not_a_truth_value_is_refused(unclear):
    with pytest.raises(TypeError, match="True or False"):
        claim(unclear, "this is unclear")


@pytest.mark.parametrize("sentence", ["", "  ", None])
def test_a_claim_needs_a_sentence(sentence):
    with pytest.raises(TypeError, match="sentence"):
        claim(True, sentence)


def test_a_torch_truth_value_counts():
    torch = pytest.importorskip("torch")
    claim(torch.tensor(2.0) > 1, "two is more than one")
    with pytest.raises(TypeError, match=r"\.all\(\)"):
        claim(torch.tensor([2.0, 0.0]) > 1, "two and zero are more than one")
