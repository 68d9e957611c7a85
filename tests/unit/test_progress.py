import pytest

from repatlas.workflow.progress import OTHER_GUESS, Estimator, duration_text


def test_time_left_is_learned_from_finished_jobs_of_the_rule():
    estimator = Estimator(cores=2)
    estimator.plan({"train": 5, "all": 1, "total": 6})
    estimator.start(1, "train", 0.0)
    assert estimator.finish(1, 10.0) == 10.0
    # Four waiting jobs of ten seconds and one other, on two cores.
    assert estimator.left(10.0) == pytest.approx((4 * 10 + OTHER_GUESS) / 2)


def test_running_jobs_have_their_elapsed_time_taken_off():
    estimator = Estimator(cores=1)
    estimator.plan({"train": 2, "total": 2})
    estimator.start(1, "train", 0.0)
    estimator.finish(1, 8.0)
    estimator.start(2, "train", 8.0)
    assert estimator.left(11.0) == pytest.approx(5.0)
    assert estimator.left(100.0) == 0.0


def test_the_last_job_is_not_shared_between_cores():
    estimator = Estimator(cores=4)
    estimator.plan({"train": 2, "total": 2})
    estimator.start(1, "train", 0.0)
    estimator.finish(1, 20.0)
    estimator.start(2, "train", 20.0)
    assert estimator.left(20.0) == pytest.approx(20.0)


def test_a_job_whose_start_was_not_seen_has_no_duration():
    assert Estimator().finish(7, 1.0) is None


@pytest.mark.parametrize(("seconds", "text"), [(8.2, "8 s"), (200, "3 min"), (7500, "2 h 05 min")])
def test_durations_in_words(seconds, text):
    assert duration_text(seconds) == text
