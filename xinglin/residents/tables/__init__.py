"""Lists of resident records: 招收信息管理, 历史招录信息, 住院医师信息更新记录."""

from .changes import ChangesList
from .intake import IntakeList, IntakeOverview
from .past import PastList

LISTS = (IntakeList, IntakeOverview, PastList, ChangesList)
__all__ = ["LISTS", "ChangesList", "IntakeList", "IntakeOverview", "PastList"]
