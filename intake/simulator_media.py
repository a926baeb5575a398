"""What a simulated client attaches: a file in the state folder, or one of the samples that come along.

Only this machine can fetch it: by the same address the browser shows it and a worker reads it.
"""

import re
import secrets
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.templatetags.static import static
from django.urls import reverse

# Twilio's limit for a file on WhatsApp.
LARGEST = 16 * 1024 * 1024
# A trial keeps no more: the oldest go first.
MOST_FILES = 200
# What WhatsApp takes; audio/webm is what a browser records. Nothing that a browser would run.
TYPES = {
    "audio": {
        "audio/ogg": "ogg",
        "audio/webm": "webm",
        "audio/mpeg": "mp3",
        "audio/mp4": "m4a",
        "audio/aac": "aac",
        "audio/amr": "amr",
    },
    "image": {"image/jpeg": "jpg", "image/png": "png", "image/webp": "webp"},
    "document": {"application/pdf": "pdf"},
}
# How browsers call the same things.
ALIASES = {"audio/x-m4a": "audio/mp4", "audio/m4a": "audio/mp4", "audio/mp3": "audio/mpeg", "video/webm": "audio/webm"}
SAMPLES = {
    "sticker": ("simulator/sticker.webp", "image/webp"),
    "contact": ("simulator/contact.vcf", "text/vcard"),
}
PLACE = {
    "Latitude": "-23.561414",
    "Longitude": "-46.655881",
    "Address": "Avenida Paulista, 1578, São Paulo",
    "Label": "MASP",
}

TOO_LARGE = "O arquivo tem mais de 16 MB, o limite do WhatsApp."
EMPTY = "O arquivo está vazio."
WRONG_TYPE = {
    "audio": "Este áudio não serve. O WhatsApp leva OGG, MP3, M4A, AAC ou AMR.",
    "image": "Esta foto não serve. O WhatsApp leva JPG, PNG ou WebP.",
    "document": "Este documento não serve. Aqui se anexa um PDF.",
}

_NAME = re.compile(r"[0-9a-f]{32}\.([a-z0-9]{3,4})")
_TYPE_OF = {suffix: content_type for types in TYPES.values() for content_type, suffix in types.items()}


@dataclass(frozen=True)
class Attached:
    """A file of a message: where it is, from the page's own root, and what it is."""

    path: str
    content_type: str
    name: str = ""


def keep(file: "UploadedFile[bytes]", *, kind: str) -> Attached:
    """Store an uploaded file. Raises ValueError, with a text for the person, when WhatsApp would not take it."""
    content_type = ALIASES.get(file.content_type or "", file.content_type or "")
    suffix = TYPES.get(kind, {}).get(content_type)
    if suffix is None:
        raise ValueError(WRONG_TYPE.get(kind, WRONG_TYPE["document"]))
    if not file.size:
        raise ValueError(EMPTY)
    if file.size > LARGEST:
        raise ValueError(TOO_LARGE)
    stored = folder() / f"{secrets.token_hex(16)}.{suffix}"
    with stored.open("xb") as copy:
        copy.writelines(file.chunks())
    _make_room()
    return Attached(reverse("simulator-media", args=[stored.name]), content_type, Path(file.name or "").name[:200])


def sample(kind: str) -> Attached | None:
    """Return the sample of that kind, None for a kind that has none."""
    if kind not in SAMPLES:
        return None
    path, content_type = SAMPLES[kind]
    return Attached(static(path), content_type)


def find(name: str) -> tuple[Path, str] | None:
    """Return a stored file and its type; None for a name that this module never gave, or a file that is gone."""
    match = _NAME.fullmatch(name)
    path = folder() / name
    if match is None or match[1] not in _TYPE_OF or not path.is_file():
        return None
    return path, _TYPE_OF[match[1]]


def discard(url: str) -> None:
    """Delete the stored file that this address shows, if it is one."""
    if found := find(urlsplit(url).path.rpartition("/")[2]):
        found[0].unlink(missing_ok=True)


def folder() -> Path:
    path = Path(settings.MEDIA_ROOT)
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    return path


def _make_room() -> None:
    newest_first = sorted(folder().iterdir(), key=lambda path: path.stat().st_mtime, reverse=True)
    for path in newest_first[MOST_FILES:]:
        path.unlink(missing_ok=True)
