"""Addresses: the outbox."""

from django.urls import path
from django.urls.resolvers import URLPattern

from xinglin.ui.lists.views import ListView

from ..tables.messages import MessageList

urlpatterns: list[URLPattern] = [path("messages/", ListView.as_view(spec=MessageList), name="messages")]
