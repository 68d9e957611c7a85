"""The frozen config, which jobs on a cluster read in the place of the study's file."""

import json
from pathlib import Path

from repatlas.config.load import load_study, parse_study, read_yaml
from repatlas.workflow.atlas import Atlas

ROOT = Path(__file__).parents[2]


def test_a_job_reads_the_study_in_the_order_in_which_it_was_written(tmp_path, monkeypatch):
    """Else it would be told its settings in another order than the main process has planned."""
    overlay = read_yaml(ROOT / "workflow" / "studies" / "smoke.yaml")
    study = load_study(ROOT / "config.yaml", overlay)
    monkeypatch.chdir(tmp_path)
    atlas = Atlas(ROOT, study)
    atlas.freeze()
    read = parse_study(read_yaml(atlas.frozen_config))
    assert json.dumps(read.model_dump(mode="json")) == json.dumps(study.model_dump(mode="json"))
    assert Atlas(ROOT, read).config_hash == atlas.config_hash
