"""The tests of the course."""

import os


def within(seconds: float) -> float:
    """How long something may take here: longer where other programs are busy."""
    load = os.getloadavg()[0] if hasattr(os, "getloadavg") else 0.0
    return seconds * (2 + 2 * load / (os.cpu_count() or 1))
