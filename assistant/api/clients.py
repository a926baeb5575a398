"""The practice's clients for programs: who they are and how they are reached. Notes are the professional's alone."""

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.decorators import api_view
from rest_framework.request import Request
from rest_framework.response import Response

from assistant.api.failures import READING, failures
from assistant.api.paging import Pages
from assistant.api.serializing import Strict, once
from assistant.errors import ApiCode, ApiError
from assistant.rest import professional_of
from scheduling import directory, ids
from scheduling.models import Client


class ClientRow(serializers.ModelSerializer[Client]):
    """One client."""

    class Meta:
        model = Client
        fields = ["id", "name", "phone", "email", "is_blocked", "created_at"]


class ClientPage(serializers.Serializer[Any]):
    """One page of a list."""

    count = serializers.IntegerField()
    next = serializers.URLField(allow_null=True)
    previous = serializers.URLField(allow_null=True)
    results = ClientRow(many=True)


class Filters(Strict):
    """Which clients are wanted."""

    q = serializers.CharField(required=False, max_length=directory.LONGEST_QUERY)
    page = serializers.IntegerField(required=False, min_value=1, max_value=ids.LARGEST)
    page_size = serializers.IntegerField(required=False, min_value=1, max_value=Pages.max_page_size)


_ROW = {
    "id": 12,
    "name": "Caio Martins",
    "phone": "+5511987654321",
    "email": "",
    "is_blocked": False,
    "created_at": "2026-11-27T13:15:42Z",
}
_ID = {"type": "integer", "minimum": 1, "maximum": ids.LARGEST}


@extend_schema(
    operation_id="clients_list",
    summary="List clients",
    description="By name. Whoever only tried the reception is nobody's client, and whose data were erased is left out.",
    tags=["clients"],
    parameters=[
        OpenApiParameter(
            "q",
            {"type": "string", "minLength": 1, "maxLength": directory.LONGEST_QUERY},
            description="Words of the name or the e-mail, accents and capitals ignored, or a part of the phone.",
        ),
        OpenApiParameter("page", _ID, description="From 1 on."),
        OpenApiParameter("page_size", _ID | {"maximum": Pages.max_page_size}, description="Rows a page."),
    ],
    responses={
        200: OpenApiResponse(
            ClientPage,
            description="One page.",
            examples=[
                OpenApiExample(
                    "A page", value={"count": 1, "next": None, "previous": None, "results": [_ROW]}, response_only=True
                )
            ],
        ),
        **failures(400, *READING),
    },
)
@never_cache
@api_view(["GET", "HEAD"])
def listed(request: Request) -> Response:
    """Return a page of clients."""
    professional = professional_of(request)
    wanted = Filters(data=once(request.query_params))
    wanted.is_valid(raise_exception=True)
    found = directory.people(professional, now=timezone.now(), words=wanted.validated_data.get("q", ""))
    pages = Pages()
    page = pages.paginate_queryset(found, request)
    return pages.get_paginated_response(ClientRow(page, many=True).data)


@extend_schema(
    operation_id="clients_retrieve",
    summary="Read a client",
    description="By the id that lists and appointments tell.",
    tags=["clients"],
    parameters=[OpenApiParameter("client_id", _ID, OpenApiParameter.PATH)],
    responses={
        200: OpenApiResponse(
            ClientRow, description="The client.", examples=[OpenApiExample("A client", value=_ROW, response_only=True)]
        ),
        **failures(*READING),
    },
)
@never_cache
@api_view(["GET", "HEAD"])
def one(request: Request, client_id: int) -> Response:
    """Return one client."""
    clients = professional_of(request).clients.filter(erased_at=None)
    found = clients.filter(pk=client_id).first() if client_id <= ids.LARGEST else None
    if found is None:
        raise ApiError(404, ApiCode.NOT_FOUND, _("There is no such client."))
    return Response(ClientRow(found).data)
