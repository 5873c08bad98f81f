import stat

from steelyard.kit.home import Home


def test_others_look_into_neither_pool_nor_deliveries_nor_secrets(tmp_path):
    (tmp_path / "pool").mkdir(mode=0o755)
    home = Home(tmp_path).make()
    assert [stat.S_IMODE(folder.stat().st_mode) for folder in (home.pool, home.raw, home.secrets)] == [0o700] * 3


def test_a_home_left_empty_is_not_the_folder_one_stands_in(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("STEELYARD_HOME", "")
    assert Home.from_environment().root == tmp_path / "var"
