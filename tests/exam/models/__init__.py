"""Scripted models of several characters, behind real HTTP. A way of answering is one of them, or none."""

from tests.exam.models import gone, hostile, right, sloppy
from tests.exam.models.scene import Character, Scene

__all__ = ["WAYS", "Character", "Scene"]

WAYS: dict[str, Character | None] = {
    "guided": None,
    "right": right.answer,
    "sloppy": sloppy.answer,
    "hostile": hostile.answer,
    "gone": gone.answer,
}
