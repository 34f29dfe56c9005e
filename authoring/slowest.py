"""The part of docs/status.md about the tests, from the reports that `python3 course.py test` leaves in build/test/."""

import xml.etree.ElementTree
from pathlib import Path

from authoring.places import ROOT

HEADING = "## The slowest tests"
REPORTS = "build/test"
MOST = 10
NO_REPORTS = "They are listed here after `python3 course.py test` and `python -m authoring status`."


def slowest_tests(root=ROOT):
    """The section as text: minutes of each part, and the ten tests that took longest."""
    reports = sorted(Path(root, REPORTS).glob("*.xml"))
    if not reports:
        return f"{HEADING}\n\n{NO_REPORTS}\n"
    suites = {path.stem: xml.etree.ElementTree.parse(path).find(".//testsuite") for path in reports}
    minutes = ", ".join(f"{part} {float(suite.get('time')) / 60:.1f}" for part, suite in suites.items())
    whole = sum(float(suite.get("time")) for suite in suites.values()) / 60
    cases = [(part, case) for part, suite in suites.items() for case in suite.iter("testcase")]
    rows = sorted(((float(case.get("time")), part, name_of(case)) for part, case in cases), reverse=True)
    table = "\n".join(f"| {seconds:.1f} | {part} | {name} |" for seconds, part, name in rows[:MOST])
    return f"""\
{HEADING}

Of the last `python3 course.py test`, in two processes side by side: {len(rows)} tests in {whole:.1f} minutes ({minutes}).
What several tests share, such as a start of JupyterLab, counts for the first of them.

| seconds | part | test |
|---|---|---|
{table}
"""


def name_of(case):
    """Where a test stands and how it is called, without the bars that would end a column of the table."""
    return f"{case.get('classname')}: {case.get('name')}".replace("|", "/")
