"""The stand-in's Content API: templates with buttons are stored, listed page by page, and filled in or refused."""

import json
import re
from collections.abc import Mapping
from typing import Any

HOST = "https://content.twilio.com"
PATH = "/v1/Content"
MOST_BUTTONS, LONGEST_BODY, LONGEST_TITLE, LONGEST_ID = 3, 1024, 20, 200


class ContentError(Exception):
    """Twilio takes no message with that content; `code` is its error number."""

    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code = code


class Contents:
    """The content templates of the stand-in's account, by their ids."""

    def __init__(self, account: str) -> None:
        self.account = account
        self.stored: dict[str, dict[str, Any]] = {}

    @property
    def names(self) -> list[str]:
        return [str(one["friendly_name"]) for one in self.stored.values()]

    def create(self, asked: Mapping[str, Any]) -> dict[str, Any]:
        """Store a template and return Twilio's answer; types that were not given are left out."""
        sid = f"HX{len(self.stored) + 1:032x}"
        types = {kind: content for kind, content in asked["types"].items() if content is not None}
        self.stored[sid] = {
            "sid": sid,
            "account_sid": self.account,
            "friendly_name": asked["friendly_name"],
            "language": asked["language"],
            "variables": asked["variables"],
            "types": types,
            "date_created": "2026-11-20T12:00:00Z",
            "date_updated": "2026-11-20T12:00:00Z",
            "url": f"{HOST}{PATH}/{sid}",
            "links": {},
        }
        return self.stored[sid]

    def page(self, query: Mapping[str, list[str]]) -> dict[str, Any]:
        size, number = (int(query.get(name, [default])[0]) for name, default in (("PageSize", "50"), ("Page", "0")))
        rows = list(self.stored.values())
        following = f"{HOST}{PATH}?PageSize={size}&Page={number + 1}" if len(rows) > (number + 1) * size else None
        meta = {"page": number, "page_size": size, "key": "contents", "next_page_url": following}
        return {"contents": rows[number * size : (number + 1) * size], "meta": meta}

    def fill_in(self, form: Mapping[str, str]) -> tuple[str, list[dict[str, str]]]:
        """Return the text and the buttons of a message in session. Raises ContentError where Twilio would refuse it."""
        if form["ContentSid"] not in self.stored:
            raise ContentError(21655)
        values: dict[str, str] = json.loads(form["ContentVariables"])
        if any(not value.strip() or re.search(r"[\n\t]| {5}", value) for value in values.values()):
            raise ContentError(21656)
        filled = _fill(self.stored[form["ContentSid"]]["types"]["twilio/quick-reply"], values)
        buttons = [{"id": one["id"], "title": one["title"]} for one in filled["actions"]]
        titles = [one["title"] for one in buttons]
        if len(filled["body"]) > LONGEST_BODY or len(buttons) > MOST_BUTTONS or len(set(titles)) < len(titles):
            raise ContentError(63005)
        if any(len(one["title"]) > LONGEST_TITLE or len(one["id"]) > LONGEST_ID for one in buttons):
            raise ContentError(63005)
        return filled["body"], buttons


def _fill(content: Any, values: Mapping[str, str]) -> Any:
    """Put the values in the place of their variables, wherever these stand. Raises ContentError if one has none."""
    if isinstance(content, dict):
        return {name: _fill(part, values) for name, part in content.items()}
    if isinstance(content, list):
        return [_fill(part, values) for part in content]
    if not set(re.findall(r"\{\{(\w+)\}\}", content)) <= set(values):
        raise ContentError(63028)
    return re.sub(r"\{\{(\w+)\}\}", lambda match: values[match[1]], content)
