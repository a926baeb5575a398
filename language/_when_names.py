"""The names of numbers, weekdays and months in Portuguese, English and Spanish, as `_when_words` spells them."""

import re
from collections.abc import Iterable


def words(names: Iterable[str]) -> str:
    """Return a regular expression for any of the names, the longest first."""
    return "|".join(sorted(map(re.escape, names), key=lambda name: (-len(name), name)))


def _table(lines: str) -> dict[str, int]:
    """Return the numbers of "2 dois duas; 3 três" by their words."""
    rows = (line.split() for line in lines.split(";"))
    return {name: int(number) for number, *names in rows for name in names}


UNITS = _table(
    "2 dois duas two; 3 tres three; 4 quatro four cuatro; 5 cinco five; 6 seis six; 7 sete seven siete;"
    "8 oito eight ocho; 9 nove nine nueve"
)
TEENS = _table(
    "10 dez ten diez; 11 onze eleven; 12 doze twelve doce; 13 treze thirteen trece; 14 quatorze catorze fourteen;"
    "15 quinze fifteen quince; 16 dezesseis dezasseis sixteen dieciseis; 17 dezessete dezassete seventeen diecisiete;"
    "18 dezoito eighteen dieciocho; 19 dezenove nineteen diecinueve; 21 veintiuno; 22 veintidos; 23 veintitres"
)
TENS = _table(
    "20 vinte twenty veinte; 30 trinta thirty treinta; 40 quarenta forty cuarenta; 50 cinquenta fifty cincuenta;"
    "60 sessenta sixty sesenta; 70 setenta seventy; 80 oitenta eighty ochenta; 90 noventa ninety"
)
HUNDREDS = _table(
    "100 cem cento cien ciento; 200 duzentos doscientos; 300 trezentos trescientos; 400 quatrocentos;"
    "500 quinhentos quinientos; 600 seiscentos; 700 setecentos; 800 oitocentos; 900 novecentos"
)
# "um" and "uma" are articles, so they count only behind a tens word ("vinte e uma").
ONES = {"um": 1, "uma": 1, "one": 1, "uno": 1, "una": 1}

WEEKDAYS = _table(
    "0 segunda segundas seg 2a 2f monday mondays lunes lun; 1 terca tercas 3a 3f tuesday tuesdays tue tues martes;"
    "2 quarta quartas qua 4a 4f wednesday wednesdays miercoles mie;"
    "3 quinta quintas qui 5a 5f thursday thursdays thu thur thurs jueves jue;"
    "4 sexta sextas sex 6a 6f friday fridays fri viernes vie;"
    "5 sabado sabados sab saturday saturdays; 6 domingo sunday sundays"
)
# Abbreviations that are also everyday words ("vou ter", "dom" as a title): days only beside a time or date.
SHY_WEEKDAYS = _table("0 mon; 1 ter; 2 wed; 5 sat; 6 dom sun")

MONTHS = _table(
    "1 janeiro january enero jan; 2 fevereiro february febrero fev feb; 3 marco march marzo mar; 4 abril april abr apr;"
    "5 maio may mayo mai; 6 junho june junio jun; 7 julho july julio jul; 8 agosto august ago aug;"
    "9 setembro september septiembre setiembre set sep sept; 10 outubro october octubre out oct;"
    "11 novembro november noviembre nov; 12 dezembro december diciembre dez dec dic"
)
