rule prepare_data:
    output:
        "<results>/data/{data}.h5",
    log:
        "<logs>/data/{data}.log",
    benchmark:
        "<benchmarks>/data/{data}.jsonl"
    conda:
        "../../envs/networks.yaml"
    threads: 1
    resources:
        mem_mb=REQUESTS.memory("prepare_data"),
        runtime=REQUESTS.minutes("prepare_data"),
    params:
        spec=JOBS.data_json,
        code=ATLAS.code("prepare_data.py"),
    message:
        "prepare data set {wildcards.data}"
    shell:
        "python scripts/prepare_data.py --name {wildcards.data} --spec {params.spec:q} "
        "--output {output} > {log} 2>&1"
