"""OneRoster files: the manifest, headers and their aliases, every cell; staged whole, strict and forgiving."""

import packages
from crescendo.imports.bench import Workbench
from crescendo.imports.sources import oneroster
from fuzz import promise

NAMES = (
    "manifest.csv",
    "orgs.csv",
    "academicSessions.csv",
    "courses.csv",
    "classes.csv",
    "users.csv",
    "roles.csv",
    "enrollments.csv",
    "demographics.csv",
    "categories.csv",
    "lineItems.csv",
    "results.csv",
    "relationships.csv",
    "School.csv",
    "Student.csv",
)


def _package(version: str, mode: str) -> bytes:
    rows = packages.district()
    parts = {"manifest.csv": packages.manifest(rows, mode, version)}
    parts |= {f"{name}.csv": packages.to_csv(name, some, version) for name, some in rows.items()}
    return b"".join(f"== {name}\n{content}".encode() for name, content in parts.items())


def seeds() -> list[bytes]:
    whole = _package("1.2", "bulk")
    return [
        b"\x00" + whole,
        b"\x01" + whole,
        b"\x00" + _package("1.1", "delta"),
        b"\x01" + _package("1.1", "bulk"),
        b"\x00" + whole.replace(b"== manifest.csv", b"== relationships.csv"),
        b"\x00== orgs.csv\nsourcedId,status,dateLastModified,name,type,metadata.x,password\nd,active,2026-01-01T00:00:00.000Z,North,district,1,\n"  # noqa: E501
        b"d,tobedeleted,infinity,N,school,,p\n1.23E+15,,,X,ext:y,,\n",
        b"\x00== academicSessions.csv\nsourcedId,title,type,startDate,endDate,parentSourcedId,schoolYear\n"
        b"y,Y,schoolYear,13/08/2025,05/06/2026,,2025-26\nt,T,term,0000-01-01,9999-12-31,y,99999\n",
        b"\x00== users.csv\nsourcedId,enabledUser,orgSourcedIds,role,username,givenName,familyName,grades,agentSourcedIds\n"
        b'a,yes,"d;s|t",Student,a,Ann,Ode,"9,10",b\nb,1,d,parent,b,Bo,Ode,,a\nb,1,d,parent,b,Bo,Ode,,a\nc,x,d,pilot,c,Cy,Ode,,\n',
        b"\x00" + whole + b"x9,\x01,\n",
        b"\x00"
        + whole.split(b"== results.csv")[0]
        + b"== results.csv\nsourcedId,lineItemSourcedId,studentSourcedId\n",
        b"\x00== School.csv\nSIS ID,Name\ns1,Elm\n== Student.csv\nSIS ID,School SIS ID,First Name,Last Name,Username\n1,s1,Ann,Ode,ann\n",
    ]


def _stage(bench: Workbench) -> None:
    oneroster.stage(bench)


def try_one(data: bytes) -> None:
    files = promise.parts_of(data[1:], NAMES)
    if files:
        promise.keep(
            _stage, files, strict=bool(data[0] & 1), settings={"date_order": "dmy"} if data[0] & 2 else {}
        )
