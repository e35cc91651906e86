"""After some requests of each kind, promtool reads /metrics, and docs/operations.md describes every metric."""

import re
import subprocess

import pytest

from Tests.harness import REPOSITORY

PATHS = ["/", "/status", "/health", "/latest", "/latest/0", "/latest/999999", "/latest/image", "/tags", "/tags/golang", "/nothing",
         "/openapi.json"]


@pytest.fixture(scope="module")
def metrics(start):
    service = start()
    for path in PATHS:
        service.get(path)
    response = service.get("/metrics")
    assert response.status == 200
    return response.body.decode()


@pytest.fixture(scope="module")
def names(metrics):
    names = set(re.findall(r"^# TYPE ([a-z_]*) ", metrics, re.M))
    assert names
    print(f"{len(names)} metrics")
    return names


@pytest.fixture(scope="module")
def described():
    with open(f"{REPOSITORY}/docs/operations.md", encoding="utf-8") as file:
        return file.read()


def test_promtool_finds_no_fault(metrics):
    checked = subprocess.run(["promtool", "check", "metrics"], input=metrics, capture_output=True, text=True)
    assert checked.returncode == 0, checked.stdout + checked.stderr


def test_every_metric_is_described(names, described):
    assert {name for name in names if f"`{name}`" not in described} == set()


def test_every_described_metric_exists(names, described):
    assert set(re.findall(r"^\| `([a-z_]*)` \| (?:counter|gauge|histogram) ", described, re.M)) - names == set()
