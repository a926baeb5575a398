"""Paths of the professional's side."""

from django.urls import include, path

from assistant.views import reception, today

urlpatterns = [
    path("", today.page, name="today"),
    path("agenda/<int:appointment_id>/mark/", today.mark, name="mark"),
    path("agenda/<int:appointment_id>/approve/", today.approve, name="approve"),
    path("agenda/<int:appointment_id>/decline/", today.decline, name="decline"),
    path("reception/", reception.switch, name="reception"),
    path("", include("assistant.account_urls")),
]
