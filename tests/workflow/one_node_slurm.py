"""A Slurm of one node on the loopback address, for tests, continuous integration and benchmarks.

As a command it runs another one on such a cluster and takes it down afterwards::

    python tests/workflow/one_node_slurm.py COMMAND [ARGUMENT ...]

It needs root and Debian's packages slurmctld, slurmd, slurm-client and munge; it takes nothing of
their services or of /etc: key, configuration, state and logs lie in a folder of its own, and the
ports are free ones.
"""

import contextlib
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

PROGRAMS = ("munged", "slurmctld", "slurmd", "sbatch", "srun", "squeue", "scancel", "setpriv")

PATIENCE = 60
"""Seconds that a daemon has for its start or its end; it needs one or two."""

CONFIGURATION = """
ClusterName=test
SlurmctldHost={host}(127.0.0.1)
SlurmctldPort={controller_port}
SlurmdPort={node_port}
SlurmUser=root
SlurmdUser=root
AuthType=auth/munge
AuthInfo=socket={folder}/munge.socket
StateSaveLocation={folder}/state
SlurmdSpoolDir={folder}/spool
SlurmctldPidFile={folder}/slurmctld.pid
SlurmdPidFile={folder}/slurmd.pid
# Only the loopback address is listened on.
CommunicationParameters=NoCtldInAddrAny,NoInAddrAny
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
MpiDefault=none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core_Memory
AccountingStorageType=accounting_storage/none
# Without control groups a job over its memory is found by looking, every second.
JobAcctGatherType=jobacct_gather/linux
JobAcctGatherFrequency=task=1
JobAcctGatherParams=OverMemoryKill
# A job over its time is ended within the minute, a waiting one starts within a second.
KillWait=1
SchedulerParameters=bf_interval=1,sched_interval=1,sched_min_interval=0
ReturnToService=2
MaxJobCount=20000
GresTypes=gpu
NodeName={host} NodeAddr=127.0.0.1 CPUs={cpus} RealMemory={memory_mb} Gres=gpu:1
PartitionName=main Nodes={host} Default=YES MaxTime=INFINITE
"""


@dataclass(frozen=True)
class Cluster:
    """A running cluster.

    Attributes
    ----------
    folder
        Where its configuration and its logs lie.
    """

    folder: Path

    @property
    def environment(self) -> dict[str, str]:
        """What a process needs in its environment to speak to this cluster."""
        return {"SLURM_CONF": str(self.folder / "slurm.conf")}

    def ask(self, *command: str) -> str:
        """Standard output of one of Slurm's commands."""
        done = subprocess.run(
            command,
            env=os.environ | self.environment,
            capture_output=True,
            text=True,
            timeout=PATIENCE,
        )
        return done.stdout.strip()


def missing() -> str | None:
    """Why no cluster can be started here; None if one can."""
    absent = [program for program in PROGRAMS if _program(program) is None]
    if absent:
        return f"no one-node Slurm: {', '.join(absent)} not installed (.ci/slurm install)"
    return None if os.geteuid() == 0 else "no one-node Slurm: its daemons are started by root only"


@contextmanager
def one_node_slurm(cpus: int | None = None, memory_mb: int | None = None) -> Iterator[Cluster]:
    """Start a cluster and take it down, with all its jobs, whatever happens.

    Parameters
    ----------
    cpus, memory_mb
        What the node offers; the machine's cores and nine tenths of its memory if absent.

    Raises
    ------
    RuntimeError
        If a daemon does not start; the message ends with its log.
    """
    with tempfile.TemporaryDirectory(prefix="slurm-") as name, ExitStack() as daemons:
        folder = Path(name)
        # munged wants its socket within everybody's reach.
        folder.chmod(0o711)
        cluster = Cluster(folder)
        _write_configuration(folder, cpus or _cores(), memory_mb or _memory_mb())
        daemons.enter_context(
            _daemon(
                folder,
                "munged",
                f"--socket={folder}/munge.socket",
                f"--key-file={folder}/munge.key",
                f"--pid-file={folder}/munged.pid",
                f"--seed-file={folder}/munge.seed",
                "--foreground",
            )
        )
        _wait_until((folder / "munge.socket").exists, folder)
        daemons.enter_context(_daemon(folder, "slurmctld", "-D"))
        daemons.enter_context(_daemon(folder, "slurmd", "-D"))
        _wait_until(lambda: cluster.ask("sinfo", "-h", "-o", "%T") == "idle", folder)
        try:
            yield cluster
        finally:
            # Jobs are no children of the daemons: they are ended before those.
            cluster.ask("scancel", "--user=root")
            cluster.ask("scancel", "--user=root", "--signal=KILL")
            _wait_until(lambda: not cluster.ask("squeue", "-h"), folder)


@contextmanager
def _daemon(folder: Path, program: str, *arguments: str) -> Iterator[None]:
    """Run a daemon in the foreground; the kernel ends it if this process is killed."""
    with (folder / f"{program}.out").open("w") as out:
        process = subprocess.Popen(
            ["setpriv", "--pdeathsig", "TERM", str(_program(program)), *arguments],
            env=os.environ | Cluster(folder).environment,
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            yield
        finally:
            process.terminate()
            try:
                process.wait(PATIENCE)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _end_all(leader: subprocess.Popen[bytes]) -> None:
    """End a process and all others of its session, by force after a while."""
    for number in (signal.SIGTERM, signal.SIGKILL):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(leader.pid, number)
        with contextlib.suppress(subprocess.TimeoutExpired):
            leader.wait(PATIENCE / 6)


def _write_configuration(folder: Path, cpus: int, memory_mb: int) -> None:
    for name in ("state", "spool"):
        (folder / name).mkdir()
    key = folder / "munge.key"
    key.write_bytes(secrets.token_bytes(128))
    key.chmod(0o400)
    controller_port, node_port = _free_ports(2)
    (folder / "slurm.conf").write_text(
        CONFIGURATION.format(
            host=socket.gethostname().split(".")[0],
            folder=folder,
            controller_port=controller_port,
            node_port=node_port,
            cpus=cpus,
            memory_mb=memory_mb,
        )
    )
    # A GPU that is counted and not there: jobs can ask for it.
    (folder / "gpu0").touch()
    (folder / "gres.conf").write_text(f"Name=gpu File={folder}/gpu0\n")


def _free_ports(count: int) -> list[int]:
    """Ports of the loopback address that nobody listens on."""
    with ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in range(count)]
        for each in sockets:
            each.bind(("127.0.0.1", 0))
        return [each.getsockname()[1] for each in sockets]


def _wait_until(ready: Callable[[], bool], folder: Path) -> None:
    """Return once something holds; say what the logs say if it does not in time."""
    deadline = time.monotonic() + PATIENCE
    while not ready():
        if time.monotonic() > deadline:
            raise RuntimeError(f"the one-node Slurm is not ready:\n{_ends_of_logs(folder)}")
        time.sleep(0.05)


def _ends_of_logs(folder: Path) -> str:
    return "\n".join(
        f"{path.name}: {line}"
        for path in sorted(folder.glob("*.out"))
        for line in path.read_text(errors="replace").splitlines()[-10:]
    )


def _program(name: str) -> str | None:
    """Full path of a program; daemons lie where a user's search path may not reach."""
    return shutil.which(name, path=os.pathsep.join([os.environ["PATH"], "/usr/sbin", "/sbin"]))


def _cores() -> int:
    return os.cpu_count() or 1


def _memory_mb() -> int:
    return int(0.9 * os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**20)


def _end_on_signal(number: int, _: object) -> None:
    sys.exit(128 + number)


def main() -> None:
    """Run the command that is given on a cluster of its own and end with its status."""
    reason = missing()
    if reason:
        sys.exit(f"error: {reason}")
    # A terminated process would leave without taking the cluster down.
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _end_on_signal)
    with one_node_slurm() as cluster:
        # A session of its own, so that whatever it starts can be ended with it.
        process = subprocess.Popen(
            sys.argv[1:], env=os.environ | cluster.environment, start_new_session=True
        )
        try:
            status = process.wait()
        finally:
            _end_all(process)
    sys.exit(status)


if __name__ == "__main__":
    main()
