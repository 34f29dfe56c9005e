"""The command `lmcourse`."""

import argparse
from collections.abc import Sequence
from pathlib import Path

from lmcourse.doctor import examine, report

CERTIFY = """Prove points, and say of each what is proved or why nothing is. Without FILE every landmark of the course is proved.
FILE is .json or .npz. It holds theta, all weights of one network in a row (or several rows), and the network: k for teacher-student
(n, d, teacher if need be); else network, which is sigmoid, tanh, relu, deep linear (with widths) or quadratic (with n), its
samples x and y, and options such as loss. It may hold claim, better, stops. docs/proofs.md has examples.
The exit status is 0 if all was proved, 1 if not, 2 if the file cannot be read."""

REPRODUCE = """Run a published table of the course and keep the result. Without NAME: list what there is. Finished chunks are on
disk, so the same command goes on where it was stopped. The result is NAME.npz with its record NAME.json; beside it are NAME.txt,
the summary, and NAME.png, where the experiment can be drawn. docs/many_machines.md says how many machines work together.
The exit status is 0 if the result is whole, 1 if not, 130 after an interrupt."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one subcommand and return the exit status: 0 when all is well.

    >>> main([])  # doctest: +ELLIPSIS
    usage: lmcourse ...
    2
    """
    parser = argparse.ArgumentParser(prog="lmcourse", description="What the course offers on the command line.")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND")
    commands.add_parser("doctor", help="say in words what is right or wrong with this installation")
    _certify_arguments(
        commands.add_parser("certify", help="prove points: the landmarks of the course, or a point in a file")
    )
    _reproduce_arguments(
        commands.add_parser("reproduce", help="run a published table at full size and keep the result")
    )
    chosen = parser.parse_args(arguments)
    if chosen.command == "doctor":
        return report(examine())
    if chosen.command == "certify":
        from lmcourse.certificates.command import run  # not before: doctor must run where python-flint is missing

        return run(chosen)
    if chosen.command == "reproduce":
        from lmcourse.store.command import run  # not before: it loads torch, and doctor must run where torch is missing

        return run(chosen)
    parser.print_help()
    return 2


def _reproduce_arguments(parser: argparse.ArgumentParser) -> None:
    parser.description = REPRODUCE
    parser.add_argument(
        "name", nargs="?", metavar="NAME", help="an experiment, or a module of yours that is one: package.name"
    )
    parser.add_argument("--list", action="store_true", help="source, size, time on this machine, and what is stored")
    parser.add_argument("--members", type=int, metavar="N", help="so many runs a row instead of the full size")
    parser.add_argument(
        "--device", default="", metavar="D", help="cpu, cuda or cuda:1, where the experiment can use it"
    )
    parser.add_argument("--workers", type=int, metavar="W", help="so many processes of this machine")
    parser.add_argument(
        "--dask", default="", metavar="ADDRESS", help="the workers of this Dask scheduler, or of its scheduler file"
    )
    parser.add_argument("--folder", type=Path, default=Path("results"), metavar="DIR", help="where results are kept")
    parser.add_argument("--again", action="store_true", help="replace a result that is there")


def _certify_arguments(parser: argparse.ArgumentParser) -> None:
    parser.description = CERTIFY
    parser.add_argument("file", nargs="?", metavar="FILE", type=Path, help="points of a network, see above")
    parser.add_argument("--only", default="", metavar="TEXT", help="only landmarks whose name holds this text")
    parser.add_argument(
        "--claim", default="", help='the claim, for example "index-3 saddle"; by default "strict local minimum"'
    )
    parser.add_argument("--not-global", action="store_true", help="prove too that the point is no global minimum")
    parser.add_argument("--save", metavar="PATH", type=Path, help="write the certificate of FILE, or a folder of all")
    parser.add_argument(
        "--table", metavar="PATH", type=Path, help="write the table of the landmarks into this page as well"
    )


if __name__ == "__main__":
    raise SystemExit(main())
