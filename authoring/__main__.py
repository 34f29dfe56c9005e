"""The commands of authoring: build, check, status, reference, questions, assignments."""

import argparse
import sys

from authoring import questions
from authoring.assignments import export
from authoring.build import build
from authoring.check import check
from authoring.grading import told, try_out
from authoring.places import ROOT, select, targets
from authoring.problems import SourceError
from authoring.reference import write
from authoring.status import status, status_of_tests


def main(arguments=None):
    """Run one command; returns the exit status."""
    options = _parser().parse_args(arguments)
    try:
        chosen = select(targets(ROOT), options.names)
    except ValueError as error:
        print(error, file=sys.stderr)
        return 2
    try:
        return options.run(chosen, options)
    except KeyboardInterrupt:
        print(
            "\nStopped. Notebooks that were finished are written, all others are as they were.",
            file=sys.stderr,
        )
        return 130


def _parser():
    parser = argparse.ArgumentParser(prog="python -m authoring", description="Sources to notebooks, and their checks.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    building = commands.add_parser("build", help="bring notebooks up to date with their sources")
    building.add_argument("--execute", "--all", action="store_true", help="execute even what is up to date")
    building.add_argument("--discard-edits", action="store_true", help="overwrite notebooks that were edited by hand")
    building.set_defaults(run=_build)
    checking = commands.add_parser("check", help="check sources and notebooks without running them")
    checking.add_argument("--no-tests", action="store_true", help="leave out the quick tests (pytest)")
    checking.set_defaults(run=_check)
    measuring = commands.add_parser("status", help="measure time and memory of each notebook, write docs/status.md")
    measuring.add_argument("--tests", action="store_true", help="only list the slowest tests of the last whole test")
    measuring.set_defaults(run=_status)
    writing = commands.add_parser("reference", help="write docs/reference from the docstrings of the package")
    writing.set_defaults(run=_reference)
    listing = commands.add_parser("questions", help="list the questions of all lessons anew, for lm.progress()")
    listing.set_defaults(run=_questions)
    exporting = commands.add_parser("assignments", help="export exercise sets as nbgrader assignments")
    exporting.add_argument("folder", metavar="FOLDER", help="where nbgrader works; outside of the repository")
    exporting.add_argument(
        "--lessons", metavar="PLACE", help="where links lead, such as ../../lmcourse (default: the web)"
    )
    exporting.add_argument("--open-questions", action="store_true", help="with a cell and points for the open question")
    exporting.add_argument(
        "--try", dest="trial", action="store_true", help="grade a blank and a solved submission of each"
    )
    exporting.set_defaults(run=_assignments)
    for command in (building, checking, measuring, writing, listing, exporting):
        command.add_argument(
            "names", nargs="*", metavar="NAME", help="a path, a file name or a number like 4.1 (default: all)"
        )
    return parser


def _build(chosen, options):
    return 1 if build(chosen, everything=options.execute, discard_edits=options.discard_edits) else 0


def _check(chosen, options):
    return 1 if check(chosen, tests=not options.no_tests) else 0


def _status(chosen, options):
    if options.names:
        print("status measures every notebook, expected no names.", file=sys.stderr)
        return 2
    if options.tests:
        status_of_tests()
        return 0
    return 1 if status(chosen) else 0


def _reference(chosen, options):
    if options.names:
        print("reference writes every page, expected no names.", file=sys.stderr)
        return 2
    print(f"{write()} pages of the reference have changed.")
    return 0


def _questions(chosen, options):
    print(f"{questions.FILE} is " + ("written anew." if questions.write() else "up to date."))
    return 0


def _assignments(chosen, options):
    try:
        names, kept = export(chosen, options.folder, options.lessons, options.open_questions)
    except (ValueError, SourceError) as error:
        print(error, file=sys.stderr)
        return 2
    print(told(options.folder, names, kept))
    return 1 if options.trial and not try_out(chosen) else 0


if __name__ == "__main__":
    sys.exit(main())
