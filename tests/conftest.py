"""What all tests share: one thread, no window, no GPU."""

import os

import helpers  # noqa: F401  sets the number of threads, before NumPy is imported

os.environ["CUDA_VISIBLE_DEVICES"] = ""
os.environ["MPLBACKEND"] = "agg"
