"""Paths of the interface for programs."""

from django.urls import URLPattern, URLResolver, path

from assistant.api import appointments, chat, clients, practice

urlpatterns: list[URLPattern | URLResolver] = [
    path("appointments/", appointments.listed, name="api-appointments"),
    path("appointments/<str:reference>/", appointments.one, name="api-appointment"),
    path("appointments/<str:reference>/reschedule/", appointments.reschedule, name="api-reschedule"),
    path("appointments/<str:reference>/cancel/", appointments.cancel, name="api-cancel"),
    path("appointments/<str:reference>/approve/", appointments.approve, name="api-approve"),
    path("chat/", chat.chat, name="api-chat"),
    path("clients/", clients.listed, name="api-clients"),
    path("clients/<int:client_id>/", clients.one, name="api-client"),
    path("professional/", practice.professional, name="api-professional"),
    path("slots/", practice.slots, name="api-slots"),
]
