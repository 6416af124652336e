"""A model that fails or falls behind twice in a row rests, longer each time it does so again."""

from aurora.speech.steadiness import ASIDE_S, LAGGING_S, LONGEST_ASIDE_S, Steadiness

LATE_S = LAGGING_S + 0.1


def test_one_slow_answer_is_forgiven_and_a_second_in_a_row_is_not():
    steadiness = Steadiness()

    assert not steadiness.answered("base", LATE_S, now=0.0)
    assert not steadiness.answered("base", 0.3, now=1.0)
    assert not steadiness.answered("base", LATE_S, now=2.0)
    assert steadiness.answered("base", LATE_S, now=3.0)
    assert steadiness.aside(now=3.0) == {"base"}


def test_a_failure_counts_as_much_as_a_slow_answer():
    steadiness = Steadiness()
    steadiness.failed("base", now=0.0)

    assert steadiness.answered("base", LATE_S, now=1.0)


def test_a_rested_model_is_asked_again_and_one_good_answer_clears_it():
    steadiness = Steadiness()
    steadiness.failed("base", now=0.0)
    steadiness.failed("base", now=0.0)

    assert steadiness.aside(now=ASIDE_S - 1) == {"base"}
    assert steadiness.aside(now=ASIDE_S) == set()

    steadiness.answered("base", 0.2, now=ASIDE_S)
    assert not steadiness.answered("base", LATE_S, now=ASIDE_S + 1)


def test_a_model_that_is_still_slow_rests_at_once_and_for_longer():
    steadiness = Steadiness()
    now, rests = 0.0, []
    steadiness.failed("base", now)
    for _ in range(6):
        assert steadiness.failed("base", now)
        rest_s = 0.0
        while steadiness.aside(now + rest_s):
            rest_s += ASIDE_S / 2
        rests.append(rest_s)
        now += rest_s

    assert rests == [60, 120, 240, 480, 900, 900]
    assert max(rests) == LONGEST_ASIDE_S


def test_a_late_answer_of_a_resting_model_does_not_lengthen_its_rest():
    steadiness = Steadiness()
    steadiness.failed("base", now=0.0)
    steadiness.failed("base", now=0.0)

    steadiness.answered("base", LATE_S, now=10.0)

    assert steadiness.aside(now=ASIDE_S) == set()


def test_models_are_judged_apart():
    steadiness = Steadiness()
    steadiness.failed("base", now=0.0)
    steadiness.failed("small", now=0.0)

    assert steadiness.aside(now=0.0) == set()
