import os
import time

from repatlas.workflow.clock import bring_back


def test_files_of_a_time_to_come_are_brought_back_in_their_order(tmp_path):
    began = time.time()
    moments = {"a": 0.0, "b/c": began + 9e5, "b/d": began + 8e5, "e": began - 50, "f": began + 7e5}
    for name, moment in moments.items():
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(name)
        os.utime(path, (moment, moment))
    assert bring_back([tmp_path, tmp_path / "absent"]) == 3
    found = {name: (tmp_path / name).stat().st_mtime for name in moments}
    assert sorted(found, key=lambda name: found[name]) == ["a", "e", "f", "b/d", "b/c"]
    assert found["a"] == 0.0
    assert found["e"] == moments["e"]
    assert found["f"] > began - 1
    assert max(found.values()) <= time.time()
    assert bring_back([tmp_path]) == 0
