"""Snakemake executor plugin: ``--executor slurm-atlas``, the Slurm plugin with sound job arrays.

It is snakemake-executor-plugin-slurm but for three things, each seen on a real Slurm with its
version 2.8:

- Its job arrays give all jobs of a rule what the first one asks for, and the networks of a study
  differ in size. Here an array holds jobs that ask for the same, such as the seeds of a network.
- With fewer free slots than jobs it sets jobs aside for a later array and never submits them. Here
  what is ready is submitted at once.
- The log of a failed array job is told under a path where it does not lie.

Besides, Snakemake starts in each job once and not twice (the second start is for steps over several
nodes, which no job of this workflow has), ``--seconds-between-status-checks`` bounds the pause
between looks at the states, which grows to three minutes otherwise, and what Slurm says of a job
that it ended is told with the failure. Options are those of the plugin with ``slurm-atlas`` in the
place of ``slurm``.
"""

import asyncio
import shlex
import subprocess
import uuid
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

from snakemake_executor_plugin_slurm import Executor as SlurmExecutor
from snakemake_executor_plugin_slurm import ExecutorSettings, common_settings
from snakemake_executor_plugin_slurm.submit_string import get_submit_command
from snakemake_executor_plugin_slurm.utils import set_gres_string
from snakemake_executor_plugin_slurm.validation import validate_or_get_slurm_job_id
from snakemake_interface_common.exceptions import WorkflowError
from snakemake_interface_executor_plugins.executors.base import SubmittedJobInfo
from snakemake_interface_executor_plugins.jobs import JobExecutorInterface as Job

__all__ = ["Executor", "ExecutorSettings", "common_settings"]


class Executor(SlurmExecutor):
    """Submits jobs to Slurm, those that ask for the same as one array."""

    def additional_general_args(self) -> str:
        """Nothing: a job runs what it is told without a job step of its own."""
        return ""

    async def sleep(self) -> None:
        """Wait for the next look at the states of jobs."""
        longest = self.workflow.remote_execution_settings.seconds_between_status_checks
        await asyncio.sleep(min(longest, self.next_seconds_between_status_checks))

    def run_jobs(self, jobs: Sequence[Job]) -> None:
        """Submit everything that is ready.

        Parameters
        ----------
        jobs
            Jobs and groups of jobs that Snakemake has chosen.
        """
        alike: dict[str, list[Job]] = defaultdict(list)
        for job in jobs:
            if not job.is_group() and {job.rule.name, "all"} & self.array_jobs:
                alike[self._request(job)].append(job)
            else:
                self._submit_job(job)
        for like in alike.values():
            for start in range(0, len(like), self.max_array_size):
                array = like[start : start + self.max_array_size]
                if len(array) == 1:
                    self._submit_job(*array)
                else:
                    self._submit_array_jobs(array)

    def run_array_jobs(self, jobs: Sequence[Job]) -> None:
        """Submit jobs that ask for the same as one array; tell Snakemake of each.

        Parameters
        ----------
        jobs
            Two or more jobs of one rule.
        """
        try:
            logs = self.slurm_logdir / f"rule_{jobs[0].name}"
            logs.mkdir(parents=True, exist_ok=True)
            array = self._sbatch(jobs, logs)
        except Exception as error:
            # This runs in a thread of its own, where an error would be lost and the study hang.
            for job in jobs:
                told = f"no array was submitted: {error}"
                self._report_job_error_threadsafe(SubmittedJobInfo(job), told)
            return
        self.logger.info(
            f"Submitted {len(jobs)} jobs as array {array} (logs: {logs}/{array}_*.log)"
        )
        for index, job in enumerate(jobs, start=1):
            task = f"{array}_{index}"
            told = SubmittedJobInfo(job, task, aux={"slurm_logfile": logs / f"{task}.log"})
            self._report_job_submission_threadsafe(told)

    def report_job_error(
        self, job_info: SubmittedJobInfo, msg: str | None = None, **rest: object
    ) -> None:
        """Tell Snakemake that a job failed, with what Slurm's log says of a job that it ended."""
        told = _words_of_slurm((job_info.aux or {}).get("slurm_logfile"))
        super().report_job_error(job_info, msg=" ".join(filter(None, [msg, told])), **rest)

    def _sbatch(self, jobs: Sequence[Job], logs: Path) -> str:
        """Submit an array and return its number."""
        # One file a task, in a folder that goes when Snakemake ends: no limit on the length of a
        # command can be met.
        tasks = Path(self.tmpdir) / f"array-{uuid.uuid4()}"
        tasks.mkdir()
        for index, job in enumerate(jobs, start=1):
            (tasks / f"{index}.sh").write_text(f"#!/bin/sh\n{self.format_job_exec(job)}\n")
        call = self._request(
            jobs[0],
            run_uuid=self.run_uuid,
            slurm_logfile=logs / "%A_%a.log",
            account=next(self.get_account_arg(jobs[0])),
            partition=self.get_partition_arg(jobs[0]),
            workdir=self.workflow.workdir_init,
        )
        task = f"sh {shlex.quote(str(tasks))}/$SLURM_ARRAY_TASK_ID.sh"
        call += f" --array=1-{len(jobs)} --wrap={shlex.quote(task)}"
        done = subprocess.run(call, shell=True, capture_output=True, text=True)
        if done.returncode:
            raise WorkflowError(f"{done.stderr.strip()}\n    sbatch call: {call}")
        return validate_or_get_slurm_job_id(done.stdout.strip().split(";")[0], done.stdout)

    def _request(self, job: Job, **parameters: object) -> str:
        """The call of sbatch, as far as it says what a job asks for; equal for equal requests."""
        asked = {
            "run_uuid": "",
            "slurm_logfile": "",
            "comment_str": f"rule_{job.name}",
            "account": job.resources.get("slurm_account", ""),
            "partition": job.resources.get("slurm_partition", ""),
            "workdir": "",
        }
        call = get_submit_command(
            job,
            asked | parameters,
            settings=self.workflow.executor_settings,
            failed_nodes=self._failed_nodes,
        )
        return call + set_gres_string(job)


def _words_of_slurm(log: Path | None) -> str:
    """Lines of a job's log that are Slurm's own, such as one on a limit of memory or time."""
    if log is None or not log.is_file():
        return ""
    lines = log.read_text(errors="replace").splitlines()
    told = [line for line in lines if line.startswith(("slurmstepd", "srun: error"))]
    return "".join(f"\n    {line}" for line in dict.fromkeys(told)) + "\n" * bool(told)
