"""Which path leads to which app."""

from django.contrib import admin
from django.urls import include, path

from intake import simulator_views

urlpatterns = [
    path("admin/", admin.site.urls),
    path("", include("intake.urls")),
    path("simulator/", simulator_views.page, name="simulator"),
    path("simulator/state/", simulator_views.state, name="simulator-state"),
    path("simulator/sign/", simulator_views.sign, name="simulator-sign"),
    path("simulator/restart/", simulator_views.restart, name="simulator-restart"),
]
