"""Paths of the professional's side."""

from django.contrib.auth.views import LogoutView
from django.urls import path

from assistant.access import strict
from assistant.views import appointment, block, entry, login, month, move, reception, today, week

urlpatterns = [
    path("", today.page, name="today"),
    path("agenda/week/", week.page, name="week"),
    path("agenda/month/", month.page, name="month"),
    path("agenda/new/", entry.page, name="appointment-new"),
    path("agenda/series/<uuid:series_id>/", entry.series, name="series"),
    path("agenda/block/", block.page, name="block"),
    path("agenda/block/<int:block_id>/", block.page, name="block-edit"),
    path("agenda/block/<int:block_id>/remove/", block.remove, name="block-remove"),
    path("agenda/<int:appointment_id>/", appointment.page, name="appointment"),
    path("agenda/<int:appointment_id>/mark/", appointment.mark, name="mark"),
    path("agenda/<int:appointment_id>/approve/", appointment.approve, name="approve"),
    path("agenda/<int:appointment_id>/decline/", appointment.decline, name="decline"),
    path("agenda/<int:appointment_id>/cancel/", appointment.cancel, name="appointment-cancel"),
    path("agenda/<int:appointment_id>/move/", move.page, name="appointment-move"),
    path("reception/", reception.switch, name="reception"),
    path("accounts/login/", login.page, name="login"),
    path("accounts/logout/", strict(LogoutView.as_view()), name="logout"),
]
