"""All addresses. Each app owns its own urls module and its namespace."""

from django.urls import include, path

from xinglin.config import health

urlpatterns = [
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("metrics", health.show_metrics, name="metrics"),
    path("", include("xinglin.accounts.urls")),
    path("", include("xinglin.ui.urls")),
    path("imports/", include("xinglin.imports.urls")),
    path("exports/", include("xinglin.exports.urls")),
    path("files/", include("xinglin.files.urls")),
    path("jobs/", include("xinglin.jobs.urls")),
    path("windows/", include("xinglin.windows.urls")),
    path("residents/", include("xinglin.residents.urls")),
    path("review/", include("xinglin.residents.urls_review")),
    path("check-rules/", include("xinglin.residents.urls_rules")),
    path("my/", include("xinglin.residents.urls_own")),
    path("administration/", include("xinglin.administration.urls")),
    path("", include("xinglin.portal.urls")),
]

handler400 = "xinglin.ui.errors.bad_request"
handler403 = "xinglin.ui.errors.forbidden"
handler404 = "xinglin.ui.errors.not_found"
handler500 = "xinglin.ui.errors.server_error"
