"""The words, icons and colours that a trace is told in; each is translated where it is shown."""

from django.utils.translation import gettext_lazy

PATHS = {
    "direct": gettext_lazy("Direct"),
    "model": gettext_lazy("Model"),
    "guided": gettext_lazy("Guided"),
    "silent": gettext_lazy("Silent"),
}
PATH_NOTES = {
    "direct": gettext_lazy("No model was needed."),
    "model": gettext_lazy("The model talked; times and receipts come from code."),
    "guided": gettext_lazy("Without a model: ready questions and numbered options."),
    "silent": gettext_lazy("The reception did not answer: a person does."),
}
# (icon, tone): the tone is a class of the stylesheet, a = accent, o = ok, w = warning.
LOOKS = {
    "received": ("chat", ""),
    "tool": ("tool", "o"),
    "model": ("spark", ""),
    "question": ("hold", "a"),
    "receipt": ("check", "o"),
    "answer": ("send", "a"),
    "guided": ("list", ""),
    "note": ("info", ""),
    # A note of that name.
    "voice": ("mic", "o"),
}
# What a tool did, what it did not get done, and what a model asks for.
TOOLS = {
    "get_available_slots": (
        gettext_lazy("Looked for free times"),
        gettext_lazy("Did not look for times"),
        gettext_lazy("free times"),
    ),
    "book_appointment": (
        gettext_lazy("Held the time"),
        gettext_lazy("Did not hold the time"),
        gettext_lazy("to hold the time"),
    ),
    "get_professional_info": (
        gettext_lazy("Read services, prices and rules"),
        gettext_lazy("Did not read the details"),
        gettext_lazy("services and prices"),
    ),
    "list_my_appointments": (
        gettext_lazy("Read this client's appointments"),
        gettext_lazy("Did not read the appointments"),
        gettext_lazy("the client's appointments"),
    ),
    "reschedule_appointment": (
        gettext_lazy("Held the new time"),
        gettext_lazy("Did not hold the new time"),
        gettext_lazy("to hold the new time"),
    ),
    "cancel_appointment": (
        gettext_lazy("Asked whether to cancel"),
        gettext_lazy("Did not cancel"),
        gettext_lazy("to cancel"),
    ),
    "ask_human": (
        gettext_lazy("Called a person"),
        gettext_lazy("Did not call a person"),
        gettext_lazy("to call a person"),
    ),
}
TITLES = {
    ("receipt", "book"): gettext_lazy("Confirmed the time"),
    ("receipt", "move"): gettext_lazy("Changed the time"),
    ("receipt", "cancel"): gettext_lazy("Cancelled the time"),
    ("receipt", "undo"): gettext_lazy("Took the booking back"),
    ("note", "voice"): gettext_lazy("Listened to the voice message"),
    ("note", "grounding"): gettext_lazy("Did not say what it could not prove"),
    ("received", ""): gettext_lazy("Received the message"),
    ("model", ""): gettext_lazy("Asked the model"),
    ("question", ""): gettext_lazy("Asked a yes-or-no question"),
    ("receipt", ""): gettext_lazy("Wrote the receipt"),
    ("guided", ""): gettext_lazy("Went on in guided mode"),
    ("note", ""): gettext_lazy("Took a note"),
}
OUTCOMES = {
    "answered": gettext_lazy("answered with text"),
    "halted": gettext_lazy("left the word to code"),
    "step_limit": gettext_lazy("too many steps"),
    "call_limit": gettext_lazy("too many calls"),
    "repeated_call": gettext_lazy("repeated a call"),
    "deadline": gettext_lazy("time ran out"),
    "unusable": gettext_lazy("answers of no use"),
    "unavailable": gettext_lazy("did not answer"),
}
DELIVERIES = {
    "pending": gettext_lazy("waiting to be sent"),
    "sending": gettext_lazy("being sent"),
    "sent": gettext_lazy("sent"),
    "delivered": gettext_lazy("delivered"),
    "read": gettext_lazy("Delivered and read"),
    "failed": gettext_lazy("failed"),
    "dropped": gettext_lazy("dropped"),
}
SUBTITLES = {
    "receipt": gettext_lazy("The receipt is code's text, made from the stored appointment."),
    "question": gettext_lazy("Text written by code. Only the client's next “yes” confirms it."),
}
