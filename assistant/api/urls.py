"""Paths of the interface for programs."""

from django.urls import URLPattern, URLResolver, path

from assistant.api import chat

urlpatterns: list[URLPattern | URLResolver] = [
    path("chat/", chat.chat, name="api-chat"),
]
