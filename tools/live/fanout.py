#!/usr/bin/env python3
"""The other ends of tools/bench fanout: many MQTT subscribers, or an HTTP server that takes webhooks.

usage: fanout.py subscribers PORT APPLICATION COUNT   API key in FARFIELD_KEY
       fanout.py endpoint

Prints a line when it is ready (an endpoint: its port), and when its standard input ends a JSON report: messages, and how old each was when
it arrived (milliseconds after the application server had taken it over; percentiles of a sample).
"""
import asyncio
import calendar
import json
import os
import re
import selectors
import socket
import sys
import time

RECEIVED = re.compile(rb'"received_at":"(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(\.\d+)?Z"')
SAMPLE_EVERY = 50  # messages


class Ages:
    """Counts messages; looks into some of them."""

    def __init__(self):
        self.messages, self.ages, self.first, self.last = 0, [], None, None

    def add(self, body):
        self.messages += 1
        now = time.time()
        self.first, self.last = self.first or now, now
        if self.messages % SAMPLE_EVERY == 1 and (found := RECEIVED.search(body)):
            whole = calendar.timegm(tuple(int(found.group(i)) for i in range(1, 7)))
            self.ages.append((now - whole - float(found.group(7) or 0)) * 1000)

    def report(self):
        ages = sorted(self.ages)
        at = lambda share: ages[min(len(ages) - 1, int(len(ages) * share))] if ages else None
        return {'messages': self.messages, 'seconds': (self.last - self.first) if self.first else 0,
                'age_ms': {'p50': at(0.5), 'p90': at(0.9), 'p99': at(0.99), 'max': at(1)}}


def text(value):
    return len(value).to_bytes(2, 'big') + value.encode()


def packet(kind, body):
    size, length = len(body), b''
    while True:
        length += bytes([size % 128 | (128 if size > 127 else 0)])
        size //= 128
        if size == 0:
            return bytes([kind]) + length + body


class Subscriber:
    """MQTT 3.1.1, as much as a subscriber at QoS 0 needs."""

    def __init__(self, port, application, key, number):
        self.buffer = b''
        self.socket = socket.create_connection(('127.0.0.1', port), 20)
        connect = text('MQTT') + bytes([4, 0xC2, 0, 0]) + text(f'bench-{number}') + text(application) + text(key)
        self.socket.sendall(packet(0x10, connect))
        self.socket.sendall(packet(0x82, b'\x00\x01' + text(f'v3/{application}/devices/+/up') + b'\x00'))
        self.subscribed = False

    def take(self, ages):
        """False when the server has closed the connection."""
        data = self.socket.recv(1 << 18)
        if not data:
            return False
        self.buffer += data
        view, at = self.buffer, 0
        while True:
            size, shift, place = 0, 0, at + 1
            while place < len(view):
                byte = view[place]
                size |= (byte & 127) << shift
                shift, place = shift + 7, place + 1
                if byte < 128:
                    break
            else:
                break
            if place + size > len(view):
                break
            kind = view[at] >> 4
            if kind == 3:
                ages.add(view[place:place + size])
            elif kind == 9:
                self.subscribed = True
            at = place + size
        self.buffer = view[at:]
        return True


def subscribers(port, application, count):
    ages, ready = Ages(), False
    selector = selectors.DefaultSelector()
    everybody = [Subscriber(port, application, os.environ['FARFIELD_KEY'], number) for number in range(count)]
    for one in everybody:
        one.socket.setblocking(False)
        selector.register(one.socket, selectors.EVENT_READ, one)
    selector.register(sys.stdin, selectors.EVENT_READ, None)
    while True:
        for key, _ in selector.select():
            if key.data is None:
                print(json.dumps({**ages.report(), 'connected': len(everybody)}), flush=True)
                return
            if not key.data.take(ages):
                selector.unregister(key.data.socket)
                everybody.remove(key.data)
        if not ready and all(one.subscribed for one in everybody):
            ready = True
            print('ready', flush=True)


async def endpoint():
    ages, connections = Ages(), 0

    async def serve(reader, writer):
        nonlocal connections
        connections += 1
        try:
            while True:
                head = await reader.readuntil(b'\r\n\r\n')
                size = int(re.search(rb'(?i)content-length: *(\d+)', head).group(1))
                ages.add(await reader.readexactly(size))
                writer.write(b'HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n')
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()
    server = await asyncio.start_server(serve, '127.0.0.1', 0, backlog=1024)
    print(server.sockets[0].getsockname()[1], flush=True)
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)
    print(json.dumps({**ages.report(), 'connections': connections}), flush=True)
    os._exit(0)  # connections may be open


def main():
    if sys.argv[1:2] == ['subscribers'] and len(sys.argv) == 5:
        return subscribers(int(sys.argv[2]), sys.argv[3], int(sys.argv[4]))
    if sys.argv[1:] == ['endpoint']:
        return asyncio.run(endpoint())
    print(__doc__, file=sys.stderr)
    return 64


if __name__ == '__main__':
    sys.exit(main())
