"""`language/when.py` on the phrases of `when_*.txt`, and what must hold for any text at all."""

import json
import re
import unicodedata
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from io import StringIO
from itertools import permutations, product
from time import process_time

import pytest
from django.core.management import CommandError, call_command
from hypothesis import given
from hypothesis import strategies as st

from language import when
from tests.language import when_corpus
from tests.language.when_corpus import SAO_PAULO, answer, describe

FRIDAY_NOON = datetime(2026, 11, 20, 12, tzinfo=SAO_PAULO)
OFFICE = (time(9), time(18))


def parse(phrase: str, *, now: datetime = FRIDAY_NOON) -> when.When | when.Unsure | None:
    return when.parse(phrase, now=now, hours=OFFICE)


@pytest.mark.parametrize("language", when_corpus.LANGUAGES)
def test_everyday_phrases_mean_what_the_table_says(language: str) -> None:
    """L14: none of them is silently wrong."""
    rows = list(when_corpus.rows(language))
    wrong = [(row.phrase, str(row.now), row.expected, found) for row in rows if (found := answer(row)) != row.expected]
    assert wrong == []


@pytest.mark.parametrize(("language", "least"), [("pt", 1_000), ("en", 150), ("es", 150)])
def test_tables_are_long_enough_to_mean_something(language: str, least: int) -> None:
    assert len({row.phrase for row in when_corpus.rows(language)}) >= least


def test_score_tells_a_question_from_a_wrong_date() -> None:
    today = when_corpus.Row("amanhã", "2026-11-22", FRIDAY_NOON, None)
    unclear = when_corpus.Row("sexta", "2026-11-27", FRIDAY_NOON, None)
    greeting = when_corpus.Row("bom dia", "ask", FRIDAY_NOON, None)
    verdicts = [when_corpus.judge(row) for row in (today, unclear, greeting)]
    assert verdicts == [when_corpus.Verdict.WRONG, when_corpus.Verdict.ASKED, when_corpus.Verdict.RIGHT]


@pytest.mark.parametrize(
    ("phrase", "question"),
    [
        ("sexta", "Você quer dizer sexta-feira, 20/11, ou sexta-feira, 27/11?"),
        ("on Friday", "Do you mean Friday, 20/11, or Friday, 27/11?"),
        ("el viernes", "¿Sería el viernes 20/11 o el viernes 27/11?"),
        ("quinta às 15h ou 16h", "Qual horário você prefere: 15:00 ou 16:00?"),
        ("Thursday at 3 pm or 4 pm", "Which time would you like: 15:00 or 16:00?"),
        ("el jueves a las 3 o a las 4", "¿Qué hora prefieres: 15:00 o 16:00?"),
    ],
)
def test_question_speaks_the_language_of_the_text(phrase: str, question: str) -> None:
    assert parse(phrase) == when.Unsure(question)


def test_language_of_a_question_can_be_named() -> None:
    answer = when.parse("29/02", now=FRIDAY_NOON, language="en")
    assert answer == when.Unsure("There is no 29/02. Which date would you like?")


# Every tenth of the phrases; all of them take a minute.
ROWS = [row for language in when_corpus.LANGUAGES for row in when_corpus.rows(language)][::10]
TYPINGS: dict[str, Callable[[str], str]] = {
    "capitals": str.upper,
    "wide": lambda phrase: f"  {phrase.replace(' ', '   ')}  ",
    "no-break spaces": lambda phrase: phrase.replace(" ", "\u00a0"),
    "decomposed": lambda phrase: unicodedata.normalize("NFD", phrase),
    "invisible": lambda phrase: phrase.replace("a", "a\u200b"),
    "shouted": lambda phrase: f"{phrase}!!!",
    "trailing off": lambda phrase: f"{phrase}...",
    "bold": lambda phrase: f"*{phrase}*",
    "quoted": lambda phrase: f'> "{phrase}"',
    "emoji": lambda phrase: f"📅 {phrase} 🙏🏽",
    "polite": lambda phrase: f"{phrase} por favor",
}


@pytest.mark.parametrize("typing", TYPINGS)
def test_how_a_phrase_is_typed_does_not_matter(typing: str) -> None:
    """I5."""
    typed = ((row, replace(row, phrase=TYPINGS[typing](row.phrase))) for row in ROWS)
    assert [(row.phrase, found) for row, again in typed if (found := answer(again)) != answer(row)] == []


BESIDE = ["oi, {}", "Boa noite, tudo bem? {}", "{}, obrigada", "tenho 35 anos, {}", "{}. Meu nome é Ana", "R$ 200? {}"]


@pytest.mark.parametrize("beside", BESIDE)
def test_what_stands_beside_a_phrase_makes_it_no_other_date(beside: str) -> None:
    """L14: at worst it is asked about."""
    wrong = [
        (row.phrase, found)
        for row in ROWS
        if (found := answer(replace(row, phrase=beside.format(row.phrase)))) != answer(row)
        and not found.startswith(("ask", "nothing"))
    ]
    assert wrong == []


DAYS = {
    "amanhã": "2026-11-21",
    "quinta": "2026-11-26",
    "sexta que vem": "2026-11-27",
    "dia 5": "2026-12-05",
    "24/11": "2026-11-24",
    "dois de dezembro": "2026-12-02",
    "segunda (30/11)": "2026-11-30",
}
TIMES = {
    "15h": "15:00",
    "às 3 da tarde": "15:00",
    "às dez e quinze": "10:15",
    "quinze pras três": "14:45",
    "depois das 14h": "14:00..",
    "das 9 às 11h": "09:00..11:00",
    "de manhã": "06:00..12:00",
}
ORDERS = [
    "{day} {time}",
    "{time}, {day}",
    "{time} na {day}",
    "{day} - {time}",
    "tem vaga {day} {time} pra 2 pessoas?",
    "oi, meu nome é Ana, queria {day} {time}, tel 11 98877-4410",
    "meu filho de 7 anos {day} com a Ana {time}",
    "mudar de terça 10h pra {day} {time}",
    "terça 10h não dá, pode ser {day} {time}?",
    "em vez de terça 10h, {day} {time}",
]


@pytest.mark.parametrize("order", ORDERS)
def test_day_and_time_are_read_in_any_order(order: str) -> None:
    wrong = [
        (text, found)
        for (day, date_said), (clock, time_said) in product(DAYS.items(), TIMES.items())
        if (found := describe(parse(text := order.format(day=day, time=clock)))) != f"{date_said} {time_said}"
    ]
    assert wrong == []


@pytest.mark.parametrize(
    "order",
    [
        "{one} ou {other}",
        "{one} 15h ou {other} 15h",
        "prefiro {one} mas pode ser {other}",
        "{one}, se não der {other}",
        "nem {one} nem {other}",
        "não posso {one}",
        "{one} 15h não consigo",
        "vou viajar {one}",
    ],
)
def test_two_days_or_none_are_asked_about(order: str) -> None:
    """L14: also when a weekday and a date named one or the other are the same day."""
    texts = [order.format(one=one, other=other) for one, other in permutations(DAYS, 2)]
    assert [text for text in texts if not isinstance(parse(text), when.Unsure)] == []


@pytest.mark.parametrize("phrase", ["terça, 20/11", "terça-feira dia 20/11 às 10h", "dia 20/11, uma terça"])
def test_weekday_and_date_that_disagree_are_asked_about(phrase: str) -> None:
    """L14: a wrong date is never booked; the question names both days."""
    answer = parse(phrase)
    assert isinstance(answer, when.Unsure)
    assert "sexta-feira, 20/11" in answer.question
    assert "terça-feira, 24/11" in answer.question


def test_date_rolls_over_into_the_next_year() -> None:
    """L14: "12/01" in November is the 12th of January, never the 1st of December."""
    answer = parse("12/01")
    assert isinstance(answer, when.When)
    assert answer.date == date(2027, 1, 12)


@pytest.mark.parametrize(
    "phrase", ["30/02", "at 10/00", "on 00/10", "31/04", "24h", "às 24:00", "25:60", "01/02/03", "dia 31", "32/13/2026"]
)
def test_impossible_dates_and_times_are_asked_about(phrase: str) -> None:
    """I4."""
    assert isinstance(parse(phrase), when.Unsure)


@pytest.mark.parametrize("digits", ["１５", "١٥", "۱۵", "१५", "𝟏𝟓", "1\u200b5"])
def test_digits_of_any_script_are_read_or_asked_about(digits: str) -> None:
    """I5: a digit is understood, never misread."""
    answer = parse(f"quinta às {digits}h")
    assert isinstance(answer, when.When)
    assert answer.time == time(15)


@pytest.mark.parametrize(
    "form", ["quinta às 15h", "QUINTA AS 15H", "Quinta,às 15 h!!", "  quinta\nàs  15:00 ", "q\u0075inta a\u0300s 15h"]
)
def test_case_accents_and_punctuation_do_not_matter(form: str) -> None:
    assert parse(form) == parse("quinta às 15h")


def test_relative_hours_count_real_time_over_a_clock_change() -> None:
    """T2: in the night of 2019-02-16 Sao Paulo put the clock back from midnight to 23:00."""
    evening = datetime(2019, 2, 16, 22, 30, tzinfo=SAO_PAULO)
    answer = when.parse("daqui a 2 horas", now=evening)
    assert isinstance(answer, when.When)
    assert (answer.date, answer.time) == (date(2019, 2, 16), time(23, 30))


def test_day_is_the_local_one_late_in_the_evening() -> None:
    """T11: 23:30 in Sao Paulo is already tomorrow in UTC."""
    late = datetime(2026, 11, 21, 2, 30, tzinfo=UTC).astimezone(SAO_PAULO)
    answer = parse("amanhã", now=late)
    assert isinstance(answer, when.When)
    assert answer.date == date(2026, 11, 21)


def test_json_names_single_values_and_ranges_apart() -> None:
    assert when.When(date(2026, 11, 26), date(2026, 11, 26), time(15), time(15)).as_json() == {
        "date": "2026-11-26",
        "time": "15:00",
    }
    assert when.When(None, None, time(17), None).as_json() == {"time_from": "17:00"}
    assert when.Unsure("Que dia?").as_json() == {"unsure": "Que dia?"}


def test_long_message_is_read_quickly() -> None:
    """I1: 65 kB that look like dates cost no time: only the beginning is read, in some 15 ms."""
    for text in ("12/12 " * 11_000, "quinta " * 9_000, "1" * 65_000, "as 3 e " * 9_000, "a" * 65_000, ", 1-" * 16_000):
        started = process_time()
        parse(text)
        assert process_time() - started < 0.2


WORDS = sorted(
    {word for language in when_corpus.LANGUAGES for row in when_corpus.rows(language) for word in row.phrase.split()}
)
PHRASES = st.lists(st.sampled_from(WORDS), max_size=12).map(" ".join)
MOMENTS = st.timedeltas(timedelta(0), timedelta(days=5_000)).map(lambda gap: FRIDAY_NOON + gap)


# Nothing further away is meant without its year.
FAR = timedelta(days=550)


@given(st.one_of(st.text(max_size=60), PHRASES), MOMENTS)
def test_any_text_gives_real_dates_from_today_on_or_a_question(text: str, moment: datetime) -> None:
    """I4: never an exception, never the past, never a span that ends before it starts."""
    answer = parse(text, now=moment)
    if isinstance(answer, when.When):
        assert answer != when.When()
        assert answer.date != moment.date() or answer.time is None or answer.time > moment.time()
        assert (answer.date_to or moment.date()) <= moment.date() + FAR or re.search(r"999|20\d\d", text)
        assert answer.date_from is None or moment.date() <= answer.date_from <= (answer.date_to or date.max)
        assert (answer.date_from is None) == (answer.date_to is None)
        assert answer.time_from is None or answer.time_to is None or answer.time_from <= answer.time_to
    elif answer is not None:
        assert answer.question.endswith("?")


@given(PHRASES, MOMENTS)
def test_case_and_spaces_change_no_answer(text: str, moment: datetime) -> None:
    """I5."""
    assert (
        parse(text.upper(), now=moment) == parse(text, now=moment) == parse(f" {text} ".replace(" ", "  "), now=moment)
    )


@given(st.dates(min_value=date(2026, 11, 21), max_value=date(2027, 10, 1)), st.times())
def test_written_out_moment_comes_back_unchanged(day: date, clock: time) -> None:
    answer = parse(f"pode ser {day:%d/%m/%Y} às {clock:%H:%M}?")
    assert isinstance(answer, when.When)
    assert (answer.date, answer.time) == (day, clock.replace(second=0, microsecond=0)) or 0 < clock.hour < 12


@given(st.integers(min_value=1, max_value=300))
def test_days_from_now_are_counted(days: int) -> None:
    answer = parse(f"em {days} dias")
    expected = FRIDAY_NOON.date() + timedelta(days=days)
    assert (isinstance(answer, when.When) and answer.date == expected) or days in {8, 15}


def run_command(capsys: pytest.CaptureFixture[str], *arguments: str) -> list[str]:
    call_command("when", *arguments)
    return capsys.readouterr().out.splitlines()


def test_command_prints_one_json_line(capsys: pytest.CaptureFixture[str]) -> None:
    lines = run_command(capsys, "quinta às 15h", "--now", "2026-11-20T12:00:00-03:00", "--tz", "America/Sao_Paulo")
    assert lines == ['{"date": "2026-11-26", "time": "15:00"}']


def test_command_reads_one_phrase_a_line(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", StringIO("amanhã às 8\noi\n"))
    lines = run_command(capsys, "--stdin", "--now", "2026-11-20T23:30", "--hours", "07:00-12:00")
    assert [json.loads(line) for line in lines] == [
        {"date": "2026-11-21", "time": "08:00"},
        {"unsure": "Qual dia e horário você prefere?"},
    ]


def test_command_asks_in_the_language_of_the_phrase(capsys: pytest.CaptureFixture[str]) -> None:
    assert run_command(capsys, "hi, can you help me?") == ['{"unsure": "Which day and time would you like?"}']


def test_command_moves_now_into_the_zone(capsys: pytest.CaptureFixture[str]) -> None:
    """T11: 02:00 UTC is still the evening before in Sao Paulo."""
    assert run_command(capsys, "hoje", "--now", "2026-11-21T02:00:00+00:00") == ['{"date": "2026-11-20"}']


@pytest.mark.parametrize("wrong", [("--now", "ontem"), ("--tz", "Marte/Base"), ("--hours", "9-18h")])
def test_command_explains_wrong_options(wrong: tuple[str, str]) -> None:
    with pytest.raises(CommandError, match="as in"):
        call_command("when", "hoje", *wrong)
