"""Writes of people: one row for one person inside one tenant."""

from dataclasses import dataclass

from django.contrib.auth.models import User
from django.db import transaction
from django.utils.translation import gettext as _

from scheduling import phones, selectors
from scheduling.models import Appointment, AuditEntry, Client, ClientAddress, Professional

# What two records of one person may each have.
_CONTACTS = ("name", "phone", "email", "address")
LONGEST_NOTES = 20_000


@dataclass(frozen=True, slots=True)
class Combined:
    """What one record holds of two: the kept one's own, filled up from the other."""

    name: str
    phone: str | None
    email: str
    address: str
    notes: str
    is_blocked: bool


def correct_name(client: Client, name: str) -> bool:
    """Take another name from a client who has agreed to nothing yet; return whether it was taken.

    Later the name is the professional's to change: it stands in the books.
    """
    if client.appointments.exclude(status=Appointment.Status.HELD).exists():
        return False
    client.name = name
    client.save(update_fields=["name"])
    return True


def note_contact(client: Client, *, phone: str, email: str) -> None:
    """Note how else a client can be reached; what is known already stays, it may be the professional's correction."""
    fresh = {"phone": phone, "email": email}
    fields = [name for name, value in fresh.items() if value and not getattr(client, name)]
    for name in fields:
        setattr(client, name, fresh[name])
    if fields:
        client.save(update_fields=fields)


@transaction.atomic
def register(professional: Professional, *, address: str, name: str = "") -> Client:
    """Return the client with that address, made if new; a name is kept only where none was known.

    The professional's row lock serialises two first messages of one person in either form of the number.
    """
    Professional.objects.select_for_update(no_key=True).get(pk=professional.pk)
    client = selectors.find_client(professional, address)
    if client is None:
        client = Client(professional=professional, phone=phones.phone(address))
    client.address = address
    client.name = client.name or name
    # Of a known client only these two: the professional may be writing notes at this very moment.
    client.save(update_fields=["address", "name"] if client.pk else None)
    ClientAddress.objects.get_or_create(professional=professional, address=address, defaults={"client": client})
    return client


def enter(
    professional: Professional, *, name: str, phone: str | None = None, email: str = "", notes: str = ""
) -> Client:
    """Write a person whom the professional enters by hand; the first message from that phone finds the row."""
    return Client.objects.create(professional=professional, name=name, phone=phone, email=email, notes=notes)


def known_or_new(professional: Professional, *, name: str, phone: str | None) -> Client:
    """Return the one client who has that phone, else a new one; a name is kept only where none was known.

    Call it behind the professional's row lock: two at once would enter the same person twice.
    """
    client = selectors.find_client(professional, f"whatsapp:{phone}") if phone else None
    if client is None:
        return enter(professional, name=name, phone=phone)
    if not client.name:
        client.name = name
        client.save(update_fields=["name"])
    return client


def change(client: Client, *, name: str, phone: str | None, email: str) -> None:
    """Correct how a person is called and reached; what the reception writes at the same moment stays."""
    client.name, client.phone, client.email = name, phone, email
    client.save(update_fields=["name", "phone", "email"])


def write_notes(client: Client, notes: str) -> None:
    client.notes = notes
    client.save(update_fields=["notes"])


def block(client: Client, *, blocked: bool) -> None:
    """Have the reception be silent for a person, or answer again."""
    client.is_blocked = blocked
    client.save(update_fields=["is_blocked"])


def combined(kept: Client, other: Client) -> Combined:
    """Return what the kept record will hold. A second phone or e-mail goes into the notes: nothing is lost."""
    own = {name: getattr(kept, name) or getattr(other, name) for name in _CONTACTS}
    lost = []
    if other.phone and other.phone != own["phone"]:
        lost.append(_("Other phone: %(phone)s") % {"phone": other.phone})
    if other.email and other.email.lower() != own["email"].lower():
        lost.append(_("Other e-mail: %(email)s") % {"email": other.email})
    if other.name and other.name != own["name"]:
        lost.append(_("Other name: %(name)s") % {"name": other.name})
    notes = [kept.notes, *([other.notes] if other.notes != kept.notes else []), "\n".join(lost)]
    return Combined(**own, notes="\n\n".join(filter(None, notes)), is_blocked=kept.is_blocked or other.is_blocked)


def merge(kept: Client, *, other: Client, user: User | None) -> Client:
    """Make two records of one person one, and return it as it is now; the other row is gone, its addresses stay.

    Call it in a transaction in which the conversations of both are locked already and belong to the kept one: a
    client's row cannot go while they refer to it, and conversations are locked before the professional.
    Raises Client.DoesNotExist when one of them is gone, or has been erased.
    """
    Professional.objects.select_for_update(no_key=True).get(pk=kept.professional_id)
    same_tenant = Client.objects.filter(professional=kept.professional_id, erased_at=None)
    rows = {row.pk: row for row in same_tenant.filter(pk__in=[kept.pk, other.pk]).order_by("pk").select_for_update()}
    if len(rows) < 2:
        raise Client.DoesNotExist
    kept, other = rows[kept.pk], rows[other.pk]
    facts = combined(kept, other)
    for name in (*_CONTACTS, "notes", "is_blocked"):
        setattr(kept, name, getattr(facts, name))
    kept.created_at = min(kept.created_at, other.created_at)
    kept.save()
    moved = {
        "appointments": Appointment.objects.filter(client=other).update(client=kept),
        "addresses": ClientAddress.objects.filter(client=other).update(client=kept),
    }
    gone = other.pk
    other.delete()
    AuditEntry.objects.create(
        professional_id=kept.professional_id,
        user=user,
        kind=AuditEntry.Kind.CLIENTS_MERGED,
        data={"kept": kept.pk, "merged": gone, **moved},
    )
    return kept


def merged_into(client: Client) -> set[int]:
    """Return the ids of the records that have become this one, over any number of merges."""
    audit = AuditEntry.objects.filter(professional_id=client.professional_id, kind=AuditEntry.Kind.CLIENTS_MERGED)
    gone: set[int] = set()
    wanted = {client.pk}
    while wanted:
        wanted = set(audit.filter(data__kept__in=wanted).values_list("data__merged", flat=True)) - gone
        gone |= wanted
    return gone
