#!/usr/bin/env python3
"""The README's first command after the build: a server, a small simulated network, and a subscriber. Started by tools/run."""
import argparse
import base64
import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time

import server as live

APPLICATION = 'demo'
CHECK_SECONDS_MAX = 180
UPLINKS_WANTED = 3


class Subscriber:
    """mosquitto_sub with the application's topics; each message goes to `handle(topic, message)` on a thread of its own."""

    def __init__(self, server, folder, handle):
        # mosquitto_sub reads options from a file, so that the key is not on a command line.
        path = os.path.join(folder, 'mosquitto_sub')
        with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), 'w', encoding='ascii') as file:
            file.write(f'-P {server.admin_key()}\n')
        arguments = ['mosquitto_sub', '-h', '127.0.0.1', '-p', str(server.ports.mqtt), '-V', '5', '-u', APPLICATION,
                     '-t', 'v3/+/devices/+/#', '-F', '%t %p']
        self.process = live.Process('mosquitto_sub', arguments, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                                    env={**os.environ, 'XDG_CONFIG_HOME': folder})
        self.handle = handle
        self.thread = threading.Thread(target=self.read, daemon=True)
        self.thread.start()

    def read(self):
        for line in self.process.child.stdout:
            topic, _, payload = line.strip().partition(' ')
            try:
                self.handle(topic, json.loads(payload))
            except ValueError:
                print(f'mosquitto_sub: {line.strip()}', flush=True)


class Milestones:
    """What has to happen in a check, and when it did."""

    def __init__(self, names):
        self.start = time.monotonic()
        self.times = dict.fromkeys(names)
        self.changed = threading.Condition()

    def reach(self, name, at=None):
        """`at`: of time.monotonic(); now by default."""
        with self.changed:
            if self.times[name] is None:
                self.times[name] = (at or time.monotonic()) - self.start
                print(f'  {self.times[name]:6.1f} s  {name}', flush=True)
                self.changed.notify_all()

    def missing(self):
        return [name for name, when in self.times.items() if when is None]


HEALTHY, JOINED, UPLINKS, SENT, RECEIVED = (
    'the server is healthy', 'an OTAA device has joined', f'{UPLINKS_WANTED} uplinks at the subscriber',
    'a queued downlink left for the gateway', 'the device has received it')


# What the simulated devices send means nothing; this shows that it is decoded.
FORMATTER = 'function decodeUplink(input) { return { data: { size: input.bytes.length, first: input.bytes[0] } }; }'


def describe(topic, message):
    """One line about what an application receives; None for what is not worth one."""
    device = topic.split('/')[3]
    kind = '/'.join(topic.split('/')[4:])
    if kind == 'up':
        uplink = message.get('uplink_message', {})
        payload = base64.b64decode(uplink.get('frm_payload', '')).hex() or '-'
        best = max(uplink.get('rx_metadata') or [{}], key=lambda row: row.get('snr', -100))
        decoded = uplink.get('decoded_payload')
        return (f'{device:<14} up    FCnt {uplink.get("f_cnt", 0):<5} port {uplink.get("f_port", 0):<3} {payload:<24} '
                f'{len(uplink.get("rx_metadata", []))} gateways, best {best.get("rssi", "?")} dBm'
                + (f'  {json.dumps(decoded)}' if decoded else ''))
    if kind == 'join':
        return f'{device:<14} join  as {message.get("end_device_ids", {}).get("dev_addr", "?")}'
    return f'{device:<14} {kind}'


class Demo:
    def __init__(self, options, folder, stack):
        self.options, self.folder, self.stack = options, folder, stack
        self.milestones = Milestones([HEALTHY, JOINED, UPLINKS, SENT, RECEIVED] if options.check else [HEALTHY])
        self.uplinks = 0
        self.report = os.path.join(folder, 'report.json')

    def start_server(self):
        directory = os.path.join(self.folder, 'data') if self.options.check else os.path.abspath(self.options.data)
        log = os.path.join(self.folder, 'farfield.log') if self.options.check else None
        ports = live.Ports.free() if self.options.check else None
        server = live.Server(directory, ports, log=log)
        self.stack.callback(server.stop)
        server.wait_until_healthy()
        self.milestones.reach(HEALTHY)
        return server

    def start_simulator(self, server):
        devices = os.path.join(self.folder, 'devices.csv')
        otaa, abp = (1, 1) if self.options.check else (3, 2)
        live.write_devices(devices, [
            ['--activation', 'otaa', '--count', str(otaa), '--prefix', 'otaa', '--seed', '1'],
            ['--activation', 'abp', '--count', str(abp), '--prefix', 'abp', '--seed', '2',
             '--first-dev-eui', 'FEFFF00000F00000'],
        ])
        extra = ['--devices', devices, '--create', '--resets-counters', '--gateways', '2', '--copies', '2',
                 '--push-downlinks', '--report', self.report, '--quiet']
        if self.options.check:
            extra += ['--period', '8', '--join-spread', '0', '--duration', '28', '--drain', '5', '--expect-joined', '1',
                      '--expect-downlinks', '2', '--expect-no-violations']
        else:
            extra += ['--period', '10', '--join-spread', '2']
        self.simulating = time.monotonic()
        simulator = live.Process('farfield-sim', live.simulator_arguments(server, APPLICATION, extra),
                                 env=live.simulator_environment(server), stdout=subprocess.DEVNULL if not self.options.check else None)
        self.stack.callback(simulator.stop)
        return simulator

    def start_subscriber(self, server, simulator):
        """After the simulator has registered the application, which the server asks for when a client connects."""
        deadline = time.monotonic() + 30
        while server.call(f'/applications/{APPLICATION}') is None:
            if time.monotonic() > deadline or not simulator.is_running():
                raise live.Failed('farfield-sim did not register the application')
            time.sleep(0.05)
        server.call(f'/as/applications/{APPLICATION}/link', 'PUT', {
            'link': {'default_formatters': {'up_formatter': 'FORMATTER_JAVASCRIPT', 'up_formatter_parameter': FORMATTER}},
            'field_mask': {'paths': ['default_formatters']}})
        subscriber = Subscriber(server, self.folder, self.handle)
        self.stack.callback(subscriber.process.stop)
        return subscriber

    def handle(self, topic, message):
        kind = '/'.join(topic.split('/')[4:])
        if not self.options.check:
            print(describe(topic, message), flush=True)
            return
        if kind == 'join':
            self.milestones.reach(JOINED)
        elif kind == 'up':
            self.uplinks += 1
            if self.uplinks == UPLINKS_WANTED:
                self.milestones.reach(UPLINKS)
        elif kind == 'down/sent':
            self.milestones.reach(SENT)

    def check(self, server, simulator, subscriber):
        """Waits until the simulator has ended; its report says what its devices received."""
        while simulator.is_running():
            for process in (server, subscriber.process):
                if not process.is_running():
                    raise live.Failed(f'{process.name} ended with code {process.child.returncode}{server.last_lines()}')
            time.sleep(0.1)
        report = {}
        with contextlib.suppress(OSError, ValueError), open(self.report, encoding='utf-8') as file:
            report = json.load(file)
        if report.get('downlinks', {}).get('received', 0) > 0:
            self.milestones.reach(RECEIVED, self.simulating + report['downlinks']['first_received_s'])
        missing = self.milestones.missing()
        if missing:
            raise live.Failed('this did not happen: ' + '; '.join(missing) + server.last_lines())
        if simulator.child.returncode:
            raise live.Failed(f'farfield-sim ended with code {simulator.child.returncode}: {json.dumps(report)}')

    def show_addresses(self, server):
        print(f'\n  HTTP API   {server.api}/api/v3      gRPC      127.0.0.1:{server.ports.grpc}\n'
              f'  metrics    {server.api}/metrics     gateways  udp port {server.ports.udp}\n'
              f'  MQTT       127.0.0.1:{server.ports.mqtt}, user {APPLICATION}, password: the key in '
              f'{os.path.join(self.options.data, "admin-api-key")}\n  Ctrl-C stops everything.\n', flush=True)

    def run(self):
        server = self.start_server()
        simulator = self.start_simulator(server)
        subscriber = self.start_subscriber(server, simulator)
        if self.options.check:
            self.check(server, simulator, subscriber)
            return
        self.show_addresses(server)
        while True:
            for process in (server, simulator, subscriber.process):
                if not process.is_running():
                    raise live.Failed(f'{process.name} ended with code {process.child.returncode}')
            time.sleep(0.2)


def out_of_time(*_):
    raise live.Failed(f'not done after {CHECK_SECONDS_MAX} s')


def main():
    parser = argparse.ArgumentParser(prog='tools/run', description='Runs Farfield with a small simulated network.')
    parser.add_argument('--check', action='store_true', help='temporary data and ports; exit code 0 if everything worked')
    parser.add_argument('--data', default='data', help='data directory without --check (default: ./data)')
    options = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    if options.check:
        signal.signal(signal.SIGALRM, out_of_time)
        signal.alarm(CHECK_SECONDS_MAX)
    if not shutil.which('mosquitto_sub'):
        print('tools/run: mosquitto_sub is missing; run tools/install-dependencies', file=sys.stderr)
        return 1
    with tempfile.TemporaryDirectory(prefix='farfield-') as folder:
        try:
            with contextlib.ExitStack() as stack:
                Demo(options, folder, stack).run()
        except KeyboardInterrupt:
            print('\nstopped')
        except live.Failed as failure:
            print(f'tools/run: {failure}', file=sys.stderr)
            return 1
        finally:
            signal.alarm(0)
    if options.check:
        print('tools/run --check: everything worked')
    return 0


if __name__ == '__main__':
    sys.exit(main())
