"""An S3 server on the loopback address, empty and gone with its process.

As a command it runs another one that finds the server through its environment::

    python tests/workflow/object_store.py COMMAND ...
"""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from moto.server import ThreadedMotoServer

ANYWHERE_FREE = 0


@contextmanager
def object_store() -> Iterator[dict[str, str]]:
    """Start a server and give the environment in which Snakemake's S3 plugin reaches it."""
    server = ThreadedMotoServer("127.0.0.1", ANYWHERE_FREE, verbose=False)
    server.start()
    try:
        host, port = server.get_host_and_port()
        yield {
            "SNAKEMAKE_STORAGE_S3_ENDPOINT_URL": f"http://{host}:{port}",
            "SNAKEMAKE_STORAGE_S3_ACCESS_KEY": "any",
            "SNAKEMAKE_STORAGE_S3_SECRET_KEY": "any",
        }
    finally:
        server.stop()


def main() -> int:
    """Run the command that is given and return its exit status."""
    with object_store() as environment:
        return subprocess.run(sys.argv[1:], env=os.environ | environment).returncode


if __name__ == "__main__":
    sys.exit(main())
