"""A scripted Twilio: the real SDK sends through it over HTTP, and it does what a test tells it to.

    with TwilioStandIn(callbacks_to=live_server.url) as twilio:
        twilio.script(error(429, 20429), accepted())
        … TWILIO_API_BASE_URL=twilio.url, TWILIO_ACCOUNT_SID=twilio.account, TWILIO_AUTH_TOKEN=twilio.token
        assert twilio.sent[0].body == "Olá"

Scripted behaviours are used up in order; after them every message is accepted. What is accepted stands in
`sent` and in the Messages list, with what clients wrote (`hear`). By hand: `python -m tests.standins.twilio 8020`.
"""

import base64
import json
import socket
import struct
import sys
import urllib.request
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Event, Lock, Thread
from types import TracebackType
from typing import Any, Self
from urllib.parse import parse_qs, urlencode, urlsplit

from twilio.request_validator import RequestValidator

from tests.standins import twilio_content
from tests.standins.twilio_content import ContentError, Contents

ACCOUNT = "AC" + "0123456789abcdef" * 2
TOKEN = "a-token-of-the-stand-in"
LONGEST_BODY = 1600
PAYLOADS = Path(__file__).parent.parent / "payloads"
FORWARDS = ("queued", "sent", "delivered")
TYPING_PATH = "/v2/Indicators/Typing.json"


@dataclass(frozen=True)
class Behaviour:
    """What happens to one request: whether Twilio takes the message, and what its client gets to see."""

    accept: bool = True
    status: int = 201
    code: int | None = None
    hang: float = 0
    reset: bool = False
    retry_after: int = 0


@dataclass
class Sent:
    """A message that was accepted."""

    sid: str
    to: str
    from_: str
    body: str
    callback: str
    at: datetime = field(default_factory=lambda: datetime.now(UTC))
    status: str = "queued"
    direction: str = "outbound-api"
    media: int = 0
    buttons: list[dict[str, str]] = field(default_factory=list)


def payload(name: str, **changes: str) -> dict[str, str]:
    """Return the recorded form of `tests/payloads/<name>.json`, with changed or added fields."""
    form: dict[str, str] = json.loads((PAYLOADS / f"{name}.json").read_text())
    return form | changes


def signature(url: str, form: Mapping[str, str], *, token: str = TOKEN) -> str:
    """Return what Twilio sends in `X-Twilio-Signature` with that form."""
    return str(RequestValidator(token).compute_signature(url, form))


def accepted() -> Behaviour:
    return Behaviour()


def error(status: int, code: int | None = None) -> Behaviour:
    """A refusal in Twilio's shape."""
    return Behaviour(accept=False, status=status, code=code)


def too_many(*, retry_after: int = 0) -> Behaviour:
    return replace(error(429, 20429), retry_after=retry_after)


def broken_after_accepting() -> Behaviour:
    """A 500 for a message that is on its way all the same."""
    return Behaviour(status=500, code=20500)


def silent_after_accepting(seconds: float = 30) -> Behaviour:
    """No answer within the client's patience; the message is on its way."""
    return Behaviour(hang=seconds)


def reset(*, accept: bool = False) -> Behaviour:
    """The connection breaks off, with or without the message."""
    return Behaviour(accept=accept, reset=True)


class TwilioStandIn:
    """The server; a context manager. With `callbacks_to` it reports `statuses` of each message, in that order."""

    def __init__(self, *, callbacks_to: str = "", statuses: Sequence[str] = FORWARDS, port: int = 0) -> None:
        self.account, self.token = ACCOUNT, TOKEN
        self.callbacks_to, self.statuses = callbacks_to, statuses
        self.sent: list[Sent] = []
        self.heard: list[Sent] = []
        self.requests: list[str] = []
        self.contents = Contents(ACCOUNT)
        # The messages whose senders were shown that an answer is being written.
        self.typing: list[str] = []
        self.typing_script: deque[Behaviour] = deque()
        self.reported: list[tuple[str, int]] = []
        self._script: deque[Behaviour] = deque()
        self._lock = Lock()
        self._stopping = Event()
        self._server = _Server(("127.0.0.1", port), _Handler, standin=self)
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def script(self, *behaviours: Behaviour) -> None:
        """Append to what happens to the next messages."""
        self._script.extend(behaviours)

    def hear(self, form: Mapping[str, str], *, at: datetime) -> None:
        """Keep a client's message of that moment for the list, whatever became of its webhook."""
        media = int(form.get("NumMedia") or 0)
        one = Sent(form["MessageSid"], form["To"], form["From"], form["Body"], "", at=at, media=media)
        self.heard.append(replace(one, status="received", direction="inbound"))

    def bodies(self, to: str = "") -> list[str]:
        """Return the accepted texts in order, of one recipient if given."""
        return [one.body for one in self.sent if to in ("", one.to)]

    def report(self, sent: Sent, status: str, *, error_code: str = "") -> int:
        """Post one signed status callback and return the HTTP status of the answer."""
        form = {
            "SmsSid": sent.sid,
            "SmsStatus": status,
            "MessageStatus": status,
            "ChannelToAddress": sent.to,
            "To": sent.to,
            "ChannelPrefix": "whatsapp",
            "MessageSid": sent.sid,
            "AccountSid": self.account,
            "From": sent.from_,
            "ApiVersion": "2010-04-01",
            **({"ErrorCode": error_code} if error_code else {}),
        }
        # Twilio signs the URL that it was given, whatever stands between it and the product.
        headers = {"X-Twilio-Signature": signature(sent.callback, form, token=self.token)}
        url = (self.callbacks_to or _origin(sent.callback)) + urlsplit(sent.callback).path
        request = urllib.request.Request(url, urlencode(form).encode(), headers)  # noqa: S310 - our own URL
        with urllib.request.urlopen(request, timeout=10) as answer:  # noqa: S310
            self.reported.append((status, answer.status))
            return int(answer.status)

    def take(self, form: dict[str, str]) -> tuple[Behaviour, Sent | None]:
        """Decide what happens to a message, and keep it if it is accepted."""
        with self._lock:
            behaviour = self._script.popleft() if self._script else _judged(form)
            if not behaviour.accept:
                return behaviour, None
            try:
                content = self.contents.fill_in(form) if "ContentSid" in form else (form["Body"], [])
            except ContentError as refused:
                return error(400, refused.code), None
            sid = f"SM{len(self.sent) + 1:032x}"
            sent = Sent(sid, form["To"], form["From"], content[0], form.get("StatusCallback", ""), buttons=content[1])
            self.sent.append(sent)
        if self.callbacks_to and sent.callback:
            Thread(target=self._report_all, args=(sent,), daemon=True).start()
        return behaviour, sent

    def note_typing(self, form: Mapping[str, str]) -> Behaviour:
        """Decide what happens to a typing indicator, by the script of its own, and keep it if it is shown."""
        behaviour = self.typing_script.popleft() if self.typing_script else accepted()
        if behaviour.accept and form["channel"] == "whatsapp":
            self.typing.append(form["messageId"])
        return behaviour

    def listed(self, query: dict[str, list[str]]) -> list[Sent]:
        """Return the newest first, as Twilio does; of `DateSent` its documentation promises only the day."""
        since = query.get("DateSent>", [""])[0]
        return [
            one
            for one in sorted([*self.sent, *self.heard], key=lambda one: one.at)[::-1]
            if one.to == query.get("To", [one.to])[0]
            and one.from_ == query.get("From", [one.from_])[0]
            and (not since or one.at.date() >= datetime.fromisoformat(since).date())
        ]

    def wait(self, seconds: float) -> bool:
        """Sleep; True when the server is being stopped."""
        return self._stopping.wait(seconds)

    def serve(self) -> None:
        """Until `stop`; `with` runs it in a thread."""
        self._server.serve_forever(poll_interval=0.02)

    def stop(self) -> None:
        """Also wakes what hangs."""
        self._stopping.set()
        self._server.shutdown()
        self._server.server_close()

    def __enter__(self) -> Self:
        Thread(target=self.serve, name="twilio-standin", daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def _report_all(self, sent: Sent) -> None:
        for status in self.statuses:
            self.report(sent, status)


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(
        self, address: tuple[str, int], handler: type[BaseHTTPRequestHandler], *, standin: TwilioStandIn
    ) -> None:
        self.standin = standin
        super().__init__(address, handler)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that gives up in the middle is what some tests are about."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: _Server

    def do_POST(self) -> None:
        length = int(self.headers.get("content-length", 0))
        # Read in any case: what is left over would be taken for the next request of the connection.
        body = self.rfile.read(length).decode()
        if not self._admitted():
            return
        standin = self.server.standin
        if self.path == twilio_content.PATH:
            self._send(201, standin.contents.create(json.loads(body)))
            return
        form = {name: values[0] for name, values in parse_qs(body, True).items()}
        if self.path == TYPING_PATH:
            behaviour = standin.note_typing(form)
            if behaviour.hang and standin.wait(behaviour.hang):
                self._break_off()
            else:
                self._send(behaviour.status, {"success": True} if behaviour.accept else _fault(404, 20404))
            return
        behaviour, sent = standin.take(form)
        if behaviour.reset or (behaviour.hang and self.server.standin.wait(behaviour.hang)):
            self._break_off()
        elif behaviour.status == 201 and sent is not None:
            self._send(201, _resource(sent))
        else:
            self._send(behaviour.status, _fault(behaviour.status, behaviour.code), retry_after=behaviour.retry_after)

    def do_GET(self) -> None:
        if not self._admitted():
            return
        path, _, query = self.path.partition("?")
        asked = parse_qs(query)
        if path == twilio_content.PATH:
            self._send(200, self.server.standin.contents.page(asked))
            return
        size, number = (int(asked.get(name, [default])[0]) for name, default in (("PageSize", "50"), ("Page", "0")))
        listed = self.server.standin.listed(asked)
        following = {name: values[0] for name, values in asked.items()} | {"Page": str(number + 1)}
        more = f"{path}?{urlencode(following)}" if len(listed) > (number + 1) * size else None
        shown = [_resource(one) for one in listed[number * size : (number + 1) * size]]
        self._send(200, {"messages": shown, "page": number, "page_size": size, "next_page_uri": more})

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the signature of http.server
        """Silence: pytest shows what matters."""

    def _admitted(self) -> bool:
        """Check path and credentials; a refusal is answered here."""
        standin = self.server.standin
        standin.requests.append(f"{self.command} {self.path}")
        expected = base64.b64encode(f"{standin.account}:{standin.token}".encode()).decode()
        if self.headers.get("authorization") != f"Basic {expected}":
            self._send(401, _fault(401, 20003))
            return False
        messages = f"/2010-04-01/Accounts/{standin.account}/Messages.json"
        if urlsplit(self.path).path not in (messages, twilio_content.PATH, TYPING_PATH):
            self._send(404, _fault(404, 20404))
            return False
        return True

    def _send(self, status: int, body: dict[str, Any], *, retry_after: int = 0) -> None:
        raw = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(raw)))
        if retry_after:
            self.send_header("retry-after", str(retry_after))
        self.end_headers()
        self.wfile.write(raw)

    def _break_off(self) -> None:
        """Close with a RST instead of a FIN."""
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.connection.close()
        self.close_connection = True


def _judged(form: dict[str, str]) -> Behaviour:
    """Refuse what Twilio refuses."""
    if not form.get("To", "").startswith("whatsapp:"):
        return error(400, 21211)
    if not form.get("From", "").startswith("whatsapp:+"):
        return error(400, 63007)
    if ("Body" in form) == ("ContentSid" in form):
        return error(400, 21602)
    return error(400, 21617) if len(form.get("Body", "")) > LONGEST_BODY else accepted()


def _resource(sent: Sent) -> dict[str, Any]:
    moment = format_datetime(sent.at)
    return {
        "account_sid": ACCOUNT,
        "api_version": "2010-04-01",
        "body": sent.body,
        "date_created": moment,
        "date_sent": moment,
        "date_updated": moment,
        "direction": sent.direction,
        "error_code": None,
        "error_message": None,
        "from": sent.from_,
        "messaging_service_sid": None,
        "num_media": str(sent.media),
        "num_segments": "1",
        "price": None,
        "price_unit": None,
        "sid": sent.sid,
        "status": sent.status,
        "subresource_uris": {"media": f"/2010-04-01/Accounts/{ACCOUNT}/Messages/{sent.sid}/Media.json"},
        "to": sent.to,
        "uri": f"/2010-04-01/Accounts/{ACCOUNT}/Messages/{sent.sid}.json",
    }


def _fault(status: int, code: int | None) -> dict[str, Any]:
    more = f"https://www.twilio.com/docs/errors/{code}"
    return {"code": code, "message": f"Error {code or status}", "more_info": more, "status": status}


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


if __name__ == "__main__":
    standin = TwilioStandIn(port=int(sys.argv[1]))
    sys.stdout.write(f"{standin.url}\nTWILIO_ACCOUNT_SID={ACCOUNT}\nTWILIO_AUTH_TOKEN={TOKEN}\n")
    standin.serve()
