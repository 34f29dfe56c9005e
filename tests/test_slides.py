"""Lessons cut into slides, and figures alone: what stands on which page. How it looks is tested in the browser."""

import io
import re
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output
from PIL import Image, ImageDraw
from samples.published import REPOSITORY, built

from authoring.notebook import read_notebook
from authoring.places import Target, targets
from authoring.publish.figures import figures
from authoring.publish.slide_pages import pages_of
from authoring.publish.slide_pictures import LEAST, decoded, encoded, explorer_call, halves, picture_pages, redrawn
from authoring.publish.slide_proofs import without_details
from authoring.publish.slide_text import LINES, lines_of_html, output_pages, pack, split_text
from authoring.publish.slides import section, slides, with_links_to_decks
from authoring.publish.unbroken import unbroken_html

LESSONS = [target for target in targets(REPOSITORY) if target.kind == "chapter"]
SLIDE = {"slideshow": {"slide_type": "slide"}}
QUESTION = "<p><strong>Predict: how many?</strong></p><ul><li>one</li></ul>"


def html_output(text):
    return new_output("display_data", {"text/html": text, "text/plain": "text"})


def picture(width=8.0, height=3.0, drawn=()):
    """A stored figure of so many inches; `drawn` are rectangles in pixels of the page."""
    image = Image.new("RGB", (round(96 * width), round(96 * height)), "white")
    for box in drawn:
        ImageDraw.Draw(image).rectangle(box, fill="black")
    address = f"data:image/png;base64,{encoded(image)}"
    return (
        f'<figure><img alt="A line." src="{address}" width="{image.width}"><figcaption>It falls.</figcaption></figure>'
    )


def lesson(*cells):
    title = new_markdown_cell("# Traps\n\n*Can it get stuck?*", metadata=SLIDE)
    return pages_of(new_notebook(cells=[title, *cells]))


# -------------------------------------------------------------------------------------------------- pages


def test_marked_text_is_a_page_and_other_text_is_for_the_speaker():
    pages = lesson(new_markdown_cell("## Shown\n\nFor all.", metadata=SLIDE), new_markdown_cell("Only said."))
    assert [(page.kind, page.title, page.first) for page in pages] == [
        ("title", "Traps", True),
        ("text", "Shown", True),
    ]
    assert "For all." in pages[1].body and pages[1].notes == ["<p>Only said.</p>\n"]


def test_a_question_comes_before_its_picture_and_its_result_after():
    pages = lesson(
        new_code_cell("lm.predict()", metadata={"tags": ["predict"]}, outputs=[html_output(QUESTION)]),
        new_code_cell("draw()", outputs=[html_output(picture())]),
        new_code_cell("print()", outputs=[new_output("stream", text="found: 9\n")]),
        new_code_cell("lm.reveal()", metadata={"tags": ["reveal"]}, outputs=[html_output("<p>Measured: 9.</p>")]),
    )
    assert [page.kind for page in pages] == ["title", "question", "picture"]
    assert re.search(r'<img.*class="below"><pre>found: 9</pre>.*Measured: 9\.', pages[2].body)


def test_a_result_stands_below_its_picture_only_where_it_has_room():
    wide, tall, result = picture(8, 3), picture(8, 5), html_output("<p>Measured: 9.</p>")
    reveal = new_code_cell("lm.reveal()", metadata={"tags": ["reveal"]}, outputs=[result])
    long = new_code_cell("print()", outputs=[new_output("stream", text="found: 9\n" * 9)])

    def kinds(image, cell):
        return [page.kind for page in lesson(new_code_cell("draw()", outputs=[html_output(image)]), cell)]

    assert kinds(wide, reveal) == ["title", "picture"]
    assert kinds(tall, reveal) == kinds(wide, long) == ["title", "picture", "result"]


def test_a_short_text_shares_the_page_with_its_question_but_never_with_a_result_that_answers_it():
    text = new_markdown_cell("## Count\n\nLet us count.", metadata=SLIDE)
    question = new_code_cell("lm.predict()", metadata={"tags": ["predict"]}, outputs=[html_output(QUESTION)])
    result = new_code_cell("print()", outputs=[new_output("stream", text="9")])
    assert [page.kind for page in lesson(text, question, result)] == ["title", "text with question", "result"]
    assert [page.kind for page in lesson(text, result)] == ["title", "text with result"]
    long = new_markdown_cell("## Count\n\n" + "Let us count. " * 130, metadata=SLIDE)
    assert [page.kind for page in lesson(long, question)] == ["title", "text", "question"]


def test_no_code_on_a_page_but_in_the_notes():
    pages = lesson(
        new_markdown_cell("## A", metadata=SLIDE), new_code_cell("secret = 1", outputs=[html_output(picture())])
    )
    assert all("secret" not in page.body for page in pages)
    assert "secret = 1" in "".join(note for page in pages for note in page.notes)


def test_the_answers_of_a_quiz_come_with_the_next_key():
    code = 'lm.quiz("1.1/x", "Is it?", [("yes", False, "No: a < b."), ("no", True, "Indeed.")])'
    stored = html_output("<p><strong>Quiz: Is it?</strong></p><ul><li>yes</li><li>no</li></ul>")
    body = lesson(new_code_cell(code, metadata={"tags": ["quiz"]}, outputs=[stored]))[1].body
    assert body.count("fragment") == 2 and "✗ No: a &lt; b." in body and "✓ Indeed." in body
    assert body.count("Quiz: Is it?") == 1 and body.count("<li>") == 2


@pytest.mark.parametrize("text", ["word " * 900, "- an item\n" * 40, "| a | b |\n|---|---|\n" + "| c | d |\n" * 30])
def test_a_long_text_is_split_and_nothing_is_lost(text):
    pages = split_text(text) if text[0] != "w" else split_text("\n\n".join([text[:700]] * 6))
    assert len(pages) > 1
    words = {"w": 6 * 140, "-": 80, "|": 60}[text[0]]
    shown = re.sub(r"<thead>.*?</thead>", " ", "".join(pages), flags=re.DOTALL)
    assert len(re.sub(r"<[^>]+>", " ", shown).split()) == words
    assert all(lines_of_html(page) <= 1.2 * LINES for page in pages)


def test_a_formula_stays_with_its_sentence():
    blocks = "\n\n".join(["word " * 100] * 3 + ["By hand:", "$$ H = 1 $$"])
    assert "By hand" in split_text(blocks)[-1] and "H = 1" in split_text(blocks)[-1]


def test_long_outputs_are_split_and_pages_are_even():
    assert len(output_pages("line\n" * 20)) == 2
    assert output_pages("") == []
    assert [len(group) for group in pack(list(range(6)), lambda number: LINES / 5)] == [3, 3]


def test_no_page_is_left_for_a_last_line():
    lines = "\n".join(f"line {number}" for number in range(25))
    assert [page.count("line") for page in output_pages(lines)] in ([12, 13], [13, 12])


def test_how_a_result_was_made_stands_at_the_foot():
    made = "Made by `lmcourse reproduce escaping`: seeds 0 to 9 for each of 2 rows."
    pages = lesson(new_code_cell("print()", outputs=[new_output("stream", text=f"{made}\nfound: 9\n")]))
    page = section(pages[1], "1.3 Escaping")
    body, foot = page.split('<div class="foot">')
    assert "found: 9" in body and "Made by" not in body
    assert '<p class="made">Made by lmcourse reproduce escaping: seeds 0 to 9 for each of 2 rows.</p>' in foot
    alone = lesson(new_code_cell("print()", outputs=[new_output("stream", text=made)]))
    assert len(alone) == 1 and "Made by" in section(alone[0], "1.3 Escaping").split('class="foot"')[1]


def test_a_certificate_on_a_slide_is_short_and_still_true():
    proof = (
        "<p><b>Theorem.</b> On the landscape 'relu, model fa97d243865ccab253aa75c46164c113' a minimum.</p><table>"
        "<tr><td>loss</td><td>between 5.87253580866478 and 5.87253580866483</td></tr>"
        "<tr><td>seconds</td><td>0.0033</td></tr></table>"
    )
    body = lesson(new_code_cell("proof", outputs=[html_output(proof)]))[1].body
    assert "between 5.8725 and 5.8726" in body and "'relu'" in body and "seconds" not in body
    assert "between -5.8726 and -5.8725" in without_details("between -5.87253580866483 and -5.87253580866478")


def test_both_parts_of_a_table_have_columns_of_the_same_width():
    parts = split_text("| a | b |\n|---|---|\n" + "| c | a long cell of a table |\n" * 30)
    columns = [re.findall(r'<col style="width: (\d+)%">', part) for part in parts]
    assert (
        len(parts) > 1 and all(each == columns[0] for each in columns) and sum(map(int, columns[0])) in (99, 100, 101)
    )


def test_values_stay_on_one_line_and_formulas_and_code_as_they_are():
    kept = "<pre>k = 20</pre> $k = 20$ \\(k = 20\\) <img alt='k = 20'>"
    assert unbroken_html(kept) == kept
    assert '<span class="together">k = n = 20</span>' in unbroken_html("<p>at k = n = 20</p>")
    assert unbroken_html("1e-10 or 95 %").count('class="together"') == 2


def test_a_table_is_counted_as_the_browser_sets_it():
    short = (
        "<table><tr><th>condition</th><th>what it buys</th></tr>"
        + "<tr><td>bias</td><td>a lemma</td></tr>" * 9
        + "</table>"
    )
    assert lines_of_html(short) == pytest.approx(15.6)
    uneven = f"<table><tr><td>bias</td><td>{'word ' * 16}</td></tr></table>"
    assert lines_of_html(uneven) == pytest.approx(2.1), "the short column leaves the long one its room"


def test_what_indents_the_first_line_of_an_output_is_kept():
    assert output_pages("  8 neurons\n 32 neurons\n") == ["<pre>  8 neurons\n 32 neurons</pre>"]


def test_parts_of_two_sections_share_no_page():
    pages = lesson(new_markdown_cell("## A\n\nOne.\n\n### B\n\nTwo.", metadata=SLIDE))
    assert [page.title for page in pages] == ["Traps", "A", "B"]


def test_a_bracket_stays_with_its_formula():
    assert (
        '<span class="together">(<span class="math inline">\\(W_1\\)</span></span> stands'
        in split_text("x ($W_1$ stands)")[0]
    )


def test_links_lead_to_slides_or_become_words():
    links = '<a href="2_b.ipynb#X">next</a> <a href="../../exercises/1_c/1_a.ipynb">try</a> <a href="https://a.org">paper</a>'
    target = Target("chapters/1_c/1_a.ipynb", "sources/chapters/1_c/1_a.py", "chapter")
    assert with_links_to_decks(links, target) == '<a href="1.2_b.html">next</a> try <a href="https://a.org">paper</a>'


# ----------------------------------------------------------------------------------------------- pictures


def test_a_tall_picture_is_cut_where_nothing_is_drawn():
    body = "".join(picture_pages(picture(8, 8, [(10, 10, 700, 360), (10, 420, 700, 700)]), "draw()"))
    assert body.count("<img") == 2 and "(part 2 of 2)" in body
    upper = decoded(re.search('base64,([^"]+)', body)[1])
    assert halves(upper) == [upper], "the upper part holds one row of the figure"


def test_a_picture_without_an_empty_band_stays_whole():
    image = decoded(re.search('base64,([^"]+)', picture(8, 8, [(10, 10, 700, 700)]))[1])
    assert halves(image) == [image]


@pytest.mark.slow
def test_an_explorer_is_drawn_anew_with_labels_of_the_size_promised():
    call = explorer_call("explorer = lm.widgets.ReluExplorer()")
    image, width, label = redrawn(call, 1104)
    assert label * 1232 / width >= LEAST and image.width > 1232
    assert explorer_call("lm.widgets.ReluExplorer(start)") is None


# -------------------------------------------------------------------------------------- the whole course


@pytest.fixture(scope="module")
def folder():
    return built("slides")


@pytest.mark.slow
def test_every_lesson_has_slides_and_they_ask_nothing_of_the_network(folder):
    decks = sorted(folder.glob("[0-9]*.html"))
    assert len(decks) == len(LESSONS) == 16
    for deck in decks:
        text = re.sub(r"base64,[^\"]+", "", deck.read_text(encoding="utf-8"))
        loaded = re.findall(r"<(?:script|link|img|iframe)\b[^>]*\b(?:src|href)=\"([^\"]+)\"", text)
        assert [address for address in loaded if not address.startswith(("assets/", "data:"))] == []
        assert all((folder / address).is_file() for address in loaded if address.startswith("assets/"))
        for link in re.findall(r'<a href="(?!https?:)([^"]+)"', text):
            assert (folder / link).is_file(), (deck.name, link)


@pytest.mark.slow
@pytest.mark.parametrize("target", LESSONS, ids=lambda target: target.notebook)
def test_a_lesson_has_ten_to_twenty_columns_and_shows_every_figure(folder, target):
    number = ".".join(part.split("_")[0] for part in Path(target.notebook).parts[1:])
    text = next(folder.glob(f"{number}_*.html")).read_text(encoding="utf-8")
    assert 10 <= text.count("<section>\n<section>") <= 20
    outputs = [out for cell in read_notebook(REPOSITORY / target.notebook).cells for out in cell.get("outputs", [])]
    shown = [out.data["text/html"] for out in outputs if "<img" in out.get("data", {}).get("text/html", "")]
    alts = re.findall(r'<img alt="([^"]{40,}?)(?: \(part \d of \d\))?" src', text)
    assert len(set(alts)) == len(shown) >= 6


def test_without_the_packages_the_command_says_what_to_do(monkeypatch, tmp_path):
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    said = io.StringIO()
    assert slides(LESSONS[:1], folder=tmp_path, out=said) == 1 and "repair: python3 course.py slides" in said.getvalue()


def test_only_lessons_have_slides_and_figures(tmp_path):
    start = [target for target in targets(REPOSITORY) if target.kind == "start"]
    for command in (slides, figures):
        said = io.StringIO()
        assert command(start, folder=tmp_path, out=said) == 1 and "for example: 4.1" in said.getvalue()


# ------------------------------------------------------------------------------------------ figures alone


def test_figures_are_those_of_the_notebook_with_captions_and_licence(tmp_path):
    assert figures(LESSONS[:1], folder=tmp_path, out=io.StringIO()) == 0
    files = sorted(path.name for path in (tmp_path / "1.1").iterdir())
    text = (tmp_path / "1.1" / "README.txt").read_text(encoding="utf-8")
    assert files[-1] == "explorer.png" and len(files) >= 8 and "CC BY 4.0" in text
    assert all(name.removesuffix(".png") in text for name in files if name != "README.txt")
    Image.open(tmp_path / "1.1" / files[0]).verify()


@pytest.mark.slow
def test_svg_runs_the_lesson_and_leaves_no_trace_of_it(tmp_path, monkeypatch):
    """On a lesson of one figure."""
    monkeypatch.delenv("LMCOURSE_FIGURES", raising=False)
    monkeypatch.setenv("PYTHONPATH", str(REPOSITORY))
    source = tmp_path / "sources/chapters/9_x/1_y.py"
    source.parent.mkdir(parents=True)
    source.write_text(
        "# %% [markdown]\n# # Y\n\n# %%\nimport lmcourse as lm\n\nfig, ax = lm.plots.figure(4, 3)\n"
        'lm.show(fig, caption="An empty figure, which is all that this test needs here.",\n'
        '        alt="Two axes at right angles and nothing between them at all.")\n'
    )
    (tmp_path / "pyproject.toml").write_text('[project]\nversion = "0"\n')
    notebook = tmp_path / "chapters/9_x/1_y.ipynb"
    notebook.parent.mkdir(parents=True)
    nbformat.write(new_notebook(cells=[new_code_cell("", outputs=[html_output(picture())])]), notebook)
    before = notebook.read_bytes()
    assert figures(targets(tmp_path), svg=True, root=tmp_path, folder=tmp_path / "out", out=io.StringIO()) == 0
    names = {path.name for path in (tmp_path / "out/9.1").iterdir()}
    assert {"01_an_empty_figure_which_is.svg", "01_an_empty_figure_which_is.png"} <= names
    assert notebook.read_bytes() == before and not any(name.startswith("tmp") for name in names)
