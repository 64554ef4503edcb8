#!/usr/bin/env python3
"""Reload again and again: reloads.py SOCKET FILE COUNT

FILE is the configuration.  Each time twait-s of <rendezvous> becomes another,
every tenth time something is wrong with the file instead: it must be refused
and change nothing, which the next reload of what was there before shows.
Prints how many were taken and refused, and how long one took.
"""
import json
import os
import re
import socket
import sys
import time

# What is wrong, and a word of the refusal; each changes twait-s as well.
WRONG = [
    (lambda t: t[:-9], "bgfd.xml:"),
    (lambda t: t.replace("<rendezvous", '<rendezvous tidle-s="1"'), "tidle-s"),
    (lambda t: t.replace("<rendezvous", '<rendezvous moon="1"'), "moon"),
    (lambda t: t.replace('table="102"', 'table="103"'), "needs_restart"),
    (lambda t: t.replace("198.51.100.8/29", "198.51.100.0/29"), "overlap"),
    (lambda t: "", "bgfd.xml"),
]


def write(path, text):
    with open(path + ".new", "w", encoding="utf-8") as f:
        f.write(text)
    os.rename(path + ".new", path)


def ask(f):
    f.write(b'{"command":"reload"}\n')
    f.flush()
    return json.loads(f.readline())["reload"]


def taken(reply, changes, what):
    if reply["is_refused"] or reply["changes_total"] != changes:
        sys.exit(f"{what}: {reply}")


def refused(f, path, text, good, number):
    change, word = WRONG[number % len(WRONG)]
    write(path, change(text))
    reply = ask(f)
    if not reply["is_refused"] or word not in json.dumps(reply):
        sys.exit(f"wrong file {number}: {reply}")
    write(path, good)
    taken(ask(f), 0, f"after wrong file {number}")


def main():
    path, count = sys.argv[2], int(sys.argv[3])
    s = socket.socket(socket.AF_UNIX)
    s.connect(sys.argv[1])
    f = s.makefile("rwb")
    with open(path, encoding="utf-8") as first:
        good = text = first.read()
    done = wrong = 0
    began = time.monotonic()
    while done < count:
        text = re.sub(r'twait-s="\d+"', f'twait-s="{40 + (done + wrong) % 2}"',
                      good)
        if (done + wrong) % 10 == 9:
            refused(f, path, text, good, wrong)
            wrong += 1
        else:
            write(path, text)
            taken(ask(f), int(text != good), f"reload {done}")
            good = text
        done += 1
    each_ms = (time.monotonic() - began) * 1000 / (done + wrong)
    print(f"reloads={done} refused={wrong} each_ms={each_ms:.1f}")


main()
