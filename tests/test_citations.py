"""Every citation leads to one entry of the bibliography, and the lint says so when one does not."""

import pytest
from samples.courses import make_course

from authoring.bibliography import PAGE, entries
from authoring.citations import citations, cited_in, lint_citations, renew
from authoring.places import ROOT

LESSON, CODE, NOTES = "sources/chapters/1_x/1_y.py", "lmcourse/waves.py", "docs/teaching/1.1_y.md"
FILES = {
    LESSON: """\
# %% [markdown]
# # Waves
#
# Bray and Dean (2007) say so; the counts are by Auffinger, Ben Arous
# and Černý (2013), intervals by Wilson 1927. At NIPS 2014 nothing was said.
#
# ## Go on
#
# - Bray and Dean, *Statistics of waves*, PRL 2007: heights.
# - More: arXiv 1003.1129.
""",
    CODE: '"""Waves (Auffinger, Ben Arous and Cerny 2013), as Edwin Wilson\'s (1927) or Auffinger et al. (2013)."""\n',
    NOTES: "Bray and Dean (2007) again.\n",
    PAGE: """\
# %% [markdown]
# # Bibliography

# %% [markdown]
# ## A
#
# ### Auffinger, Ben Arous and Černý 2013
#
# A. Auffinger, G. Ben Arous and J. Černý, *Spins*, 2013. [arXiv 1003.1129](https://arxiv.org/abs/1003.1129).
#
# Counts.

# %% [markdown]
# ## B
#
# ### Bray and Dean 2007
#
# A. J. Bray and D. S. Dean, *Statistics of waves: in many dimensions*, 2007.
#
# Heights.
#
# ### Wilson 1927
#
# E. B. Wilson, *Probable inference*, 1927.
#
# Intervals.
""",
}


@pytest.fixture
def course(tmp_path):
    root = make_course(tmp_path, FILES)
    assert renew(root) == 3
    return root


def edit(root, path, old, new):
    text = (root / path).read_text(encoding="utf-8")
    assert old in text
    (root / path).write_text(text.replace(old, new, 1), encoding="utf-8")


def test_the_course_cites_what_its_bibliography_lists():
    problems = [str(problem) for problem in lint_citations(ROOT)]
    assert not problems, "\n" + "\n".join(problems)
    assert len(entries(ROOT)) > 100


def test_a_sound_course_has_no_problem(course):
    assert list(lint_citations(course)) == []
    assert renew(course) == 0


def test_where_a_work_is_cited(course):
    bray = next(entry for entry in entries(course) if entry.label == "Bray and Dean 2007")
    assert bray.cited == "*Cited in* lesson [1.1](../chapters/1_x/1_y.ipynb); the teacher's notes."
    assert cited_in(course, {CODE}) == "*Cited in* the library."


def test_forms_of_a_citation():
    text = "(de Bruijn 1955), Quynh Nguyen and Matthias Hein (2018), Kawaguchi's theorem (2016), ICML 2018, May 2018, k 2018"
    found = [(each.names, each.year) for each in citations("a.md", text)]
    assert found == [(("de Bruijn",), "1955"), (("Quynh Nguyen", "Matthias Hein"), "2018"), (("Kawaguchi",), "2016")]


BREAKS = {
    "year": (LESSON, "Dean (2007)", "Dean (2006)", "'Bray and Dean 2006': no entries"),
    "name": (NOTES, "Bray and Dean", "Brey and Dean", "'Brey and Dean 2007': no entries"),
    "order of names": (CODE, "Auffinger, Ben Arous and Cerny", "Ben Arous, Auffinger and Cerny", "no entries"),
    "one author left out": (CODE, "Ben Arous and Cerny", "Cerny", "'Auffinger, Cerny 2013': no entries"),
    "accent": (LESSON, "Černý", "Cerny", "the name is Černý"),
    "and others": (NOTES, "again", "as Bray and others", "'Bray and others'"),
    "title": (LESSON, "Statistics of waves", "Statistics of a wave", "is the title of no entry"),
    "authors of a title": (LESSON, "- Bray and Dean", "- Bray and Doan", "are not the authors of"),
    "year of a title": (LESSON, "PRL 2007", "PRL 2008", "is of 2008 here and of 2007"),
    "archive": (LESSON, "arXiv 1003.1129", "arXiv 1003.1128", "arXiv 1003.1128 is in no entry"),
    "heading": (PAGE, "### Wilson 1927", "### Wilsen 1927", "the heading and the reference disagree"),
    "two entries": (PAGE, "Probable inference", "Spins", "this work has two entries"),
    "alphabet": (PAGE, "### Auffinger, Ben", "### Zuffinger, Ben", "stands behind 'Zuffinger"),
    "cited in": (PAGE, "the teacher's notes", "the notes", "its line 'Cited in' is out of date"),
    "a new citation": (NOTES, "again", "and Wilson (1927)", "its line 'Cited in' is out of date"),
}


@pytest.mark.parametrize("path, old, new, sentence", BREAKS.values(), ids=BREAKS.keys())
def test_each_rule_can_fail(course, path, old, new, sentence):
    edit(course, path, old, new)
    assert any(sentence in problem.what for problem in lint_citations(course))


def test_a_work_that_nothing_cites(course):
    edit(course, LESSON, "Wilson 1927", "nobody")
    edit(course, CODE, "Edwin Wilson's (1927)", "nobody")
    assert [problem.what for problem in lint_citations(course)] == ["nothing cites this work"]


def test_two_works_that_one_short_citation_fits(course):
    more = "# ### Auffinger and Chen 2013\n#\n# A. Auffinger and W.-K. Chen, *Free energy*, 2013.\n#\n"
    edit(course, PAGE, "# ### Auffinger, Ben", f"{more}# ### Auffinger, Ben")
    what = "'Auffinger et al. 2013': 2 entries of the bibliography fit"
    assert any(problem.what.startswith(what) for problem in lint_citations(course))
