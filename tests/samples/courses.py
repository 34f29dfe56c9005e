"""Small courses on disk, for the tests of authoring: whole ones, and sources that must be refused."""

from pathlib import Path

CHAPTER = "sources/chapters/4_traps/1_first.py"
EXERCISE = "sources/exercises/4_traps/1_first.py"

SMALL_CHAPTER = """\
# %% [markdown]
# # Traps

# %%
import os

# %% tags=["experiment", "headline"]
x = 6
print(f"{x * 7}")

# %% slideshow={"slide_type": "slide"}
x + 1

# %% [markdown]
# Again:

# %%
x + 1
"""

SMALL_EXERCISE = """\
# %% [markdown]
# # Exercises

# %% [markdown] tags=["exercise"]
# ## Exercise 1: the loss
# <details><summary>Hint 1</summary>Square the error.</details>

# %%
def loss(error):
    # BEGIN SOLUTION
    half_of_square = 0.5 * error**2
    return half_of_square
    # END SOLUTION
    # BEGIN STUB
    # # write the loss here
    # return ...
    # END STUB


# %% tags=["check"]
print("right" if loss(2) == 2 else "not attempted yet")

# %% [markdown] tags=["solution"]
# The factor one half makes the gradient equal to the error itself.
"""


def make_course(root, files):
    """Write files, given as {path: text}, below a folder, and return it."""
    for path, text in files.items():
        place = Path(root, path)
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(text.encode("utf-8"))
    return Path(root)


def cell(body, tags=""):
    """An exercise source with one code cell; its first line is line 5 of the file."""
    return f"# %% [markdown]\n# # Exercises\n\n# %%{tags and f' tags={tags}'}\n{body}\n"


# name: (path of the source, its text, the line and the sentence that the error must have)
BROKEN = {
    "unknown marker": (
        EXERCISE,
        cell("# BEGIN SOLUTIONS\nx = 1\n# END SOLUTIONS"),
        ":5: unknown marker '# BEGIN SOLUTIONS'",
    ),
    "marker in small letters": (
        EXERCISE,
        cell("# begin solution\nx = 1\n# end solution"),
        ":5: unknown marker '# begin solution'",
    ),
    "three signs": (
        EXERCISE,
        cell("### BEGIN SOLUTION\nx = 1\n### END SOLUTION"),
        ":5: unknown marker '### BEGIN SOLUTION'",
    ),
    "hidden tests": (
        EXERCISE,
        cell("# BEGIN HIDDEN TESTS\nx = 1\n# END HIDDEN TESTS"),
        ":5: unknown marker '# BEGIN HIDDEN TESTS'",
    ),
    "not closed": (EXERCISE, cell("y = 0\n# BEGIN SOLUTION\nx = 1"), ":6: '# BEGIN SOLUTION' without '# END SOLUTION'"),
    "not opened": (EXERCISE, cell("x = 1\n# END SOLUTION"), ":6: '# END SOLUTION' without '# BEGIN SOLUTION'"),
    "nested": (
        EXERCISE,
        cell("# BEGIN SOLUTION\n# BEGIN SOLUTION\nx = 1\n# END SOLUTION\n# END SOLUTION"),
        ":6: '# BEGIN SOLUTION' inside a SOLUTION region",
    ),
    "stub inside": (
        EXERCISE,
        cell("# BEGIN SOLUTION\nx = 1\n# BEGIN STUB\n# x = ...\n# END STUB\n# END SOLUTION"),
        ":7: '# BEGIN STUB' inside a SOLUTION region",
    ),
    "crossed": (EXERCISE, cell("# BEGIN SOLUTION\nx = 1\n# END STUB"), ":7: '# END STUB' without '# BEGIN STUB'"),
    "no stub": (
        EXERCISE,
        cell("# BEGIN SOLUTION\nx = 1\n# END SOLUTION"),
        ":5: a SOLUTION region without a STUB region",
    ),
    "stub far away": (
        EXERCISE,
        cell("# BEGIN SOLUTION\nx = 1\n# END SOLUTION\ny = 2\n# BEGIN STUB\n# x = ...\n# END STUB"),
        ":5: a SOLUTION region without a STUB region",
    ),
    "no solution": (
        EXERCISE,
        cell("# BEGIN STUB\n# x = ...\n# END STUB"),
        ":5: a STUB region without a SOLUTION region",
    ),
    "empty solution": (EXERCISE, cell("# BEGIN SOLUTION\n\n# END SOLUTION"), ":5: an empty SOLUTION region"),
    "stub not commented": (
        EXERCISE,
        cell("# BEGIN SOLUTION\nx = 1\n# END SOLUTION\n# BEGIN STUB\nx = ...\n# END STUB"),
        ":9: the stub line 'x = ...' is not commented",
    ),
    "indent": (
        EXERCISE,
        cell("# BEGIN SOLUTION\nx = 1\n    # END SOLUTION"),
        ":7: '# END SOLUTION' is indented by 4 spaces",
    ),
    "marker in a solution cell": (
        EXERCISE,
        cell("# BEGIN SOLUTION\nx = 1\n# END SOLUTION", tags='["solution"]'),
        ":5: a marker in a cell tagged 'solution'",
    ),
    "marker in markdown": (
        EXERCISE,
        "# %% [markdown]\n# # Exercises\n# BEGIN SOLUTION\n",
        ":3: a marker 'BEGIN SOLUTION' in a markdown cell",
    ),
    "duplicate names": (
        EXERCISE,
        '# %% [markdown] tags=["exercise"]\n# ## One\n\n# %% [markdown] tags=["exercise"]\n# ## One\n',
        ":4: a second exercise named 'One', the first is in line 1",
    ),
    "no name": (EXERCISE, '# %% [markdown] tags=["exercise"]\n# Do it.\n', ":1: an exercise without a name"),
    "exercise on code": (EXERCISE, cell("x = 1", tags='["exercise"]'), ":4: the tag 'exercise' on a code cell"),
    "check on markdown": (
        EXERCISE,
        '# %% [markdown] tags=["check"]\n# text\n',
        ":1: the tag 'check' on a markdown cell",
    ),
    "unknown tag": (
        CHAPTER,
        cell("x = 1", tags='["experimnt"]'),
        ":4: unknown tag 'experimnt', expected one of: check,",
    ),
    "solution tag in a chapter": (
        CHAPTER,
        cell("x = 1", tags='["solution"]'),
        ":4: the tag 'solution' belongs in exercise sources only",
    ),
    "region in a chapter": (
        CHAPTER,
        cell("# BEGIN SOLUTION\nx = 1\n# END SOLUTION"),
        ":5: a marker '# BEGIN SOLUTION' in a chapter source",
    ),
    "unknown metadata": (CHAPTER, "# %% colour=1\nx = 1\n", ":1: unknown cell metadata 'colour'"),
    "title of a cell": (CHAPTER, "# %% My cell\nx = 1\n", ":1: unknown cell metadata 'title'"),
    "raw cell": (CHAPTER, "# %% [raw]\n# x\n", ":1: a raw cell, expected markdown or code"),
    "empty cell": (CHAPTER, "# %%\n\n# %%\nx = 1\n", ":1: an empty cell"),
    "no cell": (CHAPTER, "x = 1\n", ": expected cells, found no line that starts with '# %%'"),
    "text before the first cell": (CHAPTER, "x = 1\n\n# %%\ny = 2\n", ":3: jupytext reads 2 cells, but 1 lines start"),
    "Windows line endings": (CHAPTER, "# %%\r\nx = 1\r\n", ": the file has Windows line endings (CRLF)"),
}
