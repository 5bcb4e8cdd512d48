"""Addresses of xinglin.residents."""

app_name = "residents"
urlpatterns: list = []
