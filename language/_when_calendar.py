"""The arithmetic of days: which date a day of a month, a week or a weekday's name is, seen from today."""

from datetime import date, timedelta

from language._when_questions import Question
from language._when_words import Doubt, Fixed, Weekday, Which


def make_day(year: int, month: int, *, day: int) -> date | None:
    """Return that date, or None when the calendar has no such day."""
    try:
        return date(year, month, day)
    except ValueError:
        return None


def day_and_month(day: int, month: int, *, year: int | None, today: date) -> Fixed | Doubt:
    """Return the date; without a year the coming one, and a doubt when it has just passed or does not exist."""
    leap = make_day(2024, month, day=day)
    if leap is None:
        return Doubt(Question.NO_DATE, (f"{day:02}/{month:02}",))
    found = make_day(year or today.year, month, day=day)
    if found and year is None and (today - found).days > 31:
        found = make_day(today.year + 1, month, day=day)
    if found is None:
        return Doubt(Question.NO_DATE, (f"{day:02}/{month:02}",))
    if found < today:
        return Doubt(Question.DATE_OVER, (f"{found:%d/%m/%Y}",), about=found)
    return Fixed(found, found)


def day_of_month(day: int, *, today: date, ahead: int | None = None) -> Fixed | Doubt:
    """Return that day of the month `ahead`; by default of this month, or of the next once it has passed."""
    ahead = int(0 < day < today.day) if ahead is None else ahead
    first = month_span(today, ahead).first
    found = make_day(first.year, first.month, day=day)
    if found is None:
        return Doubt(Question.NO_DATE, (f"{day:02}/{first:%m}",))
    return Fixed(found, found) if found >= today else Doubt(Question.DATE_OVER, (f"{found:%d/%m}",))


def month_span(today: date, ahead: int) -> Fixed:
    """Return the whole month that is `ahead` months after the one of `today`."""
    months = today.year * 12 + today.month - 1 + ahead
    first = date(months // 12, months % 12 + 1, 1)
    months += 1
    return Fixed(first, date(months // 12, months % 12 + 1, 1) - timedelta(days=1))


def week_span(today: date, ahead: int) -> Fixed:
    """Return Monday to Sunday of the ISO week `ahead` weeks after this one."""
    monday = today - timedelta(days=today.weekday()) + timedelta(weeks=ahead)
    return Fixed(monday, monday + timedelta(days=6))


def settle(weekday: Weekday, *, today: date, passed: bool = False) -> Fixed | Doubt:
    """Return the date that a weekday's name means; `passed`: today would be too late for the time said."""
    ahead = (weekday.index - today.weekday()) % 7
    coming = today + timedelta(days=ahead)
    after = coming + timedelta(weeks=1)
    if weekday.which is Which.NEXT and ahead == 0:
        return Fixed(after, after)
    # On Monday "quinta que vem" is this Thursday for some and next week's for others; weeks begin on Sunday for some.
    unclear = weekday.which is Which.NEXT and (weekday.index > today.weekday() or today.weekday() == 6)
    if unclear or weekday.which is Which.OTHER or (ahead == 0 and not passed):
        return Doubt(Question.MEANT, (coming, after))
    day = after if ahead == 0 else coming
    return Fixed(day, day)
