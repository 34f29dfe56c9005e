"""The command `lmcourse`."""

import argparse
from collections.abc import Sequence

from lmcourse.certificates.command import add_arguments, run
from lmcourse.doctor import examine, report


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one subcommand and return the exit status: 0 when all is well.

    >>> main([])  # doctest: +ELLIPSIS
    usage: lmcourse ...
    2
    """
    parser = argparse.ArgumentParser(prog="lmcourse", description="What the course offers on the command line.")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND")
    commands.add_parser("doctor", help="say in words what is right or wrong with this installation")
    add_arguments(
        commands.add_parser("certify", help="prove points: the landmarks of the course, or a point in a file")
    )
    chosen = parser.parse_args(arguments)
    if chosen.command == "doctor":
        return report(examine())
    if chosen.command == "certify":
        return run(chosen)
    parser.print_help()
    return 2


if __name__ == "__main__":
    raise SystemExit(main())
