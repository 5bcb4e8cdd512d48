"""What every exported list must keep: the file holds the rows that the list shows, in the same order."""

from __future__ import annotations

from typing import Any

import pytest
from django.http import QueryDict

from xinglin.ui.lists import registry
from xinglin.ui.lists.spec import ListSpec
from xinglin.ui.lists.testing import ListContract, Scene

from . import selectors, writing


class ExportedListContract(ListContract):
    """`ListContract` for a list that can be exported. The scene's viewer must have the right to export."""

    def lines(self, scene: Scene, declared: ListSpec, clear: bool, words: str = "") -> list[list[Any]]:
        """The lines of the file under the words of an address, all columns."""
        asked = selectors.request_of(declared.name, QueryDict(words), scene.viewer)
        made = writing.rows(declared, asked.rows, asked.columns, scene.viewer, clear=clear, tell=lambda done: None)
        return [list(line) for line in made]

    @pytest.mark.req("P-17")
    def test_the_export_has_the_rows_of_the_list(self, scene: Scene, declared: ListSpec) -> None:
        words = self.everything(scene, declared)
        assert declared.may_export(scene.viewer)
        page = self.shown(scene, words)
        assert page.export_link
        assert len(self.lines(scene, declared, False, words)) == page.count.number

    @pytest.mark.req("P-17", "P-19")
    def test_the_export_masks_what_the_list_masks(self, scene: Scene, declared: ListSpec) -> None:
        columns = [column for column in declared.columns if column.export]
        masked = self.lines(scene, declared, False, self.everything(scene, declared))
        for place, column in enumerate(columns):
            if column.mask:
                values = [line[place] for line in masked if line[place]]
                assert all("*" in str(value) for value in values), column.name

    def test_the_page_of_the_export_opens(self, scene: Scene, declared: ListSpec) -> None:
        assert registry.get(declared.name) is declared
        assert scene.client.get(f"/exports/of/{declared.name}/").status_code == 200
