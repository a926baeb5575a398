"""Which path leads to which app."""

from django.contrib import admin
from django.urls import include, path
from django.views.generic import RedirectView

from config import accounts
from intake import simulator_views

urlpatterns = [
    path("", include("assistant.urls")),
    path("admin/login/", accounts.login),
    path("admin/logout/", accounts.log_out),
    path("admin/password_change/", RedirectView.as_view(pattern_name="account_change_password")),
    path("admin/", admin.site.urls),
    path("", include("intake.urls")),
    path("simulator/", simulator_views.page, name="simulator"),
    path("simulator/state/", simulator_views.state, name="simulator-state"),
    path("simulator/sign/", simulator_views.sign, name="simulator-sign"),
    path("simulator/read/", simulator_views.read, name="simulator-read"),
    path("simulator/media/<str:name>", simulator_views.media, name="simulator-media"),
    path("simulator/restart/", simulator_views.restart, name="simulator-restart"),
]
