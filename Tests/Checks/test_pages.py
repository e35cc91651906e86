"""A headless Chromium loads the pages of a service with a sandbox, and axe checks their accessibility.

These are faults of a page: an error on the console, a violation of the Content-Security-Policy, a request to another host, a
page wider than a phone, elements that move while it loads, an invisible focus, and new pictures that do not appear on their
own. Pages must also work without JavaScript. `make screenshots` also writes docs/screenshots.
"""

import json
import pathlib
import urllib.parse

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect, sync_playwright

from Tests.harness import GUARD, find

HERE = pathlib.Path(__file__).parent
PHONE, NARROW, DESKTOP = (390, 844), (360, 740), (1280, 860)
PATHS = ["/", "/tags/golang", "/tags", "/embed/golang", "/embed/golang?columns=6&count=50&theme=dark", "/?before=1:a:b"]
CARDS = "document.querySelectorAll('[data-post]')"
FIRST = "document.querySelector('[data-post]').dataset.post"
SETTINGS = {
    "INSTACRAWLER_DATABASE": ":memory:", "INSTACRAWLER_HASHTAGS": "golang,sunset,東京", "INSTACRAWLER_INTERVAL": "1s",
    "LOG_LEVEL": "critical"}
# Milliseconds, as Playwright counts.
PATIENCE = GUARD * 1000
expect.set_options(timeout=PATIENCE)


@pytest.fixture(scope="module")
def browser():
    program = find("chromium") or find("chromium-browser") or find("google-chrome")
    assert program, "no Chromium was found: run scripts/setup --pages"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=["--disable-gpu", "--disable-dev-shm-usage"])
        yield browser
        browser.close()


@pytest.fixture
def look(browser):
    """Opens a new page in its own profile; `page.complaints` and `page.asked` record its errors and requests."""
    contexts = []

    def look(size, theme="light", scale=1, scripts=True):
        width, height = size
        context = browser.new_context(
            viewport={"width": width, "height": height}, device_scale_factor=scale, is_mobile=width < 600, color_scheme=theme,
            reduced_motion="reduce", java_script_enabled=scripts)
        contexts.append(context)
        context.set_default_timeout(PATIENCE)
        page = context.new_page()
        if scripts:
            page.add_init_script(path=HERE / "watch.js")
        page.complaints, page.asked = [], []
        page.on("console", lambda message: message.type in ("error", "warning", "assert") and page.complaints.append(
            f"{message.text} {message.location.get('url', '')}"))
        page.on("pageerror", lambda error: page.complaints.append(str(error)))
        page.on("request", lambda request: page.asked.append(request.url))
        return page

    yield look
    for context in contexts:
        context.close()


@pytest.fixture(scope="module")
def still(start):
    """A service without new posts during the checks."""
    return start(period="10m", ready="/tags/golang/latest/15", **SETTINGS)


@pytest.fixture(scope="module")
def lively(start):
    return start(period="2s", ready="/tags/golang/latest/15", **SETTINGS)


@pytest.fixture(scope="module")
def broken(start):
    """A service whose upstream does not respond; ready when the first crawl of each hashtag has failed."""
    def has_failed(response):
        sources = json.loads(response.body)["sources"]
        return bool(sources) and all(source["state"] == "failing" for source in sources)

    return start(ready="/health", holds=has_failed, INSTAGRAM_GRAPH_URL="http://127.0.0.1:1/v23.0", **SETTINGS)


def expect_accessible(page):
    """axe finds no fault. It cannot decide the contrast of text over pictures, so that is checked without the pictures."""
    types = ["violations", "incomplete"]
    result = Axe().run(page, options={"resultTypes": types})
    assert result.violations_count == 0, result.generate_report()
    assert {rule["id"] for rule in result.response["incomplete"]} <= {"color-contrast"}, result.response["incomplete"]
    page.evaluate("() => document.querySelectorAll('img, svg').forEach((picture) => picture.style.visibility = 'hidden')")
    # A text may be a single digit.
    checks = {"color-contrast": {"options": {"ignoreLength": True}}}
    result = Axe().run(page, options={"resultTypes": types, "runOnly": ["color-contrast"], "checks": checks})
    assert result.violations_count == 0, result.generate_report()
    assert result.response["incomplete"] == []


def expect_whole_page(page, address, width):
    """Checks everything that applies to every page."""
    page.goto(address)
    assert page.evaluate((HERE / "page.js").read_text(), [width, PATIENCE]) == []
    assert page.complaints == []
    host = urllib.parse.urlsplit(address).netloc
    others = [url for url in page.asked if urllib.parse.urlsplit(url).netloc != host and not url.startswith("data:")]
    assert others == [], "another host is asked"
    expect_accessible(page)


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("size", [NARROW, DESKTOP], ids=["narrow", "desktop"])
class TestEveryPage:
    @pytest.mark.parametrize("path", PATHS)
    def test_is_whole(self, look, still, path, size, theme):
        expect_whole_page(look(size, theme), still.address + path, size[0])

    def test_says_why_it_is_empty(self, look, broken, size, theme):
        page = look(size, theme)
        expect_whole_page(page, broken.address + "/", size[0])
        text = page.locator("main").inner_text()
        assert "Nothing here yet" in text and "sandbox, #golang: it cannot be reached" in text
        assert "instagram" not in text.lower()


@pytest.mark.parametrize("path", ["/tags/golang", "/tags", "/embed/golang"])
def test_the_keyboard_reaches_what_shows_its_focus(look, still, path):
    page, seen = look(DESKTOP), set()
    page.goto(still.address + path)
    for _ in range(12):
        page.keyboard.press("Tab")
        element, is_seen, is_body = page.evaluate("""() => {
            const element = document.activeElement, style = getComputedStyle(element);
            return [element.outerHTML.slice(0, 120), element.matches(":focus-visible")
                && style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2, element === document.body];
        }""")
        if is_body:
            break
        seen.add(element)
        assert is_seen, f"the focus is not seen on {element}"
    assert len(seen) > 2, f"the keyboard reaches only {seen}"


def test_pages_need_no_scripts(look, still):
    page = look(PHONE, scripts=False)
    page.goto(still.address + "/tags/golang")
    assert page.locator("[data-post]").count() == 20
    assert page.locator("button").count() == 0, "a button that does nothing"
    page.goto(urllib.parse.urljoin(page.url, page.locator("[rel=next]").first.get_attribute("href")))
    assert page.locator("h1").inner_text() == "#golang, earlier"


def test_new_pictures_appear(look, lively):
    page = look(DESKTOP)
    page.goto(lively.address + "/tags/golang")

    def first():
        return page.evaluate(FIRST)

    def expect_another(before):
        """Waits until the first picture has changed."""
        expect(page.locator("[data-post]").first).not_to_have_attribute("data-post", before)

    expect_another(first())
    expect(page.locator("[role=status]")).to_contain_text("new picture")
    assert page.evaluate(f"""() => {{
        const posts = [...{CARDS}].map((card) => card.dataset.post);
        const times = posts.map((post) => Number(post.split(":")[0]));
        return new Set(posts).size === posts.length && times.every((time, i) => !i || times[i - 1] >= time);
    }}"""), "the cards are not in order, or one is there twice"
    # A visitor further down the page gets an offer of the new pictures.
    page.evaluate("() => new Promise((done) => (scrollTo(0, 900), requestAnimationFrame(() => requestAnimationFrame(done))))")
    before = first()
    expect(page.locator(".offer")).to_be_visible()
    assert first() == before, "the page moves under somebody who reads"
    page.evaluate("() => document.querySelector('.offer').click()")
    assert first() != before and page.evaluate("scrollY") == 0, "what was offered does not come"
    # Updates can be stopped: two new pictures arrive, and the page shows neither.
    page.evaluate("() => (document.activeElement.blur(), document.querySelector('.live').click())")
    before = first()
    for _ in range(2):
        newest = lively.get("/tags/golang/latest").body
        lively.wait_for("/tags/golang/latest", lambda response, newest=newest: response.body != newest)
    assert first() == before, "new pictures appear although that was turned off"
    page.evaluate("() => document.querySelector('.live').click()")
    expect_another(before)
    assert page.evaluate("watch.violations") == [], "against the Content-Security-Policy"
    assert page.complaints == []


@pytest.mark.parametrize("name, path, size, scale, theme", [
    ("gallery-desktop-light", "/", DESKTOP, 1, "light"), ("gallery-desktop-dark", "/", DESKTOP, 1, "dark"),
    ("gallery-phone-light", "/tags/golang", PHONE, 2, "light"), ("gallery-phone-dark", "/tags/golang", PHONE, 2, "dark"),
    ("embed", "/embed/golang?columns=4&count=8", (640, 360), 2, "light"), ("hashtags", "/tags", DESKTOP, 1, "light")])
def test_screenshots(request, tmp_path, look, still, name, path, size, scale, theme):
    """Takes a screenshot of at most 200 kB, in the directory of --screenshots."""
    page = look(size, theme, scale)
    page.goto(still.address + path)
    page.evaluate("() => Promise.all([...document.images].filter((image) => image.getBoundingClientRect().top < innerHeight)"
                  ".map((image) => image.decode()))")
    file = pathlib.Path(request.config.getoption("--screenshots") or tmp_path) / f"{name}.jpg"
    file.parent.mkdir(parents=True, exist_ok=True)
    for quality in range(85, 20, -8):
        if len(page.screenshot(path=file, type="jpeg", quality=quality)) <= 200_000:
            break
    assert file.stat().st_size <= 200_000
    print(f"{file.name}: {file.stat().st_size // 1000} kB")
