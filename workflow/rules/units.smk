# What the units of a group of networks have in common. A study without such groups has none of
# these rules.
UNITS = ATLAS.unit_jobs


rule gather_units:
    input:
        weights=UNITS.weights,
        data=UNITS.data,
    output:
        "<results>/units/{group}/{checkpoint}.{probe}.h5",
    log:
        "<logs>/gather_units/{group}/{checkpoint}.{probe}.log",
    benchmark:
        "<benchmarks>/gather_units/{group}/{checkpoint}.{probe}.jsonl"
    conda:
        "../../envs/networks.yaml"
    threads: 1
    resources:
        mem_mb=REQUESTS.memory("gather_units"),
        runtime=REQUESTS.minutes("gather_units"),
        gpu_jobs=REQUESTS.gpu_places("gather_units"),
    params:
        runs=UNITS.runs_json,
        probe=JOBS.probe_json,
        units=UNITS.units_json,
        code=ATLAS.code("gather_units.py"),
    message:
        "gather units of {wildcards.group} ({wildcards.checkpoint}, {wildcards.probe})"
    shell:
        "python scripts/gather_units.py --runs - --weights {input.weights} "
        "--checkpoint {wildcards.checkpoint} --probe {params.probe:q} --data {input.data} "
        "--units {params.units:q} --threads {threads} --device auto:{resources.gpu_jobs} "
        "--output {output} <<< {params.runs:q} > {log} 2>&1"


rule match_units:
    input:
        "<results>/units/{group}/{checkpoint}.{probe}.h5",
    output:
        "<results>/matching/{group}/{checkpoint}.{probe}.h5",
    log:
        "<logs>/match_units/{group}/{checkpoint}.{probe}.log",
    benchmark:
        "<benchmarks>/match_units/{group}/{checkpoint}.{probe}.jsonl"
    conda:
        "../../envs/analysis.yaml"
    threads: 1
    resources:
        mem_mb=REQUESTS.memory("match_units"),
        runtime=REQUESTS.minutes("match_units"),
    params:
        code=ATLAS.code("match_units.py"),
    message:
        "match units of {wildcards.group} ({wildcards.checkpoint}, {wildcards.probe})"
    shell:
        "python scripts/match_units.py --units {input} --output {output} > {log} 2>&1"


rule map_units:
    input:
        "<results>/units/{group}/{checkpoint}.{probe}.h5",
    output:
        "<results>/sparse_maps/{group}/{checkpoint}.{probe}.h5",
    log:
        "<logs>/map_units/{group}/{checkpoint}.{probe}.log",
    benchmark:
        "<benchmarks>/map_units/{group}/{checkpoint}.{probe}.jsonl"
    conda:
        "../../envs/analysis.yaml"
    threads: 1
    resources:
        mem_mb=REQUESTS.memory("map_units"),
        runtime=REQUESTS.minutes("map_units"),
    params:
        alphas=UNITS.alphas,
        code=ATLAS.code("map_units.py"),
    message:
        "predict units of {wildcards.group} ({wildcards.checkpoint}, {wildcards.probe})"
    shell:
        "python scripts/map_units.py --units {input} --alphas {params.alphas} "
        "--output {output} > {log} 2>&1"


rule cluster_units:
    input:
        "<results>/units/{group}/{checkpoint}.{probe}.h5",
    output:
        "<results>/clusters/{group}/{checkpoint}.{probe}.h5",
    log:
        "<logs>/cluster_units/{group}/{checkpoint}.{probe}.log",
    benchmark:
        "<benchmarks>/cluster_units/{group}/{checkpoint}.{probe}.jsonl"
    conda:
        "../../envs/analysis.yaml"
    threads: 1
    resources:
        mem_mb=REQUESTS.memory("cluster_units"),
        runtime=REQUESTS.minutes("cluster_units"),
    params:
        threshold=UNITS.spec.cluster_threshold,
        code=ATLAS.code("cluster_units.py"),
    message:
        "cluster units of {wildcards.group} ({wildcards.checkpoint}, {wildcards.probe})"
    shell:
        "python scripts/cluster_units.py --units {input} --threshold {params.threshold} "
        "--output {output} > {log} 2>&1"


rule align_units:
    input:
        "<results>/units/{group}/{checkpoint}.{probe}.h5",
    output:
        "<results>/alignments/{group}/{checkpoint}.{probe}.h5",
    log:
        "<logs>/align_units/{group}/{checkpoint}.{probe}.log",
    benchmark:
        "<benchmarks>/align_units/{group}/{checkpoint}.{probe}.jsonl"
    conda:
        "../../envs/analysis.yaml"
    threads: 1
    resources:
        mem_mb=REQUESTS.memory("align_units"),
        runtime=REQUESTS.minutes("align_units"),
    params:
        seed=UNITS.spec.seed,
        code=ATLAS.code("align_units.py"),
    message:
        "align units of {wildcards.group} ({wildcards.checkpoint}, {wildcards.probe})"
    shell:
        "python scripts/align_units.py --units {input} --seed {params.seed} --output {output} "
        "> {log} 2>&1"


rule measure_examples:
    input:
        stores=UNITS.stores,
        units="<results>/units/{group}/{checkpoint}.{probe}.h5",
    output:
        "<results>/example_measures/{group}/{checkpoint}.{probe}.h5",
    log:
        "<logs>/measure_examples/{group}/{checkpoint}.{probe}.log",
    benchmark:
        "<benchmarks>/measure_examples/{group}/{checkpoint}.{probe}.jsonl"
    conda:
        "../../envs/analysis.yaml"
    threads: 1
    resources:
        mem_mb=REQUESTS.memory("measure_examples"),
        runtime=REQUESTS.minutes("measure_examples"),
    params:
        permutations=UNITS.spec.permutations,
        seed=UNITS.spec.seed,
        code=ATLAS.code("measure_examples.py"),
    message:
        "measure examples of {wildcards.group} ({wildcards.checkpoint}, {wildcards.probe})"
    shell:
        "python scripts/measure_examples.py --stores {input.stores} --units {input.units} "
        "--permutations {params.permutations} --seed {params.seed} --output {output} "
        "> {log} 2>&1"
