"""Paths of the professional's side."""

from django.contrib.auth.views import LogoutView
from django.urls import path

from assistant.access import strict
from assistant.views import clients, login, reception, records, today

urlpatterns = [
    path("", today.page, name="today"),
    path("agenda/<int:appointment_id>/mark/", today.mark, name="mark"),
    path("agenda/<int:appointment_id>/approve/", today.approve, name="approve"),
    path("agenda/<int:appointment_id>/decline/", today.decline, name="decline"),
    path("clients/", clients.page, name="clients"),
    path("clients/new/", clients.new, name="client-new"),
    path("clients/export/", records.export_list, name="clients-export"),
    path("clients/<int:client_id>/", clients.one, name="client"),
    path("clients/<int:client_id>/edit/", clients.edit, name="client-edit"),
    path("clients/<int:client_id>/notes/", clients.notes, name="client-notes"),
    path("clients/<int:client_id>/block/", clients.block, name="client-block"),
    path("clients/<int:client_id>/merge/", records.merge, name="client-merge"),
    path("clients/<int:client_id>/export/", records.export_one, name="client-export"),
    path("clients/<int:client_id>/erase/", records.erase, name="client-erase"),
    path("reception/", reception.switch, name="reception"),
    path("accounts/login/", login.page, name="login"),
    path("accounts/logout/", strict(LogoutView.as_view()), name="logout"),
]
