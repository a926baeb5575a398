"""Writes of people: one row for one person inside one tenant."""

from django.db import transaction

from scheduling import phones, selectors
from scheduling.models import Appointment, Client, ClientAddress, Professional


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


def enter(professional: Professional, *, name: str, phone: str | None = None) -> Client:
    """Enter a client by hand, whom no channel has brought yet; their first message finds them by the phone."""
    return Client.objects.create(professional=professional, name=name, phone=phone)


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
