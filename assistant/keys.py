"""Keys with which programs speak for a practice: shown once, kept as a hash, revoked at once.

A key is 256 random bits, which nobody guesses; so one quick hash is enough, where a password needs a slow one.
"""

import hashlib
import secrets
from datetime import timedelta

from django.contrib.auth.models import User
from django.db.models import F, Q, QuerySet
from django.db.models.functions import Now
from django.utils.translation import gettext

from assistant.models import ApiKey
from scheduling.models import Professional

PREFIX = "sineta_"
MOST_KEYS = 20
# What of a key is shown afterwards, so that its owner tells it from others.
_SHOWN = len(PREFIX) + 6
_LONGEST = 200
# How often a use is written down.
_NOTED = timedelta(minutes=1)
# A practice that gets another login leaves the keys behind that the former one made.
_WORKING = Q(revoked_at=None, user=F("professional__user"))


def issue(professional: Professional, *, name: str, user: User | None) -> tuple[ApiKey, str]:
    """Make a key and return its row and the key itself, which nobody can read again."""
    plain = PREFIX + secrets.token_urlsafe(32)
    row = ApiKey.objects.create(
        professional=professional, user=user, name=name, prefix=plain[:_SHOWN], digest=_digest(plain)
    )
    return row, plain


def find(plain: str) -> ApiKey | None:
    """Return the key if it counts: neither revoked nor of a login that was closed or left; note that it is used."""
    if not plain.startswith(PREFIX) or len(plain) > _LONGEST:
        return None
    found = ApiKey.objects.filter(_WORKING, digest=_digest(plain), user__is_active=True)
    row = found.select_related("professional__user").first()
    if row is not None:
        stale = Q(last_used_at=None) | Q(last_used_at__lt=Now() - _NOTED)
        ApiKey.objects.filter(stale, pk=row.pk).update(last_used_at=Now())
    return row


def revoke(key: ApiKey) -> bool:
    """End a key for good; return whether it had not ended before."""
    return bool(_end(ApiKey.objects.filter(pk=key.pk)))


class EndWithPassword:
    """A rule for passwords (AUTH_PASSWORD_VALIDATORS) that allows every one: whoever saves a new one ends the keys.

    Somebody who had the former password may have made themselves a key.
    """

    def validate(self, password: str, user: User | None = None) -> None:
        """Allow it."""

    def get_help_text(self) -> str:
        """Return what the admin says where a password is set."""
        return gettext("A new password ends the keys with which programs speak for the practice.")

    def password_changed(self, password: str, user: User | None = None) -> None:  # noqa: ARG002 - Django's signature
        """End the keys that this login has made."""
        if user is not None:
            _end(ApiKey.objects.filter(user=user))


def working(professional: Professional) -> list[ApiKey]:
    """Return the keys that count, those in use first."""
    rows = ApiKey.objects.filter(_WORKING, professional=professional)
    return list(rows.order_by(F("last_used_at").desc(nulls_last=True), "-created_at", "-pk"))


def _end(keys: QuerySet[ApiKey]) -> int:
    """End those that had not ended before; return how many these were."""
    return keys.filter(revoked_at=None).update(revoked_at=Now())


def _digest(plain: str) -> str:
    return hashlib.sha256(plain.encode(errors="replace")).hexdigest()
