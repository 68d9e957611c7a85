from snakemake.utils import min_version

from repatlas.runs import CELL_COLUMNS, path_pattern
from repatlas.workflow.atlas import open_atlas

min_version("9.20")

ATLAS = open_atlas(workflow.basedir, config, workflow.is_main_process)
JOBS = ATLAS.jobs
RUN, NETWORK = path_pattern(), path_pattern(CELL_COLUMNS)


pathvars:
    results=ATLAS.results,
    logs=f"{ATLAS.results}/logs",
    benchmarks=f"{ATLAS.results}/benchmarks",


wildcard_constraints:
    **ATLAS.wildcard_constraints,


include: "workflow/rules/data.smk"
include: "workflow/rules/train.smk"
include: "workflow/rules/store.smk"
include: "workflow/rules/similarity.smk"
include: "workflow/rules/experiments.smk"
include: "workflow/rules/ensembles.smk"
include: "workflow/rules/block_structure.smk"
include: "workflow/rules/alignment_snr.smk"
include: "workflow/rules/claims.smk"
include: "workflow/rules/report.smk"


rule all:
    default_target: True
    input:
        rules.figures.input,
        rules.claims.input,
        rules.describe_study.output,
