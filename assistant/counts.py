"""How many appointments there are of each kind, in words."""

from collections.abc import Mapping

from django.utils.translation import ngettext


def tally(counts: Mapping[str, int]) -> list[tuple[str, str]]:
    """Return what the counts by look come to, as (look, words) in the order of a day, without what there is none of.

    "unmarked" is a confirmed appointment that is over: nobody has said yet how it went.
    """
    done, missed, unmarked = (counts.get(look, 0) for look in ("done", "noshow", "unmarked"))
    confirmed, pending, held = (counts.get(look, 0) for look in ("confirmed", "pending", "held"))
    off = counts.get("cancelled", 0)
    words = (
        ("done", done, ngettext("%(count)s attended", "%(count)s attended", done)),
        ("noshow", missed, ngettext("%(count)s no-show", "%(count)s no-shows", missed)),
        ("unmarked", unmarked, ngettext("%(count)s to mark", "%(count)s to mark", unmarked)),
        ("confirmed", confirmed, ngettext("%(count)s confirmed", "%(count)s confirmed", confirmed)),
        ("pending", pending, ngettext("%(count)s to approve", "%(count)s to approve", pending)),
        ("held", held, ngettext("%(count)s held", "%(count)s held", held)),
        ("cancelled", off, ngettext("%(count)s cancelled", "%(count)s cancelled", off)),
    )
    return [(look, text % {"count": count}) for look, count, text in words if count]
