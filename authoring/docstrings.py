"""Docstrings as markdown, for the reference pages: which lines are a list, which stand as they are, what is prose."""

import re
from itertools import groupby

NAME = r"[A-Za-z_][\w/]*(?: \([^()]*\))?"  # an argument or a field, perhaps with its shape: theta (classes, P)
NAMES = rf"{NAME}(?:, {NAME})*"
SEVERAL = re.compile(rf"(?<=[.;]) +(?={NAMES} : )")  # arguments that follow on the same line
ARGUMENT = re.compile(rf"^({NAMES}|\"[^\"]+\"(?:, \"[^\"]+\")*) : ")
CLOSING = r"(?:Raises \w+Error\b|Returns |Sources?: )"  # begins what is said of the whole function
AFTER_LIST = re.compile(rf"(?<=\.) +(?={CLOSING})")
PAGE = re.compile(r"\bdocs/([\w\\]+)\.md\b")
SHAPE_FIRST = re.compile(r"\([^:]*\)[^:]{0,12}: ")
DATA_TYPES = "Data types, in words"


def summary(docstring):
    """The first sentence, which may need more than a line.

    >>> summary("What is needed:\\na folder and\\na compiler.\\nMore.\\n\\nMuch more.")
    'What is needed: a folder and a compiler.'
    """
    lines = docstring.split("\n\n")[0].splitlines()
    ends = [place for place, line in enumerate(lines, 1) if re.search(r"[.?]\)?$", line)]
    return " ".join(lines[: ends[0] if ends else None])


def rendered(docstring):
    """A docstring as markdown: examples and indented lines as they are, `name : meaning` as lists, all else as text.

    >>> print(rendered("Sum:\\n    a + b\\n\\na, b : two numbers,\\n    or more. scale : a factor. Raises TypeError never."))
    Sum:
    <BLANKLINE>
    ```text
    a + b
    ```
    <BLANKLINE>
    - `a, b`: two numbers,
      or more.
    - `scale`: a factor.
    <BLANKLINE>
    Raises TypeError never.
    """
    blocks = []
    for paragraph in re.split(r"\n\s*\n", docstring.strip("\n")):
        lines = SEVERAL.sub("\n", paragraph).split("\n")
        if lines[0].lstrip().startswith(">>>"):
            blocks.append(fenced("pycon", lines))
        elif lines[0] == DATA_TYPES:
            blocks += [DATA_TYPES + ":", listed_types(lines[1:])]
        elif any(ARGUMENT.match(line) for line in lines):
            blocks.append(listed_arguments(AFTER_LIST.sub("\n", "\n".join(lines)).split("\n")))
        else:
            for indented, together in groupby(lines, key=lambda line: line.startswith("    ")):
                group = list(together)
                blocks.append(fenced("text", group) if indented else plain("\n".join(group)))
    return "\n\n".join(blocks)


def listed_arguments(lines):
    """Lines that explain arguments as a list, with the sentences before and after it."""
    written, in_list = [], False
    for line in lines:
        begins, ends = ARGUMENT.match(line), re.match(CLOSING, line)
        if begins:
            written += [""] * (bool(written) and not in_list) + [f"- `{begins[1]}`: {plain(line[begins.end() :])}"]
        else:
            written += [""] * bool(in_list and ends) + ["  " * bool(in_list and not ends) + plain(line.strip())]
        in_list = bool(begins) or bool(in_list and not ends)
    return "\n".join(written)


def listed_types(lines):
    """Two columns, a name and what it is, as a list; a line without a name goes on with the one above it.

    >>> print(listed_types(["    x      (N, d): rows,", "           the samples", "    theta  (P,)"]))
    - `x` (N, d): rows,
      the samples
    - `theta`: (P,)
    """
    indent, written = _indent(lines), []
    for line in lines:
        name, _, meaning = line[indent:].partition("  ")
        colon = "" if SHAPE_FIRST.match(meaning.strip()) else ":"
        written.append(f"- `{name}`{colon} {plain(meaning.strip())}" if name else f"  {plain(meaning.strip())}")
    return "\n".join(written)


def fenced(language, lines):
    indent = _indent(lines)
    return f"```{language}\n" + "\n".join(line[indent:] for line in lines) + "\n```"


def _indent(lines):
    return min(len(line) - len(line.lstrip()) for line in lines if line.strip())


def plain(text):
    """Prose whose stars, bars and brackets are no markup; what stands between backticks stays, pages of docs/ are links.

    >>> plain("k*k in [0, 1], see `a*b` and docs/proofs.md")
    'k\\\\*k in \\\\[0, 1\\\\], see `a*b` and [docs/proofs.md](../proofs.md)'
    """
    parts = text.split("`")
    escaped = (re.sub(r"([\\*_<>\[\]|])", r"\\\1", part) if i % 2 == 0 else part for i, part in enumerate(parts))
    return PAGE.sub(lambda page: f"[{page[0]}](../{page[1].replace(chr(92), '')}.md)", "`".join(escaped))
