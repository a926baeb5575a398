"""What to believe of a Whisper transcript: on silence and noise it invents, mostly how films and videos end.

The three figures are those at which Whisper's own decoder gives a segment up or takes it for silence; here each is
enough by itself, since a wrong word costs more than to be asked for it in writing.
"""

import re
import unicodedata

from pydantic import BaseModel

MOST_SILENT = 0.6
LEAST_SURE = -1.0
MOST_REPEATED = 2.4

_INVENTED = re.compile(
    r".*\bamara[ .]org\b.*"
    r"|(?:transcricao e )?legendas? (?:por|pel[ao]|feitas? por|adriana|criadas? por)\b.*"
    r"|transcricao (?:e legendas?|por|feita por)\b.*"
    r"|(?:subtitles|captions|transcription|transcribed) (?:by|created by)\b.*"
    r"|(?:subtitulos|subtitulado|transcripcion) (?:realizad[oa]s? )?(?:por|de)\b.*"
    r"|(?:muito )?obrigad[oa]s? por (?:assistir|assistirem|verem?|me assistir)\b(?: (?:[ao] |ate ).*)?"
    r"|(?:thanks|thank you)(?: so much| all)? for (?:watching|listening|viewing)\b.*"
    r"|(?:muchas )?gracias por (?:ver|mirar|escuchar)\b.*"
    r"|(?:se )?inscreva(?:-se)?(?: no (?:meu |nosso )?canal\b.*)?|ative o sininho\b.*|deixe (?:o )?seu like\b.*"
    r"|(?:please )?(?:like and )?subscribe(?: to (?:my|our|the) channel)?|suscribete(?: al canal)?"
    r"|(?:ate o|nos vemos no) proximo video|see you in the next video|(?:nos vemos en|hasta) el proximo video"
)
_NOISE = re.compile(r"\[[^\]\d]*\]|\([^)\d]*\)|\*[^*\d]*\*|[♪♫🎵🎶]+")
_SENTENCES = re.compile(r"(?<=[.!?…])\s+")


class Segment(BaseModel):
    """A stretch of speech as Whisper's `verbose_json` tells it, with how sure the model was."""

    text: str = ""
    avg_logprob: float = 0.0
    no_speech_prob: float = 0.0
    compression_ratio: float = 1.0

    @property
    def is_credible(self) -> bool:
        return (
            self.no_speech_prob <= MOST_SILENT
            and self.avg_logprob >= LEAST_SURE
            and self.compression_ratio <= MOST_REPEATED
        )


class Transcript(BaseModel):
    text: str = ""
    segments: list[Segment] | None = None
    error: None = None  # an error object inside a 200 is no transcript


def believed(transcript: Transcript) -> str:
    """Return what was really said, as far as can be told; empty for silence, music and inventions."""
    segments = transcript.segments or [Segment(text=transcript.text)]
    spoken = (sentence for one in segments if one.is_credible for sentence in _SENTENCES.split(_without_noise(one)))
    said = " ".join(sentence for sentence in spoken if sentence and not _INVENTED.fullmatch(_plain(sentence)))
    return said if any(character.isalnum() for character in said) else ""


def _without_noise(segment: Segment) -> str:
    return " ".join(_NOISE.sub(" ", segment.text).split())


def _plain(sentence: str) -> str:
    """Return a sentence in lower case, without accents and the marks around and inside it."""
    letters = (one for one in unicodedata.normalize("NFKD", sentence.casefold()) if not unicodedata.combining(one))
    return " ".join(re.sub(r"[^\w\s.-]", " ", "".join(letters)).split()).strip(" .-")
