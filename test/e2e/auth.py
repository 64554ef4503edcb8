#!/usr/bin/env python3
"""A controller that signs with Python's own HMAC, and checks what it gets.

  auth.py KEY-HEX DIGEST ICV-OCTETS digits|octets register|again

register waits for the gateway and takes it; again speaks to one that is
registered.  Then: a signed audit is answered, one without a header, one with
a wrong ICV and one with a malformed header are refused, and the last audit
shows that nothing of it harmed.  Every message of the gateway must be signed
with a sequence number of its own.
"""
import hmac
import re
import socket
import struct
import sys

US, GATEWAY, SPI = ("10.0.0.1", 2944), ("10.0.0.2", 2944), 0x101
KEY, DIGEST, LENGTH = bytes.fromhex(sys.argv[1]), sys.argv[2], int(sys.argv[3])
IS_DIGITS = sys.argv[4] == "digits"
HEAD = b"MEGACO/%d [10.0.0.1]:2944\n"
FORM = re.compile(rb"AU=0x([0-9A-F]{8}):0x([0-9A-F]{8}):0x([0-9A-F]+)\n"
                  rb"(!/\d [^\n]*\n)(.*)", re.S)

sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
sock.bind(US)
sock.settimeout(20)
numbers, sent = set(), 0


def icv(source, target, body):
    pseudo = socket.inet_aton(source[0]) + socket.inet_aton(target[0])
    pseudo += struct.pack(">H", target[1])
    if IS_DIGITS:
        pseudo = pseudo.hex().upper().encode()
    return hmac.new(KEY, pseudo + body, DIGEST).hexdigest()[:2 * LENGTH].upper()


def send(body, header=None, version=3):
    global sent
    sent += 1
    if header is None:
        header = f"AU=0x{SPI:08X}:0x{sent:08X}:0x{icv(US, GATEWAY, body)}\n"
    sock.sendto(header.encode() + HEAD % version + body, GATEWAY)


def receive():
    message, peer = sock.recvfrom(65535)
    form = FORM.fullmatch(message)
    if not form:
        sys.exit(f"not signed: {message!r}")
    spi, number, said, _, body = form.groups()
    if int(spi, 16) != SPI or said.decode() != icv(peer, US, body):
        sys.exit(f"wrong ICV: {message!r}")
    if number in numbers:
        sys.exit(f"sequence number {number} twice")
    numbers.add(number)
    return body


def expect(pattern):
    while True:
        body = receive()
        if re.match(rb"T=\d+\{C=-\{SC=", body):  # a repetition
            continue
        if not re.match(pattern, body):
            sys.exit(f"expected {pattern!r}, got {body!r}")
        return


def register():
    form = re.match(rb"T=(\d+)\{C=-\{SC=ROOT\{SV\{.*MT=RS", receive())
    if not form:
        sys.exit("no registration")
    send(b"P=%s{C=-{SC=ROOT{SV{V=3}}}}" % form.group(1), version=1)


def audit(tid, header=None):
    send(b"T=%d{C=-{AV=ROOT{AT{}}}}" % tid, header)


def main():
    base = 100 if sys.argv[5] == "register" else 200
    if sys.argv[5] == "register":
        register()
    audit(base)
    expect(rb"P=%d\{C=-\{AV=ROOT\}\}" % base)
    audit(base + 1, "")
    expect(rb"ER=402\{")
    audit(base + 2, f"AU=0x00000101:0x00000001:0x{'5A' * LENGTH}\n")
    expect(rb"ER=402\{")
    audit(base + 3, "AU=0x00000101:0x1:0x00\n")
    expect(rb"ER=400\{")
    audit(base + 4)
    expect(rb"P=%d\{C=-\{AV=ROOT\}\}" % (base + 4))


main()
