"""Addresses of xinglin.imports."""

app_name = "imports"
urlpatterns: list = []
