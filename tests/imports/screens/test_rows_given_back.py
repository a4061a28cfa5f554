"""Rows that were set aside can be taken away as they came, and nothing in them runs."""

from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse

from cast import Cast
from crescendo.imports.sources.table import giving_back
from imports.table.school import GOOD, bring_in, make_school

pytestmark = pytest.mark.django_db(transaction=True)


def test_unmatched_rows_are_written_out_with_their_reason_and_without_formulas(
    client: Client, cast: Cast, tmp_path: Path
) -> None:
    make_school()
    run = bring_in(tmp_path, GOOD + "77777,03/05/2026,A,100\n=1+1,03/06/2026,A,100\n")
    url = reverse("imports:set_aside_export", args=[run.pk])
    client.force_login(cast.users["dina"])
    assert url in client.get(reverse("imports:import_detail", args=[run.pk])).content.decode()
    lines = client.get(url).content.decode().removeprefix("\ufeff").splitlines()
    assert lines[0] == "file,row,why,Student ID,Date,Code,Missed"
    assert lines[1] == "attendance.csv,5,Names something that we do not know,77777,03/05/2026,A,100"
    assert lines[2].startswith("attendance.csv,6,Names something that we do not know,'=1+1,")
    torn = bring_in(tmp_path, GOOD + "00110,03/07/2026," + "A" * 300 + "\n")
    lines = client.get(reverse("imports:set_aside_export", args=[torn.pk])).content.decode().splitlines()
    assert lines[1].endswith(",00110,03/07/2026," + "A" * 300), "each cell in its own column, and whole"
    assert giving_back._cells_of("a\rb,c", ",") == ["a\rb,c"]
    client.force_login(cast.users["priya"])
    assert client.get(url).status_code == 403
