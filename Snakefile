from pathlib import Path

from snakemake.utils import Paramspace, min_version

from repatlas.runs import CELL_COLUMNS
from repatlas.workflow.atlas import open_atlas

min_version("9.20")

ATLAS = open_atlas(
    Path(workflow.basedir), config, main_process=workflow.is_main_process
)
RUN = Paramspace(ATLAS.runs.frame).wildcard_pattern
NETWORK = Paramspace(ATLAS.runs.frame[list(CELL_COLUMNS)]).wildcard_pattern


pathvars:
    results=ATLAS.results,
    logs=f"{ATLAS.results}/logs",
    benchmarks=f"{ATLAS.results}/benchmarks",


wildcard_constraints:
    **ATLAS.wildcard_constraints,


onstart:
    ATLAS.freeze()


include: "workflow/rules/data.smk"
include: "workflow/rules/train.smk"
include: "workflow/rules/store.smk"
include: "workflow/rules/similarity.smk"
include: "workflow/rules/block_structure.smk"


rule figures:
    input:
        rules.block_structure.input,


include: "workflow/rules/claims.smk"
include: "workflow/rules/report.smk"


rule all:
    default_target: True
    input:
        rules.figures.input,
        rules.claims.input,
        rules.describe_study.output,
