"""The sentences that code writes: offers, questions, receipts, lists. Every fact comes from a row.

Callers choose the language (`translation.override`); times are shown in the professional's zone.
"""

from collections.abc import Collection, Sequence
from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from django.utils import translation
from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _

from intake.intents import Topic
from intake.state import Question, QuestionKind
from scheduling import phones
from scheduling.models import Appointment, Professional, Service, WorkingHours

# Zones are named without accents.
_PLACES = {"Sao Paulo": "São Paulo", "Belem": "Belém", "Cuiaba": "Cuiabá", "Maceio": "Maceió", "Araguaina": "Araguaína"}


def weekday(day: date) -> str:
    """Return the weekday's name as it stands inside a sentence."""
    name = date_format(day, "l")
    return name if translation.get_language().startswith("en") else name.lower()


def day_of(day: date) -> str:
    """Return weekday and date as they stand inside a sentence: "quinta-feira, 26/11"."""
    # Translators: weekday and date without its year, in Django's format letters.
    text = date_format(day, _("l, j F"))
    return text if translation.get_language().startswith("en") else text.lower()


def short_day(day: date, *, today: date) -> str:
    """Return weekday and date where there is little room: "sáb, 05/12"; with its year where it is not this one."""
    # Translators: short weekday, day and month, in Django's format letters; then the same with the year.
    text = date_format(day, _("D, j M") if day.year == today.year else _("D, j M Y"))
    if translation.get_language().startswith("en"):
        return text
    # Django's short Saturday has no accent in Portuguese.
    return text.lower().replace("sab,", "sáb,")


def clock(moment: datetime, professional: Professional) -> str:
    """Return the hour in the professional's zone, with the offset where the clock shows it twice."""
    local = moment.astimezone(professional.zone)
    twice = local.utcoffset() != local.replace(fold=1 - local.fold).utcoffset()
    return f"{local:%H:%M} (UTC{local:%z})" if twice else f"{local:%H:%M}"


def moment(when: datetime, professional: Professional) -> str:
    """Return weekday, date and hour: "quinta-feira, 26/11, às 15:00"."""
    day = day_of(when.astimezone(professional.zone).date())
    return _("%(day)s, at %(time)s") % {"day": day, "time": clock(when, professional)}


def zone_note(professional: Professional, *, address: str, when: datetime) -> str:
    """Say whose time it is, for a client whose own clock shows another at that moment; else nothing."""
    there = {when.astimezone(ZoneInfo(name)).utcoffset() for name in phones.zones(address)}
    if not there or when.astimezone(professional.zone).utcoffset() in there:
        return ""
    place = professional.timezone.rpartition("/")[2].replace("_", " ")
    return _("Times are those of %(place)s.") % {"place": _PLACES.get(place, place)}


def price(amount: Decimal) -> str:
    """Return an amount in reais: "R$ 1.234,56"."""
    written = number_format(amount, decimal_pos=2, use_l10n=True, force_grouping=True)
    # Spanish groups by a space that may break a line; reais are written with a point there, too.
    return f"R$ {written}".replace("\xa0", ".")


def service(one: Service) -> str:
    """Return name, length and price: "Sessão individual (50 min, R$ 200,00)"."""
    return f"{one.name} ({one.duration_minutes} min, {price(one.price)})"


def menu(professional: Professional) -> list[tuple[str, str]]:
    """Return what the reception can do, as (key, label)."""
    return [
        ("book", _("Book a time")),
        ("list", _("See my appointments")),
        ("move", _("Move an appointment")),
        ("cancel", _("Cancel an appointment")),
        ("info", _("Prices and information")),
        ("human", _("Talk to %(name)s") % {"name": first_name(professional.name)}),
    ]


def numbered(lines: Sequence[str]) -> str:
    return "\n".join(f"{number}. {line}" for number, line in enumerate(lines, start=1))


def greeting(professional: Professional) -> str:
    """Say whose reception this is and how to reach a person; the first words of every conversation."""
    hello = _("Hello! This is the automatic reception of %(name)s.") % {"name": professional.name}
    person = _("To talk to a person, write *person*.")
    return f"{hello} {person}"


def handed_over(professional: Professional) -> str:
    """Say that a person has been called, and how to have the reception back."""
    called = _("I have called %(name)s, who will answer you here. I will be quiet meanwhile.")
    back = _("To talk to the reception again, write *reception*.")
    return f"{called % {'name': first_name(professional.name)}} {back}"


def offers(starts: Sequence[datetime], professional: Professional, what: Service) -> str:
    """List free times under numbers; of one day only the hours, else with their day."""
    days = {start.astimezone(professional.zone).date() for start in starts}
    if len(days) == 1:
        head = _("On %(day)s, these times are free for %(service)s:") % {
            "day": day_of(days.pop()),
            "service": service(what),
        }
        lines = [clock(start, professional) for start in starts]
    else:
        head = _("These times are free for %(service)s:") % {"service": service(what)}
        lines = [moment(start, professional) for start in starts]
    return "\n".join([head, numbered(lines), _("Which one do you prefer? Answer with the number.")])


def question(asked: Question, appointment: Appointment) -> str:
    """Ask for the yes to a hold or a cancellation, from its row."""
    professional, what = appointment.professional, appointment.service
    when = moment(appointment.wanted_start, professional)
    if asked.kind == QuestionKind.CANCEL:
        return _("Cancel %(when)s (%(service)s)?\nAnswer *yes* to cancel or *no* to keep it.") % {
            "when": when,
            "service": what.name,
        }
    if asked.kind == QuestionKind.MOVE and appointment.replaces:
        return _(
            "Move from %(old)s\nto %(new)s?\n%(service)s\nAnswer *yes* to confirm or *no* to keep the old time."
        ) % {
            "old": moment(appointment.replaces.starts_at, professional),
            "new": when,
            "service": what.name,
        }
    lines = [
        _("So this is it, %(name)s:") % {"name": first_name(appointment.client.name)},
        when,
        f"{what.name}, {price(appointment.price)}",
    ]
    if appointment.attendee:
        lines.append(_("For: %(name)s") % {"name": appointment.attendee})
    lines.append(_("Do you confirm? Answer *yes* or *no*."))
    return "\n".join(lines)


def reminder(asked: Question, professional: Professional) -> str:
    """Ask an open question again in one line, as the last thing said."""
    when = moment(asked.starts_at, professional)
    texts = {
        QuestionKind.BOOK: _("Do you confirm %(when)s? Answer *yes* or *no*."),
        QuestionKind.MOVE: _("Shall I move it to %(when)s? Answer *yes* or *no*."),
        QuestionKind.CANCEL: _("Shall I cancel %(when)s? Answer *yes* or *no*."),
    }
    return texts[asked.kind] % {"when": when}


def label(when: datetime, professional: Professional) -> str:
    """Return a time as a short label (at most 20 characters): "qui, 26/11, 15:00"."""
    local = when.astimezone(professional.zone)
    return f"{date_format(local, 'D, d/m').lower()}, {local:%H:%M}"


def short(when: datetime, professional: Professional) -> str:
    """Return a time as one line of many: "qui, 26/11, 15:00"."""
    day = date_format(when.astimezone(professional.zone), "D, d/m").lower()
    return f"{day}, {clock(when, professional)}"


def appointment_line(appointment: Appointment) -> str:
    """Return one appointment in a list: time, service, reference, and whether it still waits for approval."""
    when = moment(appointment.starts_at, appointment.professional)
    line = f"{when}, {appointment.service.name} ({appointment.reference})"
    waiting = appointment.status == Appointment.Status.PENDING
    return _("%(line)s, waiting for approval") % {"line": line} if waiting else line


def appointments(coming: Sequence[Appointment], last: Appointment | None) -> str:
    """List a client's own appointments."""
    if not coming and last is None:
        return _("You have no appointments here yet.")
    parts = []
    if coming:
        lines = [appointment_line(one) for one in coming]
        parts.append(_("Your appointments:") + "\n" + "\n".join(lines))
    else:
        parts.append(_("You have no coming appointments."))
    if last is not None:
        parts.append(_("The last one was on %(when)s.") % {"when": moment(last.starts_at, last.professional)})
    return "\n".join(parts)


def information(
    professional: Professional,
    services: Sequence[Service],
    hours: Sequence[WorkingHours],
    *,
    topics: Collection[Topic] = (),
) -> str:
    """Tell what was asked about, empty if it is not known; without a topic who, what it costs, when and where."""
    head = f"*{professional.name}*" + (f", {professional.profession}" if professional.profession else "")
    told = {
        Topic.PRICE: [f"• {service(one)}" for one in services],
        Topic.HOURS: [_("Hours: %(hours)s") % {"hours": "; ".join(lines)} for lines in [opening_hours(hours)] if lines],
        Topic.PLACE: _places(professional),
        Topic.RULES: [cancellation_rule(professional)],
    }
    lines = [line for topic, of_topic in told.items() if not topics or topic in topics for line in of_topic]
    return "\n".join(lines if topics else [head, *lines])


def _places(professional: Professional) -> list[str]:
    address = _("Address: %(address)s") % {"address": professional.address} if professional.address else ""
    online = _("Online: %(link)s") % {"link": professional.link} if professional.link else ""
    return [line for line in (address, online) if line]


def opening_hours(hours: Sequence[WorkingHours]) -> list[str]:
    """Return the weekly hours, days with equal hours together: "segunda a sexta 09:00–12:00, 13:00–18:00"."""
    by_day: dict[int, list[str]] = {}
    for row in hours:
        if row.weekday is not None:
            by_day.setdefault(row.weekday, []).append(f"{row.opens_at:%H:%M}–{row.closes_at:%H:%M}")
    groups: list[tuple[int, int, str]] = []
    for day in sorted(by_day):
        times = ", ".join(by_day[day])
        if groups and groups[-1][1] == day - 1 and groups[-1][2] == times:
            groups[-1] = (groups[-1][0], day, times)
        else:
            groups.append((day, day, times))
    return [f"{_days(first, last)} {times}" for first, last, times in groups]


def cancellation_rule(professional: Professional) -> str:
    if not professional.cancellation_cutoff_hours:
        return _("You can cancel or move here at any time before the appointment.")
    return _("You can cancel or move here up to %(hours)s hours before the appointment.") % {
        "hours": professional.cancellation_cutoff_hours
    }


def initials(name: str) -> str:
    """Return what stands for a face: the first and the last word's first letter, "?" without any."""
    words = [word for word in name.split() if word[0].isalpha()]
    return "".join(word[0] for word in words[:1] + words[1:][-1:]).upper() or "?"


def first_name(name: str) -> str:
    return name.split()[0] if name.split() else ""


def _days(first: int, last: int) -> str:
    names = {value: str(label).lower().removesuffix("-feira") for value, label in WorkingHours.Weekday.choices}
    if first == last:
        return names[first]
    return _("%(first)s to %(last)s") % {"first": names[first], "last": names[last]}
