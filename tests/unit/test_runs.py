from repatlas.config.cell import CellSpec
from repatlas.config.laptop import DEEP, laptop
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


def test_a_run_that_comes_first_is_trained_once_and_shares_seed_and_order():
    study = laptop()
    table = run_table(study)
    transfer = [run for run in table.runs if run.training == "transfer"]
    assert [run.start_run.data for run in transfer] == ["digits", "digits"]
    for run in transfer:
        first = run.start_run
        assert table.runs.count(first) == 1
        assert (first.seed, first.order, first.depth) == (run.seed, run.order, run.depth)
        assert table.runs.index(first) < table.runs.index(run)


def test_a_run_that_comes_first_need_stand_in_no_grid():
    study = laptop()
    grids = {name: grid for name, grid in study.grids.items() if name == "transfer"}
    table = run_table(study.model_copy(update={"grids": grids}))
    assert [(run.data, run.training) for run in table.runs] == [
        ("digits", "standard"),
        ("photos", "transfer"),
    ] * 2


def test_crossed_orders_are_no_seeds_of_the_network_but_in_their_own_grid():
    table = run_table(laptop())
    seeds = table.of_cell(CellSpec(grid="seeds", depth=DEEP, width=1))
    assert [(run.seed, run.order) for run in seeds] == [(0, 0), (1, 1), (2, 2)]
    crossed = table.of_cell(CellSpec(grid="crossed", depth=DEEP, width=1))
    assert sorted((run.seed, run.order) for run in crossed) == [(0, 0), (0, 1), (1, 0), (1, 1)]
