"""What the assistant keeps of a person who wants to be forgotten: nothing. A thread that tells of them goes whole.

Later answers of a thread rest on what was told for earlier ones, so "and what did that cost me?" tells of the same
person without a name.
"""

import re
from collections.abc import Collection, Iterable, Iterator
from typing import Any

from assistant.models import Question, Thread
from assistant.tools import name_of
from intake.phrases import normalise
from scheduling import clients
from scheduling.models import Client

_TOLD = ("text", "answer", "links", "tables", "results", "trace")
_WORD = re.compile(r"[^\W_]+")
# Of a phone, however much of its country and area somebody typed.
_DIGITS = 8
_SHORTEST_NAME, _SHORTEST_FIRST_NAME = 2, 3


def forget(client: Client, called: Collection[str]) -> None:
    """Delete the professional's threads that tell of the person, who was called and reached like that.

    Call it behind the professional's row lock, which a question takes before it is stored.
    """
    threads = Thread.objects.filter(professional=client.professional_id)
    names, numbers = _names(client, called), _numbers(called)
    telling = {pk for pk, title in threads.values_list("pk", "title") if _tells(title, names, numbers)}
    asked = Question.objects.filter(thread__professional=client.professional_id).exclude(thread__in=telling)
    for pk, *told in asked.values_list("thread", *_TOLD).iterator(chunk_size=100):
        if pk not in telling and _tells("\n".join(_texts(told)), names, numbers):
            telling.add(pk)
    threads.filter(pk__in=telling).delete()


def _names(client: Client, called: Iterable[str]) -> set[str]:
    """Return what tells of the person as folded words, their own rows behind a figure's link among them.

    A whole name counts whoever else has it, since nobody can tell which of them an answer was about; a first name only
    where nobody else of the practice has it.
    """
    whole = _forms(called)
    others = client.professional.clients.filter(erased_at=None).exclude(pk=client.pk).values_list("name", flat=True)
    taken = {_words(name).partition(" ")[0] for name in (*others, client.professional.name)}
    # An address has no first name: "whatsapp:+55…", "contato@…".
    several = [form.split() for form in _forms(one for one in called if not re.search("[:@]", one)) if " " in form]
    first = {words[0] for words in several if len(words[0]) >= _SHORTEST_FIRST_NAME} - taken
    ids = {client.pk} | clients.merged_into(client)
    return whole | first | {f"{words[0]} {words[-1]}" for words in several} | {f"client {pk}" for pk in ids}


def _forms(called: Iterable[str]) -> set[str]:
    forms = {form for one in called for form in (_words(one), _words(name_of(one)))}
    return {form for form in forms if len(form) >= _SHORTEST_NAME and re.search(r"[^\W\d]", form)}


def _numbers(called: Iterable[str]) -> set[str]:
    digits = (re.sub(r"\D", "", one) for one in called if not re.search(r"[^\W\d]", one.rpartition(":")[2]))
    return {one[-_DIGITS:] for one in digits if len(one) >= _DIGITS}


def _tells(text: str, names: Iterable[str], numbers: Iterable[str]) -> bool:
    words, digits = f" {_words(text)} ", re.sub(r"\D", "", text)
    return any(f" {name} " in words for name in names) or any(number in digits for number in numbers)


def _words(text: str) -> str:
    """Return the text's words, small and without accents, a blank between each two."""
    return " ".join(_WORD.findall(normalise(text)))


def _texts(value: Any) -> Iterator[str]:
    """Yield every text of a JSON value."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        yield from _texts([*value, *value.values()])
    elif isinstance(value, list):
        for one in value:
            yield from _texts(one)
