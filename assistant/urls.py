"""Paths of the professional's side."""

from django.contrib.auth.views import LogoutView
from django.urls import path

from assistant.access import strict
from assistant.views import login, month, reception, today, week

urlpatterns = [
    path("", today.page, name="today"),
    path("agenda/week/", week.page, name="week"),
    path("agenda/month/", month.page, name="month"),
    path("agenda/<int:appointment_id>/mark/", today.mark, name="mark"),
    path("agenda/<int:appointment_id>/approve/", today.approve, name="approve"),
    path("agenda/<int:appointment_id>/decline/", today.decline, name="decline"),
    path("reception/", reception.switch, name="reception"),
    path("accounts/login/", login.page, name="login"),
    path("accounts/logout/", strict(LogoutView.as_view()), name="logout"),
]
