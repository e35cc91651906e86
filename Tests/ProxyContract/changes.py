"""Cases in which what there is to show changes."""

from Tests.harness import eventually

from .expectations import NOT_FOUND, NotApplicable, expect, expect_answer, expect_envelope


def nothing_found_yet(site):
    """While nothing has been found, /latest is 503, and says when to ask again."""
    if site.cell.transport == "cgi":
        raise NotApplicable("each request crawls before it answers")
    for answer in site.answers_before:
        expect_envelope(answer, (503,), "before the first crawl")
        expect((answer.header("retry-after") or "").isdecimal(), "Retry-After is", answer.header("retry-after"))


def disappeared(site):
    """What is there no more is gone within seconds, however often it is asked for, and comes back."""
    paths = ("/tags/caf%C3%A9/latest", "/tags/caf%C3%A9/latest/0/image", "/tags/caf%C3%A9/latest/image")
    for path in paths:
        expect(site.get(path).status == 200, path, "before")
    site.reconfigure(INSTACRAWLER_HASHTAGS="golang")
    for path in paths:
        # Asking must not keep it: that is what fetches an answer anew in the background.
        eventually(f"{path} is gone", lambda: site.status_of(path) == 404)
        for _ in range(20):
            expect_answer(site.get(path), 404, NOT_FOUND, path)
    site.reconfigure(INSTACRAWLER_HASHTAGS="golang,café")
    for path in paths:
        eventually(f"{path} is back", lambda: site.status_of(path) == 200)
