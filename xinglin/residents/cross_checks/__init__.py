"""Facts of a record that check each other (R-26), at entry, import, report and review alike.

Pure: a record's content (field key → JSON value, as in a content version) goes in, findings come out; no query, no
write. `RULES` lists every rule with its title, source and edition; which of them bind is data of the association
(`CheckRule`), handed in as `levels`.
"""

from .finding import Compared, Finding, Rule
from .registry import RULES, check, compared_by_rule
from .same_person import Other

__all__ = ["RULES", "Compared", "Finding", "Other", "Rule", "check", "compared_by_rule"]
