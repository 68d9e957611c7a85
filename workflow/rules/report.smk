from repatlas.workflow.storage import storage_options


onstart:
    ATLAS.freeze()


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
        mem_mb=500,
        runtime="10m",
    params:
        study=ATLAS.resolved,
        code=ATLAS.code("describe_study.py"),
    message:
        "describe the study"
    shell:
        "python scripts/describe_study.py --study {params.study:q} --records {input} "
        "--config {output.config} --versions {output.versions} --networks {output.networks} "
        "> {log} 2>&1"


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
        mem_mb=1000,
        runtime="30m",
    params:
        config=str(ATLAS.frozen_config),
        storage=storage_options(workflow),
    message:
        "write the report"
    shell:
        "snakemake all --report {output} --configfile {params.config} --nolock "
        "{params.storage} > {log} 2>&1"
