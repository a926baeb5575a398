"""A provider in trouble: slow, limited, broken off, unable to read its own model; now and then it works."""

from collections.abc import Callable

from tests.exam.models import right
from tests.exam.models.scene import Scene
from tests.standins.groq import Body, Response, hang, not_served, raw, reset, status, text, tool_use_failed

# A turn waits 0.3 s in this way, instead of 20 s: see `tests/exam/play.py`.
_TOO_LATE_SECONDS = 0.4
_TROUBLES: tuple[Callable[[], Response], ...] = (
    lambda: hang(_TOO_LATE_SECONDS),
    lambda: status(429),
    lambda: status(429, retry_after=60),
    lambda: status(500),
    lambda: status(503),
    lambda: status(498),
    lambda: status(413),
    reset,
    not_served,
    lambda: tool_use_failed("<function=book_appointment>"),
    lambda: tool_use_failed(),
    lambda: text(""),
    lambda: text("Claro, vou", finish_reason="length"),
    lambda: raw(b'{"choices": [{"mess'),
    lambda: raw(b'{"error": {"message": "stream error"}}'),
    lambda: raw(b"<html>Bad gateway</html>", status=502, content_type="text/html"),
)


def answer(body: Body, scene: Scene) -> Response:
    """Fail in most requests."""
    if scene.chance.random() < 0.15:
        return right.answer(body, scene)
    return scene.chance.choice(_TROUBLES)()
