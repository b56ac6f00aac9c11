"""Nothing is lost on the way out: an application's messages to a webhook, NATS and an MQTT broker while all of them fail and the server is
killed five times. Every message that the server has is everywhere at least once, in order per device, and the same message has the same id.

LOSSLESS_UPLINKS and LOSSLESS_RATE (uplinks, and uplinks per second) make it longer: 100000 and 1000 take a few minutes.
"""
import base64
import collections
import json
import os
import random
import signal
import subprocess
import threading
import time
import unittest

from brokers import PASSWORD, USER, Mosquitto, MqttClient, Nats, NatsClient
from endpoint import Endpoint
from harness import BIN, Server, wait_until

UPLINKS = int(os.environ.get('LOSSLESS_UPLINKS', 3000))
RATE = int(os.environ.get('LOSSLESS_RATE', 150))
KILLS = 5
APPLICATION = 'lossless'
SETTINGS = {
    'as.webhooks.allow-networks': '127.0.0.0/8', 'as.webhooks.retry.delay': '50ms', 'as.webhooks.retry.delay-max': '500ms',
    'as.webhooks.timeout': '2s', 'as.webhooks.cursor-interval': '200ms',
    'as.pubsub.allow-networks': '127.0.0.0/8', 'as.pubsub.cursor-interval': '200ms', 'as.pubsub.connect-timeout': '3s',
    'as.pubsub.acknowledge-timeout': '5s'}


def fault(number):
    """One request in fifty goes wrong, each time in another way."""
    if number % 50:
        return None
    return [('status', 500), 'reset', ('status', 503), 'half', 'unheard'][number // 50 % 5]


def nats_headers(message):
    """Those of a stored message: `NATS/1.0`, then a header a line."""
    lines = base64.b64decode(message['hdrs']).decode().split('\r\n')[1:]
    return dict(line.split(': ', 1) if ': ' in line else line.split(':', 1) for line in lines if line)


class Sink:
    """What one integration has delivered: by its device and counter, where it came first, and under which ids.

    `numbers`: shard and sequence of the outbox, `3-44`, as its own header says them; empty of a sink without headers.
    """

    def __init__(self, name, bodies, numbers=()):
        self.name, self.count = name, len(bodies)
        self.first, self.ids, self.numbers = {}, collections.defaultdict(set), collections.defaultdict(set)
        for position, body in enumerate(bodies):
            key = (body['end_device_ids']['device_id'], body['uplink_message'].get('f_cnt', 0))
            self.first.setdefault(key, position)
            self.ids[key].add(tuple(one for one in body.get('correlation_ids', ()) if one.startswith('gs:uplink:')))
            if numbers:
                self.numbers[key].add(numbers[position])

    def disorder(self):
        """Messages that came after a later one of their device."""
        last, found = {}, []
        for (device, counter), _ in sorted(self.first.items(), key=lambda entry: entry[1]):
            if last.get(device, -1) > counter:
                found.append((device, counter))
            last[device] = max(counter, last.get(device, -1))
        return found


class Lossless(unittest.TestCase):
    def start_sinks(self):
        self.endpoint = Endpoint(fault)
        self.addCleanup(self.endpoint.close)
        self.nats, self.mosquitto = Nats(jetstream=True).start(), Mosquitto().start()
        self.addCleanup(self.nats.__exit__)
        self.addCleanup(self.mosquitto.__exit__)
        with NatsClient(self.nats) as client:
            made = client.request('$JS.API.STREAM.CREATE.LORA', {'name': 'LORA', 'subjects': ['nats.>'], 'storage': 'file', 'num_replicas': 1,
                                                                 'retention': 'limits', 'max_consumers': -1, 'max_msgs': -1, 'max_bytes': -1,
                                                                 'max_age': 0, 'discard': 'old'})
            self.assertNotIn('error', made)
        self.observer = MqttClient(self.mosquitto, 'mqtt/#')
        self.addCleanup(self.observer.__exit__)

    def start_server(self):
        self.server = Server(**SETTINGS).start()
        self.addCleanup(self.server.__exit__)
        api = self.server.api
        api('POST', '/users/admin/applications', {'application': {'ids': {'application_id': APPLICATION}}})
        self.key = self.server.application_key(APPLICATION)
        common = {'format': 'json', 'uplink_message': {'topic': 'up'}}
        api('PUT', f'/as/pubsub/{APPLICATION}/nats', {'pubsub': {**common, 'base_topic': 'nats', 'nats': {
            'server_url': f'nats://{USER}:{PASSWORD}@127.0.0.1:{self.nats.port}?jetstream=true'}}})
        api('PUT', f'/as/pubsub/{APPLICATION}/mqtt', {'pubsub': {**common, 'base_topic': 'mqtt', 'mqtt': {
            'server_url': f'mqtt://127.0.0.1:{self.mosquitto.port}', 'username': USER, 'password': PASSWORD, 'publish_qos': 'AT_LEAST_ONCE'}}})
        api('PUT', f'/as/webhooks/{APPLICATION}/hook', {'webhook': {
            'base_url': self.endpoint.url(), 'format': 'json', 'uplink_message': {}}, 'field_mask': 'base_url,format,uplink_message'})

    def disturb(self, chance, load):
        """The server dies five times; brokers come and go meanwhile."""
        pause = UPLINKS / RATE / (KILLS + 1)
        for number in range(KILLS):
            time.sleep(pause * chance.uniform(0.5, 1))
            broker, how = ((self.nats, signal.SIGKILL), (self.mosquitto, signal.SIGTERM))[number % 2]
            broker.end(how)
            time.sleep(pause * chance.uniform(0.1, 0.4))
            self.server.kill()
            broker.start()
            self.server.start()
            self.assertIsNone(load.poll(), f'the simulator ended after kill {number}')

    def outbox(self):
        """How many messages the server has, as its store says when it does not run."""
        checked = subprocess.run([str(BIN / 'farfield'), 'db', 'check', '--storage.directory', str(self.server.directory / 'data')],
                                 capture_output=True, text=True, timeout=120, check=True)
        return int(next(line for line in checked.stdout.splitlines() if line.startswith('outbox')).split()[1])

    def stream(self):
        """All messages in NATS: bodies, and ids by their header."""
        with NatsClient(self.nats) as client:
            state = client.request('$JS.API.STREAM.INFO.LORA', {})['state']
            found = [client.request('$JS.API.STREAM.MSG.GET.LORA', {'seq': sequence})['message']
                     for sequence in range(state['first_seq'], state['last_seq'] + 1)]
        return [json.loads(base64.b64decode(one['data'])) for one in found], [nats_headers(one)['Nats-Msg-Id'].rsplit('/', 1)[1] for one in found]

    def stream_size(self):
        with NatsClient(self.nats) as client:
            return client.request('$JS.API.STREAM.INFO.LORA', {})['state']['messages']

    def wait_for_all(self, seconds):
        """Until nothing more comes anywhere."""
        last, since = None, time.monotonic()
        end = since + seconds
        while time.monotonic() < end:
            now = (self.stream_size(), len(self.observer.messages), len(self.endpoint.requests))
            if now != last:
                last, since = now, time.monotonic()
            elif time.monotonic() - since > 10:
                return
            time.sleep(0.5)
        self.fail(f'messages still arrive after {seconds} s: {last}')

    def test_every_message_arrives_everywhere(self):
        seed = int(os.environ.get('LOSSLESS_SEED', 11))
        self.start_sinks()
        self.start_server()
        begin = time.monotonic()
        load, report = self.server.simulate(
            '--create', '--uplinks-only', '--application', APPLICATION, '--mqtt-user', APPLICATION, '--mqtt-password', self.key, '--mqtt-qos', 1,
            '--region', 'EU868', '--activation', 'abp', '--version', '1.0.3', '--count', max(20, UPLINKS // 50), '--gateways', 20, '--copies', 1,
            '--uplinks', UPLINKS, '--rate', RATE, '--no-adr', '--seed', seed, background=True)
        output = []
        reader = threading.Thread(target=lambda: output.append(load.stdout.read()), daemon=True)
        reader.start()
        try:
            wait_until(lambda: len(self.endpoint.requests) > 5, 'load arrives', 120)
            self.disturb(random.Random(seed), load)
            load.wait(UPLINKS / RATE + 300)
        finally:
            load.kill()
        simulated = json.loads(report.read_text())['uplinks']
        self.wait_for_all(UPLINKS / 50 + 120)
        stream, stream_numbers = self.stream()
        self.assertEqual(self.server.stop(), 0, self.server.log_tail())
        outbox = self.outbox()
        sinks = [Sink('nats', stream, stream_numbers), Sink('mqtt', [body for _, body in list(self.observer.messages)]),
                 Sink('webhook', self.endpoint.messages(), [headers['X-Farfield-Message-Id'].rsplit('/', 1)[1] for _, headers, _ in self.endpoint.requests])]
        print(f'seed {seed}: {simulated["sent"]} uplinks sent in {time.monotonic() - begin:.0f} s over {KILLS} kills, {outbox} in the outbox; '
              + ', '.join(f'{sink.name} {len(sink.first)} ({sink.count} with repetitions)' for sink in sinks))
        for sink in sinks:
            with self.subTest(sink.name):
                self.assertEqual(len(sink.first), outbox)
                self.assertEqual(sink.disorder(), [])
        for sink in sinks[1:]:
            self.assertEqual(set(sink.first), set(sinks[0].first))
        for key in sinks[0].first:
            ids = set().union(*(sink.ids[key] for sink in sinks))
            self.assertEqual(len(ids), 1, f'{key} under several ids')
            self.assertTrue(all(ids), f'{key} without an id of its gateway server')
            numbers = sinks[0].numbers[key] | sinks[2].numbers[key]
            self.assertEqual(len(numbers), 1, f'{key} under several numbers')
        self.assertEqual(len(set().union(*sinks[2].numbers.values())), outbox, 'each message has a number of its own')


if __name__ == '__main__':
    unittest.main()
