"""Save, report, review, return: one mechanism for every record that a level above decides on.

Two stored facts as in the manuals: 上报状态 (is the present content reported?) and 审核状态 (verdict on the last
report). Legal pairs: (未上报, –), (已上报, 待审核), (已上报, 审核通过), (未上报, 退回), (未上报, last verdict).
"""
