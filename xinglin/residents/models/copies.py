"""Columns of an enrollment that the database copies from the person and the review state, for lists (Q-01).

A list that is filtered by name and by state could use no index over three tables. The copies are written by triggers
and by nothing else: no writer can forget them, and a stale instance that is saved is put right by the database. Django
rebuilds SQLite tables without their triggers, so every migrate makes them anew.
"""

from __future__ import annotations

from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections

_REVIEW = "SELECT {0} FROM residents_recruitmentreview WHERE enrollment_id = NEW.id"
_NAME = "SELECT name FROM people_person WHERE id = NEW.person_id"

_POSTGRES = """
CREATE OR REPLACE FUNCTION residents_enrollment_copies() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW.person_name := coalesce((SELECT name FROM people_person WHERE id = NEW.person_id), '');
  IF TG_OP = 'UPDATE' THEN
    SELECT r.report_status, r.review_status INTO NEW.report_status, NEW.review_status
      FROM (SELECT 1) one LEFT JOIN residents_recruitmentreview r ON r.enrollment_id = NEW.id;
    NEW.report_status := coalesce(NEW.report_status, 'unreported');
    NEW.review_status := coalesce(NEW.review_status, '');
  END IF;
  RETURN NEW;
END $$;
CREATE OR REPLACE FUNCTION residents_person_copies() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE residents_enrollment SET person_name = NEW.name WHERE person_id = NEW.id;
  RETURN NULL;
END $$;
CREATE OR REPLACE FUNCTION residents_review_copies() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE residents_enrollment SET report_status = NEW.report_status, review_status = NEW.review_status
    WHERE id = NEW.enrollment_id;
  RETURN NULL;
END $$;
CREATE OR REPLACE TRIGGER residents_enrollment_new BEFORE INSERT ON residents_enrollment
  FOR EACH ROW WHEN (NEW.person_name = '') EXECUTE FUNCTION residents_enrollment_copies();
CREATE OR REPLACE TRIGGER residents_enrollment_kept
  BEFORE UPDATE OF person_id, person_name, report_status, review_status ON residents_enrollment
  FOR EACH ROW EXECUTE FUNCTION residents_enrollment_copies();
CREATE OR REPLACE TRIGGER residents_person_named AFTER UPDATE OF name ON people_person
  FOR EACH ROW WHEN (OLD.name IS DISTINCT FROM NEW.name) EXECUTE FUNCTION residents_person_copies();
CREATE OR REPLACE TRIGGER residents_review_new AFTER INSERT ON residents_recruitmentreview
  FOR EACH ROW WHEN (NEW.report_status <> 'unreported' OR NEW.review_status <> '')
  EXECUTE FUNCTION residents_review_copies();
CREATE OR REPLACE TRIGGER residents_review_moved AFTER UPDATE OF report_status, review_status
  ON residents_recruitmentreview
  FOR EACH ROW WHEN ((OLD.report_status, OLD.review_status) IS DISTINCT FROM (NEW.report_status, NEW.review_status))
  EXECUTE FUNCTION residents_review_copies();
"""

_RIGHT = f"""person_name = coalesce(({_NAME}), ''),
  report_status = coalesce(({_REVIEW.format("report_status")}), 'unreported'),
  review_status = coalesce(({_REVIEW.format("review_status")}), '')"""
_MOVED = """UPDATE residents_enrollment SET report_status = NEW.report_status, review_status = NEW.review_status
  WHERE id = NEW.enrollment_id;"""
_SQLITE = {
    "residents_enrollment_new": f"""AFTER INSERT ON residents_enrollment WHEN NEW.person_name = '' BEGIN
  UPDATE residents_enrollment SET {_RIGHT} WHERE id = NEW.id; END""",
    "residents_enrollment_kept": f"""AFTER UPDATE OF person_id, person_name, report_status, review_status
  ON residents_enrollment WHEN NEW.person_name <> coalesce(({_NAME}), '')
  OR NEW.report_status <> coalesce(({_REVIEW.format("report_status")}), 'unreported')
  OR NEW.review_status <> coalesce(({_REVIEW.format("review_status")}), '') BEGIN
  UPDATE residents_enrollment SET {_RIGHT} WHERE id = NEW.id; END""",
    "residents_person_named": """AFTER UPDATE OF name ON people_person WHEN OLD.name <> NEW.name BEGIN
  UPDATE residents_enrollment SET person_name = NEW.name WHERE person_id = NEW.id; END""",
    "residents_review_new": f"""AFTER INSERT ON residents_recruitmentreview
  WHEN NEW.report_status <> 'unreported' OR NEW.review_status <> '' BEGIN {_MOVED} END""",
    "residents_review_moved": f"""AFTER UPDATE OF report_status, review_status ON residents_recruitmentreview
  WHEN OLD.report_status <> NEW.report_status OR OLD.review_status <> NEW.review_status BEGIN {_MOVED} END""",
}
_FILL = """UPDATE residents_enrollment SET
  person_name = (SELECT name FROM people_person p WHERE p.id = residents_enrollment.person_id),
  report_status = coalesce((SELECT r.report_status FROM residents_recruitmentreview r
    WHERE r.enrollment_id = residents_enrollment.id), 'unreported'),
  review_status = coalesce((SELECT r.review_status FROM residents_recruitmentreview r
    WHERE r.enrollment_id = residents_enrollment.id), '')"""
_WRONG = """SELECT count(*) FROM residents_enrollment e
  JOIN people_person p ON p.id = e.person_id LEFT JOIN residents_recruitmentreview r ON r.enrollment_id = e.id
  WHERE e.person_name <> p.name OR e.report_status <> coalesce(r.report_status, 'unreported')
  OR e.review_status <> coalesce(r.review_status, '')"""


def install(using: str = DEFAULT_DB_ALIAS, **_: Any) -> None:
    """Make the triggers, again where they are, and put right what was written without them."""
    connection = connections[using]
    if "residents_recruitmentreview" not in connection.introspection.table_names():
        return  # migrated back to before this app
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM residents_enrollment LIMIT 0")
        if "person_name" not in {column[0] for column in cursor.description}:
            return  # to before the copies
        if connection.vendor == "postgresql":
            cursor.execute(_POSTGRES)
        else:
            for name, body in _SQLITE.items():
                cursor.execute(f"CREATE TRIGGER IF NOT EXISTS {name} {body}")
    if wrong(using):
        fill(using)


def remove(using: str = DEFAULT_DB_ALIAS, **_: Any) -> None:
    """Take them away before a migration: SQLite cannot rebuild a table that a trigger of another one reads."""
    if connections[using].vendor == "sqlite":
        with connections[using].cursor() as cursor:
            for name in _SQLITE:
                cursor.execute(f"DROP TRIGGER IF EXISTS {name}")


def fill(using: str = DEFAULT_DB_ALIAS) -> None:
    """Copy everything at once: for rows older than the columns."""
    with connections[using].cursor() as cursor:
        cursor.execute(_FILL)


def wrong(using: str = DEFAULT_DB_ALIAS) -> int:
    """How many enrollments differ from what was copied; anything but 0 is a fault of the triggers."""
    with connections[using].cursor() as cursor:
        cursor.execute(_WRONG)
        return int(cursor.fetchone()[0])
