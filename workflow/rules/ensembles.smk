# Learners of noisy labels: exact solutions by the hundred, small networks trained together.
rule simulate_alignment:
    output:
        "<results>/simulation/alignment.h5",
    log:
        "<logs>/simulation/alignment.log",
    benchmark:
        "<benchmarks>/simulation/alignment.jsonl"
    conda:
        "../../envs/analysis.yaml"
    threads: 1
    resources:
        mem_mb=REQUESTS.memory("simulate_alignment"),
        runtime=REQUESTS.minutes("simulate_alignment"),
    params:
        simulation=ATLAS.ensembles.simulation_json,
        code=ATLAS.code("simulate_alignment.py"),
    message:
        "simulate learners of noisy labels"
    shell:
        "python scripts/simulate_alignment.py --simulation {params.simulation:q} "
        "--output {output} > {log} 2>&1"


rule train_ensemble:
    input:
        ATLAS.ensembles.data,
    output:
        "<results>/ensembles/{ensemble}.h5",
    log:
        "<logs>/ensembles/{ensemble}.log",
    benchmark:
        "<benchmarks>/ensembles/{ensemble}.jsonl"
    conda:
        "../../envs/networks.yaml"
    threads: 1
    resources:
        mem_mb=REQUESTS.memory("train_ensemble"),
        runtime=REQUESTS.minutes("train_ensemble"),
        gpu_jobs=REQUESTS.gpu_places("train_ensemble"),
    params:
        ensemble=ATLAS.ensembles.spec_json,
        options=ATLAS.ensembles.options,
        code=ATLAS.code("train_ensembles.py"),
    message:
        "train ensemble {wildcards.ensemble}"
    shell:
        "python scripts/train_ensembles.py --ensemble {params.ensemble:q} {params.options} "
        "--threads {threads} --device auto:{resources.gpu_jobs} --output {output} > {log} 2>&1"
