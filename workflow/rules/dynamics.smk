# Networks that are followed while they learn, and what theory makes of them. A study without the
# section has none of these rules.
DYNAMICS = ATLAS.dynamics


rule follow_points:
    output:
        "<results>/dynamics/{task}/{followed}.h5",
    log:
        "<logs>/follow_points/{task}/{followed}.log",
    benchmark:
        "<benchmarks>/follow_points/{task}/{followed}.jsonl"
    wildcard_constraints:
        task=DYNAMICS.followed_tasks,
    conda:
        "../../envs/networks.yaml"
    threads: 1
    resources:
        mem_mb=REQUESTS.memory("follow_points"),
        runtime=REQUESTS.minutes("follow_points"),
        gpu_jobs=REQUESTS.gpu_places("follow_points"),
    params:
        points=DYNAMICS.points_json,
        code=ATLAS.code("follow_points.py"),
    message:
        "follow two points in {wildcards.followed} ({wildcards.task})"
    shell:
        "python scripts/follow_points.py --task {params.points:q} "
        "--threads {threads} --device auto:{resources.gpu_jobs} --output {output} > {log} 2>&1"


rule follow_xor:
    output:
        "<results>/dynamics/xor/{followed}.h5",
    log:
        "<logs>/follow_xor/{followed}.log",
    benchmark:
        "<benchmarks>/follow_xor/{followed}.jsonl"
    conda:
        "../../envs/networks.yaml"
    threads: 1
    resources:
        mem_mb=REQUESTS.memory("follow_xor"),
        runtime=REQUESTS.minutes("follow_xor"),
        gpu_jobs=REQUESTS.gpu_places("follow_xor"),
    params:
        xor=DYNAMICS.xor_json,
        code=ATLAS.code("follow_xor.py"),
    message:
        "follow exclusive or in {wildcards.followed}"
    shell:
        "python scripts/follow_xor.py --task {params.xor:q} "
        "--threads {threads} --device auto:{resources.gpu_jobs} --output {output} > {log} 2>&1"


rule follow_context:
    output:
        "<results>/dynamics/context.h5",
    log:
        "<logs>/follow_context.log",
    benchmark:
        "<benchmarks>/follow_context.jsonl"
    conda:
        "../../envs/networks.yaml"
    threads: 1
    resources:
        mem_mb=REQUESTS.memory("follow_context"),
        runtime=REQUESTS.minutes("follow_context"),
        gpu_jobs=REQUESTS.gpu_places("follow_context"),
    params:
        context=DYNAMICS.context_json,
        code=ATLAS.code("follow_context.py"),
    message:
        "follow networks that learn the context task"
    shell:
        "python scripts/follow_context.py --task {params.context:q} "
        "--threads {threads} --device auto:{resources.gpu_jobs} --output {output} > {log} 2>&1"


rule follow_images:
    input:
        DYNAMICS.images_data,
    output:
        pair="<results>/dynamics/pairs/{followed}.h5",
        classes="<results>/dynamics/classes/{followed}.h5",
    log:
        "<logs>/follow_images/{followed}.log",
    benchmark:
        "<benchmarks>/follow_images/{followed}.jsonl"
    conda:
        "../../envs/networks.yaml"
    threads: 1
    resources:
        mem_mb=REQUESTS.memory("follow_images"),
        runtime=REQUESTS.minutes("follow_images"),
        gpu_jobs=REQUESTS.gpu_places("follow_images"),
    params:
        images=DYNAMICS.images_json,
        code=ATLAS.code("follow_images.py"),
    message:
        "follow images in {wildcards.followed}"
    shell:
        "python scripts/follow_images.py --task {params.images:q} --data {input} "
        "--threads {threads} --device auto:{resources.gpu_jobs} "
        "--pair {output.pair} --classes {output.classes} > {log} 2>&1"


rule fit_trajectories:
    input:
        "<results>/dynamics/{task}/{followed}.h5",
    output:
        "<results>/dynamics/fits/{task}/{followed}.h5",
    log:
        "<logs>/fit_trajectories/{task}/{followed}.log",
    benchmark:
        "<benchmarks>/fit_trajectories/{task}/{followed}.jsonl"
    wildcard_constraints:
        task=DYNAMICS.fitted_tasks,
    conda:
        "../../envs/analysis.yaml"
    threads: 1
    resources:
        mem_mb=REQUESTS.memory("fit_trajectories"),
        runtime=REQUESTS.minutes("fit_trajectories"),
    params:
        options=DYNAMICS.fit_options,
        code=ATLAS.code("fit_trajectories.py"),
    message:
        "fit theory to {wildcards.followed} ({wildcards.task})"
    shell:
        "python scripts/fit_trajectories.py --trajectories {input} {params.options} "
        "--output {output} > {log} 2>&1"


rule predict_distances:
    input:
        grid="<results>/dynamics/grids/{followed}.h5",
        fits=DYNAMICS.rates,
    output:
        "<results>/dynamics/distances/{followed}.h5",
    log:
        "<logs>/predict_distances/{followed}.log",
    benchmark:
        "<benchmarks>/predict_distances/{followed}.jsonl"
    conda:
        "../../envs/analysis.yaml"
    threads: 1
    resources:
        mem_mb=REQUESTS.memory("predict_distances"),
        runtime=REQUESTS.minutes("predict_distances"),
    params:
        code=ATLAS.code("predict_distances.py"),
    message:
        "foretell final distances of {wildcards.followed}"
    shell:
        "python scripts/predict_distances.py --trajectories {input.grid} --fits {input.fits} "
        "--output {output} > {log} 2>&1"


rule measure_layer_law:
    input:
        "<results>/dynamics/laws/{followed}.h5",
    output:
        "<results>/dynamics/layer_laws/{followed}.h5",
    log:
        "<logs>/measure_layer_law/{followed}.log",
    benchmark:
        "<benchmarks>/measure_layer_law/{followed}.jsonl"
    conda:
        "../../envs/analysis.yaml"
    threads: 1
    resources:
        mem_mb=REQUESTS.memory("measure_layer_law"),
        runtime=REQUESTS.minutes("measure_layer_law"),
    params:
        code=ATLAS.code("measure_layer_law.py"),
    message:
        "measure how distances in {wildcards.followed} depend on the target"
    shell:
        "python scripts/measure_layer_law.py --trajectories {input} --output {output} > {log} 2>&1"


rule compare_geometry:
    input:
        DYNAMICS.compared,
    output:
        "<results>/dynamics/geometry.h5",
    log:
        "<logs>/compare_geometry.log",
    benchmark:
        "<benchmarks>/compare_geometry.jsonl"
    conda:
        "../../envs/analysis.yaml"
    threads: 1
    resources:
        mem_mb=REQUESTS.memory("compare_geometry"),
        runtime=REQUESTS.minutes("compare_geometry"),
    params:
        code=ATLAS.code("compare_geometry.py"),
    message:
        "compare distances of exclusive or between networks"
    shell:
        "python scripts/compare_geometry.py --distances {input} --output {output} > {log} 2>&1"
