rule compare_layers:
    input:
        f"<results>/stores/{RUN}/{{checkpoint}}.{{probe}}.h5",
    output:
        f"<results>/similarity/{RUN}/{{checkpoint}}.{{probe}}.h5",
    log:
        f"<logs>/compare_layers/{RUN}/{{checkpoint}}.{{probe}}.log",
    benchmark:
        f"<benchmarks>/compare_layers/{RUN}/{{checkpoint}}.{{probe}}.jsonl"
    conda:
        "../../envs/analysis.yaml"
    threads: 1
    resources:
        mem_mb=ATLAS.compare_memory,
        runtime="30m",
    params:
        code=ATLAS.code("compare.py"),
    message:
        "compare layers of {wildcards.network} depth {wildcards.depth} width "
        "{wildcards.width} seed {wildcards.seed} ({wildcards.checkpoint}, {wildcards.probe})"
    shell:
        "python scripts/compare.py --stores {input} --pairs within --output {output} "
        "> {log} 2>&1"


rule compare_seeds:
    input:
        ATLAS.stores_of_seeds,
    output:
        f"<results>/similarity/seeds/{NETWORK}/{{checkpoint}}.{{probe}}.h5",
    log:
        f"<logs>/compare_seeds/{NETWORK}/{{checkpoint}}.{{probe}}.log",
    benchmark:
        f"<benchmarks>/compare_seeds/{NETWORK}/{{checkpoint}}.{{probe}}.jsonl"
    conda:
        "../../envs/analysis.yaml"
    threads: 1
    resources:
        mem_mb=ATLAS.compare_memory,
        runtime="2h",
    params:
        code=ATLAS.code("compare.py"),
    message:
        "compare seeds of {wildcards.network} depth {wildcards.depth} width "
        "{wildcards.width} ({wildcards.checkpoint}, {wildcards.probe})"
    shell:
        "python scripts/compare.py --stores {input} --pairs between --output {output} "
        "> {log} 2>&1"


rule compare_checkpoints:
    input:
        ATLAS.stores_of_checkpoints,
    output:
        f"<results>/similarity/checkpoints/{RUN}/{{probe}}.h5",
    log:
        f"<logs>/compare_checkpoints/{RUN}/{{probe}}.log",
    benchmark:
        f"<benchmarks>/compare_checkpoints/{RUN}/{{probe}}.jsonl"
    conda:
        "../../envs/analysis.yaml"
    threads: 1
    resources:
        mem_mb=ATLAS.compare_memory,
        runtime="2h",
    params:
        code=ATLAS.code("compare.py"),
    message:
        "compare checkpoints of {wildcards.network} depth {wildcards.depth} width "
        "{wildcards.width} seed {wildcards.seed} ({wildcards.probe})"
    shell:
        "python scripts/compare.py --stores {input} --pairs between --output {output} "
        "> {log} 2>&1"
