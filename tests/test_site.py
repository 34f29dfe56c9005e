"""The reading copy without a browser: every page is there, every link holds, nothing comes from the network."""

import io
import re
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote

import pytest
from samples.published import REPOSITORY, built

from authoring.notebook import read_notebook
from authoring.places import targets
from authoring.publish.site import explain, site
from authoring.publish.site_documents import document, documents
from authoring.publish.site_source import WORDS, folded, notebook_page

LOADED = {("img", "src"), ("script", "src"), ("link", "href"), ("iframe", "src"), ("source", "src"), ("video", "src")}

pytestmark = pytest.mark.slow


class Elements(HTMLParser):
    """What a page links to, loads, and shows."""

    def __init__(self, path):
        super().__init__()
        self.links, self.loads, self.names, self.pictures = [], [], set(), []
        self.feed(path.read_text(encoding="utf-8"))

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        self.names.add(attributes.get("id"))
        if tag == "a" and attributes.get("href"):
            self.links.append(attributes["href"])
        if tag == "img":
            self.pictures.append(attributes)
        self.loads += [attributes[name] for each, name in LOADED if each == tag and attributes.get(name)]


@pytest.fixture(scope="module")
def folder():
    return built("site")


@pytest.fixture(scope="module")
def pages(folder):
    return {path: Elements(path) for path in sorted(folder.rglob("*.html")) if "_static" not in path.parts}


def test_every_notebook_and_document_is_a_page_and_in_the_navigation(folder, pages):
    wanted = [target.notebook for target in targets(REPOSITORY)] + documents(REPOSITORY)
    wanted = {folder / Path(path).with_suffix(".html") for path in wanted}
    assert len(wanted) >= 70 and wanted <= set(pages)
    first = {(folder / unquote(link).partition("#")[0]).resolve() for link in pages[folder / "index.html"].links}
    assert {path for path in wanted if path.parent.parent.name in ("chapters", "docs")} <= first


def test_every_link_and_anchor_leads_somewhere(pages):
    broken = []
    for path, page in pages.items():
        for link in page.links:
            if re.match(r"(https?|mailto):", link):
                continue
            place, _, anchor = unquote(link).partition("#")
            other = (path.parent / place).resolve() if place else path
            if not other.is_file() or (anchor and other in pages and anchor not in pages[other].names):
                broken.append((path.name, link))
    assert broken == []


def test_nothing_is_loaded_from_the_network(folder, pages):
    assert [address for page in pages.values() for address in page.loads if re.match(r"(https?:)?//", address)] == []
    own_styles = (folder / "_static" / "lmcourse.css").read_text(encoding="utf-8")
    assert "@import" not in own_styles and "http" not in own_styles


def test_every_picture_of_a_lesson_says_what_it_shows(pages):
    lessons = [page for path, page in pages.items() if "chapters" in path.parts]
    pictures = [each for page in lessons for each in page.pictures if each["src"].startswith("data:")]
    assert len(pictures) > 100
    assert [picture["alt"] for picture in pictures if len(picture.get("alt") or "") < 40] == []


def test_links_to_binder_open_what_exists(pages):
    opened = {
        unquote(link).partition("urlpath=lab/tree/")[2]
        for page in pages.values()
        for link in page.links
        if link.startswith("https://mybinder.org")
    }
    assert len(opened) >= 50
    assert [path for path in opened if not (REPOSITORY / path).is_file()] == []


def test_the_code_of_a_question_is_left_out_and_its_answer_folded(folder):
    text = (folder / "chapters/1_saddle_points/1_critical_points.html").read_text(encoding="utf-8")
    assert "lm.quiz" not in text and text.count("<summary>The answer</summary>") == 2


def test_a_page_changes_only_what_it_says():
    """Every stored output but the questions' stands in the page as it stands in the notebook."""
    import nbformat

    target = next(each for each in targets(REPOSITORY) if each.kind == "chapter")
    page = nbformat.reads(notebook_page(target, [target], REPOSITORY), 4)
    original = nbformat.read(REPOSITORY / target.notebook, 4)
    assert len(page.cells) == len(original.cells) + 1
    for before, after in zip(original.cells, page.cells[:1] + page.cells[2:], strict=True):
        assert before.source == after.source
        if "quiz" not in before.metadata.get("tags", []) and "lm.widgets." not in before.source:
            assert before.get("outputs") == after.get("outputs")


def test_a_page_does_not_speak_of_what_only_a_notebook_can_do(folder):
    for path, words in WORDS.items():
        text = "\n\n".join(cell.source for cell in read_notebook(REPOSITORY / path).cells)
        assert [said for said in words if text.count(said) != 1] == [], "the notebook has changed: change WORDS"
    quiz = (folder / "companion/6_final_quiz.html").read_text(encoding="utf-8")
    assert "nothing is counted" in quiz and "of 20 answered" not in quiz and "Your result" not in quiz
    start = (folder / "00_start_here.html").read_text(encoding="utf-8")
    assert "Three words that we keep apart" in start and "Beside the lessons" in start
    assert not re.search("Everything is in order|answered|Run the first cell", start)
    lesson = (folder / "chapters/1_saddle_points/1_critical_points.html").read_text(encoding="utf-8")
    assert lesson.count("(The controls work in the notebook.)") == 1


def test_solutions_say_what_they_are():
    for target in [each for each in targets(REPOSITORY) if each.kind == "solution"]:
        text = notebook_page(target, [target], REPOSITORY)
        assert "# Solutions:" in text and ", with solutions and reasons." in text and "as often as you like" not in text


def test_a_full_stop_stays_with_its_own_formula(folder):
    text = (folder / "solutions/4_over_parameterization/1_spurious_minima.html").read_text(encoding="utf-8")
    assert re.search(r"a copy of <code[^>]*>.*?W.*?</code>\.", text) and not re.search(r"d\\\)</span>\.\.", text)


def test_folded_answers_escape_what_is_no_tag():
    assert "a &lt; b: <strong>right.</strong>" in folded([("a < b.", True, "Yes.")])


def test_links_of_documents(tmp_path):
    (tmp_path / "pyproject.toml").write_text('[project]\nversion = "1.2"\n')
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs/a.md").write_text("# A\n\n[x](b.md#lmstarts-1) [y](../LICENSE) [z](https://a.org)\n")
    (tmp_path / "docs/b.md").write_text("# B\n\n## `lm.starts`\n\n## lm.starts\n")
    text = document("docs/a.md", {"docs/a.md", "docs/b.md"}, tmp_path)
    assert "(b.md#lm.starts-1)" in text and "/blob/v1.2/LICENSE)" in text and "(https://a.org)" in text


def test_a_broken_link_stops_the_site_with_its_place(folder, tmp_path):
    """On a small course of one page."""
    import nbformat

    (tmp_path / "pyproject.toml").write_text('[project]\nversion = "0"\n')
    (tmp_path / "docs").mkdir()
    cells = [nbformat.v4.new_markdown_cell("# Start\n\n[nowhere](chapters/9_x/1_y.ipynb)")]
    nbformat.write(nbformat.v4.new_notebook(cells=cells), tmp_path / "00_start_here.ipynb")
    (tmp_path / "sources").mkdir()
    (tmp_path / "sources/00_start_here.py").write_text("# %% [markdown]\n# # Start\n")
    said = io.StringIO()
    assert site(targets(tmp_path), tmp_path, tmp_path / "site", said) == 1
    assert "00_start_here.ipynb" in said.getvalue() and "repair:" in said.getvalue()


def test_a_missing_builder_is_named():
    assert "python3 course.py site" in explain("/usr/bin/python: No module named sphinx")
