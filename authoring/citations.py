"""Citations: each one leads to exactly one entry of the bibliography, and each entry is cited.

A citation is a list of names and a year: "Safran and Shamir (2018)", "Wilson 1927", "Dauphin et al. (2014)". In the
lists "Go on" a work stands with its title, and anywhere with its number in the archive ("arXiv 1710.10928"). All of
them are looked for in the sources, the documentation and the docstrings. Code may leave out accents, prose may not.
"""

import re
from collections import defaultdict
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from authoring.bibliography import CITED, PAGE, entries, plain
from authoring.places import ROOT, targets
from authoring.problems import Problem

NAME = r"(?:[A-Z]\. )*(?:[^\W\d_a-z]\w+ )?(?:(?:von|van|de|Ben|Sarao) )?[^\W\d_a-z]\w+(?:-[^\W\d_a-z]\w+)*"
NAMES = rf"{NAME}(?:, {NAME})*(?:,? and {NAME}| et al\.)?"
CITATION = re.compile(rf"(?<!\w)({NAMES})(?:['’]s)?(?: theorem)?,? \(?((?:1[89]|20)\d\d)(?![\d.]\d)\b")
NO_NAME = re.compile(  # venues and months, with a year behind them
    r"([A-Z]{3,}|Computation|Networks|NeurIPS|Princeton|January|February|March|April|May|June|July|August|September"
    r"|October|November|December)$"
)
ARCHIVED = re.compile(r"\barXiv:? ?((?:[a-z-]+/)?\d[\d.]*\d)")
TITLED = re.compile(rf"(?:({NAMES}), )?\*([^*]+)\*([^*]*)")
VAGUE = re.compile(rf"({NAME}) and others\b")
SEARCHED = ("sources/**/*.py", "docs/*.md", "docs/teaching/*.md", "*.md", "lmcourse/**/*.py", "benchmarks/**/*.py")
FIX = "write it as the bibliography does, or add the entry"


@dataclass(frozen=True)
class Citation:
    place: str  # the file
    written: str
    names: tuple
    and_others: bool
    year: str


def lint_citations(root):
    """Every citation that leads nowhere or is written otherwise, and every entry that is wrong or not cited."""
    known = entries(root)
    if not known:
        return
    users = defaultdict(set)
    for place, text in _texts(root):
        yield from _lint_text(place, text, known, users)
    yield from _lint_page(root, known, users)


def renew(root):
    """Write the lines 'Cited in' of the bibliography anew; returns how many have changed."""
    known, users = entries(root), defaultdict(set)
    for place, text in _texts(root):
        list(_lint_text(place, text, known, users))
    path = Path(root, PAGE)
    text, count = path.read_text(encoding="utf-8"), 0
    for entry in known:
        line, body = cited_in(root, users[entry.label]), entry.text
        if entry.cited == line:
            continue
        new = body.replace(entry.cited, line) if entry.cited else f"{body}\n\n{line}"
        text = text.replace(_comment(body), _comment(new.strip()))
        count += 1
    path.write_text(text, encoding="utf-8")
    return count


def citations(place, text):
    """Each citation of a text.

    >>> [found.written for found in citations("a.md", "as Du and Lee (2018) say; see Wilson 1927 and NIPS 2016.")]
    ['Du and Lee 2018', 'Wilson 1927']
    """
    for names, year in CITATION.findall(text):
        names, others, _ = names.partition(" et al.")
        listed = tuple(re.split(r",? and |, ", names))
        if not NO_NAME.search(listed[-1]):
            yield Citation(place, f"{names}{others} {year}", listed, bool(others), year)


def cited_in(root, places):
    """The line that says who cites a work, with links to the notebooks."""
    numbered, words = {"chapter": [], "exercise": []}, []
    for target in targets(root):
        if target.source not in places or target.kind == "solution":
            continue
        if target.kind in numbered:
            number = ".".join(part.split("_")[0] for part in target.notebook.split("/")[1:])
            numbered[target.kind].append(f"[{number}](../{target.notebook})")
        else:
            title = re.search(r"^# # (.+)$", Path(root, target.source).read_text(encoding="utf-8"), re.MULTILINE)[1]
            words.append(f"[{title}]({'../' * (target.kind == 'start')}{Path(target.notebook).name})")
    kinds = {"chapter": "lesson", "exercise": "exercises"}
    found = [_listed(kinds[kind], links) for kind, links in numbered.items() if links]
    found += [", ".join(words)] * bool(words)
    folders = {place.rsplit("/", 1)[0] if "/" in place else "" for place in places if not place.startswith("sources/")}
    found += ["the teacher's notes"] * ("docs/teaching" in folders)
    found += ["the documentation"] * bool(folders & {"docs", ""})
    found += ["the library"] * any(folder.startswith(("lmcourse", "benchmarks")) for folder in folders)
    return CITED + "; ".join(found) + "."


def _lint_text(place, text, known, users):
    def use(entry):
        users[entry.label].add(place)

    for found in citations(place, text):
        by_them = [each for each in known if each.has_authors(found.names, found.and_others)]
        fitting = [each for each in by_them if each.year == found.year]
        if len(fitting) == 1:
            use(fitting[0])
            if place.endswith(".md") or place.startswith("sources/"):
                yield from _lint_spelling(found, fitting[0])
            continue
        near = [each.label for each in known if each.has_authors(found.names[:1], and_others=True)]
        what = f"'{found.written}': {len(fitting) or 'no'} entries of the bibliography fit"
        yield Problem(place, what + f" (of this first author: {', '.join(near)})" * bool(near), FIX)
    for number in ARCHIVED.findall(text):
        entry = next((each for each in known if each.arxiv == number), None)
        if entry:
            use(entry)
        else:
            yield Problem(place, f"arXiv {number} is in no entry of the bibliography", FIX)
    if place.endswith(".md") or place.startswith("sources/"):
        for name in VAGUE.findall(text):
            if any(each.has_authors([name], and_others=True) for each in known):
                yield Problem(place, f"'{name} and others'", "write 'et al.', as everywhere")
    if place.startswith("sources/") and "## Go on" in text:
        yield from _lint_titles(place, text.split("## Go on", 1)[1], known, use)


def _lint_titles(place, text, known, use):
    for names, title, rest in TITLED.findall(text):
        if len(title.split()) < 2:
            continue
        entry = next((each for each in known if plain(title) in (plain(each.title), plain(each.main_title))), None)
        if entry is None:
            yield Problem(place, f"'{title}' is the title of no entry of the bibliography", FIX)
            continue
        use(entry)
        listed, others, _ = names.partition(" et al.")
        if names and not entry.has_authors(re.split(r",? and |, ", listed), bool(others)):
            yield Problem(place, f"'{names}' are not the authors of '{title}'", FIX)
        years = re.findall(r"(?<![\d.])((?:1[89]|20)\d\d)(?![\d.]\d)", rest)
        if years and entry.year not in years:
            yield Problem(place, f"'{title}' is of {years[0]} here and of {entry.year} in the bibliography", FIX)


def _lint_spelling(found, entry):
    for name, author in zip(found.names, entry.authors, strict=False):
        if not f" {name}".endswith(f" {author}"):
            yield Problem(found.place, f"'{found.written}': the name is {author}", "write it so")


def _lint_page(root, known, users):
    for entry in known:
        where, label = f"{PAGE}, {entry.label}", next(citations(PAGE, entry.label), None)
        if label is None or not entry.has_authors(label.names, label.and_others) or not entry.title:
            yield Problem(where, "the heading and the reference disagree", "write 'Names year', then names and *title*")
        if sum(each.label == entry.label or plain(each.title) == plain(entry.title) for each in known) > 1:
            yield Problem(where, "this work has two entries", "leave one of them")
        if not users[entry.label]:
            yield Problem(where, "nothing cites this work", "cite it, or take the entry out")
        elif entry.cited != cited_in(root, users[entry.label]):
            yield Problem(
                where, "its line 'Cited in' is out of date", "python -m authoring.citations, then build the page"
            )
    for before, after in pairwise(entry.label for entry in known):
        if plain(before) > plain(after):
            yield Problem(PAGE, f"'{after}' stands behind '{before}'", "keep the entries in the order of the alphabet")


def _texts(root):
    """Each file but the bibliography with its text on one line, without the signs of comments."""
    found = {path for pattern in SEARCHED for path in Path(root).glob(pattern)}
    for path in sorted(found - {Path(root, PAGE)}):
        text = path.read_text(encoding="utf-8")
        if path.suffix == ".py":
            text = re.sub(r"^[ \t]*# ?", "", text, flags=re.MULTILINE)
            text = re.sub(r"[\"']\s*\n\s*f?[\"']", "", text)  # a string that goes on in the next line
        text = re.sub(r"\n\s*\n", " ¶ ", text)  # no citation goes on in the next paragraph
        yield path.relative_to(root).as_posix(), " ".join(text.split())


def _listed(word, links):
    return f"{word}{'s' * (word == 'lesson' and len(links) > 1)} {', '.join(links)}"


def _comment(text):
    return "\n".join(f"# {line}".rstrip() for line in text.splitlines())


if __name__ == "__main__":
    print(f"{renew(ROOT)} lines 'Cited in' have changed.")
