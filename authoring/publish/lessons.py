"""What can be read off a lesson: its number, its title and question, the answers of its quizzes."""

import ast
import re
from pathlib import PurePosixPath


def number(target):
    """The number of a lesson, such as 4.1."""
    return ".".join(part.split("_")[0] for part in PurePosixPath(target.notebook).parts[1:])


def title_and_question(markdown):
    """The two parts of the first cell of a lesson, without links.

    >>> title_and_question("# Traps\\n\\n*Can it get\\n[stuck](1_x.ipynb)?*")
    ('Traps', 'Can it get stuck?')
    """
    title, _, rest = markdown.partition("\n")
    return title.removeprefix("# "), " ".join(re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", rest).split()).strip("*")


def quiz_answers(code):
    """(option, right?, feedback) of each option of `lm.quiz(name, question, [...])`.

    >>> quiz_answers('lm.quiz("1.1/x", "Is it?", [("yes", False, "No."), ("no", True, "Indeed.")])')
    [('yes', False, 'No.'), ('no', True, 'Indeed.')]
    """
    return [tuple(option) for option in ast.literal_eval(ast.parse(code).body[-1].value.args[2])]
