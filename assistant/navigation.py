"""Where a professional can go: the rail, the sidebar and a phone's tabs show the same list."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True, slots=True)
class Entry:
    """One place; on a phone the first four are tabs and the others stand behind "More"."""

    section: str
    url: str
    label: Promise
    icon: str
    has_tab: bool = False


ENTRIES = [
    Entry("agenda", "today", _("Agenda"), "agenda", has_tab=True),
    Entry("conversations", "conversations", _("Conversations"), "chat", has_tab=True),
    Entry("clients", "clients", _("Clients"), "people", has_tab=True),
    Entry("numbers", "numbers", _("Numbers"), "bars", has_tab=True),
    Entry("assistant", "assistant", _("Assistant"), "ask"),
    Entry("try", "try", _("Test"), "bell"),
    Entry("settings", "settings", _("Settings"), "adj"),
]
