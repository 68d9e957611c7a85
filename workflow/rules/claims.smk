rule judge_claims:
    input:
        claims=[
            f"workflow/claims/{name}.yaml"
            for paper in ATLAS.papers
            for name in paper.claims
        ],
        evidence=ATLAS.evidence_files,
    output:
        "<results>/claims.json",
    log:
        "<logs>/claims/judge.log",
    benchmark:
        "<benchmarks>/claims/judge.jsonl"
    conda:
        "../../envs/analysis.yaml"
    threads: 1
    group:
        "claims"
    resources:
        mem_mb=2000,
        runtime="30m",
    params:
        evidence=ATLAS.evidence.model_dump_json(exclude_none=True),
        settings=ATLAS.study.claims.model_dump_json(),
        study=ATLAS.study.study,
        scale=ATLAS.study.scale,
        code=ATLAS.code("judge_claims.py"),
    message:
        "judge the claims"
    shell:
        "python scripts/judge_claims.py --claims {input.claims} --evidence {params.evidence:q} "
        "--study {params.study} --scale {params.scale} --settings {params.settings:q} "
        "--output {output} > {log} 2>&1"


rule render_claims:
    input:
        "<results>/claims.json",
    output:
        report(
            "<results>/claims.html",
            caption="../report/claims.rst",
            category="Claims",
            labels={"table": "every claim and its verdict"},
        ),
    log:
        "<logs>/claims/render.log",
    benchmark:
        "<benchmarks>/claims/render.jsonl"
    conda:
        "../../envs/analysis.yaml"
    threads: 1
    group:
        "claims"
    resources:
        mem_mb=500,
        runtime="10m",
    params:
        code=ATLAS.code("render_claims.py"),
    message:
        "write the table of claims"
    shell:
        "python scripts/render_claims.py --claims {input} --output {output} > {log} 2>&1"


rule claims:
    input:
        rules.judge_claims.output,
        rules.render_claims.output,
