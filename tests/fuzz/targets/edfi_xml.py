"""Ed-Fi's bulk XML, as a stream: document types, entities, depth, encodings, references, damaged ends."""

from crescendo.imports.bench import Workbench
from crescendo.imports.sources import edfi
from fuzz import promise

NAMES = ("Student.xml", "EducationOrganization.xml", "StudentEnrollment.xml", "Descriptors.xml")
OPEN = '<?xml version="1.0" encoding="UTF-8"?>\n<Interchange{0} xmlns="http://ed-fi.org/5.2.0">\n{1}\n</Interchange{0}>\n'
SCHOOL = "<School id='s1'><NameOfInstitution>Elm</NameOfInstitution><SchoolId>255901001</SchoolId><EducationOrganizationCategory>uri://x#School</EducationOrganizationCategory><GradeLevel>uri://x#Ninth grade</GradeLevel><GradeLevel>uri://x#Tenth grade</GradeLevel></School>"  # noqa: E501
STUDENT = "<Student id='p1'><StudentUniqueId>604821</StudentUniqueId><Name><FirstName>Ann</FirstName><LastSurname>Ode</LastSurname></Name><BirthData><BirthDate>2012-03-01</BirthDate></BirthData></Student>"  # noqa: E501
ENROLMENT = "<StudentSchoolAssociation><StudentReference ref='p1'/><SchoolReference><SchoolIdentity><SchoolId>255901001</SchoolId></SchoolIdentity></SchoolReference><EntryDate>2025-08-18</EntryDate><SchoolYear>2025-2026</SchoolYear><EntryGradeLevel>uri://x#Ninth grade</EntryGradeLevel></StudentSchoolAssociation>"  # noqa: E501
ATTENDANCE = "<StudentSchoolAttendanceEvent><AttendanceEvent><EventDate>2026-02-31</EventDate><AttendanceEventCategory>uri://x#Unexcused Absence</AttendanceEventCategory><EventDuration>0.5</EventDuration></AttendanceEvent><StudentReference><StudentIdentity><StudentUniqueId>604821</StudentUniqueId></StudentIdentity></StudentReference></StudentSchoolAttendanceEvent>"  # noqa: E501


def _named(name: str, content: str) -> str:
    return f"== {name}\n{content}"


def seeds() -> list[bytes]:
    student = OPEN.format("Student", STUDENT)
    whole = (
        _named("Student.xml", student)
        + _named("EducationOrganization.xml", OPEN.format("EducationOrganization", SCHOOL))
        + _named("StudentEnrollment.xml", OPEN.format("StudentEnrollment", ENROLMENT + ATTENDANCE))
    )
    bomb = '<!DOCTYPE a [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]>\n<InterchangeStudent>&b;</InterchangeStudent>'
    return [
        whole.encode(),
        _named("Student.xml", student.replace("5.2.0", "9.9")).encode(),
        _named("Student.xml", bomb).encode(),
        _named("Student.xml", '<!DOCTYPE a SYSTEM "file:///etc/passwd"><InterchangeStudent/>').encode(),
        whole[:-200].encode(),
        b"== Student.xml\n" + student.replace("UTF-8", "UTF-16").encode("utf-16"),
        b"== Student.xml\n" + student.replace("UTF-8", "ISO-8859-1").encode("latin-1"),
        _named("Student.xml", student.replace("Ann", "<a>" * 60 + "</a>" * 60)).encode(),
        _named("Student.xml", student.replace("Ann", "<a>" * 250 + "x" + "</a>" * 250)).encode(),
        _named(
            "Student.xml", student.replace("Ann", "<aReference>" * 250 + "x" + "</aReference>" * 250)
        ).encode(),
        _named("Student.xml", student.replace("Ann", "&#0;&#xd800;")).encode(),
        _named("Student.xml", student.replace("Ann", "<!-- x --><?php x ?><![CDATA[<>]]>")).encode(),
        _named("Student.xml", OPEN.format("Student", STUDENT + STUDENT.replace("Ann", "Eve"))).encode(),
        b"== Student.xml\n\n",
    ]


def _stage(bench: Workbench) -> None:
    edfi.stage(bench)


def try_one(data: bytes) -> None:
    if files := promise.parts_of(data, NAMES):
        promise.keep(_stage, files)
