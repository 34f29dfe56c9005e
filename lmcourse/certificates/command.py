"""`lmcourse certify`: prove all landmarks of the course and print the table, or prove the points in a file."""

from __future__ import annotations

from argparse import Namespace
from pathlib import Path

from lmcourse.certificates import Certificate, certify
from lmcourse.certificates.landmarks import HEADER, proofs, row
from lmcourse.certificates.point_files import read


def run(chosen: Namespace) -> int:
    """Prove what was asked for; the exit status is 0 if all was proved, 1 if not, 2 if there was nothing to prove or no way to."""
    try:
        return _landmarks(chosen) if chosen.file is None else _file(chosen)
    except (OSError, ValueError, TypeError) as error:
        print(f"{chosen.file or 'lmcourse certify'}: {error}")
        return 2


def _file(chosen: Namespace) -> int:
    """Prove all points in a file."""
    found = read(chosen.file)
    better = found.better if chosen.not_global else None
    claim, several = chosen.claim or found.claim or "strict local minimum", len(found.points) > 1
    proved = 0
    for number, theta in enumerate(found.points, 1):
        proof = certify(found.land, theta, claim, chosen.not_global, better, **found.evidence)
        print(f"Point {number}. {proof}" if several else proof, flush=True)
        proved += proof.proved
        if proof and chosen.save:
            if several:
                chosen.save.mkdir(parents=True, exist_ok=True)
            proof.save(chosen.save / f"point_{number}.json" if several else chosen.save)
    if several:
        print(f"{proved} of {len(found.points)} proved.")
    return 0 if proved == len(found.points) else 1


def _landmarks(chosen: Namespace) -> int:
    names = [name for name in proofs() if chosen.only in name]
    if not names:
        print(f"No landmark has {chosen.only!r} in its name. The landmarks are: {'; '.join(proofs())}.")
        return 2
    if chosen.save:
        chosen.save.mkdir(parents=True, exist_ok=True)
    if chosen.table and not chosen.table.is_file():
        raise ValueError(f"There is no page {chosen.table} to write the table into.")
    found: dict[str, Certificate] = {}
    for name in names:
        found[name] = proofs()[name]()
        print("  ".join(cell for cell in row(name, found[name]) if cell), flush=True)
        if chosen.save and found[name]:
            found[name].save(chosen.save / f"{name.replace(' ', '_').replace(',', '').replace(':', '')}.json")
    proved = sum(map(bool, found.values()))
    print(f"{proved} of {len(names)} proved, in {sum(proof.seconds for proof in found.values()):.1f} s.")
    if chosen.table:
        write_table(chosen.table, found)
    return 0 if proved == len(names) else 1


MARKS = "<!-- landmarks -->\n", "<!-- end of landmarks -->"


def write_table(page: Path, found: dict[str, Certificate]) -> None:
    """Put the table of landmarks between its two marks in a page."""
    lines = [HEADER, ("---",) * len(HEADER), *(row(name, proof) for name, proof in found.items())]
    table = "".join(f"| {' | '.join(line)} |\n" for line in lines)
    before, marked, rest = page.read_text(encoding="utf-8").partition(MARKS[0])
    if not marked or MARKS[1] not in rest:
        raise ValueError(
            f"{page} has no place for the table: it stands between the lines {' and '.join(map(str.strip, MARKS))}."
        )
    _, _, after = rest.partition(MARKS[1])
    page.write_text(f"{before}{MARKS[0]}{table}{MARKS[1]}{after}", encoding="utf-8", newline="\n")
