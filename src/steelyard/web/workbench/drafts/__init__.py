"""Models as their authors write them: texts by version, tried in the sandbox, carried in and out as folders."""
