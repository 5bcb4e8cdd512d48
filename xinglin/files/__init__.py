"""Pictures, scans and attachments: content-checked, re-encoded, private, encrypted at rest (P-18, P-19, Q-11).

Words: a *purpose* is what a file is for (个人照片, 身份证正面照 …) and carries the rule who may see it; a *photo* and an
*attachment* are shown to whoever may see the record; a *scan* opens only by 查看原图, which records the view.
Design and reasons: docs/decisions/0011-files.md.
"""
