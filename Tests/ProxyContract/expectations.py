"""Expectations of responses, with messages."""

import json

OK = '{"status":"OK","URI":""}\n'
NOT_FOUND = '{"status":"NOT - OK: 404","URI":""}\n'
OUT_OF_RANGE = '{"status":"NOT - OK: 416 Requested Range Not Satisfiable","URI":""}\n'


class NotApplicable(Exception):
    """A case that does not apply to a deployment; the text says why."""


class Limited(Exception):
    """A server cannot do what a case requires, and reports it as configured; the text describes its response."""


def expect(condition, *said):
    if not condition:
        raise AssertionError(" ".join(str(part) for part in said))


def expect_answer(answer, status, body, what):
    expect(answer.status == status, what, "is", answer.status, "instead of", status, answer.text[:200])
    expect(answer.text == body, what, "says", repr(answer.text[:300]), "instead of", repr(body))
    kind = answer.header("content-type")
    expect(kind == "application/json", what, "has the type", kind)


def expect_envelope(answer, statuses, what):
    """Expects one of the statuses with a JSON envelope, from the server or the responder."""
    expect(answer.status in statuses, what, "is", answer.status, "instead of one of", statuses, answer.text[:200])
    kind = answer.header("content-type") or ""
    expect(kind.startswith("application/json"), what, answer.status, "has the type", kind, answer.text[:200])
    envelope = json.loads(answer.text)
    expect(list(envelope) == ["status", "URI"] and envelope["URI"] == "", what, "says", answer.text)
    expect(envelope["status"].startswith("NOT - OK: "), what, "says", answer.text)
