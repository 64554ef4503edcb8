"""What the benchmarks share: clients A -- gateway -- clients B, and whose
processor time it was.

A is 10.78.1.2, B 10.78.2.2, the gateway 10.78.1.1 on va and 10.78.2.1 on vb.
The networks 10/8 and 11/8 are behind A and B, so that each session may have a
client address of its own.  Neighbours are known before, and IPv6 is off: nothing
is on the wires that the benchmark did not put there.
"""
import gzip
import itertools
import os
import subprocess

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
SIDES = {"a": 1, "b": 2}
_number = itertools.count()


def run(*command):
    subprocess.run(command, check=True)


def output(*command):
    return subprocess.run(command, check=True, capture_output=True,
                          text=True).stdout


class Lab:
    """Three namespaces; the gateway is in the middle."""

    def __init__(self):
        n = next(_number)
        self.ns = {s: f"bench{os.getpid()}.{n}-{s}" for s in ("a", "gw", "b")}
        self.children = []

    def __enter__(self):
        for name in self.ns.values():
            run("ip", "netns", "add", name)
            self.sysctl(name, "net.ipv6.conf.all.disable_ipv6=1",
                        "net.ipv6.conf.default.disable_ipv6=1")
            run("ip", "-n", name, "link", "set", "lo", "up")
        for side, i in SIDES.items():
            self.wire(side, i)
        self.sysctl(self.ns["gw"], "net.ipv4.ip_forward=1")
        for name in self.ns.values():
            self.sysctl(name, "net.ipv4.ip_local_port_range=1024 65000",
                        "net.core.somaxconn=4096",
                        "net.ipv4.tcp_max_syn_backlog=4096")
        return self

    def wire(self, side, i):
        gw, end = self.ns["gw"], self.ns[side]
        macs = [f"02:00:00:00:{i - 1:02d}:{n:02d}" for n in (1, 2)]
        run("ip", "link", "add", f"v{side}", "netns", gw, "address", macs[0],
            "type", "veth", "peer", "name", "eth0", "netns", end, "address",
            macs[1])
        for ns, dev, own, peer, mac in (
                (gw, f"v{side}", 1, 2, macs[1]), (end, "eth0", 2, 1, macs[0])):
            run("ip", "-n", ns, "addr", "add", f"10.78.{i}.{own}/24", "dev", dev)
            run("ip", "-n", ns, "link", "set", dev, "up")
            run("ip", "-n", ns, "neigh", "add", f"10.78.{i}.{peer}", "lladdr",
                mac, "dev", dev, "nud", "permanent")
        run("ip", "-n", end, "route", "add", "default", "via", f"10.78.{i}.1")
        run("ip", "-n", gw, "route", "add", f"{9 + i}.0.0.0/8", "via",
            f"10.78.{i}.2")

    def congestion(self, name):
        """The control of all TCP.  By the routes, for a namespace may not choose
        what the machine does not allow to everybody."""
        for ns in self.ns.values():
            for route in output("ip", "-n", ns, "route").splitlines():
                run("ip", "-n", ns, "route", "replace", *route.split(),
                    "congctl", name)

    def __exit__(self, *_):
        for child in self.children:
            child.stdin.close()
        for child in self.children:
            if child.poll() is None:
                child.terminate()
            child.wait()
        for name in self.ns.values():
            subprocess.run(["ip", "netns", "del", name], check=False)

    @staticmethod
    def sysctl(name, *settings):
        run("ip", "netns", "exec", name, "sysctl", "-qw", *settings)

    def start(self, side, *command):
        return subprocess.Popen(
            ["ip", "netns", "exec", self.ns[side], *command],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def keep(self, side, *command):
        """The same, ended with the lab."""
        child = self.start(side, *command)
        self.children.append(child)
        return child

    def proxy(self):
        """HAProxy in the middle, when it listens."""
        child = self.start("gw", "haproxy", "-db", "-f",
                           os.path.join(ROOT, "test/bench/haproxy.cfg"))
        while ":7008" not in self.inside("gw", "ss", "-Hltn"):
            if child.poll() is not None:
                raise SystemExit("haproxy ended")
        return child

    def nft(self, side, rules):
        subprocess.run(["ip", "netns", "exec", self.ns[side], "nft", "-f", "-"],
                       input=rules, text=True, check=True)

    def inside(self, side, *command):
        return output("ip", "netns", "exec", self.ns[side], *command)


def expect(process, word):
    line = process.stdout.readline().split()
    if not line or line[0] != word:
        raise SystemExit(f"{process.args[4:]}: expected {word}, got {line}")
    return line[1:]


def ask(process, line):
    """One line to a child, one back that begins with the same word."""
    process.stdin.write(line + "\n")
    process.stdin.flush()
    return expect(process, line.split()[0])


def cpu_ns(pid):
    """Processor time of all threads of a process."""
    total = 0
    for task in os.listdir(f"/proc/{pid}/task"):
        with open(f"/proc/{pid}/task/{task}/schedstat", encoding="ascii") as f:
            total += int(f.read().split()[0])
    return total


def ksoftirqd(cpu=None):
    """Of all, or of that of one CPU."""
    name = "ksoftirqd" if cpu is None else f"ksoftirqd/{cpu}$"
    return sum(cpu_ns(pid) for pid in output("pgrep", name).split())


def has_irq_time():
    """Are interrupts counted apart from the process they interrupt?"""
    try:
        with gzip.open("/proc/config.gz", "rt") as f:
            return "CONFIG_IRQ_TIME_ACCOUNTING=y" in f.read()
    except OSError:
        return False
