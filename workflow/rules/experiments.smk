# What trained networks do beyond what a store tells.
rule experiment:
    input:
        weights=JOBS.checkpoint_weights,
        data=JOBS.probe_data,
        store=f"<results>/stores/{RUN}/{{checkpoint}}.{{probe}}.h5",
        similarity=f"<results>/similarity/{RUN}/{{checkpoint}}.{{probe}}.h5",
    output:
        f"<results>/experiments/{{experiment}}/{RUN}/{{checkpoint}}.{{probe}}.h5",
    log:
        f"<logs>/{{experiment}}/{RUN}/{{checkpoint}}.{{probe}}.log",
    benchmark:
        f"<benchmarks>/{{experiment}}/{RUN}/{{checkpoint}}.{{probe}}.jsonl"
    conda:
        "../../envs/networks.yaml"
    threads: 1
    resources:
        mem_mb=REQUESTS.memory("experiment"),
        runtime=REQUESTS.minutes("experiment"),
        gpu_jobs=REQUESTS.gpu_places("experiment"),
    params:
        run=JOBS.run_json,
        probe=JOBS.probe_json,
        code=ATLAS.experiment_code,
    message:
        "{wildcards.experiment} of {wildcards.network} depth {wildcards.depth} width "
        "{wildcards.width} seed {wildcards.seed} ({wildcards.checkpoint}, {wildcards.probe})"
    shell:
        "python scripts/run_{wildcards.experiment}.py --run {params.run:q} "
        "--checkpoint {wildcards.checkpoint} --weights {input.weights} --probe {params.probe:q} "
        "--data {input.data} --store {input.store} --similarity {input.similarity} "
        "--threads {threads} --device auto:{resources.gpu_jobs} --output {output} > {log} 2>&1"


rule follow_training:
    input:
        weights=f"<results>/models/{RUN}/model.safetensors",
        checkpoints=f"<results>/models/{RUN}/checkpoints",
        data=JOBS.probe_data,
    output:
        f"<results>/experiments/trajectory/{RUN}/{{probe}}.h5",
    log:
        f"<logs>/trajectory/{RUN}/{{probe}}.log",
    benchmark:
        f"<benchmarks>/trajectory/{RUN}/{{probe}}.jsonl"
    conda:
        "../../envs/networks.yaml"
    threads: 1
    resources:
        mem_mb=REQUESTS.memory("follow_training"),
        runtime=REQUESTS.minutes("follow_training"),
        gpu_jobs=REQUESTS.gpu_places("follow_training"),
    params:
        run=JOBS.run_json,
        probe=JOBS.probe_json,
        code=ATLAS.code("run_trajectory.py"),
    message:
        "follow {wildcards.network} depth {wildcards.depth} width {wildcards.width} seed "
        "{wildcards.seed} through its training ({wildcards.probe})"
    shell:
        "python scripts/run_trajectory.py --run {params.run:q} --weights {input.weights} "
        "--checkpoints {input.checkpoints} --probe {params.probe:q} --data {input.data} "
        "--threads {threads} --device auto:{resources.gpu_jobs} --output {output} > {log} 2>&1"
