"""categories, lineItems and results."""

from crescendo.imports.sources.oneroster.specification import SCORE_STATUS

from .desk import Desk
from .fetching import GUID
from .wording import enumerated, extras, number

NO_CATEGORY = "crescendo.category.none"


def make(desk: Desk) -> None:
    _line_items(desk)
    _results(desk)
    _bounds(desk)
    more = "".join(f", {column}" for column in extras(desk, "category", (), "k"))
    desk.files["categories.csv"] = f"""
        SELECT s.sid AS "sourcedId", coalesce(nullif(trim(k.title), ''), s.sid) AS title, {number("k.weight")} AS weight {more}
        FROM category k JOIN sid_category s USING (id)
        UNION ALL BY NAME SELECT '{NO_CATEGORY}' AS "sourcedId", 'Coursework' AS title
        WHERE (SELECT count(*) FROM item WHERE category = '{NO_CATEGORY}') > 0
          AND '{NO_CATEGORY}' NOT IN (SELECT sid FROM sid_category)"""


def _line_items(desk: Desk) -> None:
    """A line item needs a class and a session shorter than a year: its own, or the one of its class that holds its day."""
    desk.db.execute(
        f"""CREATE TABLE item AS
        SELECT l.*, i.sid, k.sid AS class, o.sid AS school, coalesce(g.sid, '{NO_CATEGORY}') AS category, coalesce(own.sid, term.sid) AS session
        FROM line_item l JOIN sid_line_item i USING (id) JOIN class c ON c.id = l.school_class_id JOIN sid_class k ON k.id = c.id
        JOIN sid_org o ON o.id = c.school_id LEFT JOIN sid_category g ON g.id = l.category_id
        LEFT JOIN (SELECT t.id, s.sid FROM session t JOIN sid_session s USING (id) WHERE t.kind <> 'schoolYear') own ON own.id = l.session_id
        LEFT JOIN (SELECT l.id, arg_min(s.sid, (NOT l.due_on BETWEEN t.begins_on AND t.ends_on, t.ends_on - t.begins_on, s.sid)) AS sid
                   FROM line_item l JOIN sits j ON j.class = l.school_class_id JOIN session t ON t.id = j.id AND t.kind <> 'schoolYear'
                   JOIN sid_session s ON s.id = t.id GROUP BY 1) term ON term.id = l.id
        WHERE coalesce(own.sid, term.sid) IS NOT NULL"""  # noqa: E501
    )
    desk.leave_out(
        "pieces of coursework without a live class or a term",
        desk.count("FROM line_item") - desk.count("FROM item"),
    )
    desk.change("pieces of coursework were due before they were set: the package has one day for both",
                desk.count("FROM item WHERE due_on < assigned_on"))  # fmt: skip


def _results(desk: Desk) -> None:
    desk.db.execute(
        f"""CREATE TABLE outcome AS
        SELECT CASE WHEN regexp_full_match(r.source_key, '{GUID}') AND count(*) OVER (PARTITION BY r.source_key) = 1 THEN r.source_key
                    ELSE 'crescendo.result.' || md5(r.source || '|' || r.school_year || '|' || r.source_key) END AS sid,
               r.source, r.source_key, r.score, r.scored_on, r.status, r.score_text, r.comment, r.is_late, r.is_missing, r.is_incomplete,
               i.id AS item, i.sid AS line_item, i.class, i.due_on, s.sid AS student
        FROM result r JOIN item i ON i.id = r.item_id JOIN sid_student s ON s.id = r.student_id"""
    )
    desk.leave_out(
        "results of students or coursework that have ended",
        desk.count("FROM result") - desk.count("FROM outcome"),
    )
    desk.files["results.csv"] = f"""
        SELECT sid AS "sourcedId", line_item AS "lineItemSourcedId", student AS "studentSourcedId",
               coalesce({enumerated("status", SCORE_STATUS)}, 'submitted') AS "scoreStatus", {number("score")} AS score,
               coalesce(scored_on, due_on)::VARCHAR AS "scoreDate", comment, score_text AS "textScore", class AS "classSourcedId",
               is_incomplete::VARCHAR AS incomplete, is_late::VARCHAR AS late, is_missing::VARCHAR AS missing
        FROM outcome"""


def _bounds(desk: Desk) -> None:
    """Extra credit is normal here and forbidden there: where a score lies outside, the bounds are left open, not moved."""
    desk.db.execute(
        """CREATE TABLE open_bounds AS SELECT DISTINCT i.id FROM item i JOIN outcome r ON r.item = i.id
           WHERE r.score > i.score_max OR r.score < i.score_min OR i.score_min > i.score_max"""
    )
    desk.change(
        "pieces of coursework have scores outside their bounds: the package leaves the bounds open",
        desk.count("FROM open_bounds"),
    )
    more = "".join(f", {column}" for column in extras(desk, "item", (), "l"))
    held = "l.id NOT IN (SELECT id FROM open_bounds)"
    desk.files["lineItems.csv"] = f"""
        SELECT l.sid AS "sourcedId", coalesce(nullif(trim(l.title), ''), l.sid) AS title, l.description,
               least(l.assigned_on, l.due_on)::VARCHAR AS "assignDate", l.due_on::VARCHAR AS "dueDate", l.class AS "classSourcedId",
               l.category AS "categorySourcedId", l.session AS "academicSessionSourcedId",
               CASE WHEN {held} THEN {number("l.score_min")} END AS "resultValueMin",
               CASE WHEN {held} THEN {number("l.score_max")} END AS "resultValueMax", l.school AS "schoolSourcedId" {more}
        FROM item l"""
