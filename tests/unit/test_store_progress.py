from repatlas.store.progress import Progress


def test_tells_how_long_it_still_takes_but_not_at_every_step(capsys):
    seconds = iter([0.0, 2.0, 6.0, 8.0, 12.0])
    progress = Progress(10, "layers", interval=5.0, clock=lambda: next(seconds))
    for done in (1, 3, 4, 6):
        progress.tell(done)
    assert capsys.readouterr().err.splitlines() == [
        "3 of 10 layers, about 14 s left",
        "6 of 10 layers, about 8 s left",
    ]
