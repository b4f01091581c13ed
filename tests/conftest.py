"""What all tests share: one thread, no window, no GPU."""

import os

# Before NumPy and torch are imported: threads change results and are slower in tests.
threads = os.environ.setdefault("COURSE_THREADS", "1")
for name in ("OMP", "OPENBLAS", "MKL"):
    os.environ[f"{name}_NUM_THREADS"] = threads
os.environ["CUDA_VISIBLE_DEVICES"] = ""
os.environ["MPLBACKEND"] = "agg"
