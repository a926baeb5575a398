"""The state of a professional's WhatsApp, in plain words: what is the matter, and what to do about it."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.translation import gettext as _

from assistant.forms.number import pretty
from intake import connection, twilio, twilio_setup, wording
from intake.connection import Checked, Seen
from intake.twilio_setup import Entry, Mistake, Sender
from scheduling.models import Professional


@dataclass(frozen=True, slots=True)
class Line:
    """One finding. `tone` is "ok", "bad" or "info"; `what` says what is, `advice` what to do."""

    tone: str
    what: str
    advice: str = ""

    @property
    def icon(self) -> str:
        return {"ok": "check", "bad": "alert"}.get(self.tone, "info")


@dataclass(frozen=True, slots=True)
class State:
    """All that the page about WhatsApp shows."""

    number: str
    is_assigned: bool
    webhook: str
    seen: list[Line]
    checked: list[Line]
    checked_at: str


def state(professional: Professional) -> State:
    """Return what is known, with the last check if it is fresh."""
    found = connection.checked(professional)
    return State(
        number=pretty(professional.whatsapp_number or professional.requested_number),
        is_assigned=bool(professional.whatsapp_number),
        webhook=twilio.webhook_url(),
        seen=list(_seen(professional, connection.seen(professional))),
        checked=list(_checked(found)) if found else [],
        checked_at=wording.clock(found.at, professional) if found else "",
    )


def _seen(professional: Professional, seen: Seen) -> Iterator[Line]:
    if seen.refusal:
        when = wording.moment(seen.refusal.at, professional)
        yield Line(
            "bad",
            _("A message arrived, but its signature does not match."),
            f"{_mistake(seen.refusal.mistake)} {when}.",
        )
    if seen.failure:
        when = wording.moment(seen.failure.at, professional)
        meaning = twilio_setup.MEANINGS.get(seen.failure.code)
        code = _("WhatsApp's reason has the number %(code)s.") % {"code": seen.failure.code or "?"}
        yield Line("bad", _("The last message to a client did not arrive."), f"{meaning or code} {when}.")
    if seen.message_at:
        when = wording.moment(seen.message_at, professional)
        yield Line("ok", _("Messages arrive."), _("The last one: %(when)s.") % {"when": when})
    elif not seen.refusal:
        yield Line("info", _("No message has arrived yet."), _("Send “hi” to your number from another phone."))
    if not professional.whatsapp_number:
        yield Line("info", _("Your number is not assigned yet."), _assignment(professional))


def _assignment(professional: Professional) -> str:
    if professional.requested_number:
        return _("The operator has your request. From the assignment on the reception answers there.")
    return _("Say below which number the reception shall answer.")


def _mistake(mistake: Mistake) -> str:
    said = {
        Mistake.SCHEME: _("The address pasted at Twilio begins with http. Change it to https, save and check again."),
        Mistake.ADDRESS: _("The address at Twilio is another one than below. Copy it from here, save and check again."),
        Mistake.ACCOUNT: _(
            "The number belongs to another Twilio account than this installation's. Tell your operator."
        ),
    }
    otherwise = _("Compare the address at Twilio with the one below, letter by letter: http and https differ.")
    return said.get(mistake, otherwise)


def _checked(found: Checked) -> Iterator[Line]:
    if found.sender is None:
        yield Line(
            "info",
            _("There are no credentials of Twilio here yet."),
            _("Until then you can try everything without WhatsApp."),
        )
    else:
        yield _sender(found.sender)
    if found.public == "ok":
        yield Line("ok", _("Our address is reachable and signatures match."))
    elif found.public == "local":
        yield Line(
            "info", _("This installation has no public address yet."), _("WhatsApp needs one that begins with https.")
        )
    elif found.public == "silent":
        yield Line("bad", _("Our own address did not answer within a few seconds."), _("Tell your operator."))
    else:
        said = _("Our own address answered with %(status)s instead of 200.") % {"status": found.public}
        yield Line("bad", said, _("Tell your operator: something between Twilio and Sineta changes the request."))


def _sender(sender: Sender) -> Line:
    lines = {
        Entry.READY: lambda: Line("ok", _("Twilio knows the number, and its address is the right one.")),
        Entry.SANDBOX: lambda: Line(
            "ok",
            _("Twilio answers. This is its sandbox number, for trying out."),
            _("Who writes to it first sends the join words that Twilio's console shows."),
        ),
        Entry.OTHER_ADDRESS: lambda: Line(
            "bad",
            _("At Twilio the number has another address: %(address)s") % {"address": sender.detail or _("no address")},
            _("Paste the one below, leave the method at HTTP POST, and save."),
        ),
        Entry.OFFLINE: lambda: Line(
            "bad",
            _("At Twilio the number is not online: %(status)s.") % {"status": sender.detail},
            _("Finish its registration in Twilio's console."),
        ),
        Entry.MISSING: lambda: Line(
            "bad",
            _("Twilio answers, but does not know this number as a WhatsApp sender."),
            _("Check the number, or register it in Twilio's console under Messaging, WhatsApp senders."),
        ),
        Entry.REFUSED: lambda: Line("bad", _("Twilio refuses the account's key."), _("Tell your operator.")),
        Entry.UNKNOWN: lambda: Line(
            "bad", _("Twilio did not answer."), _("Nothing is lost: messages wait there. Check again in a moment.")
        ),
    }
    return lines[sender.entry]()
