"""An S3 server on the loopback address: empty at its start, gone at its end.

As a command it runs another one that finds the server through its environment::

    python tests/workflow/object_store.py COMMAND ...
"""

import logging
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.request import Request, urlopen

from moto.server import ThreadedMotoServer

ANYWHERE_FREE = 0


@contextmanager
def object_store() -> Iterator[dict[str, str]]:
    """Start a server and give the environment in which Snakemake's S3 plugin reaches it."""
    # One line for each of thousands of requests would hide what a test says.
    logging.getLogger("werkzeug").setLevel(logging.WARNING)
    server = ThreadedMotoServer("127.0.0.1", ANYWHERE_FREE, verbose=False)
    server.start()
    try:
        host, port = server.get_host_and_port()
        url = f"http://{host}:{port}"
        # Servers of one process share what they hold.
        urlopen(Request(f"{url}/moto-api/reset", method="POST")).close()
        yield {
            "SNAKEMAKE_STORAGE_S3_ENDPOINT_URL": url,
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
