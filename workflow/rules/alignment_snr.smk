# Signal-to-Noise Ratio and Sample Size Govern Representational Alignment (Umar, Laio 2026): one
# rule a figure, for those figures whose learners the study has.
ALIGNMENT_SNR_FIGURES = ATLAS.alignment_snr.figures()

for figure, plan in ALIGNMENT_SNR_FIGURES.items():

    rule:
        name:
            figure
        input:
            **plan.inputs,
        output:
            report(
                f"{plan.stem}.png",
                caption=f"../report/{figure}.rst",
                category=ATLAS.alignment_snr.title,
                labels={"figure": plan.number, "shows": plan.shows},
            ),
            multiext(plan.stem, ".svg", ".pdf", ".csv"),
        log:
            f"<logs>/figures/{figure}.log",
        benchmark:
            f"<benchmarks>/figures/{figure}.jsonl"
        conda:
            "../../envs/analysis.yaml"
        threads: 1
        resources:
            mem_mb=2000,
            runtime="10m",
        params:
            script=plan.script,
            inputs=plan.arguments,
            layout=plan.layout,
            stem=subpath(output[0], strip_suffix=".png"),
            code=ATLAS.code(plan.script),
        message:
            f"draw {figure}"
        # A loop's variables have moved on when a command is run: it takes them from params.
        shell:
            "python scripts/{params.script} {params.inputs} --layout {params.layout:q} "
            "--output {params.stem} > {log} 2>&1"


rule alignment_snr:
    input:
        [plan.files for plan in ALIGNMENT_SNR_FIGURES.values()],
