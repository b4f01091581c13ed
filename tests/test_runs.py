"""Runs: what is added comes back by name, and the table says mean ± sd of it."""

import warnings

import numpy as np
import pytest

from helpers.runs import Runs


@pytest.fixture
def runs():
    runs = Runs()
    for train, fresh in ((82.0, 1.5), (84.0, -1.5)):
        runs.add("best circle", train=train, minus_circle=fresh)
    for train in (99.0, 99.0):
        runs.add("ours", train=train, minus_circle=-0.001)
    return runs


def test_what_was_added_comes_back_by_name(runs):
    assert runs["best circle"].train.tolist() == [82.0, 84.0]
    assert [column.tolist() for column in runs.column("train")] == [[82, 84], [99, 99]]
    assert list(runs) == ["best circle", "ours"]
    assert len(runs) == 2


def test_the_table_shows_mean_and_deviation_with_n_minus_1(runs):
    # The deviation of 82 and 84 is 1.41 with n − 1, and 1 without.
    assert repr(runs) == (
        "mean ± sd, 2 runs        train   minus circle\n"
        "best circle         83.0 ± 1.4      0.0 ± 2.1\n"
        "ours                99.0 ± 0.0      0.0 ± 0.0"
    )


def test_the_table_in_a_notebook_says_the_same(runs):
    page = runs._repr_html_()
    for text in ("mean ± sd, 2 runs", "minus circle", "best circle", "83.0 ± 1.4"):
        assert f">{text}</t" in page
    assert page.count("<tr>") == 3
    runs.add("<b>", train=1, minus_circle=2)
    assert '<td style="text-align:left">&lt;b&gt; (1 runs)</td>' in runs._repr_html_()


def test_different_numbers_of_runs_and_other_columns_are_told(runs):
    runs.add("once", loss=-2.25)
    lines = repr(runs).splitlines()
    assert lines[0].split("   ")[0] == "mean ± sd"
    assert lines[1].startswith("best circle (2 runs)")
    assert lines[3].startswith("once (1 runs)")
    assert lines[3].endswith("−2.2")  # one run has no deviation


def test_decimals_are_as_asked_for():
    runs = Runs(digits=3)
    runs.add("a", x=1.0)
    runs.add("a", x=2.0)
    assert repr(runs).endswith("1.500 ± 0.707")


def test_an_empty_table_is_shown_too():
    assert repr(Runs()) == "mean ± sd"
    assert "<table>" in Runs()._repr_html_()


@pytest.mark.parametrize("one", [2, np.float32(2), np.array(2.0), True])
def test_one_number_is_taken_whatever_holds_it(one):
    runs = Runs()
    runs.add("a", x=one)
    assert runs["a"].x.tolist() == [float(one)]


def test_a_tensor_without_axes_is_one_number():
    torch = pytest.importorskip("torch")
    runs = Runs()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        runs.add("a", x=torch.tensor(2.0, requires_grad=True))
    assert runs["a"].x.tolist() == [2.0]


@pytest.mark.parametrize("wrong", [[1.0, 2.0], np.array([1.0]), "no", None])
def test_what_is_not_one_number_is_refused_and_nothing_is_kept(wrong):
    runs = Runs()
    with pytest.raises(ValueError, match="accuracy must be one number a run"):
        runs.add("a", accuracy=wrong)
    assert list(runs) == []


def test_a_run_measures_what_earlier_runs_did(runs):
    with pytest.raises(ValueError, match="measures train, minus_circle, not train"):
        runs.add("ours", train=1.0)
    with pytest.raises(ValueError, match="one number or more, not nothing"):
        runs.add("nothing")


def test_an_unknown_name_is_answered_with_those_there_are(runs):
    with pytest.raises(KeyError, match="no runs of 'theirs'; there are best circle"):
        runs["theirs"]
