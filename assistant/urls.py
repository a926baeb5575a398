"""Paths of the professional's side."""

from django.contrib.auth.views import LogoutView
from django.urls import path

from assistant.access import strict
from assistant.views import appointment, block, conversations, entry, login, month, move, reception, start, today, week
from assistant.views.settings import hours, services, simple, whatsapp

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
from assistant.views import clients, login, reception, records, today

urlpatterns = [
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
    path("settings/", simple.index, name="settings"),
    path("settings/profile/", simple.profile, name="settings-profile"),
    path("settings/services/", services.listed, name="settings-services"),
    path("settings/services/new/", services.add, name="settings-service-new"),
    path("settings/services/<int:service_id>/", services.one, name="settings-service"),
    path("settings/services/<int:service_id>/move/", services.move, name="settings-service-move"),
    path("settings/services/<int:service_id>/active/", services.activate, name="settings-service-active"),
    path("settings/services/<int:service_id>/remove/", services.remove, name="settings-service-remove"),
    path("settings/hours/", hours.week, name="settings-hours"),
    path("settings/hours/extra/", hours.add_extra, name="settings-extra-new"),
    path("settings/hours/extra/<int:hours_id>/remove/", hours.remove_extra, name="settings-extra-remove"),
    path("settings/time-off/", hours.time_off, name="settings-time-off"),
    path("settings/rules/", simple.rules, name="settings-rules"),
    path("settings/reception/", simple.reception, name="settings-reception"),
    path("settings/whatsapp/", whatsapp.page, name="settings-whatsapp"),
    path("settings/whatsapp/check/", whatsapp.check, name="settings-check"),
    path("start/", start.begin, name="start"),
    path("start/finish/", start.finish, name="start-finish"),
    path("start/<str:name>/", start.step, name="start-step"),
    path("start/<str:name>/skip/", start.skip, name="start-skip"),
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
