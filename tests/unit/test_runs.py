from repatlas.config.laptop import laptop
from repatlas.config.study import CellSpec
from repatlas.runs import COLUMNS, expand_grid, path_pattern, run_path, run_table


def test_a_run_in_two_grids_stands_once():
    study = laptop()
    table = run_table(study)
    total = sum(len(list(expand_grid(study, grid))) for grid in study.grids.values())
    assert len(table.by_key) == len(table.runs) < total
    assert len(set(map(run_path, table.runs))) == len(table.runs)


def test_order_follows_the_seed_unless_it_is_given():
    study = laptop()
    grid = study.grids["depth"].model_copy(update={"depths": (14,), "seeds": (3, 4)})
    assert [(run.seed, run.order) for run in expand_grid(study, grid)] == [(3, 3), (4, 4)]
    crossed = grid.model_copy(update={"orders": (0, 1)})
    pairs = [(run.seed, run.order) for run in expand_grid(study, crossed)]
    assert pairs == [(3, 0), (3, 1), (4, 0), (4, 1)]


def test_a_cell_is_all_seeds_of_one_network():
    study = laptop()
    cell = study.block_structure.large
    runs = run_table(study).of_cell(CellSpec(**cell.model_dump()))
    assert [run.seed for run in runs] == list(study.grids[cell.grid].seeds)
    assert {run.depth for run in runs} == {cell.depth}


def test_the_pattern_gives_the_path_when_its_wildcards_are_filled():
    run = run_table(laptop()).runs[0]
    values = {column: getattr(run, column) for column in COLUMNS}
    assert path_pattern().format(**values) == run_path(run)


def test_path_names_every_part():
    run = run_table(laptop()).runs[0]
    assert [part.split("~")[0] for part in run_path(run).split("/")] == list(COLUMNS)
