rule extract:
    input:
        weights=JOBS.checkpoint_weights,
        data=JOBS.probe_data,
        without=JOBS.left_out if JOBS.probes_need_more else [],
    output:
        f"<results>/stores/{RUN}/{{checkpoint}}.{{probe}}.h5",
    log:
        f"<logs>/extract/{RUN}/{{checkpoint}}.{{probe}}.log",
    benchmark:
        f"<benchmarks>/extract/{RUN}/{{checkpoint}}.{{probe}}.jsonl"
    conda:
        "../../envs/networks.yaml"
    threads: 1
    resources:
        mem_mb=REQUESTS.memory("extract"),
        runtime=REQUESTS.minutes("extract"),
        gpu_jobs=REQUESTS.gpu_places("extract"),
    params:
        run=JOBS.run_json,
        probe=JOBS.probe_json,
        options=JOBS.extract_options,
        code=ATLAS.code("extract.py"),
    message:
        "store activations of {wildcards.network} depth {wildcards.depth} width "
        "{wildcards.width} seed {wildcards.seed} ({wildcards.checkpoint}, {wildcards.probe})"
    shell:
        "python scripts/extract.py --run {params.run:q} --checkpoint {wildcards.checkpoint} "
        "--weights {input.weights} --probe {params.probe:q} --data {input.data} "
        "{params.options} --threads {threads} --device auto:{resources.gpu_jobs} "
        "--output {output} > {log} 2>&1"


rule choose_examples:
    input:
        unpack(JOBS.selection_inputs),
    output:
        f"<results>/examples/{RUN}/{{checkpoint}}.{{selection}}.json",
    log:
        f"<logs>/choose_examples/{RUN}/{{checkpoint}}.{{selection}}.log",
    benchmark:
        f"<benchmarks>/choose_examples/{RUN}/{{checkpoint}}.{{selection}}.jsonl"
    conda:
        "../../envs/analysis.yaml"
    threads: 1
    resources:
        mem_mb=REQUESTS.memory("choose_examples"),
        runtime=REQUESTS.minutes("choose_examples"),
    params:
        choice=JOBS.selection_options,
        code=ATLAS.code("choose_examples.py"),
    message:
        "choose examples ({wildcards.selection}) by {wildcards.network} depth "
        "{wildcards.depth} width {wildcards.width} seed {wildcards.seed}"
    shell:
        "python scripts/choose_examples.py --store {input.store} --similarity {input.similarity} "
        "{params.choice} --output {output} > {log} 2>&1"
