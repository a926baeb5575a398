"""What is believed of a transcript: words of a person, not what Whisper makes of silence."""

import pytest

from language.whisper import Segment, Transcript, believed


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ...",
        "♪♪",
        "[Música]",
        "(música de fundo)",
        "*aplausos*",
        "Legendas pela comunidade Amara.org",
        "Legenda Adriana Zanotto",
        "Transcrição e Legendas Pedro Negri",
        "Subtitles by the Amara.org community",
        "Subtítulos realizados por la comunidad de Amara.org",
        "Obrigado por assistir!",
        "Muito obrigada por assistir até o final.",
        "Thank you for watching!",
        "Gracias por ver el video.",
        "Se inscreva no canal!",
        "Inscreva-se no canal e ative o sininho.",
        "Até o próximo vídeo!",
    ],
)
def test_invention_on_silence_is_dropped(text: str) -> None:
    assert believed(Transcript(text=text)) == ""


@pytest.mark.parametrize(
    "text",
    [
        "Obrigado.",
        "Muito obrigada!",
        "Obrigado por avisar.",
        "Sim, pode confirmar.",
        "Você faz legendas para vídeos?",
        "Até a próxima aula!",
        "Meu telefone é (11) 98765-4321.",
        "Tchau, tchau.",
    ],
)
def test_what_people_say_is_kept_as_it_is(text: str) -> None:
    assert believed(Transcript(text=text)) == text


def test_invention_after_words_is_cut_off() -> None:
    said = Transcript(text=" Quero quinta às 15h.  Obrigado por assistir!")
    assert believed(said) == "Quero quinta às 15h."


@pytest.mark.parametrize(
    "doubt",
    [{"no_speech_prob": 0.9}, {"avg_logprob": -1.4}, {"compression_ratio": 5.0}],
    ids=lambda doubt: next(iter(doubt)),
)
def test_segment_that_the_model_doubts_is_left_out(doubt: dict[str, float]) -> None:
    heard = Transcript(segments=[Segment(text=" Quero quinta."), Segment(text=" Sim.", **doubt)])
    assert believed(heard) == "Quero quinta."
    assert believed(Transcript(segments=[Segment(text=" Sim.", **doubt)])) == ""


def test_without_segments_the_text_counts() -> None:
    assert believed(Transcript(text=" Amanhã de manhã? ", segments=[])) == "Amanhã de manhã?"
