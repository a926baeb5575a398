"""What can be done next with an answer, as the interface's description says it (OpenAPI links).

Programs that write clients and tests from the description find their way by them: from the practice to its times, from
a time to a booking, from a booking to what may become of it.
"""

from typing import Any

Link = dict[str, Any]

_REFERENCE = {"reference": "$response.body#/reference"}
_CHANGES = ("appointments_retrieve", "appointments_approve", "appointments_cancel")


def add(result: dict[str, Any], **_options: Any) -> dict[str, Any]:
    """Add the links to the answers that they start from (POSTPROCESSING_HOOKS)."""
    for path in result["paths"].values():
        for operation in path.values():
            for status, answer in operation["responses"].items():
                if found := _LINKS.get((operation["operationId"], status)):
                    answer["links"] = found
    return result


def _with_reference() -> dict[str, Link]:
    return {
        name.removeprefix("appointments_"): {"operationId": name, "parameters": _REFERENCE} for name in _CHANGES
    } | {
        "client": {"operationId": "clients_retrieve", "parameters": {"client_id": "$response.body#/client/id"}},
    }


_LINKS: dict[tuple[str, str], dict[str, Link]] = {
    ("professional_retrieve", "200"): {
        "times": {"operationId": "slots_list", "parameters": {"service": "$response.body#/services/0/id"}},
    },
    ("slots_list", "200"): {
        "book": {
            "operationId": "appointments_create",
            "requestBody": {
                "service": "$response.body#/service/id",
                "starts_at": "$response.body#/slots/0/starts_at",
                "client": {"name": "Caio Martins", "phone": "+5511987654321"},
            },
        },
    },
    ("appointments_create", "201"): _with_reference(),
    ("appointments_retrieve", "200"): _with_reference(),
    ("appointments_reschedule", "200"): _with_reference(),
    ("chat_say", "202"): {
        "news": {"operationId": "chat_listen", "parameters": {"conversation": "$response.body#/conversation"}},
    },
}
