"""A stand-in for a Kubernetes cluster: its API on the loopback address, its pods as processes.

It answers what Snakemake's executor asks. A pod starts in an empty folder of its own and sees of
this machine's environment what an image would have: Python with the packages. What a cluster does
besides (images, limits, GPUs, nodes) it leaves out.
"""

import base64
import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any


class Cluster:
    """Jobs and secrets of one namespace; every pod runs to its end before it is reported."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.secrets: dict[str, dict[str, str]] = {}
        self.jobs: dict[str, dict[str, Any]] = {}
        self.codes: dict[str, int] = {}
        self.lock = threading.Lock()

    def start(self, job: dict[str, Any]) -> None:
        """Run the container of a job and keep its exit status."""
        name = job["metadata"]["name"]
        (container,) = job["spec"]["template"]["spec"]["containers"]
        pod = self.folder / name
        pod.mkdir()
        done = subprocess.run(
            [*container["command"], *container["args"]],
            cwd=pod,
            env=self._image_environment() | self._secret_environment(container),
            stdout=(self.folder / f"{name}.log").open("w"),
            stderr=subprocess.STDOUT,
        )
        with self.lock:
            self.jobs[name] = job
            self.codes[name] = done.returncode

    def _image_environment(self) -> dict[str, str]:
        """What the image sets, with a pip that has nothing to do: all packages are there."""
        tools = self.folder / "bin"
        tools.mkdir(exist_ok=True)
        (tools / "pip").write_text("#!/bin/sh\n")
        (tools / "pip").chmod(0o755)
        path = os.pathsep.join([str(tools), str(Path(sys.executable).parent), os.defpath])
        # In an image the workflow's modules are found in the pod's own folder.
        return {"PATH": path, "HOME": str(self.folder), "PYTHONPATH": "src"}

    def _secret_environment(self, container: dict[str, Any]) -> dict[str, str]:
        found = {}
        for variable in container.get("env", []):
            place = variable["valueFrom"]["secretKeyRef"]
            value = self.secrets[place["name"]][place["key"]]
            found[variable["name"]] = base64.b64decode(value).decode()
        return found

    def answer(self, method: str, path: str, body: dict[str, Any]) -> dict[str, Any]:
        """What the API says to a request."""
        kind = path.split("?")[0].rstrip("/").split("/")
        match method, kind[-1]:
            case "POST", "secrets":
                self.secrets[body["metadata"]["name"]] = body["data"]
                return body
            case "POST", "jobs":
                self.start(body)
                return body
            case "GET", "status":
                code = self.codes[kind[-2]]
                counts = {"failed": 1} if code else {"succeeded": 1}
                return {"metadata": {"name": kind[-2]}, "status": counts}
            case "GET", "pods":
                return {"kind": "PodList", "items": []}
        return {}


@contextmanager
def cluster(folder: Path) -> Iterator[Cluster]:
    """Serve a cluster whose pods live below a folder; ``folder/kubeconfig`` leads there."""
    pods = Cluster(folder)

    class Handler(BaseHTTPRequestHandler):
        def reply(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            body = json.loads(self.rfile.read(length) or b"{}")
            text = json.dumps(pods.answer(self.command, self.path, body)).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            self.wfile.write(text)

        do_GET = do_POST = do_DELETE = reply  # noqa: N815

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    host, port = server.server_address[:2]
    named = {"name": "here", "context": {"cluster": "here", "user": "me"}}
    config = {
        "clusters": [{"name": "here", "cluster": {"server": f"http://{host}:{port}"}}],
        "users": [{"name": "me", "user": {}}],
        "contexts": [named],
        "current-context": "here",
    }
    (folder / "kubeconfig").write_text(json.dumps(config))
    try:
        yield pods
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
