"""What every route gives to whom. A new route needs a line here: its pattern, and one of the kinds below.

Its arguments are Ana's rows by their names (`appointment_id`, `client_id`, …: see `world.py`); `ARGUMENTS` has the
others.
"""

from enum import Enum


class Access(Enum):
    """Who gets what from a route."""

    PUBLIC = "whoever comes, without a log-in and without a word about anybody's clients"
    OWN = "the login's professional, own rows only; another's row is missing; without a login the log-in page"
    ACCOUNT = "any login's own account, with a practice or without; another's row is missing"
    JSON = "the same for programs, who are told 401 without a login"
    ADMIN = "staff, each what is theirs; nothing at all without a practice or superuser rights"
    WEBHOOK = "only who signs"
    SIMULATOR = "nobody but this machine during a trial"


TABLE = {
    "": Access.OWN,
    "account/": Access.ACCOUNT,
    "account/sessions/<int:session_id>/end/": Access.ACCOUNT,
    "account/sessions/end/": Access.ACCOUNT,
    "accounts/confirm-email/": Access.PUBLIC,
    "accounts/confirm-email/<key>/": Access.PUBLIC,
    "accounts/email/": Access.ACCOUNT,
    "accounts/factor/": Access.ACCOUNT,
    "accounts/factor/again/": Access.ACCOUNT,
    "accounts/factor/app/off/": Access.ACCOUNT,
    "accounts/factor/app/on/": Access.ACCOUNT,
    "accounts/factor/codes/": Access.ACCOUNT,
    "accounts/factor/codes/file/": Access.ACCOUNT,
    "accounts/factor/codes/new/": Access.ACCOUNT,
    "accounts/inactive/": Access.PUBLIC,
    "accounts/login/": Access.PUBLIC,
    "accounts/logout/": Access.PUBLIC,
    "accounts/passkeys/<int:pk>/edit/": Access.ACCOUNT,
    "accounts/passkeys/<int:pk>/remove/": Access.ACCOUNT,
    "accounts/passkeys/add/": Access.ACCOUNT,
    "accounts/passkeys/again/": Access.ACCOUNT,
    "accounts/passkeys/login/": Access.PUBLIC,
    "accounts/password/change/": Access.ACCOUNT,
    "accounts/password/reset/": Access.PUBLIC,
    "accounts/password/reset/done/": Access.PUBLIC,
    "accounts/password/reset/key/<uidb36>-<key>/": Access.PUBLIC,
    "accounts/password/reset/sent/": Access.PUBLIC,
    "accounts/password/set/": Access.ACCOUNT,
    "accounts/reauthenticate/": Access.ACCOUNT,
    "accounts/signup/": Access.PUBLIC,
    "agenda/<int:appointment_id>/": Access.OWN,
    "agenda/<int:appointment_id>/approve/": Access.OWN,
    "agenda/<int:appointment_id>/cancel/": Access.OWN,
    "agenda/<int:appointment_id>/decline/": Access.OWN,
    "agenda/<int:appointment_id>/mark/": Access.OWN,
    "agenda/<int:appointment_id>/move/": Access.OWN,
    "agenda/block/": Access.OWN,
    "agenda/block/<int:block_id>/": Access.OWN,
    "agenda/block/<int:block_id>/remove/": Access.OWN,
    "agenda/month/": Access.OWN,
    "agenda/new/": Access.OWN,
    "agenda/series/<uuid:series_id>/": Access.OWN,
    "agenda/week/": Access.OWN,
    "api/": Access.PUBLIC,
    "api/docs/": Access.PUBLIC,
    "api/redoc/": Access.PUBLIC,
    "api/schema/": Access.PUBLIC,
    "api/v1/appointments/": Access.JSON,
    "api/v1/appointments/<str:reference>/": Access.JSON,
    "api/v1/appointments/<str:reference>/approve/": Access.JSON,
    "api/v1/appointments/<str:reference>/cancel/": Access.JSON,
    "api/v1/appointments/<str:reference>/reschedule/": Access.JSON,
    "api/v1/chat/": Access.JSON,
    "api/v1/clients/": Access.JSON,
    "api/v1/clients/<int:client_id>/": Access.JSON,
    "api/v1/professional/": Access.JSON,
    "api/v1/slots/": Access.JSON,
    "assistant/": Access.OWN,
    "assistant/<int:thread_id>/": Access.OWN,
    "assistant/<int:thread_id>/delete/": Access.OWN,
    "assistant/<int:thread_id>/rename/": Access.OWN,
    "assistant/ask/": Access.OWN,
    "assistant/chat/": Access.JSON,
    "clients/": Access.OWN,
    "clients/<int:client_id>/": Access.OWN,
    "clients/<int:client_id>/block/": Access.OWN,
    "clients/<int:client_id>/edit/": Access.OWN,
    "clients/<int:client_id>/erase/": Access.OWN,
    "clients/<int:client_id>/export/": Access.OWN,
    "clients/<int:client_id>/merge/": Access.OWN,
    "clients/<int:client_id>/notes/": Access.OWN,
    "clients/export/": Access.OWN,
    "clients/new/": Access.OWN,
    "conversations/": Access.OWN,
    "conversations/<int:conversation_id>/": Access.OWN,
    "conversations/<int:conversation_id>/answer/": Access.OWN,
    "conversations/<int:conversation_id>/give/": Access.OWN,
    "conversations/<int:conversation_id>/news/": Access.OWN,
    "conversations/<int:conversation_id>/take/": Access.OWN,
    "conversations/<int:conversation_id>/turns/<int:turn_id>/": Access.OWN,
    "conversations/rows/": Access.OWN,
    "numbers/": Access.OWN,
    "numbers/answers/": Access.OWN,
    "numbers/conversations/": Access.OWN,
    "numbers/days/": Access.OWN,
    "numbers/export/": Access.OWN,
    "numbers/rows/": Access.OWN,
    "reception/": Access.OWN,
    "settings/": Access.OWN,
    "settings/hours/": Access.OWN,
    "settings/hours/extra/": Access.OWN,
    "settings/hours/extra/<int:hours_id>/remove/": Access.OWN,
    "settings/keys/": Access.OWN,
    "settings/keys/<int:key_id>/revoke/": Access.OWN,
    "settings/profile/": Access.OWN,
    "settings/reception/": Access.OWN,
    "settings/rules/": Access.OWN,
    "settings/services/": Access.OWN,
    "settings/services/<int:service_id>/": Access.OWN,
    "settings/services/<int:service_id>/active/": Access.OWN,
    "settings/services/<int:service_id>/move/": Access.OWN,
    "settings/services/<int:service_id>/remove/": Access.OWN,
    "settings/services/new/": Access.OWN,
    "settings/time-off/": Access.OWN,
    "settings/whatsapp/": Access.OWN,
    "settings/whatsapp/check/": Access.OWN,
    "start/": Access.OWN,
    "start/<str:name>/": Access.OWN,
    "start/<str:name>/skip/": Access.OWN,
    "start/finish/": Access.OWN,
    "try/": Access.OWN,
    "try/restart/": Access.OWN,
    "try/say/": Access.OWN,
    "try/state/": Access.OWN,
    "webhooks/twilio/whatsapp/": Access.WEBHOOK,
    "webhooks/twilio/status/<int:outbox_id>/": Access.WEBHOOK,
    "simulator/": Access.SIMULATOR,
    "simulator/state/": Access.SIMULATOR,
    "simulator/sign/": Access.SIMULATOR,
    "simulator/read/": Access.SIMULATOR,
    "simulator/media/<str:name>": Access.SIMULATOR,
    "simulator/restart/": Access.SIMULATOR,
}

# The admin's routes are another package's, one for each model and verb: they are found by the pattern's beginning.
ADMIN = "admin/"

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
    return TABLE.get(pattern, Access.ADMIN if pattern.startswith(ADMIN) else None)
