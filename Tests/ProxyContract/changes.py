"""Cases in which posts appear or disappear."""

from Tests.harness import eventually

from .expectations import NOT_FOUND, NotApplicable, expect, expect_answer, expect_envelope


def nothing_found_yet(site):
    """While there are no posts, /latest is 503 with Retry-After."""
    if site.cell.transport == "cgi":
        raise NotApplicable("each request crawls before it answers")
    for answer in site.answers_before:
        expect_envelope(answer, (503,), "before the first crawl")
        expect((answer.header("retry-after") or "").isdecimal(), "Retry-After is", answer.header("retry-after"))


def disappeared(site):
    """A removed object disappears within seconds, however often it is requested, and can come back."""
    paths = ("/tags/caf%C3%A9/latest", "/tags/caf%C3%A9/latest/0/image", "/tags/caf%C3%A9/latest/image")
    for path in paths:
        expect(site.get(path).status == 200, path, "before")
    site.reconfigure(INSTACRAWLER_HASHTAGS="golang")
    for path in paths:
        # Requests must not keep it in the cache, although they update responses in the background.
        eventually(f"{path} is gone", lambda: site.status_of(path) == 404)
        for _ in range(20):
            expect_answer(site.get(path), 404, NOT_FOUND, path)
    site.reconfigure(INSTACRAWLER_HASHTAGS="golang,café")
    for path in paths:
        eventually(f"{path} is back", lambda: site.status_of(path) == 200)
