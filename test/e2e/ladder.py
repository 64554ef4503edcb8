#!/usr/bin/env python3
"""A ladder of one session: ladder.py ACCESS.pcap CORE.pcap CONTROL.pcap

Draws H.248 between gateway and controller and the TCP segments that open and
close the session, with times relative to the first.  Initial sequence numbers
are shown as a (client A's) and b (client B's): that each client is given the
other's is the point of it all.
"""
import re
import struct
import sys

from payload import packets, payload

LANES = ["client A", "gateway", "client B", "controller"]
WIDTH = 25                      # between two lanes
FIN, SYN, RST, ACK = 1, 2, 4, 16


class Row:
    def __init__(self, at, left, right, is_right, label):
        self.at, self.left, self.right = at, left, right
        self.is_right, self.label = is_right, label

    def draw(self):
        columns = [" "] * (WIDTH * (len(LANES) - 1) + 1)
        for i in range(len(LANES)):
            columns[i * WIDTH] = "|"
        first, last = self.left * WIDTH + 1, self.right * WIDTH
        text = f" {self.label} "[:last - first - 3].center(last - first, "-")
        text = "-" + text[1:-1] + ">" if self.is_right else "<" + text[1:-1] + "-"
        columns[first:last] = text
        return "".join(columns)


class Side:
    """What one capture shows of one client's TCP connection."""

    def __init__(self, path, lane, media_net=b"\xc6\x33\x64"):
        self.lane, self.isn = lane, None
        self.segments = []
        for at, frame in packets(path):
            found = payload(frame)
            if not found:
                continue
            tcp = 14 + (frame[14] & 15) * 4
            seq, ack = struct.unpack_from("!II", frame, tcp + 4)
            flags = frame[tcp + 13]
            from_client = found[1][:3] == media_net
            if from_client and flags & SYN:
                self.isn = seq
            self.segments.append((at, from_client, flags, seq, ack, found[2]))


def number(value, a, b):
    for name, isn in (("a", a), ("b", b)):
        if isn is not None and (value - isn) & 0xFFFFFFFF < 2:
            return name + ("", "+1")[(value - isn) & 0xFFFFFFFF]
    return str(value)


def segment_label(flags, seq, ack, octets, a, b):
    if flags & SYN and flags & ACK:
        return f"SYN-ACK {number(seq, a, b)} ack {number(ack, a, b)}"
    if flags & SYN:
        return f"SYN {number(seq, a, b)}"
    if flags & RST:
        return "RST"
    if flags & FIN:
        return "FIN" + (f" ({octets} octets)" if octets else "")
    return None


def tcp_rows(side, a, b):
    """SYN, SYN-ACK, the ACK that completes, first data, FIN, last ACK, RST."""
    rows, seen_ack, seen_data, fins = [], False, set(), {}
    for at, from_client, flags, seq, ack, octets in side.segments:
        label = segment_label(flags, seq, ack, octets, a, b)
        if flags & FIN:
            fins[from_client] = (seq + octets + 1) & 0xFFFFFFFF
        if label is None and octets == 0 and from_client and not seen_ack:
            seen_ack, label = True, f"ACK {number(ack, a, b)}"
        elif label is None and octets and from_client not in seen_data:
            seen_data.add(from_client)
            label = "data ..."
        elif label is None and not octets and \
                fins.get(not from_client) == ack:
            fins.pop(not from_client)
            label = "ACK of FIN"
        if label is None:
            continue
        left, right = (0, 1) if side.lane == 0 else (1, 2)
        is_right = from_client == (side.lane == 0)
        rows.append(Row(at, left, right, is_right, label))
    return rows


HEAD = re.compile(r"^\S+\s+\S+\s+(T|P|K|PN)\s*[={]\s*(\d+)")
COMMAND = re.compile(r"\b(A|MF|S|AV|N|SC)=")
NAMES = {"A": "Add", "MF": "Modify", "S": "Subtract", "AV": "AuditValue",
         "N": "Notify", "SC": "ServiceChange"}


def message_label(text):
    head = HEAD.match(text)
    if not head:
        return text.split("\n")[0][:20]
    body = re.sub(r"(?s)\b[LR]\{.*?\}", "", text[head.end():])
    commands = [NAMES[c] for c in COMMAND.findall(body)]
    context = re.search(r"\bC=([^{]+)\{", body)
    events = re.findall(r"\b(?:tcprv|adr|g|hangterm)/\w+", body) \
        if "OE=" in body else []
    error = re.search(r"ER=(\d+)", body)
    parts = [f"{head[1]}={head[2]}"]
    if context:
        parts.append(f"C={context[1]}")
    parts += [", ".join(commands)] + events
    parts += [f"error {error[1]}"] if error else []
    return " ".join(p for p in parts if p)


def control_rows(path):
    for at, frame in packets(path):
        text = frame[14 + (frame[14] & 15) * 4 + 8:].decode("ascii", "replace")
        to_controller = frame[30:34] == b"\x0a\x00\x00\x01"
        yield Row(at, 1, 3, to_controller, message_label(text))


def main():
    access, core, control = sys.argv[1:]
    one, two = Side(access, 0), Side(core, 2)
    rows = tcp_rows(one, one.isn, two.isn) + tcp_rows(two, one.isn, two.isn)
    rows = sorted(rows + list(control_rows(control)), key=lambda r: r.at)
    if not rows:
        sys.exit("ladder: nothing was captured")
    print(" " * 10 + "".join(n.ljust(WIDTH) for n in LANES))
    for row in rows:
        print(f"{row.at - rows[0].at:8.3f}  {row.draw()}")
    print(f"\n  a = {one.isn}, b = {two.isn}: initial sequence numbers")


if __name__ == "__main__":
    main()
