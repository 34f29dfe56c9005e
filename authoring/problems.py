"""How authoring says that something is wrong.

A `Problem` is one finding: `where` (file and line, or file and cell), `what` is wrong (what was
expected, what came) and `repair` (what to do now). A `SourceError` carries one or more of them
and stops the work, so that a doubtful source never becomes a notebook.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Problem:
    """One finding, printed in two lines.

    >>> print(Problem("sources/a.py:3", "unknown tag 'quizz'", "write tags=[\\"quiz\\"]"))
    sources/a.py:3: unknown tag 'quizz'
        repair: write tags=["quiz"]
    """

    where: str
    what: str
    repair: str

    def __str__(self):
        return f"{self.where}: {self.what}\n    repair: {self.repair}"


class SourceError(Exception):
    """A source, or what came out of it, cannot become a notebook."""

    def __init__(self, *problems):
        super().__init__("\n".join(map(str, problems)))
        self.problems = list(problems)
