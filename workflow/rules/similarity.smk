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
        mem_mb=REQUESTS.memory("compare_layers"),
        runtime=REQUESTS.minutes("compare_layers"),
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
        JOBS.stores_of_seeds,
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
        mem_mb=REQUESTS.memory("compare_seeds"),
        runtime=REQUESTS.minutes("compare_seeds"),
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
        JOBS.stores_of_checkpoints,
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
        mem_mb=REQUESTS.memory("compare_checkpoints"),
        runtime=REQUESTS.minutes("compare_checkpoints"),
    params:
        code=ATLAS.code("compare.py"),
    message:
        "compare checkpoints of {wildcards.network} depth {wildcards.depth} width "
        "{wildcards.width} seed {wildcards.seed} ({wildcards.probe})"
    shell:
        "python scripts/compare.py --stores {input} --pairs between --output {output} "
        "> {log} 2>&1"


rule measure_layers:
    input:
        f"<results>/stores/{RUN}/{{checkpoint}}.{{probe}}.h5",
    output:
        f"<results>/measures/{RUN}/{{checkpoint}}.{{probe}}.h5",
    log:
        f"<logs>/measure_layers/{RUN}/{{checkpoint}}.{{probe}}.log",
    benchmark:
        f"<benchmarks>/measure_layers/{RUN}/{{checkpoint}}.{{probe}}.jsonl"
    conda:
        "../../envs/analysis.yaml"
    threads: 1
    resources:
        mem_mb=REQUESTS.memory("measure_layers"),
        runtime=REQUESTS.minutes("measure_layers"),
    params:
        code=ATLAS.code("compare_measures.py"),
    message:
        "compare layers by other measures: {wildcards.network} depth {wildcards.depth} width "
        "{wildcards.width} seed {wildcards.seed} ({wildcards.checkpoint}, {wildcards.probe})"
    shell:
        "python scripts/compare_measures.py --store {input} --output {output} > {log} 2>&1"


rule translate_examples:
    input:
        f"<results>/stores/{RUN}/{{checkpoint}}.{{probe}}.h5",
    output:
        f"<results>/outliers/{RUN}/{{checkpoint}}.{{probe}}.h5",
    log:
        f"<logs>/translate_examples/{RUN}/{{checkpoint}}.{{probe}}.log",
    benchmark:
        f"<benchmarks>/translate_examples/{RUN}/{{checkpoint}}.{{probe}}.jsonl"
    conda:
        "../../envs/analysis.yaml"
    threads: 1
    resources:
        mem_mb=REQUESTS.memory("translate_examples"),
        runtime=REQUESTS.minutes("translate_examples"),
    params:
        code=ATLAS.code("translate_examples.py"),
    message:
        "translate examples: {wildcards.network} depth {wildcards.depth} width "
        "{wildcards.width} seed {wildcards.seed} ({wildcards.checkpoint}, {wildcards.probe})"
    shell:
        "python scripts/translate_examples.py --store {input} --output {output} > {log} 2>&1"
