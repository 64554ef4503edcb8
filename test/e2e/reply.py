#!/usr/bin/python3
"""Is what bgfctl printed as its schemas say?  reply.py SCHEMA.json < answer

Stricter than the schema that is shipped: no member that it does not name."""
import json
import sys

sys.path.pop(0)  # numbers.py beside this file is no module of Python

import jsonschema


def close(schema):
    """Objects hold nothing else."""
    if isinstance(schema, dict):
        if "properties" in schema:
            schema["additionalProperties"] = False
        for v in schema.values():
            close(v)
    elif isinstance(schema, list):
        for v in schema:
            close(v)


schema = json.load(open(sys.argv[1]))
answer = json.load(sys.stdin)
# The branch of the command: its errors say more than those of oneOf.
for branch in schema["oneOf"]:
    if branch["properties"]["command"]["const"] == answer.get("command"):
        close(branch)
        jsonschema.Draft7Validator(branch).validate(answer)
        sys.exit(0)
sys.exit("no such command: %s" % answer.get("command"))
