"""An Ed-Fi API, read: discovery, token, pages, change queries, deletes and key changes, with patience for a busy host.

Follows Ed-Fi's own description of change queries (docs.ed-fi.org, "Changed Record Queries", and the ODS/API client guide): take
the newest change version first, read every resource in the order of dependencies up to it, and remember it only when all
was applied. Answers are written to disk as they came; what they mean is the work of `reading.py`.
"""

import json
import logging
import os
import stat
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

logger = logging.getLogger(__name__)
PAGE = 500  # what hosts allow at most unless they say otherwise
TRIES = 6
FIRST_WAIT_SECONDS, LONGEST_WAIT_SECONDS = 1.0, 60.0
BUSY = frozenset({408, 425, 429, 500, 502, 503, 504})
NOT_GRANTED = frozenset({403, 404})
TIMEOUT = httpx.Timeout(60.0, connect=15.0)

# In the order in which things point at each other; the host's own order of dependencies goes before it.
RESOURCES = (
    "stateEducationAgencies", "educationServiceCenters", "localEducationAgencies", "schools", "organizationDepartments",
    "gradingPeriods", "sessions", "calendars", "calendarDates", "courses", "courseOfferings", "sections", "students", "contacts",
    "parents", "staffs", "studentSchoolAssociations", "studentEducationOrganizationAssociations", "studentDemographics",
    "studentContactAssociations", "studentParentAssociations", "studentSectionAssociations",
    "staffEducationOrganizationAssignmentAssociations", "staffSectionAssociations", "studentSchoolAttendanceEvents",
    "studentSectionAttendanceEvents", "sectionAttendanceTakenEvents", "grades", "studentAcademicRecords", "courseTranscripts",
    "gradebookEntries", "studentGradebookEntries", "assessments", "objectiveAssessments", "studentAssessments",
    "learningStandards", "disciplineIncidents", "studentDisciplineIncidentBehaviorAssociations", "disciplineActions",
    "programs", "studentProgramAssociations", "studentSpecialEducationProgramAssociations",
    "studentLanguageInstructionProgramAssociations", "studentHomelessProgramAssociations",
    "studentSchoolFoodServiceProgramAssociations", "studentTitleIPartAProgramAssociations", "studentCTEProgramAssociations",
    "studentMigrantEducationProgramAssociations", "studentSection504ProgramAssociations", "cohorts", "studentCohortAssociations",
    "interventions", "studentInterventionAssociations", "surveys", "surveyQuestions", "surveyResponses", "surveyQuestionResponses",
    "performanceEvaluations", "evaluations", "evaluationObjectives", "evaluationElements", "performanceEvaluationRatings",
    "evaluationRatings", "evaluationObjectiveRatings", "evaluationElementRatings", "goals",
)  # fmt: skip


class ApiError(Exception):
    """The host cannot be read. Says what was asked and what came, never a key, a secret or a record."""


@dataclass(frozen=True)
class Connection:
    """Where an Ed-Fi API is and how to sign in. Key and secret live in the environment or in a file for their owner alone."""

    base_url: str
    key: str = field(repr=False)
    secret: str = field(repr=False)
    school_year: int | None = None
    resources: tuple[str, ...] = RESOURCES
    use_snapshot: bool = False

    @classmethod
    def from_settings(cls, settings: dict[str, Any]) -> "Connection":
        """Of a source's settings: base_url, school_year, resources, and `credentials_file` or `key_variable` and `secret_variable`."""
        if "base_url" not in settings:
            raise ApiError(
                "No address is known. Say it with --base-url, or on the system's page: the one that answers with the API's version."
            )
        if not str(settings["base_url"]).startswith(("https://", "http://")):
            raise ApiError(
                f"'{settings['base_url']}' is no address. Write it whole, such as https://ods.example.org."
            )
        if wrong := {"key", "secret"} & set(settings):
            raise ApiError(
                f"The settings hold {' and '.join(sorted(wrong))} in plain. Name an environment variable or a file instead."
            )
        key, secret = _credentials(settings)
        return cls(
            str(settings["base_url"]).rstrip("/"), key, secret, settings.get("school_year"),
            tuple(settings.get("resources", RESOURCES)), bool(settings.get("use_snapshot", False)),
        )  # fmt: skip


def _credentials(settings: dict[str, Any]) -> tuple[str, str]:
    if name := settings.get("credentials_file"):
        path = Path(name)
        if not path.is_file():
            raise ApiError(f"There is no file {path} with the key and the secret.")
        if stat.S_IMODE(path.stat().st_mode) & 0o077:
            raise ApiError(f"{path} can be read by others. Run: chmod 600 {path}")
        found = [line.strip() for line in path.read_text().splitlines() if line.strip()]
        if len(found) != 2:
            raise ApiError(f"{path} must hold two lines: the key, and the secret.")
        return found[0], found[1]
    names = [
        settings.get("key_variable", "CRESCENDO_EDFI_KEY"),
        settings.get("secret_variable", "CRESCENDO_EDFI_SECRET"),
    ]
    if missing := [name for name in names if not os.environ.get(name)]:
        raise ApiError(f"Set the environment variable(s) {', '.join(missing)}, or name a credentials_file.")
    return os.environ[names[0]], os.environ[names[1]]


@dataclass(frozen=True)
class Window:
    """The change versions to read: after `after` up to `newest`. `after` None: everything."""

    after: int | None
    newest: int


class Client:
    """One reading of one API. Close it, or use it in a `with`."""

    def __init__(
        self, connection: Connection, *, transport: httpx.BaseTransport | None = None,
        sleep: Callable[[float], None] = time.sleep, page: int = PAGE,
    ) -> None:  # fmt: skip
        self.connection, self.sleep, self.page = connection, sleep, page
        self.http = httpx.Client(timeout=TIMEOUT, transport=transport, follow_redirects=False)
        self.token, self.not_granted = "", list[str]()
        self.urls = self._discover()

    def __enter__(self) -> "Client":
        return self

    def __exit__(self, *_: object) -> None:
        self.http.close()

    # -- signing in ------------------------------------------------------------------------------------------------

    def _discover(self) -> dict[str, str]:
        """The host says where its data and its tokens are: versions differ, so nothing is taken for granted."""
        answer = self._send("GET", self.connection.base_url, signed=False)
        urls = _json(answer).get("urls") if isinstance(_json(answer), dict) else None
        if not isinstance(urls, dict) or not urls.get("oauth") or not urls.get("dataManagementApi"):
            raise ApiError("The base_url does not answer as an Ed-Fi API does: no addresses of its services.")
        year = str(self.connection.school_year or "")
        own = httpx.URL(self.connection.base_url).host
        found = {
            str(name): str(url).replace("{schoolYearFromRoute}", year).rstrip("/")
            for name, url in urls.items()
        }
        if foreign := {httpx.URL(found[name]).host for name in ("oauth", "dataManagementApi")} - {own}:
            raise ApiError(
                f"The host sends its readers to {', '.join(sorted(foreign))}. Write that address as the base_url if it is right."
            )
        return found

    def _sign_in(self) -> None:
        answer = self._send(
            "POST", self.urls["oauth"], signed=False, data={"grant_type": "client_credentials"},
            auth=(self.connection.key, self.connection.secret),
        )  # fmt: skip
        self.token = str(_json(answer).get("access_token") or "")
        if not self.token:
            raise ApiError("The host gave no token. Check the key and the secret.")

    # -- asking ----------------------------------------------------------------------------------------------------

    def _send(self, method: str, url: str, *, signed: bool = True, **more: Any) -> httpx.Response:
        """Ask, and ask again while the host is busy, waiting longer each time or as long as it says. A stale token is renewed once."""
        renewed, wait = False, FIRST_WAIT_SECONDS
        if signed and not self.token:
            self._sign_in()
        for attempt in range(1, TRIES + 1):
            headers = {"Accept": "application/json"}
            if signed:
                headers["Authorization"] = f"Bearer {self.token}"
                headers |= {"Use-Snapshot": "true"} if self.connection.use_snapshot else {}
            try:
                answer = self.http.request(method, url, headers=headers, **more)
            except httpx.TransportError as error:
                answer, problem = None, type(error).__name__
            else:
                problem = str(answer.status_code)
                if answer.status_code == 401 and signed and not renewed:
                    renewed = True
                    self._sign_in()
                    continue
                if answer.status_code not in BUSY:
                    return self._checked(answer)
            if attempt < TRIES:
                self.sleep(_wait_seconds(answer, wait))
                wait = min(wait * 2, LONGEST_WAIT_SECONDS)
        where = url.partition("?")[0].rstrip("/")
        raise ApiError(f"{where} did not answer after {TRIES} tries ({problem}). Nothing was changed.")

    def _checked(self, answer: httpx.Response) -> httpx.Response:
        if answer.is_success or answer.status_code in NOT_GRANTED:
            return answer
        if answer.status_code in {400, 401} and answer.request.url.path.endswith("token"):
            raise ApiError("The host refused the key or the secret.")
        raise ApiError(
            f"{_path(str(answer.request.url))} answered {answer.status_code}. Nothing was changed."
        )

    def find_newest(self) -> int | None:
        """The newest change version; None where the host has no change queries."""
        base = self.urls.get("changeQueries") or self.urls["dataManagementApi"].replace(
            "/data/v3", "/changeQueries/v1"
        )
        answer = self._send("GET", f"{base}/availableChangeVersions")
        if answer.status_code in NOT_GRANTED:
            return None
        body = {str(name).lower(): value for name, value in _json(answer).items()}
        newest = body.get("newestchangeversion")
        if not isinstance(newest, int):
            raise ApiError("The host does not say what its newest change version is.")
        return newest

    def list_resources(self) -> list[str]:
        """The resources to read, in the host's order of dependencies where it tells one."""
        wanted = list(self.connection.resources)
        if url := self.urls.get("dependencies"):
            answer = self._send("GET", url)
            if answer.is_success and isinstance(body := _json(answer), list):
                order = {
                    str(one.get("resource", "")).rpartition("/")[2]: int(one.get("order", 0)) for one in body
                }
                wanted.sort(key=lambda name: order.get(name, len(RESOURCES)))
        return wanted

    def pages(self, path: str, window: Window | None) -> Iterator[list[dict[str, Any]]]:
        """The pages of a collection. A page that changes shift is read twice rather than skipped: the reader drops doubles."""
        query: dict[str, Any] = {"limit": self.page}
        if window and window.after is not None:
            query |= {"minChangeVersion": window.after + 1}
        if window:
            query |= {"maxChangeVersion": window.newest}
        offset, total = 0, None
        while True:
            answer = self._send(
                "GET", f"{self.urls['dataManagementApi']}/ed-fi/{path}",
                params=query | {"offset": offset} | ({"totalCount": "true"} if total is None else {}),
            )  # fmt: skip
            if answer.status_code in NOT_GRANTED:
                self.not_granted.append(path)
                return
            rows = _json(answer)
            if not isinstance(rows, list):
                raise ApiError(f"/ed-fi/{path} did not answer with a list. Nothing was changed.")
            if total is None:
                told = answer.headers.get("Total-Count", "")
                total = int(told) if told.isdecimal() else -1
            if rows:
                yield rows
            offset += len(rows)
            # A short page ends a collection, unless the host promised more: then its limit is lower than ours.
            if not rows or (total >= 0 and offset >= total) or (total < 0 and len(rows) < self.page):
                if rows or total < 0 or offset >= total:
                    return
                raise ApiError(
                    f"/ed-fi/{path} promised {total} records and gave {offset}. Nothing was changed."
                )

    def fetch(
        self, folder: Path, window: Window | None, on_step: Callable[[str, int, int | None], None]
    ) -> dict[str, int]:
        """Write every resource to `folder` as JSON lines; how many records each file has. Deletes only for changes."""
        counts: dict[str, int] = {}
        resources = self.list_resources()
        changes = window is not None and window.after is not None
        for position, name in enumerate(resources):
            on_step(f"fetching {name}", position, len(resources))
            if changes:
                counts[f"{name}/keyChanges"] = self._write(
                    folder / name / "keyChanges.jsonl", f"{name}/keyChanges", window
                )
            counts[name] = self._write(folder / name / "upserts.jsonl", name, window)
        for name in reversed(resources) if changes else ():
            if name not in self.not_granted:
                counts[f"{name}/deletes"] = self._write(
                    folder / name / "deletes.jsonl", f"{name}/deletes", window
                )
        return counts

    def _write(self, path: Path, asked: str, window: Window | None) -> int:
        number = 0
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("w", encoding="utf-8") as file:
            for page in self.pages(asked, window):
                for record in page:
                    file.write(json.dumps(record, ensure_ascii=False) + "\n")
                number += len(page)
        if asked in self.not_granted:
            path.unlink()
        logger.info("fetched %s: %s records", asked, number)
        return number


def _wait_seconds(answer: httpx.Response | None, otherwise: float) -> float:
    said = (answer.headers.get("Retry-After") or "") if answer is not None else ""
    return min(float(said), LONGEST_WAIT_SECONDS) if said.isdecimal() else otherwise


def _json(answer: httpx.Response) -> Any:
    try:
        return answer.json()
    except ValueError:
        raise ApiError(
            f"{_path(str(answer.request.url))} did not answer with JSON. Nothing was changed."
        ) from None


def _path(url: str) -> str:
    """The path alone: a query may hold what nobody should read in a log."""
    return httpx.URL(url).path
