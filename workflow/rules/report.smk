from repatlas.workflow.crate.contents import crate_contents
from repatlas.workflow.storage import storage_options


onstart:
    ATLAS.freeze()
    if workflow.local_exec and "gpu_jobs" in workflow.global_resources:
        share_gpus(workflow.global_resources["gpu_jobs"].value)


rule describe_study:
    input:
        [ATLAS.paths.record(run) for run in ATLAS.runs.runs],
    output:
        config=report(
            "<results>/study/config.yaml",
            caption="../report/config.rst",
            category="Study",
            labels={"page": "resolved config"},
        ),
        versions=report(
            "<results>/study/versions.txt",
            caption="../report/versions.rst",
            category="Study",
            labels={"page": "versions and commit"},
        ),
        networks=report(
            "<results>/study/networks.csv",
            caption="../report/networks.rst",
            category="Study",
            labels={"page": "networks and their accuracy"},
        ),
    log:
        "<logs>/study/describe.log",
    benchmark:
        "<benchmarks>/study/describe.jsonl"
    conda:
        "../../envs/analysis.yaml"
    threads: 1
    resources:
        mem_mb=REQUESTS.memory("describe_study"),
        runtime=REQUESTS.minutes("describe_study"),
    params:
        # From a function: of other texts Snakemake takes {words} for wildcards.
        study=ATLAS.resolved_text,
        code=ATLAS.code("describe_study.py"),
    message:
        "describe the study"
    shell:
        "python scripts/describe_study.py --study - --records {input} "
        "--config {output.config} --versions {output.versions} --networks {output.networks} "
        "<<< {params.study:q} > {log} 2>&1"


# The report reads what Snakemake has noted of finished jobs, so it is made where those notes are,
# by a second Snakemake over the frozen config, which runs nothing and therefore needs no lock.
rule report:
    input:
        rules.figures.input,
        rules.claims.input,
        rules.describe_study.output,
    output:
        "<results>/report.html",
    log:
        "<logs>/study/report.log",
    benchmark:
        "<benchmarks>/study/report.jsonl"
    localrule: True
    conda:
        "../../envs/analysis.yaml"
    threads: 1
    resources:
        mem_mb=REQUESTS.memory("report"),
        runtime=REQUESTS.minutes("report"),
    params:
        config=str(ATLAS.frozen_config),
        storage=storage_options(workflow),
    message:
        "write the report"
    shell:
        "snakemake all --report {output} --configfile {params.config} --nolock "
        "{params.storage} > {log} 2>&1"


# Its contents are listed only where a crate is asked for: that takes time in a large study.
rule crate:
    input:
        lambda wildcards: crate_contents(ATLAS).files,
    output:
        "<results>/ro-crate.zip",
    log:
        "<logs>/study/crate.log",
    benchmark:
        "<benchmarks>/study/crate.jsonl"
    conda:
        "../../envs/analysis.yaml"
    threads: 1
    resources:
        mem_mb=REQUESTS.memory("crate"),
        runtime=REQUESTS.minutes("crate"),
    params:
        config=str(ATLAS.frozen_config),
        code=ATLAS.code("export_crate.py"),
    message:
        "export figures, claims and provenance as an RO-Crate"
    shell:
        "python scripts/export_crate.py --config {params.config} --output {output} > {log} 2>&1"
