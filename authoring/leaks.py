"""Does anything that a learner may see before solving show a line of a solution?

A *secret* is a line of a solution, without comments and white space, long enough to mean something. It
is looked for in the exercise notebook itself (tasks, hints, checks, stubs), in the other exercise notebooks,
in the texts under `lmcourse/checks/` and in every file that the exercise links to or names.
"""

import ast
import io
import re
import tokenize
from pathlib import Path

from authoring.exercise import solution_lines
from authoring.problems import Problem

SHORTEST, SHORTEST_PROSE = 10, 40  # characters without white space
HEADER = r"(def|class|for|with)\b.*:|(else|try|finally|except.*):|(import|from)\b.*|@\w.*"
NAMES_ONLY = r"(return |print\()?[\w., ]+\)?"  # as in "return loss", "print(loss, step)"
TRIVIAL = re.compile(rf"({HEADER}|{NAMES_ONLY})$")
LEARNERS_OWN = ("chapters/", "solutions/")  # a lesson may show its code; the solutions are for afterwards
TEXT_FILES = {".py", ".md", ".txt", ".json", ".csv", ".ipynb", ".yml", ".toml"}


def secrets(source):
    """{secret: line number in the source} of an exercise source."""
    found = {}
    for cell, line in solution_lines(source):
        if cell.kind == "markdown":
            text = squeeze(line)
            secret = len(text) >= SHORTEST_PROSE
        else:
            code = without_comment(line).strip()
            text = squeeze(code)
            secret = len(text) >= SHORTEST and not TRIVIAL.match(code)
        if secret:
            found.setdefault(text, source.line_of(cell, _index(cell, line.strip())))
    return found


def exercise_leaks(source, exercise):
    """Secrets of a source that its own exercise notebook shows."""
    hidden = secrets(source)
    shown = squeeze("\n".join(cell.source for cell in exercise.cells))
    return [
        _problem(source, line, secret, "its own exercise notebook")
        for secret, line in hidden.items()
        if secret in shown
    ]


def leaks(sources, exercises, root):
    """Secrets of any source that other exercises, check messages or files shown by an exercise contain.

    `sources` maps the path of each exercise notebook to its Source, `exercises` to its notebook.
    """
    places = {path: squeeze("\n".join(cell.source for cell in notebook.cells)) for path, notebook in exercises.items()}
    for path in sorted(Path(root, "lmcourse", "checks").rglob("*.py")):
        places[path.relative_to(root).as_posix()] = squeeze("\n".join(_strings(path.read_text(encoding="utf-8"))))
    for path, notebook in exercises.items():
        for file in _shown_files(path, notebook, Path(root)):
            places.setdefault(file, squeeze(Path(root, file).read_text(encoding="utf-8", errors="replace")))
    for own, source in sources.items():
        for secret, line in secrets(source).items():
            for place, text in places.items():
                if secret in text and place != own:
                    yield _problem(source, line, secret, place)


def squeeze(text):
    """Without white space, so that line breaks and indents do not hide a leak."""
    return re.sub(r"\s+", "", text)


def without_comment(line):
    """A line of code without its comment; a line that is no complete Python is cut at ' # '."""
    try:
        tokens = list(tokenize.generate_tokens(io.StringIO(line.strip() + "\n").readline))
    except (tokenize.TokenError, IndentationError, SyntaxError):
        return line.split(" # ")[0]
    comment = next((token for token in tokens if token.type == tokenize.COMMENT), None)
    return line.strip()[: comment.start[1]] if comment else line


def _index(cell, plain):
    return next(number for number, line in enumerate(cell.text.splitlines()) if line.strip() == plain)


def _problem(source, line, secret, place):
    return Problem(
        f"{source.path}:{line}",
        f"this line of the solution can be read in {place}: {secret!r} (spaces left out)",
        "change that place, or give the line to the learner openly by moving it out of the region",
    )


def _strings(code):
    """All string constants of a module: messages, parts of f-strings, docstrings."""
    return [
        node.value
        for node in ast.walk(ast.parse(code))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    ]


def _shown_files(path, notebook, root):
    """Text files of the repository that an exercise links to or names in a string."""
    folder = (root / path).parent
    for cell in notebook.cells:
        for name in re.findall(r"\]\(([^)#\s]+)|[\"']([\w./-]+\.\w+)[\"']|%(?:load|pycat|run)\s+(\S+)", cell.source):
            for base in (folder, root):
                file = (base / "".join(name)).resolve()
                if file.is_file() and file.is_relative_to(root.resolve()) and file.suffix in TEXT_FILES:
                    inner = file.relative_to(root.resolve()).as_posix()
                    if not inner.startswith(LEARNERS_OWN):
                        yield inner
