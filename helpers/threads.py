"""How many threads the course computes with: one, or as many as COURSE_THREADS says.

NumPy and PyTorch each start as many threads as there are processor cores. For networks
as small as ours that gains nothing; and where another program is busy, the threads wait
for one another, and a minute becomes ten. One thread also gives the same sums every
time.
"""

import os
import sys

#: The libraries below NumPy and PyTorch read these once, when they are loaded.
VARIABLES = (
    "OMP_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "MKL_NUM_THREADS",
    "VECLIB_MAXIMUM_THREADS",
)


def wanted() -> int:
    """The number of threads that the environment variable COURSE_THREADS asks for.

    Raises
    ------
    ValueError
        It is set, and is not a whole number above 0.
    """
    asked = os.environ.get("COURSE_THREADS", "").strip() or "1"
    if not asked.isdecimal() or int(asked) < 1:
        raise ValueError(
            f"COURSE_THREADS must be a whole number, 1 or more, not {asked!r}: set "
            "another, or remove the variable, and restart the kernel"
        )
    return int(asked)


def limit(count: int) -> None:
    """Compute with ``count`` threads from now on, in what is loaded and what will be.

    `helpers` does this when it is imported.
    """
    for name in VARIABLES:
        os.environ[name] = str(count)
    if sys.modules.get("numpy"):  # loaded before: the variables come too late for it
        from threadpoolctl import threadpool_limits

        threadpool_limits(limits=count)
    if torch := sys.modules.get("torch"):
        torch.set_num_threads(count)
