"""Names of people and services that no tool result holds, wherever in a sentence a name can stand."""

import re

from assistant.truth.facts import Facts
from assistant.truth.reading import DATE, first_label
from assistant.truth.words import DOES, MISSED_MOST, NO_NAMES, NOBODY, TENS
from intake.phrases import normalise

# Small letters are no disguise: "a cliente fernanda", "joão pereira faltou 7 vezes", "quem mais faltou foi fulano".
_PERSON = re.compile(
    r"\b(?:client[ea]|paciente|alun[oa]|alumn[oa]|patient|student|customer|sra?|dona|mrs?|com|with|con)"
    r" (?P<called>[a-z][a-z'-]+)"
    r"|\b(?:atende(?:ra)?|recebe(?:ra)?|atiendes|recibes|you (?:will )?(?:see"
    r"|meet)) (?:[oa]s? )?(?P<seen>[a-z][a-z'-]+)"
    r"|(?:^|[,;:] ?|\b(?:e|y|and|que) )(?:(?:[oa]|el|la) )?(?P<doer>[a-z'-]+)(?: [a-z'-]+){0,2}"
    r" (?:faltou|falta mais|furou|missed)\b"
    rf"|(?:{MISSED_MOST.pattern})[^.,;:]*? (?:foi|e|fue|es|was|is|:) (?:[oa] |el |la )?(?P<most>[a-z'-]+)"
)
_HEAD = re.compile(r"^[\s•·*>|-]*(?P<head>[a-z][a-z' -]*?): ?(?=.)")


def unknown_name(sentence: str, plain: str, facts: Facts) -> str | None:
    """Return a name that is not known, capitalised or in a person's place; `plain` is the sentence in small letters."""
    return _capitalised(sentence, facts) or _in_a_persons_place(plain, facts) or _unknown_head(plain, facts)


def _capitalised(sentence: str, facts: Facts) -> str | None:
    """Return a capitalised word that is no known name, nor one with which sentences begin."""
    for found in re.finditer(r"(?<![\w-])[A-ZÀ-Ý][\w'’-]+", sentence):
        plain = normalise(re.sub(r"['’](?:s|ve|re|ll|d|m)$", "", found.group()))
        if plain in facts.name_words or plain in NO_NAMES or _begins(sentence, found) or _is_half_day(sentence, found):
            continue
        return found.group()
    return None


def _in_a_persons_place(text: str, facts: Facts) -> str | None:
    for found in _PERSON.finditer(text):
        word = found["called"] or found["seen"] or found["doer"] or found["most"]
        if not _is_known(word, facts):
            return word
    return None


def _unknown_head(text: str, facts: Facts) -> str | None:
    """Return the head of a line about a coming appointment that is neither a person, a service nor a known word."""
    found = _HEAD.match(text)
    if not found or not DATE.search(text) or not re.search(r"\b\d{1,2}(?::\d\d|h)", text):
        return None
    return next((word for word in found["head"].split() if not _is_known(word, facts)), None)


def _is_known(word: str, facts: Facts) -> bool:
    return (
        word in facts.name_words
        or word in NO_NAMES
        or word in NOBODY
        or word in TENS
        or word in facts.days
        or first_label(word) is not None
    )


def _begins(sentence: str, found: re.Match[str]) -> bool:
    """Whether the word has its capital because a sentence begins, and no deed of a person follows."""
    is_first = not re.search(r"\w", re.sub(r"^\s*\d{1,2}[.)]", "", sentence[: found.start()]))
    behind = sentence[found.end() :]
    return is_first and not re.match(r"\s+[A-ZÀ-Ý]", behind) and not DOES.match(f" {normalise(behind)}")


def _is_half_day(sentence: str, found: re.Match[str]) -> bool:
    return found.group() in ("AM", "PM") and re.search(r"\d ?$", sentence[: found.start()]) is not None
