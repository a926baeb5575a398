"""A scripted Groq: the real SDK talks to it over HTTP, and it answers what a test tells it to.

    with GroqStandIn() as groq:
        groq.script(call("get_available_slots", {"date": "2026-11-26"}), text("Tenho 15h. Serve?"))
        … Groq(base_url=groq.url, …)
        assert groq.requests[0]["model"] == "openai/gpt-oss-120b"

Scripted replies are used up in order; after them `reply(request_body)` answers, or a 500 when there is none.
Voice notes have replies of their own (`dictate(heard("Quinta às 15h."))`) and stand in `recordings`.
By hand: `python -m tests.standins.groq 8010`, then `GROQ_BASE_URL=http://127.0.0.1:8010`.
"""

import json
import socket
import struct
import sys
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from email import message_from_bytes
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Lock, Thread
from types import TracebackType
from typing import Any, Self

CHAT, AUDIO = "/openai/v1/chat/completions", "/openai/v1/audio/transcriptions"
PIECE_SECONDS = 0.05  # between two pieces of a trickling answer


@dataclass(frozen=True)
class Response:
    """What goes over the wire. `trickle` spreads the body over seconds, `hang` keeps the headers back.

    `cut` breaks off in the middle of the body.
    """

    status: int = 200
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=lambda: {"content-type": "application/json"})
    hang: float = 0
    trickle: float = 0
    reset: bool = False
    cut: bool = False


Body = dict[str, Any]
Reply = Response | Callable[[Body], Response]


def text(content: str | None, *, finish_reason: str | None = "stop", **message: Any) -> Response:
    """An answer in words; more fields of the message (`reasoning="…"`) by name."""
    return _completion({"role": "assistant", "content": content, **message}, finish_reason=finish_reason)


def call(name: str, arguments: Mapping[str, Any] | str, *, id: str = "call_0", **options: Any) -> Response:  # noqa: A002 - the wire's own word
    """One tool call; `arguments` as text go out as they are."""
    return calls([(id, name, arguments)], **options)


def calls(
    wanted: list[tuple[str, str, Mapping[str, Any] | str]],
    *,
    content: str | None = None,
    finish_reason: str | None = "tool_calls",
) -> Response:
    """Several calls in one answer, each (id, name, arguments)."""
    listed = [
        {
            "id": identity,
            "type": "function",
            "function": {"name": name, "arguments": given if isinstance(given, str) else json.dumps(given)},
        }
        for identity, name, given in wanted
    ]
    return _completion({"role": "assistant", "content": content, "tool_calls": listed}, finish_reason=finish_reason)


def status(code: int, *, retry_after: float | None = None, error: Mapping[str, Any] | None = None) -> Response:
    """An error in Groq's shape."""
    headers = {"content-type": "application/json"}
    if retry_after is not None:
        headers["retry-after"] = f"{retry_after:g}"
    fault = {"message": f"Status {code}", "type": "invalid_request_error", **(error or {})}
    return Response(code, json.dumps({"error": fault}).encode(), headers)


def tool_use_failed(failed_generation: str | None = None, *, message: str = "Failed to call a function.") -> Response:
    """What Groq says when its parser could not read the model's call."""
    failed = {} if failed_generation is None else {"failed_generation": failed_generation}
    return status(400, error={"message": message, "code": "tool_use_failed", **failed})


def heard(content: str, *, no_speech_prob: float = 0.01, avg_logprob: float = -0.2) -> Response:
    """A transcript in the verbose form, in one segment."""
    sure = {"avg_logprob": avg_logprob, "no_speech_prob": no_speech_prob, "compression_ratio": 1.1, "temperature": 0}
    segment = {"id": 0, "seek": 0, "start": 0, "end": 3.1, "text": f" {content}", "tokens": [1, 2], **sure}
    body = {"task": "transcribe", "language": "Portuguese", "duration": 3.1, "text": f" {content}"}
    return Response(200, json.dumps({**body, "segments": [segment], "x_groq": {"id": "req_standin"}}).encode())


def not_served(model: str = "this-model") -> Response:
    """What an account gets for a model that is retired, or never was its own."""
    message = f"The model `{model}` does not exist or you do not have access to it."
    return status(404, error={"message": message, "code": "model_not_found"})


def trickle(seconds: float, *, response: Response | None = None) -> Response:
    """An answer that comes piece by piece, never silent long enough for a socket's timeout."""
    return replace(response or text("Devagar."), trickle=seconds)


def cut(response: Response) -> Response:
    """The first half of an answer; then the connection breaks off."""
    return replace(response, cut=True)


def hang(seconds: float) -> Response:
    """Silence, then an answer."""
    return replace(text("Tarde demais."), hang=seconds)


def reset() -> Response:
    """The connection breaks off."""
    return Response(reset=True)


def raw(body: bytes, *, status: int = 200, content_type: str = "application/json") -> Response:
    """Any bytes."""
    return Response(status, body, {"content-type": content_type})


class GroqStandIn:
    """The server; a context manager. `requests` holds the parsed bodies of chat completions in order.

    `recordings` holds the fields of what was to be transcribed, with the `file`'s bytes and its `name`.
    """

    def __init__(self, reply: Callable[[Body], Response] | None = None, *, port: int = 0) -> None:
        self.reply = reply
        self.requests: list[Body] = []
        self.recordings: list[Body] = []
        self._script: deque[Reply] = deque()
        self._dictated: deque[Reply] = deque()
        self._lock = Lock()
        self._stopping = Event()
        self._server = _Server(("127.0.0.1", port), _Handler, standin=self)
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def script(self, *replies: Reply) -> None:
        """Append to what the next requests are answered."""
        self._script.extend(replies)

    def dictate(self, *replies: Reply) -> None:
        """Append to what the next recordings are answered."""
        self._dictated.extend(replies)

    def serve(self) -> None:
        """Until `stop`; `with` runs it in a thread."""
        self._server.serve_forever(poll_interval=0.02)

    def stop(self) -> None:
        """Also wakes what hangs or trickles."""
        self._stopping.set()
        self._server.shutdown()
        self._server.server_close()

    def __enter__(self) -> Self:
        Thread(target=self.serve, name="groq-standin", daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def respond(self, body: Body) -> Response:
        """Take the next reply for a request."""
        with self._lock:
            self.requests.append(body)
            reply = self._script.popleft() if self._script else self.reply
        return _made(reply, body)

    def listen(self, fields: Body) -> Response:
        """Take the next reply for a recording."""
        with self._lock:
            self.recordings.append(fields)
            reply = self._dictated.popleft() if self._dictated else None
        return _made(reply, fields)

    def wait(self, seconds: float) -> bool:
        """Sleep; True when the server is being stopped."""
        return self._stopping.wait(seconds)


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(
        self, address: tuple[str, int], handler: type[BaseHTTPRequestHandler], *, standin: GroqStandIn
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
        content = self.rfile.read(int(self.headers["content-length"]))
        if self.path == CHAT:
            self._send(self.server.standin.respond(json.loads(content)))
        elif self.path == AUDIO:
            self._send(self.server.standin.listen(_fields(self.headers["content-type"], content)))
        else:
            self._send(status(404, error={"message": f"Unknown request URL: {self.path}", "code": "unknown_url"}))

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the signature of http.server
        """Silence: pytest shows what matters."""

    def _send(self, response: Response) -> None:
        if response.reset:
            self._break_off()
            return
        if response.hang and self.server.standin.wait(response.hang):
            self._break_off()
            return
        self.send_response(response.status)
        for name, value in response.headers.items():
            self.send_header(name, value)
        self.send_header("content-length", str(len(response.body)))
        self.end_headers()
        self._send_body(response)

    def _send_body(self, response: Response) -> None:
        if response.cut:
            self.wfile.write(response.body[: len(response.body) // 2])
            self._break_off()
            return
        if not response.trickle:
            self.wfile.write(response.body)
            return
        pieces = max(1, round(response.trickle / PIECE_SECONDS))
        size = max(1, -(-len(response.body) // pieces))
        for start in range(0, len(response.body), size):
            self.wfile.write(response.body[start : start + size])
            if self.server.standin.wait(PIECE_SECONDS):
                break
        self.close_connection = True

    def _break_off(self) -> None:
        """Close with a RST instead of a FIN."""
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.connection.close()
        self.close_connection = True


def _made(reply: Reply | None, request: Body) -> Response:
    if reply is None:
        return status(500, error={"message": "Nothing scripted", "type": "internal_server_error"})
    return reply if isinstance(reply, Response) else reply(request)


def _fields(content_type: str, content: bytes) -> Body:
    """Return the parts of a multipart form by name, the file as bytes beside its name."""
    fields: Body = {}
    for part in message_from_bytes(b"content-type: " + content_type.encode() + b"\r\n\r\n" + content).walk():
        name, value = part.get_param("name", header="content-disposition"), part.get_payload(decode=True)
        if part.get_filename():
            fields |= {"file": value, "name": part.get_filename()}
        elif isinstance(name, str) and isinstance(value, bytes):
            fields[name] = value.decode()
    return fields


def _completion(message: Mapping[str, Any], *, finish_reason: str | None) -> Response:
    body = {
        "id": "chatcmpl-standin",
        "object": "chat.completion",
        "created": 1_790_000_000,
        "model": "standin",
        "choices": [{"index": 0, "message": message, "finish_reason": finish_reason}],
        "usage": {"prompt_tokens": 100, "completion_tokens": 20, "total_tokens": 120},
    }
    return Response(200, json.dumps(body).encode())


if __name__ == "__main__":
    GroqStandIn(lambda body: text(f"Recebi {len(body['messages'])} mensagens."), port=int(sys.argv[1])).serve()
