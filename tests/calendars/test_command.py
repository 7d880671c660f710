"""``kanjian import notice``."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from kanjian.calendars.selectors import year_status
from kanjian.calendars.working_time import YearStatus
from kanjian.cli.app import app
from kanjian.ledger.models import Event

pytestmark = pytest.mark.django_db
NOTICE = "date,kind,name\n2027-01-01,off,元旦\n2027-05-01,off,劳动节\n2027-10-01,off,国庆节\n"


def test_a_notice_is_loaded_or_refused_line_by_line(tmp_path: Path) -> None:
    runner, file = CliRunner(env={"COLUMNS": "200"}), tmp_path / "notice.csv"
    file.write_text(NOTICE.replace("05-01", "05-41"), encoding="utf-8")
    refused = runner.invoke(app, ["import", "notice", "2027", str(file), "--source", "国办发明电〔2026〕1号"])
    assert refused.exit_code == 1
    assert "2027-05-41" in refused.output
    assert year_status(2027) is None
    file.write_text(NOTICE, encoding="utf-8")
    loaded = runner.invoke(app, ["import", "notice", "2027", str(file), "--source", "国办发明电〔2026〕1号"])
    assert loaded.exit_code == 0, loaded.output
    assert year_status(2027) is YearStatus.OFFICIAL
    assert Event.objects.get().data["source"] == "国办发明电〔2026〕1号"
