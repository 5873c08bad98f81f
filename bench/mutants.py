"""Whether cases notice small changes of their model: `python -m bench.mutants [ID ...] [--json]`.

Every small change of five kinds is made of every model's text, one at a time, and the model's own cases are asked of
it.  A survivor is a case to be written, or a change that says the same.  `tests/test_model_mutants.py` asks ten models
by lot.
"""

import argparse
import json
import sys
import time
from collections import Counter
from typing import Any

from steelyard.catalogue import load_catalogue
from steelyard.detect.tests.sql_mutants import KINDS, Mutant, MutantRunner, mutants, survivors, taken
from steelyard.kit.catalogue_folder import catalogue_folder


def main() -> int:
    parser = argparse.ArgumentParser(description="small changes of models against their cases")
    parser.add_argument("ids", nargs="*", metavar="ID", help="only these models")
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    catalogue = load_catalogue(catalogue_folder())
    wanted = given.ids or [name for name, model in catalogue.models.items() if model.status == "ready"]
    unknown = [name for name in wanted if name not in catalogue.models]
    if unknown:
        parser.error(f"no model {', '.join(unknown)}")
    runner = MutantRunner(catalogue)
    started = time.process_time()
    made, alive = Counter[str](), Counter[str]()
    by_model: dict[str, Any] = {}
    for name in wanted:
        model = catalogue.models[name]
        changed = taken(runner, model, list(mutants(model, catalogue)))
        left = survivors(runner, model, changed)
        made.update(one.kind for one in changed)
        alive.update(one.kind for one in left)
        by_model[name] = _row(changed, left)
        if not given.json:
            print(f"{name}: {len(changed)} changes, {len(left)} survive", flush=True)
            for one in left:
                print(f"  {one.kind}: {one.what}", flush=True)
    told = {
        "killed": made.total() - alive.total(),
        "survived": alive.total(),
        "by_kind": {kind: {"killed": made[kind] - alive[kind], "survived": alive[kind]} for kind in KINDS},
        "cpu_s": round(time.process_time() - started, 1),
    }
    print(json.dumps(told | {"by_model": by_model} if given.json else told, indent=2, ensure_ascii=False))
    return 0


def _row(changed: list[Mutant], left: list[Mutant]) -> dict[str, Any]:
    met = {one.kind for one in changed}
    return {
        "killed": len(changed) - len(left),
        "survived": [{"kind": one.kind, "what": one.what} for one in left],
        "lacks": [kind for kind in KINDS if kind not in met],
    }


if __name__ == "__main__":
    sys.exit(main())
