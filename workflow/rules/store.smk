rule extract:
    input:
        weights=ATLAS.checkpoint_weights,
        data=ATLAS.probe_data,
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
        mem_mb=ATLAS.extract_memory,
        runtime=ATLAS.extract_minutes,
        gpu_jobs=1,
    params:
        run=ATLAS.run_json,
        probe=ATLAS.probe_json,
        code=ATLAS.code("extract.py"),
    message:
        "store activations of {wildcards.network} depth {wildcards.depth} width "
        "{wildcards.width} seed {wildcards.seed} ({wildcards.checkpoint}, {wildcards.probe})"
    shell:
        "python scripts/extract.py --run {params.run:q} --checkpoint {wildcards.checkpoint} "
        "--weights {input.weights} --probe {params.probe:q} --data {input.data} "
        "--threads {threads} --device auto --output {output} > {log} 2>&1"
