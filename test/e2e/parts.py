#!/usr/bin/python3
"""The answers of a stream, each into a file: parts.py json|xml PREFIX < stream

What is not whole yet, at its end, is left out."""
import json
import re
import sys

sys.path.pop(0)  # numbers.py beside this file is no module of Python


def answers(text):
    """Documents in JSON, one behind the other."""
    at, decoder = 0, json.JSONDecoder()
    while text[at:].strip():
        at += len(text[at:]) - len(text[at:].lstrip())
        try:
            _, end = decoder.raw_decode(text, at)
        except ValueError:
            if text[at:].count("{") == text[at:].count("}"):
                raise
            return
        yield text[at:end]
        at = end


def documents(text):
    """Documents in XML: each begins with its declaration."""
    for part in re.split(r"(?=<\?xml )", text):
        if part.rstrip().endswith("</reply>"):
            yield part


how = {"json": answers, "xml": documents}[sys.argv[1]]
for n, answer in enumerate(how(sys.stdin.read())):
    with open(f"{sys.argv[2]}.{n}", "w", encoding="utf-8") as f:
        f.write(answer)
