"""kill -9 under load, again and again: no counter repeats, no nonce is accepted twice, nothing that was published or acknowledged is lost.

The simulator's devices check what a real device can not: every FCntDown of a session is new, every JoinNonce is new.
"""
import json
import random
import subprocess
import time
import unittest

from acknowledged import AcknowledgedWrites
from harness import BIN, Server, wait_until
from udp_tap import UdpTap

KILLS = 50
APPLICATION = 'kill-app'
STORM_KILLS = 6
STORM_VERSIONS = ('1.0.2', '1.0.4', '1.1')
STORM_DEVICES = 20  # of each version
STORM_JOINS = 40  # answered, over all kills


def storm_devices():
    """CSV of devices of every kind of DevNonce: random ones and counters, one root key and two."""
    out = []
    for number, version in enumerate(STORM_VERSIONS):
        lines = subprocess.run(
            [str(BIN / 'farfield-sim'), 'devices', '--activation', 'otaa', '--region', 'EU868', '--version', version, '--count', str(STORM_DEVICES),
             '--prefix', f'storm{number}', '--first-dev-eui', f'FEFFF2000000{number}000', '--seed', str(number)],
            capture_output=True, text=True, timeout=30, check=True).stdout.splitlines()
        out += lines if not out else lines[1:]
    return '\n'.join(out) + '\n'


class Kill(unittest.TestCase):
    def test_fifty_kills_under_load(self):
        seed = 7
        chance = random.Random(seed)
        with Server(**{'ns.default-mac-settings.desired-rx1-delay': 1}) as server:
            server.api('POST', '/users/admin/applications', {'application': {'ids': {'application_id': APPLICATION}}})
            key = server.application_key(APPLICATION)
            load, report = server.simulate(
                '--create', '--application', APPLICATION, '--mqtt-user', APPLICATION, '--mqtt-password', key,
                '--region', 'EU868', '--activation', 'otaa', '--version', '1.0.4', '--count', 40, '--gateways', 2,
                '--copies', 2, '--confirmed-ratio', 1, '--rate', 14, '--duration', KILLS * 3 + 20,
                '--seed', seed, background=True)
            uplinks = lambda: sum(float(line.rpartition(' ')[2]) for line in server.request('GET', '/metrics')[1].splitlines()
                                  if line.startswith('farfield_network_server_uplinks_total'))
            wait_until(lambda: uplinks() > 0, 'load arrives', 60)
            writer = AcknowledgedWrites(server, APPLICATION, seed)
            try:
                for number in range(KILLS):
                    time.sleep(chance.uniform(0.2, 1.6))
                    server.kill()
                    server.start()
                    self.assertIsNone(load.poll(), f'the simulator ended after kill {number}')
                output, _ = load.communicate(timeout=KILLS * 3 + 60)
            finally:
                load.kill()
                writer.stop()
            writer.check(self)
            result = json.loads(report.read_text())
            self.assertEqual(sum(result['violations'].values()), 0, f'seed {seed}: {result}\n{output.decode()[-1500:]}')
            self.assertGreater(result['downlinks']['in_time'], KILLS, result)
            self.assertGreater(result['uplinks']['delivered'], 10 * KILLS, result)
            self.assertEqual(server.stop(), 0, server.log_tail())
            # Every message that a subscriber saw was durable before.
            checked = subprocess.run([str(BIN / 'farfield'), 'db', 'check', '--storage.directory', str(server.directory / 'data')],
                                     capture_output=True, text=True, timeout=60, check=True)
            outbox = int(next(line for line in checked.stdout.splitlines() if line.startswith('outbox')).split()[1])
            self.assertGreaterEqual(outbox, result['uplinks']['delivered'], checked.stdout)

    def test_kills_in_join_storms(self):
        """Devices join in spite of the kills; no JoinNonce repeats; join-requests that were answered never are again."""
        chance = random.Random(11)
        with Server(**{'ns.default-mac-settings.desired-rx1-delay': 1}) as server, UdpTap(server.ports['udp']) as tap:
            server.api('POST', '/users/admin/applications', {'application': {'ids': {'application_id': APPLICATION}}})
            key = server.application_key(APPLICATION)
            devices = server.directory / 'devices.csv'
            devices.write_text(storm_devices())
            load, report = server.simulate(
                '--create', '--devices', devices, '--application', APPLICATION, '--mqtt-user', APPLICATION, '--mqtt-password', key,
                '--gateways', 8, '--copies', 2, '--join-spread', 4, '--period', 10, '--duration', 300, gateway_port=tap.port, background=True)
            try:
                for number in range(STORM_KILLS):
                    # A gateway shows where it is every ten seconds; until then a new server can not answer through it.
                    answered = len(tap.answered_joins())
                    wait_until(lambda: len(tap.answered_joins()) > answered, f'joins go on after kill {number}', 60)
                    time.sleep(chance.uniform(0, 2))
                    server.kill()
                    server.start()
                wait_until(lambda: len(tap.answered_joins()) > STORM_JOINS, 'devices join', 120)
                load.terminate()
                output, _ = load.communicate(timeout=60)
            finally:
                load.kill()
            result = json.loads(report.read_text())
            self.assertEqual(sum(result['violations'].values()), 0, f'{result}\n{output.decode()[-1500:]}')
            self.assertGreater(result['joins']['joined'], 0, result)
            answered = tap.answered_joins()
            for request in answered:
                tap.replay(request)
            time.sleep(3)
            self.assertEqual(tap.answered_replays(), [], 'a DevNonce was accepted twice')
            self.assertIn('ttn_lw_js_join_rejected_total', server.request('GET', '/metrics')[1], 'the replays were looked at')


if __name__ == '__main__':
    unittest.main()
