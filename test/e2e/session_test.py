"""MQTT sessions that outlive their connection, with mosquitto's clients: what was published while a client was away, or while
the server was killed and started again, arrives when it is back."""
import subprocess
import unittest

from harness import Server, Subscriber, wait_until

APPLICATION = 'session-app'
VERSIONS = {'three': ['-V', 'mqttv311', '-c'], 'five': ['-V', 'mqttv5', '-c', '-x', '3600']}


class SessionCase(unittest.TestCase):
    settings = {}

    def setUp(self):
        self.server = Server(**self.settings).start()
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


class Sessions(SessionCase):
    settings = {'as.mqtt.sessions.max-per-application': 2}

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


class Shared(SessionCase):
    """Shared subscriptions: each message goes to one of a group's clients."""

    def member(self, name):
        return Subscriber(self.server, APPLICATION, self.key, '$share/workers/v3/+/devices/+/up', '-i', 'member-' + name, '-q', '1',
                          *VERSIONS[name])

    def gather(self, members, wanted):
        """What each member gets until all that is wanted is among them."""
        got = {name: [] for name in members}

        def complete():
            for name, member in members.items():
                while not member.messages.empty():
                    got[name] += self.collect(member, 1)
            return len({one for some in got.values() for one in some}) >= wanted
        wait_until(complete, f'{wanted} messages arrive', 60)
        return got

    def assert_members(self, count):
        wait_until(lambda: f'farfield_as_mqtt_group_members {count}\n' in self.server.request('GET', '/metrics')[1], f'{count} are in the group')

    def test_the_clients_of_a_group_share_messages_and_lose_none(self):
        with self.member('three') as three, self.member('five') as five:
            self.assert_members(2)
            members = {'three': three, 'five': five}
            self.uplinks('shared', 150)
            got = self.gather(members, 150)
            self.assertEqual(sum(map(len, got.values())), 150, 'each once')
            for some in got.values():
                self.assert_in_order(some)
                self.assertGreater(len(some), 0, 'both have a share')
            # The server is killed under them. They come back by themselves, and are in their group again.
            self.server.kill()
            self.server.start()
            self.assert_members(2)
            self.uplinks('killed', 30)
            again = self.gather(members, 30)
            self.assertGreaterEqual(len({one for some in again.values() for one in some if one[0].startswith('killed')}), 30)

    def test_a_group_waits_for_its_clients(self):
        with self.member('three'):
            self.assert_members(1)
        self.assert_members(0)
        self.uplinks('missed', 60)
        self.server.kill()
        self.server.start()
        with self.member('five') as five:
            got = self.collect(five, 60)
            self.assertEqual(len(set(got)), 60)
            self.assert_in_order(got)

    def test_a_client_that_is_killed_leaves_what_it_has_to_others(self):
        with self.member('three') as three:
            self.assert_members(1)
            five = self.member('five')
            self.addCleanup(five.__exit__)
            self.assert_members(2)
            self.uplinks('before', 30)
            self.gather({'three': three, 'five': five}, 30)
            five.process.kill()
            self.assert_members(1)
            self.uplinks('after', 30)
            got = self.collect(three, 30)
            self.assertEqual({device.split('-')[0] for device, _ in got}, {'after'})
            self.assertEqual(len(set(got)), 30)


if __name__ == '__main__':
    unittest.main()
