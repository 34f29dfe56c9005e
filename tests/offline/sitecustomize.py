"""With this folder on PYTHONPATH no Python process reaches the network: only this machine itself can be talked to.

The notebooks are tested in this way, so that a lesson that needs the network fails.
"""

import socket

_connect = socket.socket.connect
THIS_MACHINE = ("localhost", "127.", "::1", "0.0.0.0")


def connect(self, address):
    if self.family in (socket.AF_INET, socket.AF_INET6) and not str(address[0]).startswith(THIS_MACHINE):
        raise OSError(f"The tests run without a network, but {address[0]} was asked for.")
    return _connect(self, address)


socket.socket.connect = connect
