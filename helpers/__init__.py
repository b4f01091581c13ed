"""Helpers of the course: data, plots, claims and exercises.

Every module here is short, can be read on its own, and hides nothing that a lesson
teaches. Importing any of them sets the number of threads to one (see `threads`).
"""

from helpers import environment, threads

# How a notebook tells this package from a stranger's of the same name.
COURSE = "neural-networks-by-hand"

environment.require()
threads.limit(threads.wanted())
