"""Paths of the professional's side."""

from django.contrib.auth.views import LogoutView
from django.urls import path

from assistant.access import strict
from assistant.views import conversations, login, reception, today

urlpatterns = [
    path("", today.page, name="today"),
    path("agenda/<int:appointment_id>/mark/", today.mark, name="mark"),
    path("agenda/<int:appointment_id>/approve/", today.approve, name="approve"),
    path("agenda/<int:appointment_id>/decline/", today.decline, name="decline"),
    path("reception/", reception.switch, name="reception"),
    path("conversations/", conversations.page, name="conversations"),
    path("conversations/rows/", conversations.rows, name="conversation-rows"),
    path("conversations/<int:conversation_id>/", conversations.one, name="conversation"),
    path("conversations/<int:conversation_id>/news/", conversations.news, name="conversation-news"),
    path("conversations/<int:conversation_id>/turns/<int:turn_id>/", conversations.turn, name="conversation-turn"),
    path("conversations/<int:conversation_id>/take/", conversations.take, name="conversation-take"),
    path("conversations/<int:conversation_id>/give/", conversations.give, name="conversation-give"),
    path("conversations/<int:conversation_id>/answer/", conversations.answer, name="conversation-answer"),
    path("accounts/login/", login.page, name="login"),
    path("accounts/logout/", strict(LogoutView.as_view()), name="logout"),
]
