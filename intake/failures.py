"""Why a message did not arrive, in plain words; the provider's numbers stay behind for whoever looks them up."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from intake import twilio

_WINDOW = gettext_lazy("More than 24 hours had passed since the client's last message.")
_STOPPED = gettext_lazy("This number asked WhatsApp for no more messages from you.")
_NOBODY = gettext_lazy("This number has no WhatsApp.")
_PLAIN = {
    "63016": _WINDOW,
    "opted_out": _STOPPED,
    "21610": _STOPPED,
    "63014": _STOPPED,
    "63024": _NOBODY,
    "21211": _NOBODY,
    "21614": _NOBODY,
    "63003": _NOBODY,
    "21608": gettext_lazy("This number has not joined Twilio's sandbox."),
    "63007": gettext_lazy("Your number is not connected to WhatsApp."),
    "not_configured": gettext_lazy("WhatsApp is not connected yet."),
    "20003": gettext_lazy("Twilio refuses the credentials."),
}
_LIMIT = gettext_lazy("WhatsApp takes no more messages from your number for now.")


def plain(code: str) -> str:
    """Return what went wrong as a sentence; a code that has none is named."""
    if code in _PLAIN:
        return str(_PLAIN[code])
    if code in twilio.RATE_LIMITS:
        return str(_LIMIT)
    return _("WhatsApp did not take the message (code %(code)s).") % {"code": code or "?"}
