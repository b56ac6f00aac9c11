"""A tap in the line between UDP gateways and the server: passes datagrams on and remembers join-requests and their answers."""
import base64
import collections
import json
import select
import socket
import struct
import threading

PUSH_DATA, PUSH_ACK, PULL_DATA, PULL_RESP, PULL_ACK = range(5)
JOIN_DELAYS = (5_000_000, 6_000_000)  # of RX1 and RX2, microseconds


class UdpTap:
    """Simulators take `port` for the gateway server. Every address on their side has a socket of its own on the server's."""

    def __init__(self, server_port):
        self.server = ('127.0.0.1', server_port)
        self.front = self._bound()
        self.port = self.front.getsockname()[1]
        self.lock = threading.Lock()
        self.lines = {}  # address of a gateway -> socket
        self.gateways = {}  # address -> EUIs that pull from it: simulated ones may share a socket
        self.joins = {}  # (EUI, counter) -> (address, EUI, rxpk)
        self.answered = []
        self.replayed = set()  # (EUI, counter)
        self.ends = threading.Event()
        self.thread = threading.Thread(target=self._work, daemon=True)
        self.thread.start()

    @staticmethod
    def _bound():
        out = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        out.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 22)
        out.bind(('127.0.0.1', 0))
        return out

    def _work(self):
        while not self.ends.is_set():
            lines = {line: address for address, line in self.lines.items()}
            for ready in select.select([self.front, *lines], [], [], 0.2)[0]:
                try:
                    datagram, sender = ready.recvfrom(65536)
                except ConnectionError:  # the server is dead just now
                    continue
                try:
                    if ready is self.front:
                        self._up(datagram, sender)
                    else:
                        self._down(datagram, lines[ready])
                except ConnectionError:
                    pass

    def _up(self, datagram, sender):
        if sender not in self.lines:
            self.lines[sender] = self._bound()
        eui = datagram[4:12]
        if datagram[3] == PULL_DATA:
            self.gateways.setdefault(sender, set()).add(eui)
        if datagram[3] == PUSH_DATA:
            for rxpk in json.loads(datagram[12:]).get('rxpk', []):
                if base64.b64decode(rxpk['data'])[0] >> 5 == 0:
                    with self.lock:
                        self.joins[eui, rxpk['tmst']] = (sender, eui, rxpk)
        self.lines[sender].sendto(datagram, self.server)

    def _down(self, datagram, address):
        if datagram[3] == PULL_RESP:
            txpk = json.loads(datagram[4:])['txpk']
            with self.lock:
                if base64.b64decode(txpk['data'])[0] >> 5 == 1:
                    self.answered += self._joins_of(txpk['tmst'], self.gateways.get(address, ()))
        self.front.sendto(datagram, address)

    def _joins_of(self, sent_at, euis):
        """The join-request that the transmission answers, if any."""
        found = (self.joins.get((eui, (sent_at - delay) % 2**32)) for eui in euis for delay in JOIN_DELAYS)
        return [join for join in found if join is not None][:1]

    def heard_joins(self):
        with self.lock:
            return len(self.joins)

    def answered_joins(self):
        with self.lock:
            return list(self.answered)

    def replay(self, join):
        """The same frame once more, as if it had just been heard."""
        gateway, eui, rxpk = join
        fresh = {**rxpk, 'tmst': (rxpk['tmst'] + 60_000_000) % 2**32}
        with self.lock:
            self.joins[eui, fresh['tmst']] = (gateway, eui, fresh)
            self.replayed.add((eui, fresh['tmst']))
        datagram = b'\x02' + struct.pack('>H', 1) + bytes([PUSH_DATA]) + eui + json.dumps({'rxpk': [fresh]}).encode()
        self.lines[gateway].sendto(datagram, self.server)

    def answered_replays(self):
        with self.lock:
            return [(eui, rxpk) for _, eui, rxpk in self.answered if (eui, rxpk['tmst']) in self.replayed]

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.ends.set()
        self.thread.join()
        for line in (self.front, *self.lines.values()):
            line.close()


class TwoPortTap(UdpTap):
    """Every gateway sends from two ports, as packet forwarders do: PUSH_DATA from one, all else from the other."""

    def __init__(self, server_port):
        self.heard = collections.Counter()  # (EUI, whether by the port that pushes, type) -> datagrams
        super().__init__(server_port)

    def _up(self, datagram, sender):
        end = sender, datagram[4:12], datagram[3] == PUSH_DATA
        if end not in self.lines:
            self.lines[end] = self._bound()
        self.lines[end].sendto(datagram, self.server)

    def _down(self, datagram, end):
        sender, eui, pushes = end
        with self.lock:
            self.heard[eui, pushes, datagram[3]] += 1
        self.front.sendto(datagram, sender)

    def heard_types(self):
        """By whether the port pushes: gateways that heard each type."""
        with self.lock:
            found = {True: collections.Counter(), False: collections.Counter()}
            for _, pushes, kind in self.heard:
                found[pushes][kind] += 1
            return found
