from steelyard.identity.form_rates import figures


def test_every_form_is_measured_and_the_checks_are_told_for_ten_million():
    found = figures(checks=1000, rows=1000)
    assert found["id_checks_10m_cpu_s"] > 0
    assert len(found["rows_per_cpu_second"]) == 7
    assert all(rate > 0 for rate in found["rows_per_cpu_second"].values())
