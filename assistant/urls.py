"""Paths of the professional's side."""

from django.contrib.auth.views import LogoutView
from django.urls import path

from assistant.access import strict
from assistant.views import chat, login, numbers, reception, today

urlpatterns = [
    path("", today.page, name="today"),
    path("agenda/<int:appointment_id>/mark/", today.mark, name="mark"),
    path("agenda/<int:appointment_id>/approve/", today.approve, name="approve"),
    path("agenda/<int:appointment_id>/decline/", today.decline, name="decline"),
    path("assistant/", chat.page, name="assistant"),
    path("assistant/<int:thread_id>/", chat.page, name="assistant-thread"),
    path("assistant/<int:thread_id>/rename/", chat.rename, name="assistant-rename"),
    path("assistant/<int:thread_id>/delete/", chat.delete, name="assistant-delete"),
    path("assistant/ask/", chat.ask, name="assistant-ask"),
    path("assistant/chat/", chat.chat, name="assistant-chat"),
    path("numbers/", numbers.page, name="numbers"),
    path("numbers/export/", numbers.export, name="number-export"),
    path("numbers/rows/", numbers.rows, name="number-rows"),
    path("reception/", reception.switch, name="reception"),
    path("accounts/login/", login.page, name="login"),
    path("accounts/logout/", strict(LogoutView.as_view()), name="logout"),
]
