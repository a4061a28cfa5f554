"""The service: the standard's shapes, pages, filters and errors; every id as the source had it; nobody beyond the scope."""

import json
import re
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from callers_of import make_client
from district import ALL, CORE, DEMOGRAPHICS, OLD, READING, G, R, get, token_of
from jsonschema import Draft202012Validator

from cast import AT, ON
from crescendo.accounts.models import AuditEntry
from crescendo.oneroster import document
from crescendo.oneroster.paths import PATHS
from crescendo.records.models import CourseworkItem, CourseworkResult
from crescendo.roster import models as roster

pytestmark = pytest.mark.django_db


def ids(answer) -> list[str]:
    (rows,) = answer.json().values()
    return [row["sourcedId"] for row in rows]


def test_people_and_places_have_the_ids_of_their_source(token, client):
    assert ids(get(client, token, f"{R}/orgs")) == ["0001", "0002", "0003"]
    user = get(client, token, f"{R}/users/sis-sam").json()["user"]
    assert (user["givenName"], user["enabledUser"], user["status"]) == ("Sam", "true", "active")
    assert user["roles"] == [
        {
            "roleType": "primary", "role": "student", "beginDate": "2025-08-25",
            "org": {"href": f"http://testserver{R}/orgs/0002", "sourcedId": "0002", "type": "org"},
        }
    ]  # fmt: skip
    assert {agent["sourcedId"] for agent in user["agents"]} == {"F-fay", "F-bryn"}
    taught = get(client, token, f"{R}/classes/C-mathematics").json()["class"]
    assert [term["sourcedId"] for term in taught["terms"]] == ["TERM"]
    assert (taught["course"]["sourcedId"], taught["school"]["sourcedId"]) == ("K-mathematics", "0002")


def test_the_same_people_in_the_shape_of_one_one(token, client):
    user = get(client, token, f"{OLD}/users/T-tess").json()["user"]
    assert (user["role"], [org["sourcedId"] for org in user["orgs"]]) == ("teacher", ["0002"])
    assert user["orgs"][0]["href"] == f"http://testserver{OLD}/orgs/0002"
    assert "roles" not in user


@pytest.mark.parametrize("service", ["rostering", "gradebook"])
def test_every_answer_keeps_to_the_document(token, client, service):
    """Nothing missing that is required, nothing that is not declared: strict clients reject both."""
    written = document.describe(service, "http://testserver")
    names = {"id0": "", "id1": ""}
    for path in PATHS:
        if path.is_one or path.entity.service != service or path.entity.plural == "demographics":
            continue
        known = {"schools": "0002", "classes": "C-mathematics", "courses": "K-mathematics", "students": "sis-sam",
                 "teachers": "T-tess", "users": "sis-sam", "terms": "TERM", "lineItems": "LI-0"}  # fmt: skip
        names = {f"id{n}": known[word] for n, word in enumerate(path.words[:-1])}
        address = path.route()
        answer = get(client, token, f"/ims/oneroster/{service}/v1p2/{address.format(**names)}")
        assert answer.status_code == 200, address
        schema = written["paths"][f"/ims/oneroster/{service}/v1p2/{address}"]["get"]["responses"]["200"][
            "content"
        ]
        schema = schema["application/json"]["schema"] | {"components": written["components"]}
        Draft202012Validator(schema).validate(answer.json())
        whole = {"$ref": f"#/components/schemas/{path.entity.singular}", "components": written["components"]}
        for row in answer.json()[path.entity.plural]:  # without `fields` each is whole
            Draft202012Validator(whole).validate(row)
        if address not in ("gradingPeriods", "terms/{id0}/gradingPeriods"):
            assert ids(answer), address


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("classes/C-mathematics/students", {"sis-sam", "sis-nora"}), ("classes/C-mathematics/teachers", {"T-tess"}),
        ("courses/K-science/classes", {"C-science"}), ("schools/0003/classes", {"C-science"}),
        ("schools/0003/students", {"sis-omar"}), ("schools/0003/teachers", {"T-otto"}), ("schools/0003/courses", {"K-science"}),
        ("schools/0003/classes/C-science/students", {"sis-omar"}), ("schools/0003/classes/C-mathematics/students", set()),
        ("students/sis-sam/classes", {"C-mathematics"}), ("teachers/T-otto/classes", {"C-science"}),
        ("users/T-otto/classes", {"C-science"}), ("users/sis-sam/classes", {"C-mathematics"}),
        ("terms/TERM/classes", {"C-mathematics", "C-science"}),
        ("schools/0003/terms", {"TERM"}), ("schools/0003/enrollments", {"E-2", "S-1"}),
    ],
)  # fmt: skip
def test_what_lies_within_something_else(token, client, path, expected):
    assert set(ids(get(client, token, f"{R}/{path}"))) == expected


def test_all_pages_together_are_one_large_page(token, client):
    whole = ids(get(client, token, f"{R}/users", limit=500))
    found, address, said = [], f"{R}/users", {"limit": 4}
    while address:
        answer = get(client, token, address, **said)
        found += ids(answer)
        assert answer.headers["X-Total-Count"] == str(len(whole))
        following = re.search(r'<([^>]+)>; rel="next"', answer.headers["Link"])
        address, said = (
            (urlsplit(following[1]).path + "?" + urlsplit(following[1]).query if following else ""),
            {},
        )
    assert found == whole
    assert len(found) == len(set(found)) > 15


@pytest.mark.parametrize(
    ("path", "said", "expected"),
    [
        ("users", "givenName='sam'", ["sis-sam"]), ("users", "familyName~'tana'", ["T-tess"]),
        ("users", "sourcedId='T-tess'", ["T-tess"]), ("users", "givenName='Sam' OR givenName='Omar'", ["sis-sam", "sis-omar"]),
        ("users", "givenName='Sam' AND familyName='Nobody'", []), ("users", "sourcedId='%s'", []),
        ("enrollments", "class.sourcedId='C-science'", ["S-1", "E-2"]), ("enrollments", "user.sourcedId='T-tess'", ["S-0"]),
        ("enrollments", "role='teacher' AND school='0003'", ["S-1"]), ("orgs", "type!='school'", ["0001"]),
        ("orgs", "dateLastModified<'2001-01-01T00:00:00.000Z'", []), ("academicSessions", "startDate>='2026-01-01'", ["TERM"]),
        ("classes", "terms.sourcedId='TERM' AND title~'7 M'", ["C-mathematics"]), ("users", "status='tobedeleted'", []),
    ],
)  # fmt: skip
def test_filters(token, client, path, said, expected):
    answer = get(client, token, f"{R}/{path}", filter=said)
    assert (ids(answer), answer.headers["X-Total-Count"]) == (expected, str(len(expected)))


def test_numbers_are_compared_as_numbers(token, client):
    assert ids(get(client, token, f"{G}/results", filter="score>'10'")) == []
    assert len(ids(get(client, token, f"{G}/results", filter="score>'7'"))) == 3


def test_sorted_and_selected(token, client):
    answer = get(
        client, token, f"{R}/students", sort="familyName", orderBy="desc", fields="sourcedId,familyName"
    )
    (rows,) = answer.json().values()
    families = [row["familyName"] for row in rows]
    assert families == sorted(families, reverse=True)
    assert {frozenset(row) for row in rows} == {frozenset({"sourcedId", "familyName"})}


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ({"limit": "0"}, "invaliddata"), ({"limit": "-1"}, "invaliddata"), ({"limit": "1e3"}, "invaliddata"),
        ({"limit": ["1", "2"]}, "invaliddata"), ({"offset": "9" * 30}, "invaliddata"), ({"limit": "²"}, "invaliddata"),
        ({"filter": "password='x'"}, "invalid_filter_field"), ({"filter": "nonsense"}, "invalid_filter_field"),
        ({"filter": "a='1' AND b='2' AND c='3'"}, "invalid_filter_field"), ({"sort": "password"}, "invalid_sort_field"),
        ({"fields": "sourcedId,password"}, "invalid_selection_field"), ({"orderBy": "up"}, "invaliddata"),
    ],
)  # fmt: skip
def test_what_cannot_be_asked_is_said_in_the_standards_envelope(token, client, said, code):
    answer = get(client, token, f"{R}/users", **said)
    problem = answer.json()
    assert answer.status_code == 400
    assert (problem["imsx_codeMajor"], problem["imsx_severity"]) == ("failure", "error")
    assert problem["imsx_CodeMinor"]["imsx_codeMinorField"][0]["imsx_codeMinorFieldValue"] == code
    assert "psycopg" not in problem["imsx_description"]


def test_too_large_a_page_is_made_smaller_and_too_late_a_page_is_empty(token, client):
    assert get(client, token, f"{R}/users", limit=999_999_999).status_code == 200
    assert ids(get(client, token, f"{R}/users", offset=5000)) == []


@pytest.mark.parametrize(
    "path",
    [
        "users/nobody",
        "classes/C-none/students",
        "schools/0001",
        "users/a%00b",
        "nothing",
        "users/" + "x" * 700,
    ],
)
def test_what_is_not_there_is_an_unknown_object(token, client, path):
    answer = get(client, token, f"{R}/{path}")
    assert answer.status_code in (404, 400) if "%00" in path else answer.status_code == 404
    assert answer.json()["imsx_codeMajor"] == "failure"


def test_scopes_open_their_part_alone(district, client):
    token = token_of(client, district, CORE, by="dina")
    assert get(client, token, f"{R}/users").status_code == 200
    for path in (f"{R}/classes/C-science/students", f"{R}/demographics", f"{G}/results"):
        assert get(client, token, path).status_code == 403
    assert client.get(f"{R}/users").status_code == 401
    assert client.get(f"{R}/users").headers["WWW-Authenticate"] == "Bearer"


def test_a_client_of_one_school_is_given_nobody_of_another(district, client):
    token = token_of(client, district, *READING, by="dina", where="monroe")
    assert set(ids(get(client, token, f"{R}/users"))) == {"sis-omar", "T-otto"}
    assert ids(get(client, token, f"{R}/enrollments")) == ["S-1", "E-2"]
    assert get(client, token, f"{R}/users/sis-sam").status_code == 404
    assert get(client, token, f"{R}/schools/0002/students").status_code == 404
    assert len(ids(get(client, token, f"{G}/results"))) == 1
    orgs = get(client, token, f"{R}/orgs").json()["orgs"]
    assert [org["sourcedId"] for org in orgs] == ["0003"]
    assert "parent" not in orgs[0]


def test_students_whom_the_maker_may_not_see_are_not_given(district, client):
    """Pavel left 120 days ago: the second lock hides him from the client as from the person."""
    token = token_of(client, district, *READING, by="dina")
    found = ids(get(client, token, f"{R}/students"))
    assert "sis-lena" in found
    assert not any(str(district.students["pavel"].pk) == one.rpartition("-")[2] for one in found)


def test_demographics_need_their_scope_and_say_only_what_is_kept(district, client):
    roster.Characteristic.objects.create(code="race_ethnicity", title="Race and ethnicity")
    roster.StudentCharacteristic.objects.create(
        student=district.sam, characteristic_id="race_ethnicity", value="asian"
    )
    token = token_of(client, district, DEMOGRAPHICS, by="dina")
    said = get(client, token, f"{R}/demographics/sis-sam").json()["demographics"]
    assert (said["birthDate"], said["asian"], "white" in said) == ("2012-05-04", "true", False)


def test_a_change_is_found_by_its_time_and_an_ended_row_is_still_told(district, client, token):
    from django.db import connection  # noqa: PLC0415

    with (
        connection.cursor() as cursor
    ):  # the transaction of a test has one time; what came before it is older
        cursor.execute("UPDATE oneroster_added SET at = at - interval '1 day'")
        cursor.execute("UPDATE oneroster_changed SET at = at - interval '1 day'")
        cursor.execute("SELECT now() - interval '1 hour'")
        (since,) = cursor.fetchone()
    roster.SchoolClass.objects.filter(pk=district.classes["science"].pk).update(
        ended_on=ON - timedelta(days=1)
    )
    asked = f"dateLastModified>='{since.isoformat()}'"
    (changed,) = get(client, token, f"{R}/classes", filter=asked).json()["classes"]
    assert (changed["sourcedId"], changed["status"]) == ("C-science", "tobedeleted")
    assert ids(get(client, token, f"{R}/users", filter=asked)) == []


def test_two_sources_with_the_same_id_are_two_objects(district, client, token):
    other = roster.Organisation.objects.create(kind="school", name="Third", parent=district.district)
    roster.ExternalId.objects.create(source="other", entity="org", external_id="0002", object_id=other.pk)
    found = ids(get(client, token, f"{R}/orgs"))
    assert found == ["0001", "0002", "0003", "0002@other"]
    assert get(client, token, f"{R}/orgs/0002@other").json()["org"]["name"] == "Third"
    assert get(client, token, f"{R}/orgs/0002").json()["org"]["name"] == "Lincoln School"


def test_what_was_read_of_people_is_on_record(district, client, token):
    get(client, token, f"{R}/users", limit=3)
    line = AuditEntry.objects.get(verb="oneroster.read")
    assert (line.by_id, line.object_type, line.detail["rows"]) == (district.users["dina"].pk, "users", 3)


# -- writing -----------------------------------------------------------------------------------------------------------


def put(http, token: str, path: str, body: object):
    sent = body if isinstance(body, str) else json.dumps(body)
    return http.put(path, sent, content_type="application/json", headers={"authorization": f"Bearer {token}"})


def item(**values: object) -> dict:
    return {"lineItem": {
        "sourcedId": "NEW", "title": "Fractions", "assignDate": "2026-03-02T00:00:00.000Z", "dueDate": "2026-03-09T00:00:00.000Z",
        "class": {"sourcedId": "C-mathematics", "type": "class"}, "category": {"sourcedId": "HW"}, "resultValueMin": 0,
        "resultValueMax": 20, "school": {"sourcedId": "0002"}, "academicSession": {"sourcedId": "TERM"}} | values}  # fmt: skip


def result(**values: object) -> dict:
    return {"result": {
        "sourcedId": "R-1", "lineItem": {"sourcedId": "NEW"}, "student": {"sourcedId": "sis-sam"}, "scoreStatus": "fully graded",
        "score": 17.5, "scoreDate": "2026-03-09", "comment": "well done"} | values}  # fmt: skip


def test_a_line_item_and_a_result_are_made_changed_and_taken_back(district, client, writer):
    assert put(client, writer, f"{G}/lineItems/NEW", item()).status_code == 201
    changed = put(client, writer, f"{G}/lineItems/NEW", item(title="Fractions, " + "long " * 40))
    assert (changed.status_code, changed.json()["lineItem"]["title"][:10]) == (200, "Fractions,")
    first = put(client, writer, f"{G}/results/R-1", result())
    assert (first.status_code, first.json()["result"]["score"]) == (201, 17.5)
    assert put(client, writer, f"{G}/results/R-1", result(score=18)).status_code == 200
    kept = CourseworkResult.objects.get(source="gradebook", source_key="R-1")
    assert (kept.score, kept.student_id, kept.comment, kept.status) == (
        18.0,
        district.sam.pk,
        "well done",
        "fully graded",
    )
    assert ids(get(client, writer, f"{G}/classes/C-mathematics/lineItems/NEW/results")) == ["R-1"]
    delete = {"headers": {"authorization": f"Bearer {writer}"}}
    assert client.delete(f"{G}/results/R-1", **delete).status_code == 204
    assert not CourseworkResult.objects.filter(source_key="R-1").exists()
    assert client.delete(f"{G}/lineItems/NEW", **delete).status_code == 204
    assert get(client, writer, f"{G}/lineItems/NEW").json()["lineItem"]["status"] == "tobedeleted"
    verbs = AuditEntry.objects.filter(detail__caller__startswith="client:").exclude(verb="oneroster.read")
    assert {"coursework.sent", "score.taken_back", "coursework.withdrawn"} == set(
        verbs.order_by().values_list("verb", flat=True)
    )


def test_an_exempt_result_is_no_zero(district, client, writer):
    put(client, writer, f"{G}/lineItems/NEW", item())
    assert (
        put(client, writer, f"{G}/results/R-1", result(scoreStatus="exempt", score=None)).status_code == 201
    )
    kept = CourseworkResult.objects.get(source_key="R-1")
    assert (kept.score, kept.status, kept.is_missing) == (None, "exempt", False)


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({"score": 21}, 422), ({"score": "17"}, 422), ({"scoreStatus": "graded"}, 422), ({"student": {"sourcedId": "sis-omar"}}, 422),
        ({"student": {"sourcedId": "sis-none"}}, 404), ({"student": "sis-sam"}, 422), ({"lineItem": {"sourcedId": "x\0"}}, 422),
        ({"scoreDate": "soon"}, 422), ({"sourcedId": "R-2"}, 422), ({"score": 10**400}, 422), ({"missing": "maybe"}, 422),
        ({"comment": "\ud800"}, 422), ({"student": {"sourcedId": "T-tess"}}, 404),
    ],
)  # fmt: skip
def test_a_result_that_cannot_be_is_refused_with_a_sentence_and_changes_nothing(
    client, writer, values, expected
):
    put(client, writer, f"{G}/lineItems/NEW", item())
    answer = put(client, writer, f"{G}/results/R-1", result(**values))
    assert (answer.status_code, bool(answer.json()["imsx_description"])) == (expected, True)
    assert not CourseworkResult.objects.filter(source_key="R-1").exists()


@pytest.mark.parametrize("body", ["", "[]", "{", '{"result": 3}', "[" * 100_000])
def test_a_body_that_is_no_result_is_refused(client, writer, body):
    assert put(client, writer, f"{G}/results/R-1", body).status_code in (400, 415)


def test_what_another_system_brought_stays_its_own(district, client, writer):
    sent = item(sourcedId="LI-0", **{"class": {"sourcedId": "C-mathematics"}})
    assert put(client, writer, f"{G}/lineItems/LI-0", sent).status_code == 403
    key = CourseworkResult.objects.filter(source="sis").order_by("id").first().source_key
    asked = client.delete(f"{G}/results/{key}", headers={"authorization": f"Bearer {writer}"})
    assert asked.status_code == 403
    assert CourseworkItem.objects.filter(source="gradebook").count() == 0


def test_writing_needs_its_scope_and_its_school(district, client):
    reader = token_of(client, district, *READING, by="dina")
    assert put(client, reader, f"{G}/lineItems/NEW", item()).status_code == 403
    monroe = token_of(client, district, *ALL, by="dina", where="monroe", source="gradebook")
    assert put(client, monroe, f"{G}/lineItems/NEW", item()).status_code == 404


def test_the_database_itself_lets_nobody_write_work_beyond_their_post(district, client):
    from django.db import DatabaseError, connection, transaction  # noqa: PLC0415

    with district.looking_as("otto"), pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:  # fmt: skip
        cursor.execute(
            "SELECT oneroster_put_line_item(NULL, 'x', 'sis', %s, NULL, NULL, 'x', '', '2026-01-01', '2026-01-02', 0, 1)",
            [district.classes["mathematics"].pk],
        )


def test_a_key_for_marks_reads_no_roster(district, client):
    from crescendo.records import actions  # noqa: PLC0415

    secret = actions.make_sending_key(source="sis", by=district.users["adam"], at=AT)
    assert get(client, secret, f"{R}/users").status_code == 403
    make_client(district, CORE)
