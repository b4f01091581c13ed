"""Exercises that answer back: one module per lesson, and the engine that checks the answers."""
