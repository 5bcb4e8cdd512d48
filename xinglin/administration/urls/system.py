"""Addresses: code tables, settings, history seals."""

from django.urls import path
from django.urls.resolvers import URLPattern

from xinglin.ui.lists.views import ListView

from ..tables.codes import CodeTables
from ..views import codes, erasing, history, site

urlpatterns: list[URLPattern] = [
    path("codes/", ListView.as_view(spec=CodeTables), name="codes"),
    path("codes/<slug:key>/", codes.entries, name="code-table"),
    path("codes/<slug:key>/editions/", codes.editions, name="code-editions"),
    path("codes/<slug:key>/editions/new/", codes.new_edition, name="code-edition-new"),
    path("codes/<slug:key>/editions/<int:edition_id>/", codes.edition, name="code-edition"),
    path("codes/<slug:key>/editions/<int:edition_id>/publish/", codes.publish, name="code-edition-publish"),
    path("codes/<slug:key>/editions/<int:edition_id>/drop/", codes.drop, name="code-edition-drop"),
    path("codes/<slug:key>/add/", codes.add, name="code-add"),
    path("codes/<slug:key>/of/<str:code>/rename/", codes.rename, name="code-rename"),
    path("codes/<slug:key>/of/<str:code>/retire/", codes.retire, name="code-retire"),
    path("codes/<slug:key>/of/<str:code>/restore/", codes.restore, name="code-restore"),
    path("site/", site.site, name="site"),
    path("history/", history.seals, name="history"),
    path("history/verify/", history.verify, name="history-verify"),
    path("history/head/", history.head, name="history-head"),
    path("people/erased/", erasing.erased, name="erased"),
    path("people/<int:person_id>/erase/", erasing.erase, name="person-erase"),
    path("site/preview-<str:colour>.css", site.preview_theme, name="site-preview"),
]
