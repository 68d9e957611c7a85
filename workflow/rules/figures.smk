# Every paper of the study: one rule a figure, for those figures whose networks the study has, and a
# target with the paper's name for all of them.
from repatlas.workflow.figure_plan import input_options

PLANS = [(paper, paper.figures()) for paper in ATLAS.papers]

for paper, figures in PLANS:
    for figure, plan in figures.items():

        rule:
            name:
                figure
            input:
                **plan.inputs,
            output:
                report(
                    f"{plan.stem}.png",
                    caption=f"../report/{figure}.rst",
                    category=paper.title,
                    labels={"figure": plan.number, "shows": plan.shows},
                ),
                multiext(plan.stem, ".svg", ".pdf", ".csv"),
            log:
                f"<logs>/figures/{figure}.log",
            benchmark:
                f"<benchmarks>/figures/{figure}.jsonl"
            # Used on a cluster only, where a profile says how many are drawn by one job.
            group:
                "figures"
            conda:
                "../../envs/analysis.yaml"
            threads: 1
            resources:
                mem_mb=REQUESTS.memory("figure"),
                runtime=REQUESTS.minutes("figure"),
            params:
                script=plan.script,
                inputs=input_options,
                layout=plan.layout,
                stem=subpath(output[0], strip_suffix=".png"),
                code=ATLAS.code(plan.script),
            message:
                f"draw {figure}"
            # A loop's variables have moved on when a command is run: it takes them from params.
            shell:
                "python scripts/{params.script} {params.inputs} --layout - "
                "--output {params.stem} <<< {params.layout:q} > {log} 2>&1"

    rule:
        name:
            paper.name
        input:
            [plan.files for plan in figures.values()],


rule figures:
    input:
        [plan.files for _, figures in PLANS for plan in figures.values()],
