"""A figure is shown only beside the label, the month and the person that a tool result gives it to."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant import truth
from assistant.truth import Scope
from tests.assistant.corpora import FALSE, PAYLOADS, TODAY, TRUE

FACTS = truth.gather(PAYLOADS, known=["Ana Souza"], services=["Avaliação inicial"], today=TODAY)


def faults(text: str) -> list[str]:
    scope, found = Scope(), []
    for sentence in truth.sentences(text):
        reason, scope = truth.fault(sentence, FACTS, scope=scope)
        found += [reason] if reason else []
    return found


@pytest.mark.parametrize("text", TRUE)
def test_sentence_that_tools_hold_is_shown(text: str) -> None:
    assert faults(text) == []


@pytest.mark.parametrize("text", FALSE)
def test_sentence_with_an_invented_figure_is_not(text: str) -> None:
    assert faults(text) != []


def test_there_are_enough_of_both() -> None:
    assert min(len(TRUE), len(FALSE)) >= 80


def test_next_sentence_is_about_the_same_month() -> None:
    assert faults("Vamos a setembro. Foram 5 faltas.") == []
    assert faults("Vamos a setembro. Foram 9 faltas.") != []


@pytest.mark.parametrize(("service", "several"), [("Consulta", "consultas"), ("Sessão", "sessões"), ("Aula", "aulas")])
def test_service_of_one_word_is_any_appointment(service: str, several: str) -> None:
    facts = truth.gather(PAYLOADS, services=[service, "Avaliação inicial"], today=TODAY)
    for said in (f"Em outubro foram 63 {several} realizadas.", f"Amanhã você tem 2 {several}."):
        assert truth.fault(said, facts, scope=Scope())[0] is None


def test_without_results_no_figure_is_held() -> None:
    nothing = truth.gather([])
    assert truth.fault("Foram 3 faltas.", nothing, scope=Scope())[0]
    assert truth.fault("Posso ver isso por mês. O que você quer saber?", nothing, scope=Scope())[0] is None


@given(st.text(max_size=300))
def test_any_text_is_judged_and_its_sentences_are_the_text(text: str) -> None:
    assert "".join(truth.sentences(text)) == text
    faults(text)
