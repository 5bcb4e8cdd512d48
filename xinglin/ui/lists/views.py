"""The one view of every list: GET shows it, POST sets conditions, saves taste or runs a batch."""

from __future__ import annotations

from typing import Any, cast

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.utils.cache import patch_vary_headers
from django.views import View

from xinglin.kernel.errors import NotAllowed, Refused

from . import answers, registry, selection
from . import state as states
from .page import ListPage
from .parts import BatchAction
from .spec import ListSpec


class ListView(View):
    """Mount with ``ListView.as_view(spec=IntakeList)``; that registers the spec."""

    spec: type[ListSpec] | ListSpec | None = None

    @classmethod
    def as_view(cls, **initkwargs: Any) -> Any:
        """Register the list, so that exports and jobs find it by name."""
        spec = initkwargs.get("spec") or cls.spec
        if spec is None:
            raise TypeError("a list view needs its spec")
        initkwargs["spec"] = registry.register(spec)
        return super().as_view(**initkwargs)

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.list = cast(ListSpec, self.spec)

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        viewer = request.viewer  # type: ignore[attr-defined]
        if not self.list.may_see(viewer):
            raise NotAllowed(
                f"当前身份“{viewer.role_label}”不能查看“{self.list.title}”。请切换身份，或联系本单位管理员。"
            )
        return super().dispatch(request, *args, **kwargs)  # type: ignore[return-value]

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """The whole page, or its panel for a script that asks for it."""
        htmx: Any = getattr(request, "htmx", None)
        partial = bool(htmx) and not htmx.history_restore_request
        page = ListPage(self.list, request)
        # The panel here and not when the template asks: Django would draw nothing where a row that is missing is reached.
        context = {
            "page": page,
            "panel": page.panel_html,
            "spec": self.list,
            "nav_key": self.list.nav_key,
            **self.extra_context(page),
        }
        response = render(request, "ui/lists/partial.html" if partial else self.list.template, context)
        patch_vary_headers(response, ["HX-Request"])
        return response

    def extra_context(self, page: ListPage) -> dict[str, Any]:
        """Further names for the templates of one list."""
        return {}

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """One of: filter, columns, density, size, page, batch."""
        verb = request.POST.get("do", "")
        if verb == "batch":
            return self._batch(request)
        change = answers.VERBS.get(verb)
        if change is None:
            raise Http404
        query, notes = change(self.list, request)
        for note in notes:
            messages.warning(request, note)
        return self._to(request, query)

    def _to(self, request: HttpRequest, query: str) -> HttpResponse:
        return HttpResponseRedirect(f"{request.path}?{query}" if query else request.path)

    def _batch(self, request: HttpRequest) -> HttpResponse:
        action = self._action(request)
        chosen = selection.read(request, self.list.name)
        if action.run is None:
            raise Http404
        result = action.run(chosen.ids(action.most), request.viewer)  # type: ignore[attr-defined]
        (messages.warning if result.failed else messages.success)(request, answers.sentence(result))
        return HttpResponseRedirect(result.url) if result.url else self._to(request, self._query_of(request))

    def _action(self, request: HttpRequest) -> BatchAction:
        viewer = request.viewer  # type: ignore[attr-defined]
        found = {action.name: action for action in self.list.batch_actions(viewer)}
        action = found.get(request.POST.get("action", ""))
        if action is None:
            raise Http404
        if action.permission:
            viewer.require(action.permission)
        if action.reason:
            raise Refused(action.reason)
        return action

    def _query_of(self, request: HttpRequest) -> str:
        words = QueryDict(request.POST.get("state", "")[:4000].lstrip("?"))
        state = states.read(self.list, words, request.viewer)  # type: ignore[attr-defined]
        return state.here()
