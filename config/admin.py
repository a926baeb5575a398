"""The admin's site: the operator's, so for superusers only. A professional's own pages are the dashboard.

Every list shows the rows of all professionals; a staff login without superuser rights has no business there.
"""

from django.contrib import admin
from django.contrib.admin.apps import AdminConfig as DjangoAdminConfig
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _


class SuperuserSite(admin.AdminSite):
    """Django's admin behind one condition."""

    site_header = "Sineta"
    site_title = "Sineta"
    index_title = _("Administration")

    def has_permission(self, request: HttpRequest) -> bool:
        # This module is read before the apps are ready.
        from config.accounts import may_enter_admin

        return bool(request.user.is_superuser) and may_enter_admin(request)


class AdminConfig(DjangoAdminConfig):
    """Stands in INSTALLED_APPS in the place of `django.contrib.admin`."""

    default_site = "config.admin.SuperuserSite"
