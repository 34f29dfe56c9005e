"""Values that stay on one line: "k = n = 20", "95.8 %", "1e-10"."""

import re

NUMBER = r"-?\d[\d.,]*(?:e[+-]?\d+)?"
VALUE = re.compile(rf"\b[A-Za-z](?: = [A-Za-z])* = {NUMBER}(?: %)?|(?<![\w.]){NUMBER} %|\b\d[\d.]*e-\d+")
APART = re.compile(r"(<(pre|code|aside|script)\b.*?</\2>|<[^>]+>|\\\(.*?\\\)|\\\[.*?\\\]|\$[^$<]+\$)", re.DOTALL)


def unbroken_html(text):
    """HTML whose values do not break at the end of a line; formulas, code and tags stay as they are.

    >>> unbroken_html(r'<p title="k = 3">At k = n = 20, \\(N = 5\\): 95.8 %.</p>')
    '<p title="k = 3">At <span class="together">k = n = 20,</span> \\\\(N = 5\\\\): <span class="together">95.8 %</span>.</p>'
    """
    parts, place = [], 0
    for found in APART.finditer(text):
        parts += [VALUE.sub(r'<span class="together">\g<0></span>', text[place : found.start()]), found[0]]
        place = found.end()
    return "".join(parts) + VALUE.sub(r'<span class="together">\g<0></span>', text[place:])
