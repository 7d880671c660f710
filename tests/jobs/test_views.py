"""Who sees a job, and what the page does while it runs."""

import pytest

from kanjian.jobs.models import Job

pytestmark = pytest.mark.django_db


@pytest.fixture
def job(home, ligong):
    return Job.objects.create(
        name="导入数值", function="x.y", owner=ligong, state="running", done=41, total=100, message="写入"
    )


@pytest.mark.parametrize("path", ["/jobs/{}/", "/jobs/{}/progress/"])
def test_the_owner_and_administrators_see_it_and_nobody_else(
    path, job, client_of, ligong, administrator, village_clerk
):
    address = path.format(job.pk)
    assert client_of(ligong).get(address).status_code == 200
    assert client_of(administrator).get(address).status_code == 200
    assert client_of(village_clerk).get(address).status_code == 404
    answer = client_of(None).get(address)
    assert answer.status_code == 302
    assert answer.url.startswith("/accounts/login/")


def test_a_list_holds_the_own_jobs(job, client_of, ligong, administrator, village_clerk):
    assert "导入数值" in client_of(ligong).get("/jobs/").content.decode()
    assert "导入数值" in client_of(administrator).get("/jobs/").content.decode()
    assert "导入数值" not in client_of(village_clerk).get("/jobs/").content.decode()
    assert client_of(None).get("/jobs/").status_code == 302


def test_a_running_job_asks_for_itself_again_and_a_finished_one_does_not(job, client_of, ligong):
    page = client_of(ligong).get(f"/jobs/{job.pk}/progress/").content.decode()
    assert 'hx-trigger="every 1s"' in page
    assert "41 / 100" in page
    Job.objects.update(state="done", result={"url": "/boards/"})
    page = client_of(ligong).get(f"/jobs/{job.pk}/progress/").content.decode()
    assert "hx-trigger" not in page
    assert 'href="/boards/"' in page


def test_a_failure_shows_its_reason_and_can_be_noted(job, client_of, ligong, village_clerk):
    Job.objects.update(state="failed", error="ValueError: 第 5 行有误")
    client = client_of(ligong)
    assert "第 5 行有误" in client.get(f"/jobs/{job.pk}/").content.decode()
    address = f"/jobs/{job.pk}/acknowledge/"
    assert client_of(village_clerk).post(address).status_code == 404
    assert client_of(None).post(address).status_code == 302
    assert client.get(address).status_code == 405
    job.refresh_from_db()
    assert job.acknowledged_at is None
    assert client.post(address).status_code == 302
    job.refresh_from_db()
    assert job.acknowledged_at is not None
