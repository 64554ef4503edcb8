#!/usr/bin/env python3
"""A gateway of thirty lines, so that mgcsim itself can be tested.

fakegw.py CONTROLLER-PORT FAULT: registers, answers an Add, sends two Notifies
and answers a Subtract.  FAULT is one of none, together (both events in
one Notify), error, order, silent, refused.
"""
import re
import socket
import sys

port, fault = int(sys.argv[1]), sys.argv[2]
sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
sock.bind(("127.0.0.1", 0))
sock.settimeout(1)
HEAD = "!/1 [127.0.0.1]:2945\n"
SDP = "v=0\nc=IN IP4 198.51.100.1\nm=message 20000 TCP -\na=setup:passive\n"


def send(text):
    sock.sendto((HEAD + text).encode(), ("127.0.0.1", port))


def receive(wanted):
    while True:
        text = sock.recv(65536).decode()
        found = re.search(rf"\s{wanted}=(\d+)", text)
        if found:
            return found[1], text


def notify(tid, event):
    send(f"T={tid}{{C=7{{N=ip/1/access/1{{OE=1{{20260115T08300000:{event}}}}}}}}}")
    receive("P")


def main():
    for _ in range(60):
        send('T=1{C=-{SC=ROOT{SV{MT=RS,RE="901 Cold Boot",V=3,PF=ETSI_BGF/2}}}}')
        try:
            _, text = receive("P")
            break
        except TimeoutError:
            continue
    sock.settimeout(60)
    if "V=3" not in text and "Version=3" not in text:
        sys.exit("fakegw: registration was not accepted")
    tid, _ = receive("T")
    if fault == "silent":
        return
    if fault == "error":
        send(f'P={tid}{{C=7{{A=ip/1/access/${{ER=510{{"Insufficient resources"}}}}}}}}')
    else:
        send(f"P={tid}{{C=7{{A=ip/1/access/1{{M{{L{{{SDP}}}}}}}}}}}")
    events = ["tcprv/syn", "tcprv/est{opts=\"ts\"}"]
    if fault == "together":
        events = [",20260115T08300001:".join(events)]
    for i, event in enumerate(reversed(events) if fault == "order" else events):
        notify(2 + i, event)
    tid, _ = receive("T")
    send(f"P={tid}{{C=7{{S=ip/1/access/1{{SA{{nt/os=5,nt/or=7}}}}}}}}")


main()
