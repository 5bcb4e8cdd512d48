"""Background work (Q-09): one facade over django-tasks that adds what the queue lacks.

Words: a *job* is one piece of long work somebody asked for (an import, an export); a *step* is a part of it that commits as a
whole, at most a second long; a *ticket* is the queue's row that brings a job to a worker; a *periodic task* is short upkeep that
runs every so many seconds on one worker at a time. Design and reasons: docs/decisions/0010-jobs.md.
"""
