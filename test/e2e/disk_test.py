"""A disk that takes no more, under load: the server says so and ends, and the next one goes on from what was acknowledged.

A limit of the process on the size of its files stands for the full disk: the write that crosses it fails half done.
"""
import json
import resource
import subprocess
import time
import unittest

from harness import BIN, Server, wait_until

APPLICATION = 'disk-app'
TIMES = 5
ROOM = 40_000  # octets that the store's log may still grow by: some seconds of this load
DISK_FAILED = 74


def log_size(server):
    return max(file.stat().st_size for file in (server.directory / 'data').rglob('*.log'))


class Disk(unittest.TestCase):
    def test_a_full_disk_ends_the_server_and_takes_nothing_back(self):
        with Server(**{'ns.default-mac-settings.desired-rx1-delay': 1}) as server:
            server.api('POST', '/users/admin/applications', {'application': {'ids': {'application_id': APPLICATION}}})
            key = server.application_key(APPLICATION)
            load, report = server.simulate(
                '--create', '--application', APPLICATION, '--mqtt-user', APPLICATION, '--mqtt-password', key,
                '--region', 'EU868', '--activation', 'abp', '--version', '1.0.4', '--count', 60, '--gateways', 8, '--data-rate', 5,
                '--copies', 2, '--confirmed-ratio', 1, '--rate', 20, '--duration', 300, '--seed', 5, background=True)
            try:
                wait_until(lambda: 'farfield_network_server_uplinks_total' in server.request('GET', '/metrics')[1], 'load arrives', 60)
                for number in range(TIMES):
                    time.sleep(4)
                    limit = max(log_size(server), server.log.stat().st_size) + ROOM
                    resource.prlimit(server.process.pid, resource.RLIMIT_FSIZE, (limit, limit))
                    self.assertEqual(server.process.wait(120), DISK_FAILED, f'{number}: {server.log_tail()}')
                    self.assertEqual(server.log.read_text().count('the process has to end'), number + 1)
                    server.start()
                    self.assertIsNone(load.poll(), f'the simulator ended after failure {number}')
                time.sleep(4)
                load.terminate()
                output, _ = load.communicate(timeout=60)
            finally:
                load.kill()
            self.assertTrue(report.exists(), f'{load.returncode}: {output.decode()[-1500:]}')
            result = json.loads(report.read_text())
            self.assertEqual(sum(result['violations'].values()), 0, f'{result}\n{output.decode()[-1500:]}')
            self.assertGreater(result['uplinks']['delivered'], 100, result)
            self.assertGreater(result['downlinks']['in_time'], 20, result)
            self.assertEqual(server.stop(), 0, server.log_tail())
            checked = subprocess.run([str(BIN / 'farfield'), 'db', 'check', '--storage.directory', str(server.directory / 'data')],
                                     capture_output=True, text=True, timeout=60, check=True)
            outbox = int(next(line for line in checked.stdout.splitlines() if line.startswith('outbox')).split()[1])
            self.assertGreaterEqual(outbox, result['uplinks']['delivered'], 'what a subscriber saw was durable before')


if __name__ == '__main__':
    unittest.main()
