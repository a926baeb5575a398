"""The only file that knows Groq: ordered models, one deadline, and what its errors mean.

Groq's SDK does the talking, without its own retries and long sleeps. Error codes are those of
https://console.groq.com/docs/errors and of answers seen: `model_not_found`, `model_decommissioned`,
`tool_use_failed`, 498 (capacity). Nothing here reads `failed_generation`: a broken call is never run.
"""

import logging
import math
import re
import time
import weakref
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Protocol, TypeVar

import groq
import httpx
from pydantic import BaseModel, Field, ValidationError

from language import whisper
from language.patience import within
from language.tools import Answer, Call, TooLong, Unavailable, Unusable, Usage

log = logging.getLogger(__name__)

UNSERVED_SECONDS = 3600  # how long a model that the account is not served is left alone
LONGEST_WAIT = 4.0  # seconds; a longer `retry-after` is better spent on the next model
PAUSE = 0.3  # seconds before a model is asked again
UNUSABLE_CODES = {"tool_use_failed", "output_parse_failed", "json_validate_failed"}
UNUSABLE_MESSAGE = re.compile(r"failed to call a function|tool call|failed_generation", re.IGNORECASE)
UNSERVED_MESSAGE = re.compile(r"does not exist|decommissioned|do(es)? not have access|not available", re.IGNORECASE)

T = TypeVar("T")


class Memory(Protocol):
    """What survives a request, shared by all processes; Django's cache fits. `timeout` in seconds."""

    def get(self, key: str) -> Any: ...
    def set(self, key: str, value: Any, timeout: int) -> Any: ...


class Groq:
    """A `language.loop.Model` over Groq's chat completions, or an ear; one instance may be shared by threads.

    `base_url` is the host alone; `models` are tried in order; `call_timeout` in seconds bounds one attempt.
    """

    def __init__(
        self, *, api_key: str, base_url: str, models: Sequence[str], memory: Memory, call_timeout: float = 12.0
    ) -> None:
        self._has_key = bool(api_key.strip())
        self._models = tuple(models)
        self._memory = memory
        self._call_timeout = call_timeout
        http = groq.DefaultHttpxClient(event_hooks={"response": [_limit]})
        self._client = groq.Groq(
            api_key=api_key.strip(),
            base_url=base_url.rstrip("/").removesuffix("/openai/v1"),
            max_retries=0,
            http_client=http,
        )
        self.close = weakref.finalize(self, http.close)

    def answer(
        self, messages: Sequence[Mapping[str, Any]], *, tools: Sequence[Mapping[str, Any]], deadline: float
    ) -> Answer:
        """The first usable answer before `deadline`; raises Unavailable, Unusable or TooLong."""
        chat = self._client.chat.completions.with_raw_response

        def send(model: str, limit: float) -> bytes:
            return chat.create(**_body(model, messages, tools), timeout=limit).http_response.content

        return self._first(send, read=_read, deadline=deadline)

    def transcribe(self, audio: bytes, *, suffix: str, language: str, deadline: float) -> str:
        """What is said in a recording, empty if nothing; raises Unavailable, Unusable or TooLong.

        Groq knows a recording's form by the suffix of its name; `language` ("pt") is a hint.
        """
        voice = self._client.audio.transcriptions.with_raw_response
        file = (f"voice.{suffix}", audio)

        def send(model: str, limit: float) -> bytes:
            # At temperature 0 Whisper itself tries again where it was unsure. The verbose form says how sure it is.
            wanted: dict[str, Any] = {"language": language, "response_format": "verbose_json", "temperature": 0}
            return voice.create(model=model, file=file, **wanted, timeout=limit).http_response.content

        return self._first(send, read=_hear, deadline=deadline)

    def _first(self, send: "_Send", *, read: Callable[[bytes, str, int], T], deadline: float) -> T:
        """What `read` makes of the first answer, model after model."""
        if not self._has_key:
            raise Unavailable("no_key")
        unserved = self.unserved()
        queue = deque(model for model in self._models if model not in unserved)
        tried: set[str] = set()
        reason = "not_served"
        while queue:
            model = queue.popleft()
            if model in tried:
                _sleep(PAUSE, deadline=deadline)
            try:
                return self._ask(model, send, read=read, deadline=deadline)
            except _Miss as miss:
                reason = miss.reason
                log.warning("groq: %s did not answer: %s", model, reason)
                self._forget(model, miss=miss)
                if miss.passing and model not in tried:
                    queue.append(model)
                tried.add(model)
        raise Unavailable(reason)

    def unserved(self) -> tuple[str, ...]:
        """The models that Groq refused to serve within the last hour."""
        return tuple(model for model in self._models if self._recall(model))

    def _recall(self, model: str) -> bool:
        try:
            return bool(self._memory.get(_key(model)))
        except Exception:  # noqa: BLE001 - whatever the cache raises, a client is still served
            return False

    def _forget(self, model: str, *, miss: "_Miss") -> None:
        if not miss.unserved:
            return
        try:
            self._memory.set(_key(model), value=True, timeout=UNSERVED_SECONDS)
        except Exception:  # noqa: BLE001 - then the next turn learns it again
            log.warning("groq: the cache did not take that %s is not served", model)

    def _ask(self, model: str, send: "_Send", *, read: Callable[[bytes, str, int], T], deadline: float) -> T:
        """One model; asked a second time only when a rate limit says that a short wait is enough."""
        try:
            return self._attempt(model, send, read=read, deadline=deadline)
        except _Miss as miss:
            if miss.wait is None or miss.wait > LONGEST_WAIT or miss.wait >= deadline - time.monotonic():
                raise
            time.sleep(miss.wait)
        return self._attempt(model, send, read=read, deadline=deadline)

    def _attempt(self, model: str, send: "_Send", *, read: Callable[[bytes, str, int], T], deadline: float) -> T:
        started = time.monotonic()
        limit = min(self._call_timeout, deadline - started)
        if limit <= 0:
            raise Unavailable("deadline", model=model)
        try:
            content = within(limit, call=lambda: send(model, limit), name="groq")
        except TimeoutError:
            raise _Miss("timeout") from None
        except groq.APIStatusError as refusal:
            raise _interpret(refusal, model=model) from refusal
        except groq.APIError as broken:
            raise _Miss("connection") from broken
        return read(content, model, round((time.monotonic() - started) * 1000))


# Asks one model, for at most so many seconds.
_Send = Callable[[str, float], bytes]


class _Miss(Exception):  # noqa: N818 - never leaves this module
    """One model gave nothing. `passing`: worth another try; `wait`: seconds that Groq asks for."""

    def __init__(self, reason: str, *, passing: bool = True, unserved: bool = False, wait: float | None = None) -> None:
        super().__init__(reason)
        self.reason, self.passing, self.unserved, self.wait = reason, passing, unserved, wait


class _Function(BaseModel):
    name: str
    arguments: str | None = None


class _ToolCall(BaseModel):
    id: str = ""
    function: _Function


class _Message(BaseModel):
    content: str | None = None
    tool_calls: list[_ToolCall] | None = None


class _Choice(BaseModel):
    finish_reason: str | None = None
    message: _Message


class _Usage(BaseModel):
    prompt_tokens: int = 0
    completion_tokens: int = 0


class _Completion(BaseModel):
    choices: list[_Choice] = Field(min_length=1)
    usage: _Usage = _Usage()
    error: None = None  # an error object inside a 200 is no answer


class _Bounded(httpx.SyncByteStream):
    """A body that must arrive within its read timeout as a whole; httpx allows that much for each piece."""

    def __init__(self, stream: httpx.SyncByteStream, *, until: float) -> None:
        self._stream, self._until = stream, until

    def __iter__(self) -> Iterator[bytes]:
        for chunk in self._stream:
            if time.monotonic() > self._until:
                raise httpx.ReadTimeout("The body took too long.")
            yield chunk

    def close(self) -> None:
        self._stream.close()


def _limit(response: httpx.Response) -> None:
    """Lets the thread of a trickling answer end; its caller stopped waiting at the deadline (see `within`)."""
    timeout = response.request.extensions.get("timeout", {}).get("read")
    if timeout is not None and isinstance(response.stream, httpx.SyncByteStream):
        response.stream = _Bounded(response.stream, until=time.monotonic() + timeout)


def _sleep(seconds: float, *, deadline: float) -> None:
    time.sleep(max(0.0, min(seconds, deadline - time.monotonic())))


def _key(model: str) -> str:
    return f"groq.unserved.{model}"


def _body(model: str, messages: Sequence[Mapping[str, Any]], tools: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """The request, with only the parameters that the model accepts."""
    body = {"model": model, "messages": list(messages), "temperature": 0.2, "max_completion_tokens": 800}
    if tools:
        body |= {"tools": list(tools), "tool_choice": "auto"}
    if "gpt-oss" in model:
        body["reasoning_effort"] = "low"
        if tools:
            body["parallel_tool_calls"] = False
    return body


def _interpret(refusal: groq.APIStatusError, *, model: str) -> Exception:
    """What a status means for the turn: give up, sample again, or try the next model."""
    status, code, message = refusal.status_code, *_details(refusal.body)
    if status == 401:
        return Unavailable("unauthorized", model=model)
    if status == 413 or code == "context_length_exceeded":
        return TooLong("context_too_long", model=model)
    if status in (400, 403, 404) and (code.startswith("model_") or UNSERVED_MESSAGE.search(message)):
        return _Miss("not_served", passing=False, unserved=True)
    if status in (400, 422) and (code in UNUSABLE_CODES or UNUSABLE_MESSAGE.search(message)):
        return Unusable("tool_use_failed", model=model)
    if status == 429:
        return _Miss("rate_limited", passing=False, wait=_retry_after(refusal.response.headers))
    return _Miss(f"http_{status}", passing=status >= 498 or status == 408)


def _details(body: object) -> tuple[str, str]:
    """Code and message of an error body; the SDK passes on whatever came, be it HTML."""
    fault = body.get("error", body) if isinstance(body, dict) else {}
    if not isinstance(fault, dict):
        return "", str(fault)
    known_unusable = "failed_generation" in fault and "tool_use_failed"
    return str(fault.get("code") or known_unusable or ""), str(fault.get("message") or "")


def _retry_after(headers: Mapping[str, str]) -> float | None:
    """Seconds; Groq sends a number. None when there is none to honour."""
    try:
        seconds = float(headers.get("retry-after", ""))
    except ValueError:
        return None
    return seconds if math.isfinite(seconds) and seconds >= 0 else None


def _read(content: bytes, model: str, milliseconds: int) -> Answer:
    """A complete answer or an exception: half an answer runs no tool and says nothing."""
    try:
        completion = _Completion.model_validate_json(content)
    except ValidationError:
        raise _Miss("malformed") from None
    choice, usage = completion.choices[0], Usage(**completion.usage.model_dump())
    if choice.finish_reason not in ("stop", "tool_calls"):
        raise Unusable(f"finish_{choice.finish_reason}"[:40], model=model, usage=usage)
    calls = tuple(
        Call(call.id or f"call_{number}", call.function.name, call.function.arguments or "")
        for number, call in enumerate(choice.message.tool_calls or ())
    )
    text = choice.message.content or ""
    if not calls and not text.strip():
        raise Unusable("empty", model=model, usage=usage)
    return Answer(text, calls, model, usage, milliseconds)


def _hear(content: bytes, _model: str, _milliseconds: int) -> str:
    try:
        return whisper.believed(whisper.Transcript.model_validate_json(content))
    except ValidationError:
        raise _Miss("malformed") from None
