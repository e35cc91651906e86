"""Shared helpers of the checks of a running service."""

import contextlib

import pytest

from Tests.harness import Service, eventually, left_running, mark_run


def pytest_addoption(parser):
    parser.addoption("--screenshots", metavar="DIRECTORY", help="where to write pictures of the pages")


@pytest.fixture(scope="session", autouse=True)
def nothing_left():
    """Fails if a check leaves a process running."""
    mark_run()
    yield
    eventually("all that was started has ended", lambda: not left_running())


@pytest.fixture(scope="module")
def start():
    """Starts a service and waits for pictures. With `period`, its sandbox publishes a post in each period."""
    with contextlib.ExitStack() as stack:
        def start(period=None, ready="/latest", holds=None, **settings):
            service = stack.enter_context(Service(**settings))
            if period:
                service.start_sandbox(period)
            service.start()
            service.wait_for(ready, holds or (lambda response: response.status == 200))
            return service

        yield start


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    """Adds the logs of the services to a failure."""
    report = yield
    if report.failed:
        report.sections += [(f"log of {service.address}", service.log_tail()) for service in Service.started]
    return report
