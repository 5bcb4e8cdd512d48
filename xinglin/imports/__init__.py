"""Imports (P-16, Q-02, Q-11): one machine for every workbook that becomes records.

Words: a *spec* declares one kind of import (columns, key, checks, action); a *job* is one uploaded file on its way
through the wizard; a *row* is one line of it, its cells sealed under the job's data key; an *issue* is one remark on
one cell; a *verdict* says what the row will do (create, update, unchanged, error, dropped). The check and the real run
are the same code: `checking.judge`.
"""
