"""The soak in short: a pool that is killed again and again loses and doubles nothing."""

from bench.kills import soak


def test_a_killed_pool_loses_and_doubles_nothing(tmp_path, clean_engine, small_files):
    report = soak(12, 20261122, tmp_path, clean_engine.address)
    assert report.kills == 12
    assert report.wrong == 0
    assert len(report.by_work) >= 3
    assert sum(report.hit.values()) == 12
