# Training resumes from its scratch folder, which is no output: Snakemake deletes outputs of a
# job that failed, and what is scratch must survive that.
rule train:
    input:
        data="<results>/data/{data}.h5",
        more=JOBS.more_for_training if JOBS.runs_need_more else [],
    output:
        model=f"<results>/models/{RUN}/model.safetensors",
        checkpoints=directory(f"<results>/models/{RUN}/checkpoints"),
        history=f"<results>/models/{RUN}/history.csv",
        record=f"<results>/models/{RUN}/run.json",
    log:
        f"<logs>/train/{RUN}.log",
    benchmark:
        f"<benchmarks>/train/{RUN}.jsonl"
    conda:
        "../../envs/networks.yaml"
    threads: 1
    resources:
        mem_mb=REQUESTS.memory("train"),
        runtime=REQUESTS.minutes("train"),
        gpu_jobs=REQUESTS.gpu_places("train"),
    params:
        run=JOBS.run_json,
        scratch=f"{ATLAS.results}/scratch/{RUN}",
        options=JOBS.training_options,
        code=ATLAS.code("train.py"),
    message:
        "train {wildcards.network} depth {wildcards.depth} width {wildcards.width} "
        "seed {wildcards.seed} on {wildcards.data} ({wildcards.training})"
    shell:
        "python scripts/train.py --run {params.run:q} --data {input.data} "
        "--scratch {params.scratch} --threads {threads} --device auto:{resources.gpu_jobs} "
        "--model {output.model} --checkpoints {output.checkpoints} "
        "--history {output.history} --record {output.record} {params.options} > {log} 2>&1"
