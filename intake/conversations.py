"""Whose a conversation is."""

from django.db.models import Q, QuerySet

from intake.models import Conversation
from scheduling import phones, selectors
from scheduling.models import Client


def of(client: Client) -> QuerySet[Conversation]:
    """Return the person's conversations; one that began before they were a client is theirs by its address.

    Or by the phone that the professional entered, if whoever writes from there is taken for them.
    """
    addresses = client.addresses.values_list("address", flat=True)
    forms = {form for address in addresses for form in phones.variants(address)}
    entered = f"whatsapp:{client.phone}"
    if client.phone and entered not in forms and selectors.find_client(client.professional, entered) == client:
        forms.update(phones.variants(entered))
    theirs = Q(client=client) | Q(client=None, address__in=forms)
    return Conversation.objects.filter(theirs, professional=client.professional_id)
