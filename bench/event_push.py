"""The web half in a soak: takes pushes, says which are acknowledged, and is killed like any process.

python -m bench.event_push SEED FIRST   in the home of STEELYARD_HOME, pushes from number FIRST on for ever
"""

import itertools
import sys
import time

from steelyard.cli.bench.event_load import Load
from steelyard.cli.route import open_pool, today_of
from steelyard.cli.session import Session
from steelyard.cli.web import start_django
from steelyard.engines.postgres import Role
from steelyard.pool import inbox

PAUSE_SECONDS = 0.2


def main() -> int:
    seed, first = int(sys.argv[1]), int(sys.argv[2])
    session = Session.open()
    load = Load(open_pool(session), today_of(session), seed)
    start_django(Role.WORKER)
    from steelyard.web.intake import actions  # Django must be started first

    for number, shot in itertools.islice(enumerate(load.shots()), first, None):
        actions.push(shot.interface, shot.key, inbox.body_of(shot.rows), sender="soak")
        print(number, shot.key, flush=True)
        time.sleep(PAUSE_SECONDS)
    return 0


if __name__ == "__main__":
    sys.exit(main())
