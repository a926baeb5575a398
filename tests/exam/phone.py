"""A client's phone: posts signed forms to the real webhook, and shows what Twilio's stand-in was given for it."""

import itertools
import random
from dataclasses import dataclass, field
from urllib.parse import urlencode

from django.conf import settings
from django.test import Client as Browser
from django.urls import reverse

from intake.models import OutboundMessage
from scheduling.models import Professional
from tests.exam.persona import Burst, Quotes, Sends, Step, Taps
from tests.standins.twilio import Sent, TwilioStandIn, payload, signature

_FORM = "application/x-www-form-urlencoded"
_sids = itertools.count(1)


@dataclass
class Phone:
    """One address that writes to one professional; `seen` counts what it has read."""

    address: str
    professional: Professional
    twilio: TwilioStandIn
    profile_name: str = "Caio"
    browser: Browser = field(default_factory=Browser)
    seen: int = 0

    def __post_init__(self) -> None:
        self.seen = len(self.twilio.sent)

    def unread(self) -> list[Sent]:
        """Return what came since the last look."""
        new, self.seen = self.twilio.sent[self.seen :], len(self.twilio.sent)
        return [one for one in new if one.to == self.address and one.from_.endswith(self._number)]

    def forms(self, step: Step) -> list[dict[str, str]]:
        """Return what a step posts, message by message."""
        match step:
            case Burst(texts):
                return [self._form("text", Body=text) for text in texts]
            case Sends(kind, body):
                return [self._form(kind, **({"Body": body} if body else {}))]
            case Taps(label, back):
                return [self._tap(label, back)]
            case Quotes(words, body):
                return [self._form("quoted_reply", Body=body, OriginalRepliedMessageSid=self._sid(words))]
            case str():
                return [self._form("text", Body=step)]
        return []

    def post(self, form: dict[str, str], *, chance: random.Random) -> None:
        """Deliver a form, now and then twice, as Twilio does."""
        path = reverse("twilio-whatsapp")
        headers = {"X-Twilio-Signature": signature(f"{settings.PUBLIC_BASE_URL}{path}", form)}
        for _ in range(2 if chance.random() < 0.15 else 1):
            answered = self.browser.post(path, urlencode(form), _FORM, headers=headers)
            assert answered.status_code == 200, answered.status_code

    @property
    def _number(self) -> str:
        return self.professional.whatsapp_number or ""

    def _form(self, kind: str, **changes: str) -> dict[str, str]:
        fields = {
            "MessageSid": f"SM{next(_sids):032x}",
            "From": self.address,
            "To": f"whatsapp:{self._number}",
            "ProfileName": self.profile_name,
            "WaId": self.address.removeprefix("whatsapp:+"),
        }
        return payload(kind, **(fields | changes))

    def _tap(self, label: str, back: int) -> dict[str, str]:
        """Tap what stands in the options of a message; a label that is not there is only written."""
        shown = OutboundMessage.objects.filter(professional=self.professional, recipient=self.address)
        with_options = list(shown.exclude(options=[]).order_by("-pk")[: back + 1])
        options = with_options[back].options if len(with_options) > back else []
        found = next((one for one in options if label.lower() in one["label"].lower()), None)
        if found is None:
            return self._form("text", Body=label)
        return self._form("quick_reply_tap", Body=found["label"], ButtonText=found["label"], ButtonPayload=found["id"])

    def _sid(self, words: str) -> str:
        mine = [one for one in self.twilio.sent if one.to == self.address and words.lower() in one.body.lower()]
        return mine[-1].sid if mine else "SM" + "0" * 32
