"""kill -9 under load, again and again: no counter repeats, no nonce is accepted twice, nothing that was published is lost.

The simulator's devices check what a real device can not: every FCntDown of a session is new, every JoinNonce is new.
"""
import json
import random
import subprocess
import time
import unittest

from harness import BIN, Server, wait_until

KILLS = 50
APPLICATION = 'kill-app'


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
            wait_until(lambda: 'farfield_network_server_uplinks_total' in server.request('GET', '/metrics')[1],
                       'load arrives', 60)
            try:
                for number in range(KILLS):
                    time.sleep(chance.uniform(0.2, 1.6))
                    server.kill()
                    server.start()
                    self.assertIsNone(load.poll(), f'the simulator ended after kill {number}')
                output, _ = load.communicate(timeout=KILLS * 3 + 60)
            finally:
                load.kill()
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


if __name__ == '__main__':
    unittest.main()
