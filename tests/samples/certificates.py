"""Files of certificates that somebody changed, for the tests of the re-check."""

import json
from pathlib import Path

from lmcourse.certificates.certificate import Certificate, _checksum
from lmcourse.certificates.recheck import recheck


def forged(path: Path, proof: Certificate, **changes) -> tuple[bool, str]:
    """What a re-check says of a file in which fields were changed, and its checksum with them."""
    proof.save(path)
    content = json.loads(path.read_text())
    content.pop("checksum"), content.pop("format")
    content.update(changes)
    path.write_text(json.dumps({"format": "lmcourse certificate 1", "checksum": _checksum(content), **content}))
    return recheck(path)
