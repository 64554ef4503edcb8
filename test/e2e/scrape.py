#!/usr/bin/python3
"""Prometheus' own reader on the metrics of a gateway, and hostile clients.

  scrape.py read URL           every family has HELP and TYPE, and is read
                               again as it was; prints "name{labels} value"
  scrape.py attack HOST PORT   slow, deaf, flooding and talking clients until
                               it is killed; prints "attacking" when all are on
"""
import select
import socket
import sys
import time
import urllib.request

from prometheus_client.parser import text_string_to_metric_families


def read(url):
    with urllib.request.urlopen(url, timeout=20) as answer:
        if not answer.headers["Content-Type"].startswith("text/plain; version=0.0.4"):
            sys.exit("content type: " + answer.headers["Content-Type"])
        text = answer.read().decode("utf-8")
    seen = set()
    for family in text_string_to_metric_families(text):
        if family.name in seen or not family.documentation:
            sys.exit(f"{family.name}: twice, or without help")
        if family.type == "unknown":
            sys.exit(f"{family.name}: without type")
        seen.add(family.name)
        for s in family.samples:
            labels = ",".join(f'{k}="{v}"' for k, v in sorted(s.labels.items()))
            print(f"{s.name}{{{labels}}} {s.value:.15g}")


def connect(at):
    s = socket.socket()
    s.setblocking(False)
    s.connect_ex(at)
    return s


KINDS = [b"", b"GET ", b"GET /metrics HTTP/1.1\r\n\r\n" * 200, b"\xff" * 999]


def attack(host, port):
    """96 clients for 32 places; each is replaced when it is cut."""
    clients = {}
    told = False
    while True:
        while len(clients) < 96:
            clients[connect((host, port))] = KINDS[len(clients) % len(KINDS)]
        if not told:
            print("attacking", flush=True)
        told = True
        readable, writable, _ = select.select(list(clients), list(clients), [], 1)
        for s in writable:
            what = clients[s]
            try:
                if what and not what.startswith(b"GET /"):
                    s.send(what[:1])
                elif what:
                    s.send(what)  # and never reads
            except BlockingIOError:
                pass
            except OSError:
                del clients[s]
                s.close()
        time.sleep(0.01)


if sys.argv[1] == "read":
    read(sys.argv[2])
else:
    attack(sys.argv[2], int(sys.argv[3]))
