"""The commands that publish: site, slides, figures. `course.py` installs what they need and calls them."""

import argparse
import sys

from authoring.places import ROOT, select, targets
from authoring.publish import figures, site, slides


def main(arguments=None):
    """Run one command; returns the exit status."""
    options = _parser().parse_args(arguments)
    try:
        return options.run(select(targets(ROOT), options.names), options)
    except ValueError as error:
        print(error, file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("\nStopped. What was finished is written; the same command goes on.", file=sys.stderr)
        return 130


def _parser():
    parser = argparse.ArgumentParser(prog="course.py", description="The course as a site, as slides, as figures.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    reading = commands.add_parser("site", help="the reading copy: static pages of the whole course")
    reading.set_defaults(run=_site, names=[])
    lecture = commands.add_parser("slides", help="slides of the lessons, for a lecture without a network")
    lecture.set_defaults(run=_slides)
    pictures = commands.add_parser("figures", help="the pictures of a lesson, for your own slides")
    pictures.add_argument("--svg", action="store_true", help="run the lesson and save each figure as SVG too")
    pictures.set_defaults(run=_figures)
    for command, number in ((lecture, "*"), (pictures, "+")):
        command.add_argument("names", nargs=number, metavar="NAME", help="a number like 4.1, or a path")
    for command in (reading, lecture, pictures):
        command.add_argument("--folder", metavar="FOLDER", help="where to write (default: below build/)")
    return parser


def _site(chosen, options):
    return site.site(chosen, folder=options.folder)


def _slides(chosen, options):
    return slides.slides(chosen, folder=options.folder)


def _figures(chosen, options):
    return figures.figures(chosen, svg=options.svg, folder=options.folder)


if __name__ == "__main__":
    sys.exit(main())
