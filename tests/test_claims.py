"""Claims: ✓ when true, ✗ when false, silent about the stand-in; they never stop."""

import io
import subprocess
import sys
from types import SimpleNamespace

import numpy as np
import pytest

from helpers.claims import claim


@pytest.mark.parametrize(
    "true", [True, np.bool_(True), np.array(True), np.array([2, 3]).min() > 1]
)
def test_a_true_claim_is_printed_with_a_tick(true, capsys):
    claim(true, "two is more than one")
    assert capsys.readouterr().out == "✓ two is more than one\n"


@pytest.mark.parametrize("false", [False, np.bool_(False), np.array(False)])
def test_a_false_claim_is_marked_and_says_what_to_do(false, capsys):
    claim(false, "two is less than one")
    first, *advice = capsys.readouterr().out.splitlines()
    assert first == "✗ not so in this run: two is less than one"
    assert "Restart Kernel and Run All" in " ".join(advice)


def test_stand_in_digits_are_said_not_to_be_checked(capsys):
    claim(False, "all is read", about=SimpleNamespace(stand_in=True))
    out = capsys.readouterr().out
    assert out == "– not checked on the stand-in digits: all is read\n"


def test_real_digits_are_checked(capsys):
    claim(False, "all is read", about=SimpleNamespace(stand_in=False))
    assert capsys.readouterr().out.startswith("✗ ")


@pytest.mark.parametrize(
    "unclear", [0.99, 1, "yes", None, np.array([True, False]), [True]]
)
def test_what_is_not_a_truth_value_is_marked_with_the_reason(unclear, capsys):
    claim(unclear, "this is unclear")
    out = capsys.readouterr().out
    assert out.startswith("✗ cannot be told: this is unclear\n")
    assert f"needs True or False, not {type(unclear).__name__}" in out


def test_a_torch_truth_value_counts(capsys):
    torch = pytest.importorskip("torch")
    claim(torch.tensor(2.0) > 1, "two is more than one")
    assert capsys.readouterr().out.startswith("✓ ")
    claim(torch.tensor([2.0, 0.0]) > 1, "two and zero are more than one")
    assert ".all()" in capsys.readouterr().out


@pytest.mark.parametrize("encoding", ["cp1252", "ascii", "utf-8"])
def test_a_stream_without_ticks_gets_the_sentence_all_the_same(encoding, monkeypatch):
    raw = io.BytesIO()
    stream = io.TextIOWrapper(raw, encoding=encoding, newline="\n")
    monkeypatch.setattr(sys, "stdout", stream)
    claim(True, "λ is small")
    claim(False, "λ is large")
    claim(False, "it is so", about=SimpleNamespace(stand_in=True))
    stream.flush()
    lines = raw.getvalue().decode(encoding).splitlines()
    utf = encoding == "utf-8"
    assert lines[0].startswith("✓ " if utf else "[ok] ")
    assert lines[0].endswith(" is small")
    assert lines[1].startswith("✗ not so" if utf else "[NOT SO] not so")
    assert lines[-1][1:].startswith(" not checked on the stand-in digits")


def test_a_script_with_another_encoding_runs_to_its_end():
    code = "from helpers.claims import claim; claim(True, 'so'); claim(False, 'not')"
    done = subprocess.run(
        [sys.executable, "-X", "utf8=0", "-c", code],
        env={"PYTHONIOENCODING": "cp1252", "PYTHONPATH": "."},
        capture_output=True,
        check=True,
    )
    assert done.stdout.startswith(b"[ok] so")
