"""What a slide leaves out of an output: how a result was made goes to the foot, and of a certificate what nobody reads aloud."""

import html
import re
from decimal import ROUND_CEILING, ROUND_FLOOR, Context

MADE = re.compile(r'<p class="made">.*?</p>', re.DOTALL)
DIGITS = 5  # of a bound, on a slide
FINGERPRINT = re.compile(r"(?:, model| own teacher) [0-9a-f]{32}")
SECONDS = re.compile(r"<tr><td[^>]*>seconds</td>.*?</tr>", re.DOTALL)
BETWEEN = re.compile(r"between (-?\d+\.\d+) and (-?\d+\.\d+)")


def without_details(proof):
    """The HTML of a certificate without fingerprint and seconds, its bounds of the loss rounded outwards.

    >>> without_details("'relu, model 0123456789abcdef0123456789abcdef', loss between 0.150604484 and 0.150604485")
    "'relu', loss between 0.15060 and 0.15061"
    """
    short = FINGERPRINT.sub(lambda found: " own teacher" * ("own" in found[0]), proof)
    return BETWEEN.sub(_outwards, SECONDS.sub("", short))


def _outwards(bounds):
    low, high = (
        Context(prec=DIGITS, rounding=towards).create_decimal(bound)
        for bound, towards in zip(bounds.groups(), (ROUND_FLOOR, ROUND_CEILING), strict=True)
    )
    return f"between {low:f} and {high:f}"


def provenance(line):
    """HTML of the line that says how a stored result was made, or None for another line.

    >>> provenance("Made by `lmcourse reproduce escaping`: 2 minutes of work.")
    '<p class="made">Made by lmcourse reproduce escaping: 2 minutes of work.</p>'
    """
    made = line.startswith("Made by `lmcourse reproduce ")
    return f'<p class="made">{html.escape(line.replace("`", ""))}</p>' if made else None


def with_foot(body):
    """(body, foot): the lines about how results were made, taken out of the body of a page."""
    return MADE.sub("", body), "".join(MADE.findall(body))
