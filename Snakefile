from snakemake.utils import min_version

from repatlas.gpu_lease import share_gpus
from repatlas.runs import CELL_COLUMNS, path_pattern
from repatlas.workflow.opening import open_atlas, open_requests
from repatlas.workflow.search_path import job_prefix

min_version("9.20")

ATLAS = open_atlas(
    workflow.basedir, config, workflow.is_main_process, workflow.configfiles
)
JOBS, REQUESTS = ATLAS.jobs, open_requests(ATLAS)
RUN, NETWORK = path_pattern(), path_pattern(CELL_COLUMNS)

shell.prefix(job_prefix())


pathvars:
    results=ATLAS.results,
    logs=f"{ATLAS.results}/logs",
    benchmarks=f"{ATLAS.results}/benchmarks",


wildcard_constraints:
    **ATLAS.wildcard_constraints,


for stage in ATLAS.stages:

    include: f"workflow/rules/{stage}.smk"


include: "workflow/rules/figures.smk"
include: "workflow/rules/claims.smk"
include: "workflow/rules/report.smk"


rule all:
    default_target: True
    input:
        rules.figures.input,
        rules.claims.input,
        rules.describe_study.output,
