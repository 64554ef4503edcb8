"""The ways through the gateway that test/bench/run compares.

A way is set up in a lab of its own.  It carries connections of real clients
(connect), or sessions of bench_pkt_load (load), which are made of packets:
then what comes to a client is counted and dropped in front of its TCP.
"""
import os
import tempfile

from lab import ROOT, Lab, ask, cpu_ns, expect, ksoftirqd

SHIELD = """table netdev shield {{
  counter right {{ }}
  chain in {{
    type filter hook ingress device "{device}" priority 0; policy accept;
    {match} counter name right drop
    ether type ip drop
  }}
}}
"""
LOSSY = """table inet lossy {
  chain way {
    type filter hook prerouting priority 0; policy accept;
    tcp flags & (ack | psh) == ack | psh numgen inc mod 50 == 0 drop
    tcp flags & psh == 0 numgen inc mod 40 == 0 drop
  }
}
"""
WINDOW = 64
DATA = "tcp flags & (ack | psh) == ack | psh"


class Plain:
    """Plain routing; the others differ in some of this."""
    name = "plain"
    title = "plain routing"
    server = "10.78.2.2"                      # where A connects to
    from_b, to_b = "10.0.0.0/8", "10.78.2.2"  # what B sees of a packet of A
    order = "blast"
    counts_at = "b"

    def __init__(self, args):
        self.args = args
        self.lab = Lab()
        self.gateway = self.client = None

    def __enter__(self):
        self.lab.__enter__()
        if self.args.congestion:
            self.lab.congestion(self.args.congestion)
        self.prepare()
        if self.args.lose:
            self.lab.nft("gw", LOSSY)
        return self

    def __exit__(self, *rest):
        for child in (self.client, self.gateway):
            if child:
                child.stdin.close()
                child.terminate()
                child.wait()
        self.lab.__exit__(*rest)

    def tool(self, name, *options):
        return [os.path.join(self.args.build, "test", name), *map(str, options)]

    def prepare(self):
        """Once, before any session."""

    # ---- real clients ----

    def connect(self):
        """For one connection: what A does, and what B does."""
        return ("connect", self.server, 7001), ("accept", "10.78.2.2", 7001)

    def cpu(self):
        """Processor time of the gateway's program so far."""
        return cpu_ns(self.gateway.pid) if self.gateway else 0

    def over(self):
        """The connection has ended."""

    # ---- sessions of packets ----

    def load(self, sessions):
        """Open so many, and keep them open."""
        for side, match in (("a", "ip ttl 255"), ("b", (
                f"ip saddr {self.from_b} ip daddr {self.to_b} {DATA}"))):
            self.lab.nft(side, SHIELD.format(device="eth0", match=match))
        how = self.start(sessions)
        self.client = self.lab.start(
            "gw", *self.tool("bench_pkt_load", self.lab.ns["a"],
                             self.lab.ns["b"], sessions, *how))
        self.opened()

    def start(self, _):
        return "accept", self.server

    def opened(self):
        expect(self.client, "open")

    def right(self):
        """Packets that came out as they should."""
        words = self.lab.inside(self.counts_at, "nft", "list", "counter",
                                "netdev", "shield", "right").split()
        return int(words[words.index("packets") + 1])

    def blast(self, packets):
        """Nanoseconds of processor time for a packet: all, and the gateway's
        program; None when a packet was lost or came out wrong."""
        own, soft, right = self.cpu(), ksoftirqd(self.args.cpu), self.right()
        sent, _, ns = map(int, ask(self.client, f"{self.order} {packets}"))
        own, soft = self.cpu() - own, ksoftirqd(self.args.cpu) - soft
        if sent != packets or self.right() - right != packets:
            return None
        return (ns + own + soft) / packets, own / packets

    def check(self, rounds):
        """sent, right, wrong: all sessions, both directions"""
        return tuple(map(int, ask(self.client, f"check {rounds}")))


class Drop(Plain):
    """What a packet costs that goes no further than the gateway's wire."""
    name = "drop"
    title = "dropped at ingress"
    order = "into"
    counts_at = "gw"

    def opened(self):
        super().opened()
        self.lab.nft("gw", SHIELD.format(device="va", match="ether type ip"))


class Nat(Plain):
    name = "nft"
    title = "nftables NAT"
    server = "198.18.0.1"
    from_b = "198.19.0.0/27"
    MOST = "/proc/sys/net/netfilter/nf_conntrack_max"
    BUCKETS = "/sys/module/nf_conntrack/parameters/hashsize"

    def prepare(self):
        with open(os.path.join(ROOT, "test/bench/nat.nft"),
                  encoding="ascii") as f:
            self.lab.nft("gw", f.read())
        # A NIC would have verified the checksum; that of a router is wasted.
        self.lab.sysctl(self.lab.ns["gw"], "net.netfilter.nf_conntrack_checksum=0")
        self.was = {}

    def load(self, sessions):
        """Room for them, which all network namespaces share."""
        for path, want in ((self.MOST, 2 * sessions), (self.BUCKETS, sessions)):
            with open(path, encoding="ascii") as f:
                now = int(f.read())
            if now < want:
                self.was[path] = now
                self.write(path, want)
        super().load(sessions)

    def __exit__(self, *rest):
        super().__exit__(*rest)
        for path, value in self.was.items():
            self.write(path, value)

    @staticmethod
    def write(path, value):
        with open(path, "w", encoding="ascii") as f:
            f.write(str(value))


class Proxy(Plain):
    name = "haproxy"
    title = "HAProxy"
    server = "10.78.1.1"

    def prepare(self):
        self.gateway = self.lab.proxy()

    def load(self, _):
        raise SystemExit("HAProxy does not forward packets")


class Loop(Plain):
    """What the engine on TUN is measured against."""
    name = "loop"
    title = "bare TUN loop"
    server = "198.18.0.0"
    from_b = "198.19.0.0"

    def loop(self, client):
        self.gateway = self.lab.start("gw", *self.tool("bench_pkt_loop",
                                                       client))
        expect(self.gateway, "armed")

    def connect(self):
        self.loop("10.78.1.2")
        # It knows one port of A.
        self.lab.sysctl(self.lab.ns["a"],
                        "net.ipv4.ip_local_port_range=40000 40000")
        return super().connect()

    def start(self, sessions):
        if sessions != 1:
            raise SystemExit("the loop has one session")
        self.loop("10.0.1.0")
        return "accept", self.server


class Tun(Plain):
    name = "tun"
    title = "bgfd, TUN"
    from_b, to_b = "198.19.0.0/27", "11.0.0.0/8"
    fastpath, is_fast = "off", False
    workers = 1

    def prepare(self):
        self.work = tempfile.TemporaryDirectory()
        self.targets = [os.path.join(self.work.name, s) for s in "ab"]

    def __exit__(self, *rest):
        super().__exit__(*rest)
        self.work.cleanup()

    def engine(self, *options):
        self.gateway = self.lab.start("gw", *self.tool(
            "bench_pkt_gateway", "-f", self.fastpath, "-n", self.workers,
            *options))
        self.fast = " ".join(expect(self.gateway, "fastpath"))

    def connect(self):
        self.engine(1, *self.targets)
        expect(self.gateway, "armed")
        both = []
        for path in self.targets:
            with open(path, encoding="ascii") as f:
                both.append(("connect", *f.read().split()))
        return both

    def over(self):
        *_, passed, _ = map(int, expect(self.gateway, "done"))
        self.check_way(passed)
        self.gateway.stdin.close()
        self.gateway.wait()
        self.gateway = None

    def start(self, sessions):
        for path in self.targets:
            os.mkfifo(path)
        self.engine("-w", WINDOW, sessions, *self.targets)
        self.empty = int(expect(self.gateway, "done")[3])
        return "meet", *self.targets

    def opened(self):
        super().opened()
        expect(self.gateway, "armed")

    def check_way(self, passed):
        """Did packets go where the figure will say they did?"""
        if bool(passed) != self.is_fast:
            raise SystemExit(f"{self.name}: {passed} packets took the fast path"
                             f" ({self.fast})")

    def blast(self, packets):
        before = self.counters()[4]
        figures = super().blast(packets)
        passed = self.counters()[4] - before
        return figures if passed == packets * self.is_fast else None

    def counters(self):
        """rx, tx, dropped, resident of the engine; passed by the kernel, and by
        XDP"""
        self.gateway.stdin.write("\n")
        self.gateway.stdin.flush()
        return tuple(map(int, expect(self.gateway, "done")))

    def kernel_octets(self):
        """Of the BPF maps that the gateway has open."""
        at = f"/proc/{self.gateway.pid}/fdinfo"
        maps = {}
        for fd in os.listdir(at):
            with open(os.path.join(at, fd), encoding="ascii") as f:
                info = dict(line.split(":", 1) for line in f if ":" in line)
            if "map_id" in info:
                maps[info["map_id"]] = int(info["memlock"])
        return sum(maps.values())


class TwoWorkers(Tun):
    name = "tun2"
    title = "bgfd, TUN, two workers"
    workers = 2


class Tc(Tun):
    name = "tc"
    title = "bgfd, tc"
    fastpath, is_fast = "tc", True


class Xdp(Tc):
    """Clients take frames of XDP (GRO).  They are made of packets, so that
    their checksums are whole."""
    name = "xdp"
    title = "bgfd, XDP"
    fastpath = "xdp"
    VERIFIED = 8    # once in 30 s tc has one, for the neighbour

    def prepare(self):
        super().prepare()
        for side in "ab":
            self.lab.inside(side, "ethtool", "-K", "eth0", "gro", "on")

    def connect(self):
        raise SystemExit("xdp: real clients leave the checksum to the device")

    def blast(self, packets):
        before = self.counters()[5]
        figures = super().blast(packets)
        by_xdp = self.counters()[5] - before
        return figures if by_xdp + self.VERIFIED >= packets else None


ALL = {way.name: way for way in (Drop, Plain, Nat, Proxy, Loop, Tun, TwoWorkers,
                                 Tc, Xdp)}
