"""Exercises that answer back: one module per lesson, and the engine behind them.

In a notebook: ``from helpers.exercises import lesson_01 as ex``, then ``ex.check``,
``ex.hint`` and ``ex.solution``. CONTRIBUTING.md says how to add an exercise.
"""
