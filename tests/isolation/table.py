"""What every route gives to whom. A new route needs a line here: its pattern, and one of the kinds below.

Its arguments are Ana's rows by their names (`appointment_id`, `client_id`, …: see `world.py`); `ARGUMENTS` has the
others.
"""

from enum import Enum


class Access(Enum):
    """Who gets what from a route."""

    PUBLIC = "whoever comes, without a word about anybody's clients"
    OWN = "the login's professional, own rows only; another's row is missing; without a login the log-in page"
    ADMIN = "staff, each what is theirs; nothing at all without a practice or superuser rights"
    WEBHOOK = "only who signs"
    SIMULATOR = "nobody but this machine during a trial"


TABLE = {
    "": Access.OWN,
    "agenda/<int:appointment_id>/mark/": Access.OWN,
    "agenda/<int:appointment_id>/approve/": Access.OWN,
    "agenda/<int:appointment_id>/decline/": Access.OWN,
    "reception/": Access.OWN,
    "try/": Access.OWN,
    "try/state/": Access.OWN,
    "try/say/": Access.OWN,
    "try/restart/": Access.OWN,
    "webhooks/twilio/whatsapp/": Access.WEBHOOK,
    "webhooks/twilio/status/<int:outbox_id>/": Access.WEBHOOK,
    "simulator/": Access.SIMULATOR,
    "simulator/state/": Access.SIMULATOR,
    "simulator/sign/": Access.SIMULATOR,
    "simulator/read/": Access.SIMULATOR,
    "simulator/media/<str:name>": Access.SIMULATOR,
    "simulator/restart/": Access.SIMULATOR,
}

# Whole families, whose routes are another package's: their pages are found by the pattern's beginning.
FAMILIES = {
    "accounts/": Access.PUBLIC,
    "admin/": Access.ADMIN,
}

# Arguments that name no row of Ana's.
ARGUMENTS = {
    "name": "x",
    "key": "x",
    "uidb36": "1",
    "app_label": "scheduling",
    "url": "nothing-here",
    "content_type_id": "1",
    "pk": "1",
}


def access(pattern: str) -> Access | None:
    """Return the kind of a route, None for one that the table does not know."""
    family = next((kind for prefix, kind in FAMILIES.items() if pattern.startswith(prefix)), None)
    return TABLE.get(pattern, family)
