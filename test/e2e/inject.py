#!/usr/bin/env python3
"""One TCP segment from nobody:

  inject.py IFACE MAC SOURCE PORT DESTINATION PORT FLAGS SEQ ACK

MAC is that of the next hop; IPv4, no options, no payload.
"""
import socket
import struct
import sys


def total(octets):
    n = sum(struct.unpack(f"!{len(octets) // 2}H", octets))
    while n >> 16:
        n = (n & 0xFFFF) + (n >> 16)
    return ~n & 0xFFFF


def main():
    iface, mac, source, sport, target, dport, *numbers = sys.argv[1:]
    flags, seq, ack = (int(n, 0) for n in numbers)
    hosts = socket.inet_aton(source) + socket.inet_aton(target)
    tcp = struct.pack("!HHIIBBHHH", int(sport), int(dport), seq, ack, 0x50,
                      flags, 0, 0, 0)
    check = total(hosts + struct.pack("!HH", 6, len(tcp)) + tcp)
    tcp = tcp[:16] + struct.pack("!H", check) + tcp[18:]
    ip = struct.pack("!BBHHHBBH", 0x45, 0, 20 + len(tcp), 1, 0, 64, 6, 0) + hosts
    ip = ip[:10] + struct.pack("!H", total(ip)) + ip[12:]
    with socket.socket(socket.AF_PACKET, socket.SOCK_RAW) as s:
        s.bind((iface, 0x0800))
        s.send(bytes.fromhex(mac.replace(":", "")) * 2 + b"\x08\x00" + ip + tcp)


if __name__ == "__main__":
    main()
