"""`lmcourse certify`: prove all landmarks of the course and print the table, or prove one point in a file."""

from __future__ import annotations

import json
from argparse import Namespace
from pathlib import Path

import numpy as np
import torch

from lmcourse.certificates import Certificate, certify
from lmcourse.certificates.landmarks import HEADER, proofs, row
from lmcourse.networks.teacher_student import teacher_student


def run(chosen: Namespace) -> int:
    """Prove what was asked for; the exit status is 0 if all was proved, 1 if not, 2 if there was nothing to prove."""
    if chosen.file is None:
        return _landmarks(chosen)
    try:
        land, theta = read_point(chosen.file)
        proof = certify(land, theta, chosen.claim, chosen.not_global)
    except (OSError, ValueError, KeyError, TypeError) as error:
        print(f"{chosen.file}: {error}")
        return 2
    print(proof)
    if proof and chosen.save:
        proof.save(chosen.save)
    return 0 if proof else 1


def read_point(path: Path):
    """(landscape, theta) from an .npz or .json file with theta, k and perhaps n and d."""
    if path.suffix == ".npz":
        with np.load(path, allow_pickle=False) as stored:
            content = {name: stored[name].tolist() for name in stored.files}
    else:
        content = json.loads(path.read_text(encoding="utf-8"))
    if not isinstance(content, dict) or not {"theta", "k"} <= set(content):
        raise ValueError(
            "The file must hold theta and k, the number of teacher neurons; n and d if they differ from k."
        )
    sizes = {name: content[name] for name in ("k", "n", "d") if name in content}
    return teacher_student(**sizes), torch.tensor(content["theta"], dtype=torch.float64).flatten()


def _landmarks(chosen: Namespace) -> int:
    names = [name for name in proofs() if chosen.only in name]
    if not names:
        print(f"No landmark has {chosen.only!r} in its name. The landmarks are: {'; '.join(proofs())}.")
        return 2
    found: dict[str, Certificate] = {}
    for name in names:
        found[name] = proofs()[name]()
        print("  ".join(cell for cell in row(name, found[name]) if cell), flush=True)
        if chosen.save and found[name]:
            chosen.save.mkdir(parents=True, exist_ok=True)
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
    before, _, rest = page.read_text(encoding="utf-8").partition(MARKS[0])
    _, _, after = rest.partition(MARKS[1])
    page.write_text(f"{before}{MARKS[0]}{table}{MARKS[1]}{after}", encoding="utf-8", newline="\n")
