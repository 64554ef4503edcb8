#!/usr/bin/env python3
"""A client that talks with its peer: talk.py msrp|tls a|b ADDRESS PORT [CERT]

msrp: each side sends 200 messages of 2 kB in turn and acknowledges those of
the other.  tls: a handshake in which b has the part of the server although it
called too, then 1 MB each way.  Both connect; neither listens.
"""
import hashlib
import socket
import ssl
import sys

MESSAGES, MEGABYTE = 200, 1000000


def read_message(f):
    """(first line, body) of an MSRP message; lines end with CR LF."""
    first = f.readline().decode().rstrip()
    end = b"-------" + first.split()[1].encode()
    lines = []
    while not (line := f.readline()).startswith(end):
        if not line:
            sys.exit("the peer ended within a message")
        lines.append(line)
    return first, b"".join(lines).partition(b"\r\n\r\n")[2][:-2]


def body_of(side, i):
    return hashlib.sha256(f"{side}{i}".encode()).hexdigest().encode() * 32


def send_message(s, side, i):
    body = body_of(side, i)
    tid = f"{side}{i:07}"
    s.sendall(f"MSRP {tid} SEND\r\nTo-Path: msrp://x;tcp\r\n"
              f"Message-ID: {i}\r\nByte-Range: 1-{len(body)}/{len(body)}\r\n"
              "Content-Type: text/plain\r\n\r\n".encode()
              + body + f"\r\n-------{tid}$\r\n".encode())
    return tid


def msrp(s, side):
    f, other = s.makefile("rb"), "ba"[side == "b"]
    for i in range(MESSAGES):
        for speaker in "ab":
            if speaker == side:
                tid = send_message(s, side, i)
                first, _ = read_message(f)
                assert first == f"MSRP {tid} 200 OK", first
            else:
                first, body = read_message(f)
                assert body == body_of(other, i), first
                tid = first.split()[1]
                s.sendall(f"MSRP {tid} 200 OK\r\nTo-Path: msrp://x;tcp\r\n"
                          f"-------{tid}$\r\n".encode())
    return s


def tls(s, side, cert):
    if side == "b":
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(cert)
        s = context.wrap_socket(s, server_side=True)
    else:
        context = ssl.create_default_context(cafile=cert)
        s = context.wrap_socket(s, server_hostname="bgf.example")
    data = bytes(range(250)) * (MEGABYTE // 250)
    for speaker in "ab":
        if speaker == side:
            s.sendall(data)
        else:
            f = s.makefile("rb")
            assert f.read(MEGABYTE) == data
            f.close()
    return s.unwrap()


def main():
    what, side, address, port, *cert = sys.argv[1:]
    with socket.create_connection((address, int(port)), 30) as s:
        s.settimeout(30)
        if what == "msrp":
            s = msrp(s, side)
        else:
            s = tls(s, side, *cert)
        if side == "b":         # a ends first, and b sees it
            assert s.recv(1) == b""
        s.close()


if __name__ == "__main__":
    main()
