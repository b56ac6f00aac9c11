"""The applications' MQTT server with TLS client certificates, with mosquitto's clients: with, without, of a stranger, of another application; and the
bounds of one application's connections."""
import json
import subprocess
import tempfile
import unittest

from authority import Authority
from harness import Subscriber, wait_until
from tls_test import TlsServer

APPLICATION = 'sealed-app'
OTHER = 'other-app'
NOT_AUTHORISED = 'not authorised'


class CertificateServer(TlsServer):
    """A server that asks clients for certificates of `authority`."""

    def __init__(self, authority, **settings):
        super().__init__(**{'as.mqtt.tls.client-ca': authority.ca, **settings})

    def create_applications(self):
        keys = []
        for application in (APPLICATION, OTHER):
            self.api('POST', '/users/admin/applications', {'application': {'ids': {'application_id': application}}})
            keys.append(self.application_key(application))
        self.key, self.other_key = keys
        return self

    def trust(self):
        return str(self.directory / 'data' / 'tls' / 'cert.pem')

    def client(self, program, *flags, user=APPLICATION, key=None, pair=None, plain=False):
        command = [f'mosquitto_{program}', '-h', '127.0.0.1', '-p', str(self.ports['mqtt' if plain else 'mqtt_tls']), '-u', user]
        if key:
            command += ['-P', key]
        if not plain:
            command += ['--cafile', self.trust()]
        if pair:
            command += ['--cert', pair[0], '--key', pair[1]]
        return [*command, *flags]

    def publish(self, **how):
        """(exit code, what mosquitto_pub said) of a downlink that nobody is for."""
        done = subprocess.run(self.client('pub', '-t', f'v3/{how.get("user", APPLICATION)}/devices/dev-1/down/push', '-m', '{}', '-q', '1', **how),
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=30)
        return done.returncode, done.stdout.decode()


class WithAuthority(unittest.TestCase):
    settings = {}

    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix='farfield-mqtt-ca-')
        self.addCleanup(folder.cleanup)
        self.authority, self.stranger = Authority(folder.name, 'ours'), Authority(folder.name, 'theirs')
        self.server = CertificateServer(self.authority, **self.settings).start()
        self.addCleanup(self.server.__exit__)
        self.server.create_applications()

    def assert_refused(self, reason, **how):
        """Refused in the answer to CONNECT, with the reason in the log and in an event of the application."""
        before = self.server.metric('farfield_as_mqtt_connects_refused_total')
        code, said = self.server.publish(**how)
        self.assertNotEqual(code, 0, said)
        self.assertIn(NOT_AUTHORISED, said)
        self.assertGreater(self.server.metric('farfield_as_mqtt_connects_refused_total'), before)
        line = next(line for line in reversed(self.server.log.read_text().splitlines()) if 'MQTT client refused' in line)
        self.assertIn(reason, line)

    def assert_taken(self, **how):
        code, said = self.server.publish(**how)
        self.assertEqual((code, said), (0, ''))


class Required(WithAuthority):
    """A certificate beside the key."""

    def test_a_client_needs_both(self):
        ours = self.authority.issue(APPLICATION)
        self.assert_taken(key=self.server.key, pair=ours)
        self.assert_taken(key=self.server.key, pair=ours, user=APPLICATION + '@ttn')
        with self.subTest('without a certificate'):
            self.assert_refused('no_client_certificate', key=self.server.key)
        with self.subTest('without a key'):
            self.assert_refused('not_authorized', pair=ours)
        with self.subTest('with a wrong key'):
            self.assert_refused('', key='NNSXS.AAAAA.BBBBB', pair=ours)
        with self.subTest('of a stranger'):
            self.assert_refused('certificate_not_verified', key=self.server.key, pair=self.stranger.issue(APPLICATION))
        with self.subTest('of another application'):
            self.assert_refused('common_name_mismatch', key=self.server.key, pair=self.authority.issue(OTHER))
        with self.subTest('another application with our certificate'):
            self.assert_refused('common_name_mismatch', user=OTHER, key=self.server.other_key, pair=ours)

    def test_the_port_without_tls_asks_for_none(self):
        self.assert_taken(key=self.server.key, plain=True)

    def test_traffic_arrives(self):
        subscriber = subprocess.Popen(self.server.client('sub', '-t', '#', '-C', '1', '-W', '30', key=self.server.key, pair=self.authority.issue(APPLICATION)),
                                      stdout=subprocess.PIPE)
        self.addCleanup(subscriber.kill)
        wait_until(lambda: self.server.metric('farfield_as_mqtt_connections ') == 1, 'the subscriber is connected')
        self.server.simulate_abp(APPLICATION, self.server.key, 'seen')
        self.assertIn('frm_payload', json.loads(subscriber.communicate(timeout=30)[0])['uplink_message'])


class Sufficient(WithAuthority):
    """A certificate in place of a key."""
    settings = {'as.mqtt.tls.client-certificates': 'sufficient'}

    def test_a_certificate_stands_for_a_key(self):
        ours = self.authority.issue(APPLICATION)
        self.assert_taken(pair=ours)
        self.assert_taken(key=self.server.key)
        with self.subTest('a key that comes with it has to be right'):
            self.assert_refused('', key='NNSXS.AAAAA.BBBBB', pair=ours)
        with self.subTest('neither'):
            self.assert_refused('not_authorized')
        with self.subTest('of a stranger, whatever key comes with it'):
            self.assert_refused('certificate_not_verified', key=self.server.key, pair=self.stranger.issue(APPLICATION))
        with self.subTest('of another application'):
            self.assert_refused('common_name_mismatch', pair=self.authority.issue(OTHER))

    def test_an_application_that_is_gone_has_no_certificate(self):
        ours = self.authority.issue(APPLICATION)
        self.assert_taken(pair=ours)
        self.server.api('DELETE', f'/applications/{APPLICATION}')
        self.assert_refused('not_found', pair=ours)
        self.assert_refused('not_found', user='never-was', pair=self.authority.issue('never-was'))

    def test_a_stored_session_needs_no_key_either(self):
        ours = self.authority.issue(APPLICATION)
        session = ['-t', '#', '-q', '1', '-c', '-i', 'backend', '-V', 'mqttv311']
        done = subprocess.run(self.server.client('sub', *session, '-E', pair=ours), timeout=30)
        self.assertEqual(done.returncode, 0)
        self.server.simulate_abp(APPLICATION, self.server.key, 'kept')
        done = subprocess.run(self.server.client('sub', *session, '-C', '3', '-W', '20', pair=ours), stdout=subprocess.PIPE, timeout=30)
        ups = [json.loads(line) for line in done.stdout.splitlines()]
        self.assertEqual(len(ups), 3)


class Wrong(unittest.TestCase):
    def test_an_authority_that_can_not_be_used_ends_the_start(self):
        with tempfile.NamedTemporaryFile(suffix='.pem') as file:
            file.write(b'no certificate')
            file.flush()
            for path in (file.name, '/nonexistent/ca.pem'):
                server = TlsServer(**{'as.mqtt.tls.client-ca': path})
                self.addCleanup(server.__exit__)
                done = subprocess.run(server.command(), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=60)
                self.assertNotEqual(done.returncode, 0)
                self.assertIn('`as.mqtt.tls.client-ca`', done.stdout.decode())
                self.assertIn(path, done.stdout.decode())


class Bounds(unittest.TestCase):
    """One application can not take all connections."""

    def test_more_clients_than_allowed_are_refused_and_others_are_not(self):
        server = TlsServer(**{'as.mqtt.connections-per-application-max': 2}).start()
        self.addCleanup(server.__exit__)
        keys = {}
        for application in (APPLICATION, OTHER):
            server.api('POST', '/users/admin/applications', {'application': {'ids': {'application_id': application}}})
            keys[application] = server.application_key(application)

        def connect(application):
            return subprocess.run(['mosquitto_pub', '-h', '127.0.0.1', '-p', str(server.ports['mqtt']), '-u', application, '-P', keys[application],
                                   '-t', f'v3/{application}/devices/dev-1/down/push', '-m', '{}', '-q', '1'],
                                  stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=30)

        first = Subscriber(server, APPLICATION, keys[APPLICATION])
        with Subscriber(server, APPLICATION, keys[APPLICATION]):
            wait_until(lambda: server.metric('farfield_as_mqtt_connections ') == 2, 'both are connected')
            refused = connect(APPLICATION)
            self.assertNotEqual(refused.returncode, 0)
            self.assertIn('broker unavailable', refused.stdout.decode().lower())
            self.assertIn('too_many_clients', server.log.read_text())
            self.assertEqual(connect(OTHER).returncode, 0)
            first.close()
            wait_until(lambda: connect(APPLICATION).returncode == 0, 'its place is free again')

    def test_clients_are_told_the_address_that_is_set(self):
        server = TlsServer(**{'as.mqtt.public-tls-address': 'mqtt.example.com:8883'}).start()
        self.addCleanup(server.__exit__)
        server.api('POST', '/users/admin/applications', {'application': {'ids': {'application_id': APPLICATION}}})
        info = server.api('GET', f'/as/applications/{APPLICATION}/mqtt-connection-info')
        self.assertEqual(info['public_tls_address'], 'mqtt.example.com:8883')
        self.assertTrue(info['public_address'].endswith(str(server.ports['mqtt'])))


if __name__ == '__main__':
    unittest.main()
