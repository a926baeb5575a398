"""Paths of the webhooks; fixed, since they stand in every operator's Twilio console."""

from django.urls import path

from intake import views

urlpatterns = [
    path("webhooks/twilio/whatsapp/", views.whatsapp, name="twilio-whatsapp"),
    path("webhooks/twilio/status/<int:outbox_id>/", views.status, name="twilio-status"),
]
