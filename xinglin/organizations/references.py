"""What refers to a department: upper apps register how to ask, so that deleting can be refused clearly (P-02)."""

from __future__ import annotations

from collections.abc import Callable

from .models import Department

Question = Callable[[Department], str | None]
"""Answers in words what refers to the department (``3 个轮转段``), or None."""

_questions: list[Question] = []


def register(question: Question) -> Question:
    """Add a question; the same one again changes nothing (ready() may run twice)."""
    if question not in _questions:
        _questions.append(question)
    return question


def references_to(department: Department) -> list[str]:
    """Everything that refers to it, in words."""
    return [answer for question in _questions if (answer := question(department))]
