"""MQTT sessions that outlive their connection, with mosquitto's clients: what was published while a client was away, or while
the server was killed and started again, arrives when it is back."""
import subprocess
import unittest

from harness import Server, Subscriber, wait_until

APPLICATION = 'session-app'
VERSIONS = {'three': ['-V', 'mqttv311', '-c'], 'five': ['-V', 'mqttv5', '-c', '-x', '3600']}


class Sessions(unittest.TestCase):
    def setUp(self):
        self.server = Server(**{'as.mqtt.sessions.max-per-application': 2}).start()
        self.addCleanup(self.server.__exit__)
        self.server.api('POST', '/users/admin/applications', {'application': {'ids': {'application_id': APPLICATION}}})
        self.key = self.server.application_key(APPLICATION)

    def uplinks(self, prefix, count):
        """Sends so many uplinks of three new devices; all of them are in the outbox afterwards."""
        self.seed = getattr(self, 'seed', 0) + 1
        report = self.server.simulate(
            '--create', '--application', APPLICATION, '--mqtt-user', APPLICATION, '--mqtt-password', self.key, '--region', 'EU868',
            '--activation', 'abp', '--version', '1.0.3', '--count', 3, '--prefix', prefix, '--uplinks', count, '--rate', 50,
            '--seed', self.seed)
        self.assertEqual(report['uplinks']['delivered'], count, report)

    def subscribe(self, name, *flags):
        """Makes a session, or takes it up again, and leaves at once."""
        subprocess.run(['mosquitto_sub', '-h', '127.0.0.1', '-p', str(self.server.ports['mqtt']), '-u', APPLICATION, '-P', self.key,
                        '-i', name, '-q', '1', '-t', '#', '-E', *flags], check=True, timeout=20)

    def client(self, name):
        return Subscriber(self.server, APPLICATION, self.key, 'v3/+/devices/+/up', '-i', name, '-q', '1', *VERSIONS[name])

    def collect(self, subscriber, count):
        """Device and counter of the next uplinks, in order of arrival."""
        out = []
        while len(out) < count:
            message = subscriber.next_of('/up')
            out.append((message['end_device_ids']['device_id'], message['uplink_message'].get('f_cnt', 0)))
        return out

    def assert_in_order(self, got):
        for device in {device for device, _ in got}:
            counters = [counter for one, counter in got if one == device]
            self.assertEqual(counters, sorted(counters), device)

    def test_nothing_is_lost_while_away_nor_by_a_kill(self):
        for name, flags in VERSIONS.items():
            self.subscribe(name, *flags)
        self.uplinks('away', 150)
        self.server.kill()
        self.server.start()
        for name in VERSIONS:
            with self.subTest(name=name), self.client(name) as subscriber:
                got = self.collect(subscriber, 150)
                self.assertEqual(len(set(got)), 150)
                self.assert_in_order(got)
                # The server is killed under a connected client, which comes back by itself.
                self.server.kill()
                self.server.start()
                self.uplinks('back-' + name, 30)
                new = set()
                wait_until(lambda: new.update(one for one in self.collect(subscriber, 1) if one[0].startswith('back-' + name))
                           or len(new) == 30, 'all that came after the kill arrives', 60)

    def test_a_third_session_is_refused_and_counted(self):
        for name, flags in VERSIONS.items():
            self.subscribe(name, *flags)
        with self.assertRaises(subprocess.CalledProcessError):
            self.subscribe('third', *VERSIONS['five'])
        self.assertIn('farfield_as_mqtt_sessions_refused_total 1', self.server.request('GET', '/metrics')[1])
        # A clean client makes room: it ends the session of its name.
        self.subscribe('three')
        self.subscribe('third', *VERSIONS['three'])

    def test_after_a_clean_end_nothing_comes_twice(self):
        self.subscribe('three', *VERSIONS['three'])
        self.uplinks('first', 20)
        with self.client('three') as subscriber:
            self.collect(subscriber, 20)
        wait_until(lambda: 'farfield_actors_running{kind="mqtt_session"} 0' in self.server.request('GET', '/metrics')[1],
                   'the session is at rest')
        self.assertEqual(self.server.stop(), 0, self.server.log_tail())
        self.server.start()
        self.uplinks('second', 20)
        with self.client('three') as subscriber:
            self.assertEqual({device.split('-')[0] for device, _ in self.collect(subscriber, 20)}, {'second'})


if __name__ == '__main__':
    unittest.main()
