"""Paths of the professional's side."""

from django.contrib.auth.views import LogoutView
from django.urls import path

from assistant.access import strict
from assistant.views import login, reception, today, trial

urlpatterns = [
    path("", today.page, name="today"),
    path("agenda/<int:appointment_id>/mark/", today.mark, name="mark"),
    path("agenda/<int:appointment_id>/approve/", today.approve, name="approve"),
    path("agenda/<int:appointment_id>/decline/", today.decline, name="decline"),
    path("try/", trial.page, name="try"),
    path("try/state/", trial.state, name="try-state"),
    path("try/say/", trial.say, name="try-say"),
    path("try/restart/", trial.restart, name="try-restart"),
    path("reception/", reception.switch, name="reception"),
    path("accounts/login/", login.page, name="login"),
    path("accounts/logout/", strict(LogoutView.as_view()), name="logout"),
]
