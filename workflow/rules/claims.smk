# The files of the claims are sources: on disk wherever the results lie, younger in a new clone than
# results in a store. Their content counts, which is a parameter, and not their time.
rule judge_claims:
    input:
        claims=[ancient(local(path)) for path in ATLAS.claims_files],
        evidence=ATLAS.evidence_files,
    output:
        "<results>/claims.json",
    log:
        "<logs>/claims/judge.log",
    benchmark:
        "<benchmarks>/claims/judge.jsonl"
    group:
        "claims"
    conda:
        "../../envs/analysis.yaml"
    threads: 1
    resources:
        mem_mb=REQUESTS.memory("judge_claims"),
        runtime=REQUESTS.minutes("judge_claims"),
    params:
        evidence=ATLAS.evidence_json,
        claims=ATLAS.claims_hash,
        settings=ATLAS.study.claims.model_dump_json(),
        study=ATLAS.study.study,
        scale=ATLAS.study.scale,
        code=ATLAS.code("judge_claims.py"),
    message:
        "judge the claims"
    shell:
        "python scripts/judge_claims.py --claims {input.claims} --evidence - "
        "--study {params.study} --scale {params.scale} --settings {params.settings:q} "
        "--output {output} <<< {params.evidence:q} > {log} 2>&1"


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
    group:
        "claims"
    conda:
        "../../envs/analysis.yaml"
    threads: 1
    resources:
        mem_mb=REQUESTS.memory("render_claims"),
        runtime=REQUESTS.minutes("render_claims"),
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
