"""The cycle collector rests exactly as long as somebody asks for it."""

import gc
import threading

import pytest

from xinglin.kernel.collector import YOUNG, resting_collector, settle


@pytest.fixture(autouse=True)
def collecting():
    was = gc.isenabled()
    gc.enable()
    yield
    (gc.enable if was else gc.disable)()


def test_it_rests_inside_and_works_again_after():
    with resting_collector():
        assert not gc.isenabled()
    assert gc.isenabled()


def test_a_fault_wakes_it():
    with pytest.raises(ZeroDivisionError), resting_collector():
        _ = 1 / 0
    assert gc.isenabled()


def test_the_outermost_block_wakes_it():
    with resting_collector():
        with resting_collector():
            pass
        assert not gc.isenabled()
    assert gc.isenabled()


def test_where_it_is_off_it_stays_off():
    gc.disable()
    with resting_collector():
        assert not gc.isenabled()
    assert not gc.isenabled()


def test_the_last_of_several_threads_wakes_it():
    inside, leave = threading.Barrier(3), [threading.Event(), threading.Event()]

    def work(mine):
        with resting_collector():
            inside.wait(5)
            leave[mine].wait(5)

    threads = [threading.Thread(target=work, args=[n]) for n in range(2)]
    for thread in threads:
        thread.start()
    inside.wait(5)
    assert not gc.isenabled()
    leave[0].set()
    threads[0].join(5)
    assert not gc.isenabled(), "the other one still works"
    leave[1].set()
    threads[1].join(5)
    assert gc.isenabled()


def test_as_a_decorator():
    @resting_collector()
    def work():
        return gc.isenabled()

    assert work() is False and work() is False
    assert gc.isenabled()


def test_what_a_process_has_loaded_is_left_alone_and_pages_are_looked_at_seldom():
    before = gc.get_threshold()
    try:
        settle()
        assert gc.get_freeze_count() > 10_000
        assert gc.get_threshold() == (YOUNG, *before[1:])
        assert gc.isenabled()
    finally:
        gc.set_threshold(*before)
        gc.unfreeze()
