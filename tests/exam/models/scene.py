"""What a scripted model can know: the request, and beside it whom it talks to and whose rows are forbidden."""

import json
import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tests.exam.stage import Stage
from tests.exam.talk import Talk
from tests.standins.groq import Body, Response, text

Character = Callable[[Body, "Scene"], Response]


@dataclass
class Scene:
    """One talk, as its model sees it."""

    talk: Talk
    stage: Stage
    chance: random.Random
    # What happens while the model thinks, once.
    meanwhile: Callable[[], None] | None = None

    def answer(self, body: Body, character: Character) -> Response:
        self.talk.note_request(body)
        happens, self.meanwhile = self.meanwhile, None
        if happens:
            happens()
        return character(body, self)

    def lie(self, said: str, *, part: str = "") -> Response:
        """Say something untrue; the judge knows it by heart (by that part of it, where not all is untrue)."""
        self.talk.lies.append(part or said)
        return text(said)


def client_texts(body: Body) -> list[str]:
    """Return what the client wrote, newest last."""
    return [str(one["content"]) for one in body["messages"] if one["role"] == "user"]


def results(body: Body) -> list[dict[str, Any]]:
    """Return what the tools said in this turn, each with the name of its tool."""
    found, names = [], {}
    for message in body["messages"]:
        for call in message.get("tool_calls") or ():
            names[call["id"]] = call["function"]["name"]
        if message["role"] == "tool":
            found.append({"tool": names.get(message["tool_call_id"], ""), **json.loads(message["content"])})
    return found


def situation(body: Body, line: str) -> str:
    """Return what the instructions say in a line such as "- Nome do cliente: …"."""
    told = str(body["messages"][0]["content"])
    found = next((one for one in told.splitlines() if line in one), "")
    return found.partition(":")[2].strip()
