"""TLS as clients see it: gRPC, HTTPS and MQTT with a certificate of the server's own or of files, renewal, and wrong clients."""
import http.client
import json
import os
import pathlib
import re
import shutil
import socket
import ssl
import stat
import subprocess
import tempfile
import unittest

import grpc

from acme_authority import AcmeAuthority
from grpc_client import GrpcClient, GrpcError
from harness import Server, Subscriber, free_port, publish, wait_until
from interop_test import Authority

APPLICATION = 'tls-app'
INFO = 'EntityAccess/AuthInfo'
PROTOCOLS = ('grpc', 'http', 'mqtt')


class TlsServer(Server):
    """A server whose TLS ports are open too."""

    def __init__(self, **settings):
        super().__init__()
        for name in PROTOCOLS:
            self.ports[name + '_tls'] = free_port()
        self.settings = {
            **{key: f'127.0.0.1:{self.ports[name + "_tls"]}' for name, key in
               (('grpc', 'grpc.listen-tls'), ('http', 'http.listen-tls'), ('mqtt', 'as.mqtt.listen-tls'))}, **settings}

    def target(self, protocol, tls=True):
        return f'127.0.0.1:{self.ports[protocol + ("_tls" if tls else "")]}'

    def create_application(self):
        self.api('POST', '/users/admin/applications', {'application': {'ids': {'application_id': APPLICATION}}})
        return self.application_key(APPLICATION)

    def metric(self, name):
        """The sum of the series whose name and labels begin with `name`."""
        text = self.request('GET', '/metrics')[1]
        return sum(float(line.rsplit(' ', 1)[1]) for line in text.splitlines() if line.startswith(name))

    def presented(self, protocol):
        """The certificate of a new connection, PEM."""
        context = ssl.create_default_context()
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        context.set_alpn_protocols({'grpc': ['h2'], 'http': ['http/1.1'], 'mqtt': []}[protocol])
        with socket.create_connection(('127.0.0.1', self.ports[protocol + '_tls']), timeout=10) as plain:
            with context.wrap_socket(plain, server_hostname='localhost') as stream:
                return ssl.DER_cert_to_PEM_cert(stream.getpeercert(True)).strip()


class Redirects(unittest.TestCase):
    def test_requests_without_tls_are_sent_to_it_but_for_those_that_follow_nobody(self):
        with TlsServer(**{'tls.source': 'self-signed', 'http.redirect-to-tls': 'true'}) as server:
            def ask(path, tls=False, **headers):
                context = ssl._create_unverified_context()
                connection = (http.client.HTTPSConnection(server.target('http'), timeout=10, context=context) if tls
                              else http.client.HTTPConnection(server.target('http', False), timeout=10))
                connection.request('GET', path, headers=headers)
                answer = connection.getresponse()
                answer.read()
                connection.close()
                return answer.status, answer.getheader('Location')

            path = '/api/v3/applications?limit=1'
            self.assertEqual(ask(path), (302, f'https://{server.target("http")}{path}'))
            self.assertEqual(ask('/metrics')[0], 302)
            self.assertEqual(ask('/healthz'), (200, None))
            self.assertEqual(ask('/.well-known/acme-challenge/token'), (404, None))
            self.assertEqual(ask(path, tls=True)[0], 401)
            self.assertEqual(ask('/', tls=True), (302, '/oauth'), 'home')
            # From loopback, which the settings trust: TLS has ended before us.
            self.assertEqual(ask(path, **{'X-Forwarded-Proto': 'https'})[0], 401)

    def test_redirects_need_somewhere_to_lead(self):
        server = Server(**{'http.redirect-to-tls': 'true'})
        self.addCleanup(server.__exit__)
        done = subprocess.run(server.command(), capture_output=True, text=True, timeout=20)
        self.assertEqual(done.returncode, 78)
        self.assertIn('http.redirect-to-tls', done.stderr)


class SelfSigned(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = TlsServer(**{'tls.source': 'self-signed'}).start()
        cls.addClassCleanup(cls.server.__exit__)
        cls.folder = cls.server.directory / 'data' / 'tls'
        cls.certificate = cls.folder / 'cert.pem'
        cls.key = cls.server.create_application()

    def test_a_grpc_client_that_trusts_the_certificate_is_served(self):
        for host in ('127.0.0.1', 'localhost'):
            with self.subTest(host=host):
                with GrpcClient(f'{host}:{self.server.ports["grpc_tls"]}', self.server.admin_key, self.certificate.read_bytes()) as client:
                    self.assertTrue(client.call(INFO).is_admin)

    def test_a_grpc_client_that_trusts_another_is_not(self):
        with tempfile.TemporaryDirectory() as folder:
            other, _ = make_certificate(pathlib.Path(folder), 'other')
            with GrpcClient(self.server.target('grpc'), self.server.admin_key, other.read_bytes()) as client:
                with self.assertRaises(GrpcError) as caught:
                    client.call(INFO)
        self.assertEqual(caught.exception.code, grpc.StatusCode.UNAVAILABLE)

    def curl(self, *flags):
        return subprocess.run(['curl', '--silent', '--show-error', '--max-time', '20', *flags,
                               '-H', f'Authorization: Bearer {self.server.admin_key}',
                               f'https://localhost:{self.server.ports["http_tls"]}/api/v3/auth_info'], capture_output=True, timeout=30)

    def test_https_is_served_to_whoever_trusts_the_certificate(self):
        done = self.curl('--cacert', str(self.certificate))
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertTrue(json.loads(done.stdout)['is_admin'])
        self.assertEqual(self.curl().returncode, 60, 'not trusted')

    def test_mqtt_is_served_over_tls(self):
        tls = ('-p', str(self.server.ports['mqtt_tls']), '--cafile', str(self.certificate))
        device = self.server.simulate_abp(APPLICATION, self.key, 'dev')
        before = subscriptions(self.server)
        with Subscriber(self.server, APPLICATION, self.key, '#', *tls) as subscriber:
            wait_until(lambda: subscriptions(self.server) > before, 'subscribed')
            publish(self.server, APPLICATION, self.key, f'v3/{APPLICATION}/devices/{device}/down/push',
                    {'downlinks': [{'f_port': 3, 'frm_payload': 'AQ=='}]}, '-q', '1', *tls)
            self.assertEqual(subscriber.next_of('/down/queued')['downlink_queued']['frm_payload'], 'AQ==')

    def test_the_key_is_the_owners_alone_and_stays_the_same(self):
        self.assertEqual(stat.S_IMODE(os.stat(self.folder / 'key.pem').st_mode), 0o600)
        before = {protocol: self.server.presented(protocol) for protocol in PROTOCOLS}
        self.assertEqual(set(before.values()), {self.certificate.read_text().strip()})
        self.assertEqual(self.server.stop(), 0, self.server.log_tail())
        self.server.start()
        self.assertEqual({protocol: self.server.presented(protocol) for protocol in PROTOCOLS}, before)

    def test_a_plain_client_on_a_tls_port_is_turned_away(self):
        hello = {'http': b'GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n',
                 'mqtt': bytes.fromhex('100f00044d51545404020000000361626300'),
                 'grpc': b'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'}
        for protocol in PROTOCOLS:
            with self.subTest(protocol=protocol):
                with socket.create_connection(('127.0.0.1', self.server.ports[protocol + '_tls']), timeout=10) as client:
                    client.sendall(hello[protocol])
                    self.assertNotIn(b'HTTP/1.1 200', read_to_end(client))
        for listener in ('http-tls', 'mqtt-tls'):
            name = 'farfield_net_handshakes_failed_total{listener="%s"}' % listener
            wait_until(lambda: self.server.metric(name) >= 1, name)
        with GrpcClient(self.server.target('grpc'), self.server.admin_key) as client:
            with self.assertRaises(GrpcError) as caught:
                client.call(INFO)
        self.assertEqual(caught.exception.code, grpc.StatusCode.UNAVAILABLE)
        self.assertTrue(self.server.healthy())

    def test_a_tls_client_on_a_plain_port_is_turned_away(self):
        context = ssl.create_default_context(cafile=str(self.certificate))
        for protocol in PROTOCOLS:
            with self.subTest(protocol=protocol):
                with socket.create_connection(('127.0.0.1', self.server.ports[protocol]), timeout=10) as plain:
                    with self.assertRaises((ssl.SSLError, ConnectionError)) as caught:
                        context.wrap_socket(plain, server_hostname='localhost')
                    self.assertNotIsInstance(caught.exception, TimeoutError)
        with GrpcClient(self.server.target('grpc', tls=False), self.server.admin_key, self.certificate.read_bytes()) as client:
            with self.assertRaises(GrpcError) as caught:
                client.call(INFO)
        self.assertEqual(caught.exception.code, grpc.StatusCode.UNAVAILABLE)
        self.assertTrue(self.server.healthy())


class Files(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix='farfield-tls-'))
        self.addCleanup(shutil.rmtree, self.folder)
        self.first = make_certificate(self.folder, 'first')
        self.second = make_certificate(self.folder, 'second')
        self.used = (self.folder / 'cert.pem', self.folder / 'key.pem')
        self.install(self.first)
        self.server = TlsServer(**{'tls.source': 'file', 'tls.certificate': self.used[0], 'tls.key': self.used[1],
                                   'tls.reload-interval': '1s'})
        self.addCleanup(self.server.__exit__)

    def install(self, pair):
        """As renewal programs do it: each file is replaced as a whole."""
        for source, target in zip(pair, self.used):
            shutil.copy(source, self.folder / 'new')
            os.replace(self.folder / 'new', target)

    def assert_presented(self, pair):
        wanted = pair[0].read_text().strip()
        for protocol in PROTOCOLS:
            wait_until(lambda: self.server.presented(protocol) == wanted, f'{protocol} presents {pair[0].name}')

    def test_a_renewed_certificate_is_taken_over_and_connections_stay(self):
        server = self.server.start()
        key = server.create_application()
        self.assert_presented(self.first)
        root = self.first[0].read_bytes()
        https = http.client.HTTPSConnection('127.0.0.1', server.ports['http_tls'], timeout=10,
                                            context=ssl.create_default_context(cafile=str(self.first[0])))
        self.addCleanup(https.close)
        tls = ('-p', str(server.ports['mqtt_tls']), '--cafile', str(self.first[0]))
        with GrpcClient(server.target('grpc'), server.admin_key, root) as client, \
                Subscriber(server, APPLICATION, key, '#', *tls) as subscriber:
            def is_served():
                self.assertTrue(client.call(INFO).is_admin)
                https.request('GET', '/healthz')
                response = https.getresponse()
                self.assertEqual((response.status, json.loads(response.read())), (200, {'status': 'OK'}))
            is_served()
            socket_before = https.sock
            wait_until(lambda: subscriptions(server) == 1, 'subscribed')

            self.install(self.second)
            self.assert_presented(self.second)
            self.assertEqual(server.metric('farfield_tls_certificate_reloads_total{result="ok"}'), 1)
            is_served()
            self.assertIs(https.sock, socket_before, 'the same connection')
            # A new one would not be trusted; this subscriber has the first certificate's.
            server.simulate_abp(APPLICATION, key, 'dev')
            self.assertIn('uplink_message', subscriber.next_of('/up'))

    def test_a_broken_renewal_is_reported_and_changes_nothing(self):
        server = self.server.start()
        self.used[0].write_text('no certificate')
        failed = 'farfield_tls_certificate_reloads_total{result="failed"}'
        wait_until(lambda: server.metric(failed) == 1, failed)
        self.assertIn('renewed certificate is not used', server.log.read_text())
        self.assert_presented(self.first)
        self.install(self.second)
        self.assert_presented(self.second)

    def test_a_server_whose_certificate_is_broken_does_not_start(self):
        self.used[1].write_text('no key')
        done = subprocess.run(self.server.command(), capture_output=True, text=True, timeout=30)
        self.assertNotEqual(done.returncode, 0)
        self.assertRegex(done.stderr, 'certificate or key is unusable')
        self.used[1].unlink()
        done = subprocess.run(self.server.command(), capture_output=True, text=True, timeout=30)
        self.assertRegex(done.stderr, f'read certificate file `{re.escape(str(self.used[1]))}`')


def subscriptions(server):
    return server.metric('ttn_lw_as_subscriptions_started_total{protocol="mqtt"}')


def make_certificate(folder, name):
    """(certificate, key) files of a new self-signed certificate for this machine."""
    certificate, key = folder / f'{name}.pem', folder / f'{name}.key'
    subprocess.run(['openssl', 'req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2',
                    '-subj', f'/CN={name}', '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1',
                    '-keyout', str(key), '-out', str(certificate)], check=True, capture_output=True, timeout=30)
    return certificate, key


def read_to_end(client):
    """What the server says until it ends the connection; a time-out is a failure."""
    out = b''
    while True:
        try:
            piece = client.recv(4096)
        except ConnectionError:
            return out
        if not piece:
            return out
        out += piece


class Acme(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix='farfield-acme-'))
        self.addCleanup(shutil.rmtree, self.folder)
        self.server = TlsServer()
        self.addCleanup(self.server.__exit__)
        self.authority = AcmeAuthority(Authority(self.folder, 'root'), self.folder, self.server.ports['http'])
        self.addCleanup(self.authority.close)
        self.server.settings.update({
            'tls.source': 'acme', 'tls.acme.endpoint': f'{self.authority.base}/directory', 'tls.acme.ca': self.folder / 'root.pem',
            'tls.acme.dir': self.folder / 'state', 'tls.acme.email': 'ops@example.com', 'tls.acme.hosts': 'localhost lns.example.com'})

    def attempts(self, result):
        return self.server.metric('farfield_tls_acme_attempts_total{result="%s"}' % result)

    def test_a_certificate_is_obtained_used_and_kept(self):
        self.server.start()
        wait_until(lambda: self.attempts('ok') == 1, 'certificate', 60)
        signed = ssl.DER_cert_to_PEM_cert(ssl.PEM_cert_to_DER_cert(self.authority.orders['1']['certificate'].split('-----END')[0]
                                                                   + '-----END CERTIFICATE-----\n')).strip()
        for protocol in PROTOCOLS:
            self.assertEqual(self.server.presented(protocol), signed, protocol)
        with GrpcClient(f'localhost:{self.server.ports["grpc_tls"]}', self.server.admin_key, (self.folder / 'root.pem').read_bytes()) as client:
            self.assertTrue(client.call(INFO).is_admin)
        self.assertEqual(self.authority.contacts, ['mailto:ops@example.com'])
        self.assertEqual([status for status, _ in self.authority.proofs], [200, 200])
        self.assertGreater(self.server.metric('farfield_tls_acme_certificate_not_after_seconds'), 1.7e9)
        for name in ('account.pem', 'certificate.pem'):
            self.assertEqual(stat.S_IMODE((self.folder / 'state' / name).stat().st_mode), 0o600)
        self.assertEqual(self.server.request('GET', '/.well-known/acme-challenge/token-1-localhost')[0], 404, 'no proof without a question')
        # After a restart it is there at once, and nobody is asked.
        self.server.stop()
        self.server.start()
        self.assertEqual(self.server.presented('http'), signed)
        self.assertEqual(len(self.authority.orders), 1)

    def test_an_authority_that_refuses_is_no_harm(self):
        self.authority.fault = 'rateLimited'
        self.server.start()
        wait_until(lambda: self.attempts('failed') == 1, 'attempt', 60)
        self.assertIn('BEGIN CERTIFICATE', self.server.presented('http'))
        self.assertIn('rateLimited: too many certificates', self.server.log.read_text())

    def test_without_hosts_or_folder_the_server_does_not_start(self):
        for key in ('tls.acme.hosts', 'tls.acme.dir'):
            with self.subTest(key=key):
                settings = {name: value for name, value in self.server.settings.items() if name != key}
                server = TlsServer(**settings)
                self.addCleanup(server.__exit__)
                done = subprocess.run(server.command(), capture_output=True, text=True, timeout=30)
                self.assertNotEqual(done.returncode, 0)
                self.assertIn(f'`{key}` is needed', done.stderr)


if __name__ == '__main__':
    unittest.main()
