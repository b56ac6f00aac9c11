"""Rate limits at every door: who asks too often is told so, and nobody else notices."""
import socket
import subprocess
import time
import unittest

from harness import Server, free_port, wait_until

APPLICATION = 'limited'
PROFILES = (
    'name=get;max-per-min=60;max-burst=3;associations=grpc:method:/ttn.lorawan.v3.ApplicationRegistry/Get',
    'name=metrics;max-per-min=60;max-burst=2;associations=http:metrics',
    'name=networks;max-per-min=60;max-burst=2;associations=http:interop',
    'name=datagrams;max-per-min=60;max-burst=5;associations=gs:up:udp',
    'name=mqtt;max-per-min=60;max-burst=4;associations=as:accept:mqtt',
    'name=publish;max-per-min=60;max-burst=2;associations=as:down:mqtt',
)


class Limits(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.interop = free_port()
        cls.server = Server(**{'rate-limiting.profiles': ','.join(PROFILES), 'interop.listen': f'127.0.0.1:{cls.interop}'}).start()
        cls.server.api('POST', '/users/admin/applications', {'application': {'ids': {'application_id': APPLICATION}}})
        cls.key = cls.server.application_key(APPLICATION)

    @classmethod
    def tearDownClass(cls):
        cls.server.__exit__()

    def curl(self, path, key=None):
        """(status, headers) as curl sees them."""
        done = subprocess.run(['curl', '-s', '-o', '/dev/null', '-D', '-', '-H', f'Authorization: Bearer {key or self.server.admin_key}',
                               f'http://127.0.0.1:{self.server.ports["http"]}{path}'], capture_output=True, text=True, timeout=20)
        head = done.stdout.splitlines()
        return int(head[0].split()[1]), {line.split(':')[0].lower(): line.split(':')[1].strip() for line in head[1:] if ':' in line}

    def refused(self, profile):
        text = wait_until(lambda: self.metrics(), 'metrics answer')
        line = next((l for l in text.splitlines() if l.startswith('farfield_rate_limit_refused_total{profile="' + profile)), '0 0')
        return float(line.split()[-1])

    def metrics(self):
        status, text = self.server.request('GET', '/metrics')
        return text if status == 200 else None

    def test_calls_over_http(self):
        path = f'/api/v3/applications/{APPLICATION}'
        answers = [self.curl(path) for _ in range(5)]
        self.assertEqual([status for status, _ in answers[:3]], [200] * 3, answers)
        self.assertIn(429, [status for status, _ in answers[3:]], answers)
        for status, headers in answers:
            self.assertEqual(headers['x-rate-limit-limit'], '3')
            self.assertIn('x-rate-limit-available', headers)
            self.assertIn('x-rate-limit-reset', headers)
            self.assertIn('x-rate-limit-retry', headers)
        # Another key has its own bucket; other calls have none.
        self.assertEqual(self.curl(path, self.key)[0], 200)
        self.assertEqual(self.curl('/api/v3/applications')[0], 200)
        self.assertNotIn('x-rate-limit-limit', self.curl('/api/v3/applications')[1])

    def test_pages(self):
        answers = [self.curl('/metrics')[0] for _ in range(6)]
        self.assertIn(429, answers)
        time.sleep(1.1)
        self.assertEqual(self.curl('/metrics')[0], 200)

    def test_other_networks(self):
        answers = [subprocess.run(['curl', '-s', '-o', '/dev/null', '-w', '%{http_code}', '-H', 'Content-Type: application/json', '-d', '{}',
                                   f'http://127.0.0.1:{self.interop}/'], capture_output=True, text=True, timeout=20).stdout for _ in range(6)]
        self.assertNotIn('429', answers[:2], answers)
        self.assertIn('429', answers[2:], answers)

    def test_datagrams_of_one_address(self):
        flood, other = (socket.socket(socket.AF_INET, socket.SOCK_DGRAM) for _ in range(2))
        self.addCleanup(flood.close)
        self.addCleanup(other.close)
        server = ('127.0.0.1', self.server.ports['udp'])
        before = self.refused('datagrams')
        pull = b'\x02\x01\x01\x02' + bytes.fromhex('0102030405060708')
        for _ in range(50):
            flood.sendto(pull, server)
        wait_until(lambda: self.refused('datagrams') >= before + 40, 'datagrams are refused')
        other.settimeout(1)

        def answered():
            other.sendto(b'\x02\x01\x01\x02' + bytes.fromhex('0102030405060709'), server)
            try:
                return other.recv(100)[3] == 4
            except TimeoutError:
                return False
        self.assertTrue(wait_until(answered, 'another address is served'))

    def test_mqtt_clients(self):
        def publish(count):
            return subprocess.run(['mosquitto_pub', '-h', '127.0.0.1', '-p', str(self.server.ports['mqtt']), '-u', APPLICATION, '-P', self.key,
                                   '-t', f'v3/{APPLICATION}/devices/dev/down/push', '-l', '-q', '1'],
                                  input='{}\n' * count, capture_output=True, text=True, timeout=20)
        self.assertEqual(publish(1).returncode, 0)
        # Cut off, mosquitto_pub connects again; in the end it is told nothing.
        publish(6)
        self.assertGreaterEqual(self.refused('publish'), 1)
        for _ in range(8):
            with socket.create_connection(('127.0.0.1', self.server.ports['mqtt'])) as connection:
                connection.settimeout(5)
        self.assertGreaterEqual(wait_until(lambda: self.refused('mqtt'), 'connections are refused'), 1)

    def test_a_profile_that_means_nothing(self):
        bad = Server(**{'rate-limiting.profiles': 'name=bad;max-per-min=0;associations=http'})
        done = subprocess.run(bad.command(), capture_output=True, text=True, timeout=20)
        self.assertNotEqual(done.returncode, 0)
        self.assertIn('rate-limiting.profiles', done.stderr + done.stdout)


if __name__ == '__main__':
    unittest.main()
