"""One thread for NumPy and PyTorch, in whatever order they and helpers are imported."""

import os
import subprocess
import sys

import pytest

pytestmark = pytest.mark.skipif(
    (os.cpu_count() or 1) < 2, reason="on one core there is one thread"
)
REPORT = """
import threadpoolctl
counts = {pool["num_threads"] for pool in threadpoolctl.threadpool_info()}
torch = __import__("sys").modules.get("torch")
print(sorted(counts | ({torch.get_num_threads()} if torch else set())))
"""
ORDERS = {
    "helpers first": "import helpers, numpy; numpy.ones(9) @ numpy.ones(9)",
    "numpy first": "import numpy; numpy.ones(9) @ numpy.ones(9); import helpers",
    "scipy between": "import numpy, helpers, scipy.linalg, sklearn.cluster",
    "torch first": "import torch; torch.ones(9) @ torch.ones(9); import helpers",
    "torch last": "import helpers, torch; torch.ones(9) @ torch.ones(9)",
}


def run(code: str, **variables: str) -> subprocess.CompletedProcess:
    """Run code in a Python whose surroundings ask for two threads everywhere."""
    env = {k: v for k, v in os.environ.items() if k != "COURSE_THREADS"}
    for name in ("OMP", "OPENBLAS", "MKL"):
        env[f"{name}_NUM_THREADS"] = "2"
    return subprocess.run(
        [sys.executable, "-c", code],
        env=env | variables,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("asked", ["", "2"])
@pytest.mark.parametrize("order", ORDERS)
def test_the_course_computes_with_as_many_threads_as_asked_for(order: str, asked: str):
    if "torch" in order:
        pytest.importorskip("torch")
    done = run(ORDERS[order] + REPORT, COURSE_THREADS=asked)
    assert done.stdout.strip() == f"[{asked or 1}]", done.stderr


@pytest.mark.parametrize("order", ["numpy first", "torch first"])
def test_without_the_course_there_would_be_more(order: str):
    done = run(ORDERS[order].replace("import helpers", "") + REPORT)
    assert done.stdout.strip() == "[2]", done.stderr


@pytest.mark.parametrize("asked", ["0", "two", "-1", "1.5"])
def test_a_wrong_number_of_threads_is_told(asked: str):
    done = run("import helpers", COURSE_THREADS=asked)
    assert done.returncode
    says = f"COURSE_THREADS must be a whole number, 1 or more, not '{asked}'"
    assert says in done.stderr
