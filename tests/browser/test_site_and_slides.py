"""The reading copy and the slides as a browser shows them: formulas, pictures, search, and pages that nothing leaves."""

import re

import pytest
from accessibility import barriers
from samples.published import REPOSITORY, built

from authoring.places import targets

LESSONS = [target.notebook for target in targets(REPOSITORY) if target.kind == "chapter"]
PAGES = ["00_start_here.ipynb", "companion/6_final_quiz.ipynb", *LESSONS]
KINDS = [  # one page of each kind
    "index", "search", "00_start_here", "chapters/3_deep_linear/2_bad_saddles",
    "exercises/1_saddle_points/1_critical_points", "solutions/1_saddle_points/1_critical_points", "companion/1_notation",
    "companion/6_final_quiz", "docs/teaching/README", "docs/accessibility",
]  # fmt: skip
LOOK = """() => {
  const unset = [], skipped = new Set(["PRE", "CODE", "SCRIPT", "STYLE", "MJX-CONTAINER"]);
  function read(node) {  // text that still holds the marks of a formula or of bold letters
    if (node.nodeType === Node.TEXT_NODE && /\\$[^$]+\\$|\\\\[(\\[]|\\*\\*/.test(node.data)) unset.push(node.data.trim());
    if (!skipped.has(node.tagName)) node.childNodes.forEach(read);
  }
  read(document.querySelector("main") ?? document.body);
  const loose = [...document.querySelectorAll("main mjx-container:not([display])")].filter((formula) => {
    const rest = formula.parentElement.nextSibling, range = document.createRange();  // a full stop on the line below
    if (rest?.nodeType !== Node.TEXT_NODE || !/^[.,;:]/.test(rest.data)) return false;
    range.setStart(rest, 0);
    range.setEnd(rest, 1);
    return range.getBoundingClientRect().left < formula.getBoundingClientRect().left;
  });
  const pictures = [...document.images].filter((image) => !image.complete || image.naturalWidth === 0);
  return {
    unset, loose: loose.map((formula) => formula.textContent),
    refused: [...document.querySelectorAll("mjx-merror")].map((each) => each.textContent),
    formulas: document.querySelectorAll("mjx-container").length, pictures: pictures.map((each) => each.alt),
    wider: document.documentElement.scrollWidth - window.innerWidth,
  };
}"""
MEASURE = """() => {
  const found = [], page = Reveal.getCurrentSlide().querySelector(".page"), body = page.querySelector(".body");
  const frame = page.getBoundingClientRect(), foot = page.querySelector(".foot").getBoundingClientRect();
  for (const each of [page.querySelector("h1, h2"), ...body.querySelectorAll("*")]) {
    if (each.closest("mjx-assistive-mml, defs")) continue;
    const box = each.getBoundingClientRect();
    if (box.right > frame.right + 1 || box.bottom > foot.top + 2) found.push("over the edge: " + each.tagName);
    const text = [...each.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && node.data.trim());
    if (text && parseFloat(getComputedStyle(each).fontSize) < 18.6) found.push("small: " + each.textContent.slice(0, 40));
    if (each.tagName === "IMG" && each.dataset.points < 14) found.push("small labels: " + each.alt.slice(0, 40));
  }
  if (page.querySelector("h1, h2").scrollWidth > page.clientWidth) found.push("title");
  return found;
}"""
NEXT = "() => { while (Reveal.availableFragments().next) Reveal.nextFragment(); Reveal.next(); }"


@pytest.fixture(scope="module")
def page(browser):
    """A page that notes what it asks of the network, and what goes wrong."""
    page = browser.new_page(viewport={"width": 1280, "height": 720})
    page.trouble = []
    page.on("request", lambda asked: page.trouble.append(asked.url) if asked.url.startswith(("http", "ws")) else None)
    page.on("requestfailed", lambda asked: page.trouble.append(f"failed: {asked.url[:200]}"))
    page.on("pageerror", lambda error: page.trouble.append(str(error)))
    yield page
    page.context.close()


@pytest.fixture(scope="module")
def site():
    return built("site")


@pytest.fixture(scope="module")
def decks():
    return sorted(built("slides").glob("[0-9]*.html"))


@pytest.mark.parametrize("notebook", PAGES)
def test_a_page_of_the_site_is_whole(page, site, notebook):
    page.trouble.clear()
    page.goto((site / notebook).with_suffix(".html").as_uri())
    page.wait_for_function("window.MathJax?.startup?.promise")
    page.evaluate("() => MathJax.startup.promise.then(() => true)")
    seen = page.evaluate(LOOK)
    assert seen["formulas"] > (0 if notebook in PAGES[:1] else 10)
    assert [seen["unset"], seen["refused"], seen["pictures"], page.trouble] == [[], [], [], []]
    assert seen["wider"] <= 0, "the page is wider than the window"
    page.set_viewport_size({"width": 400, "height": 720})
    narrow = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
    page.set_viewport_size({"width": 1280, "height": 720})
    assert seen["loose"] == [], "a line begins with the full stop of a formula"
    assert narrow <= 0, "on a telephone the page moves sideways"


@pytest.mark.parametrize("name", KINDS)
def test_nothing_on_the_site_stops_a_reader(page, site, name):
    page.goto((site / f"{name}.html").as_uri())
    page.evaluate("() => window.MathJax?.startup?.promise?.then(() => true)")
    assert barriers(page, "html", exclude=["mjx-math", "mjx-assistive-mml"]) == []


def test_the_search_finds_a_lesson(page, site):
    page.trouble.clear()
    page.goto((site / "search.html").as_uri() + "?q=spurious")
    link = page.locator("#search-results a", has_text="Spurious minima").first
    link.wait_for(timeout=20_000)
    assert "1_spurious_minima.html" in link.get_attribute("href")
    assert [each for each in page.trouble if each.startswith("http")] == []
    page.wait_for_load_state("networkidle")  # the search reads on; what it asks for must not fail in the next test


def test_on_paper_only_the_text_is_left(page, site):
    page.goto((site / "chapters/4_over_parameterization/1_spurious_minima.html").as_uri())
    page.emulate_media(media="print")
    for hidden in (".bd-sidebar-primary", ".bd-header-article", ".prev-next-footer"):
        assert not any(each.is_visible() for each in page.locator(hidden).all()), hidden
    cut = "() => [...document.querySelectorAll('main pre')].filter((each) => each.scrollWidth > each.clientWidth + 1).length"
    assert page.evaluate(cut) == 0, "a line of code would be cut at the edge of the paper"
    page.goto((site / "chapters/1_saddle_points/3_escaping.html").as_uri())  # it has the widest formula
    page.set_viewport_size({"width": 673, "height": 950})  # A4 without its margins, in pixels
    page.evaluate("() => MathJax.startup.promise.then(() => true)")
    wide = cut.replace("main pre", "mjx-container[display]")
    assert page.evaluate(wide) == 0, "a formula would be cut at the edge of the paper"
    page.set_viewport_size({"width": 1280, "height": 720})
    page.emulate_media(media="screen")


@pytest.mark.parametrize("number", range(len(LESSONS)))
def test_slides_are_legible_and_nothing_leaves_the_page(page, decks, number):
    page.goto("about:blank")
    page.trouble.clear()
    page.goto(decks[number].as_uri())
    page.wait_for_function("document.body.dataset.ready", timeout=60_000)
    seen, problems, total = page.evaluate(LOOK), {}, page.evaluate("Reveal.getTotalSlides()")
    for place in range(1, total + 1):
        if found := page.evaluate(MEASURE):
            problems[place] = found
        page.evaluate(NEXT)
    assert problems == {} and 25 <= total <= 60
    assert [seen["unset"], seen["refused"], seen["pictures"], page.trouble] == [[], [], [], []]


def test_keys_go_through_the_slides_and_notes_are_there(page, decks):
    page.goto(decks[0].as_uri())
    page.wait_for_function("document.body.dataset.ready", timeout=60_000)
    page.keyboard.press("Space")
    title = page.evaluate("Reveal.getCurrentSlide().querySelector('h2').textContent")
    assert title == "Where the ground is level"
    assert re.search(r"\w+", page.evaluate("document.querySelector('aside.notes').textContent"))
