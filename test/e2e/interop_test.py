"""Backend Interfaces end to end: two built servers, one the network of simulated devices, the other their join server, with
certificates on both sides; and join servers that are slow, dead, talk nonsense or are somebody else."""
import base64
import csv
import http.client
import http.server
import io
import json
import pathlib
import re
import shutil
import ssl
import subprocess
import tempfile
import threading
import unittest
import urllib.parse

from harness import BIN, Server, files_of_all, free_port, keys_in_the_open, told_of, wait_until

APPLICATION = 'interop-app'
NET_ID = '000013'
AS_ID = 'as.network-a.example.com'
JOIN_EUI = 'FEFFF10000000000'
SESSION_KEYS = {'f_nwk_s_int_key', 's_nwk_s_int_key', 'nwk_s_enc_key', 'app_s_key'}
DEVICE_FIELDS = ['frequency_plan_id', 'lorawan_version', 'lorawan_phy_version', 'supports_join']


class Authority:
    """A certificate authority and what it signs, as files."""

    def __init__(self, folder, name):
        self.folder, self.name = folder, name
        self.certificate, key = folder / f'{name}.pem', folder / f'{name}.key'
        self.openssl('req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2',
                     '-subj', f'/CN={name}', '-keyout', str(key), '-out', str(self.certificate))
        self.key = key

    @staticmethod
    def openssl(*arguments):
        subprocess.run(['openssl', *arguments], check=True, capture_output=True, timeout=30)

    def sign(self, name, alternatives):
        """(certificate, key) files."""
        certificate, key, request, extension = (self.folder / f'{self.name}-{name}.{end}' for end in ('pem', 'key', 'csr', 'ext'))
        extension.write_text(f'subjectAltName={alternatives}\n')
        self.openssl('req', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-subj', f'/CN={name}',
                     '-keyout', str(key), '-out', str(request))
        self.openssl('x509', '-req', '-in', str(request), '-CA', str(self.certificate), '-CAkey', str(self.key), '-CAcreateserial',
                     '-days', '2', '-extfile', str(extension), '-out', str(certificate))
        return certificate, key


def make_devices(count, version, seed):
    """Rows of the simulator's CSV, and the file's text."""
    text = subprocess.run([str(BIN / 'farfield-sim'), 'devices', '--count', str(count), '--activation', 'otaa', '--version', version,
                           '--region', 'EU868', '--seed', str(seed), '--prefix', f'dev-{seed}',
                           '--first-dev-eui', f'FEFFF0{seed:08X}01'], check=True, capture_output=True, text=True, timeout=30).stdout
    return list(csv.DictReader(io.StringIO(text))), text


def ids_of(row):
    return {'device_id': row['device_id'], 'application_ids': {'application_id': APPLICATION}, 'dev_eui': row['dev_eui'],
            'join_eui': row['join_eui']}


class NetworkServer(Server):
    """The devices' network: it knows everything of them but their root keys."""

    def add(self, row):
        ids = ids_of(row)
        one = f'/applications/{APPLICATION}/devices/{row["device_id"]}'
        paths = ['ids.device_id', 'ids.dev_eui', 'ids.join_eui']
        self.api('POST', f'/applications/{APPLICATION}/devices', {'end_device': {
            'ids': ids, 'network_server_address': '127.0.0.1', 'application_server_address': '127.0.0.1',
            'join_server_address': 'join.example.com'}})
        self.api('PUT', '/ns' + one, {'end_device': {
            'ids': ids, 'frequency_plan_id': row['frequency_plan_id'], 'supports_join': True,
            'lorawan_version': {'1.0.3': 'MAC_V1_0_3', '1.1': 'MAC_V1_1'}[row['lorawan_version']],
            'lorawan_phy_version': row['lorawan_phy_version']}, 'field_mask': {'paths': paths + DEVICE_FIELDS}})
        self.api('PUT', '/as' + one, {'end_device': {'ids': ids}, 'field_mask': {'paths': paths}})

    def session_keys_of(self, device):
        """All session keys of the device, as the API shows them to whoever may read keys."""
        path = f'/applications/{APPLICATION}/devices/{device}?field_mask=session.keys'
        shown = {**self.api('GET', '/ns' + path)['session']['keys'], **self.api('GET', '/as' + path)['session']['keys']}
        return {bytes.fromhex(key['key']) for name, key in shown.items() if name in SESSION_KEYS}

    def metric(self, name):
        """The sum of the series whose name and labels begin with `name`."""
        text = self.request('GET', '/metrics')[1]
        return sum(float(line.rsplit(' ', 1)[1]) for line in text.splitlines() if line.startswith(name))


class JoinServer(NetworkServer):
    """The devices' home: it has their root keys and nothing else of them."""

    def add_keys(self, row, **fields):
        keys = {'app_key': {'key': row['app_key']}}
        paths = ['ids.device_id', 'ids.dev_eui', 'ids.join_eui', 'root_keys.app_key.key', 'net_id', 'application_server_id']
        if row['lorawan_version'] == '1.1':
            keys['nwk_key'] = {'key': row['nwk_key']}
            paths.append('root_keys.nwk_key.key')
        device = {'ids': ids_of(row), 'net_id': NET_ID, 'application_server_id': AS_ID, 'root_keys': keys, **fields}
        self.api('PUT', f'/js/applications/{APPLICATION}/devices/{row["device_id"]}',
                 {'end_device': device, 'field_mask': {'paths': [*paths, *fields]}})


class Proxy:
    """A man in the middle that ends TLS, as a load balancer does: it says in a header whose certificate it saw, and may do worse."""

    def __init__(self, target_port, certificate, change=lambda path, answer: answer):
        self.change, self.fault, self.bodies = change, None, []
        proxy = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = 'HTTP/1.1'

            def log_message(self, *_):
                pass

            def do_POST(self):
                body = self.rfile.read(int(self.headers['Content-Length']))
                proxy.bodies.append((self.path, dict(self.headers), json.loads(body)))
                if proxy.fault == 'slow':
                    proxy.released.wait(30)
                    return self.close()
                if proxy.fault == 'closes':
                    return self.close()
                if proxy.fault is not None:
                    return self.answer(proxy.fault)
                connection = http.client.HTTPConnection('127.0.0.1', target_port, timeout=10)
                connection.request('POST', self.path, body, {'Content-Type': 'application/json',
                                                             'X-Forwarded-Tls-Client-Cert': certificate})
                answer = connection.getresponse().read()
                connection.close()
                self.answer(json.dumps(proxy.change(self.path, json.loads(answer))).encode())

            def answer(self, body):
                self.send_response(200)
                self.send_header('Content-Type', 'application/json')
                self.send_header('Content-Length', str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def close(self):
                self.close_connection = True

        self.released = threading.Event()
        self.server = http.server.ThreadingHTTPServer(('127.0.0.1', 0), Handler)
        self.server.daemon_threads = True
        self.port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def close(self):
        self.released.set()
        self.server.shutdown()
        self.server.server_close()


def traefik_form(certificate):
    """What Traefik writes: the base64 of the certificate without its delimiters, escaped."""
    text = re.sub(r'-----[^-]+-----|\s', '', certificate.read_text())
    return urllib.parse.quote(text, safe='')


class InteropCase(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix='farfield-interop-'))
        self.addCleanup(shutil.rmtree, self.folder)
        self.ours, self.theirs = Authority(self.folder, 'network-a'), Authority(self.folder, 'join-home')
        self.client_pair = self.ours.sign('ns', f'DNS:ns.network-a.example.com,DNS:{AS_ID}')
        server_pair = self.theirs.sign('js', 'DNS:localhost,IP:127.0.0.1')
        self.join_ports = {'plain': free_port(), 'tls': free_port()}
        senders = self.folder / 'senders'
        senders.mkdir()
        (senders / 'config.yml').write_text(f'"{NET_ID}": ../network-a.pem\n{AS_ID}: ../network-a.pem\n')
        self.join = JoinServer(**{
            'interop.listen': f'127.0.0.1:{self.join_ports["plain"]}', 'interop.listen-tls': f'127.0.0.1:{self.join_ports["tls"]}',
            'tls.source': 'file', 'tls.certificate': server_pair[0], 'tls.key': server_pair[1], 'http.trusted-proxies': '127.0.0.1',
            'interop.sender-client-ca.source': 'directory', 'interop.sender-client-ca.directory': senders,
            **self.join_settings()})
        self.join.start()
        self.addCleanup(self.join.__exit__)
        self.join.api('POST', '/users/admin/applications', {'application': {'ids': {'application_id': APPLICATION}}})

    def join_settings(self):
        return {}

    def peer(self, port=None, **fields):
        """The text of a join server's file."""
        lines = {'fqdn': 'localhost', 'port': port or self.join_ports['tls'], 'protocol': 'BI1.1', 'sender-ns-id': 'ec656efffe000001',
                 'tls': {'root-ca': 'join-home.pem', 'certificate': self.client_pair[0].name, 'key': self.client_pair[1].name}, **fields}
        return json.dumps({key: value for key, value in lines.items() if value is not None})  # JSON is YAML.

    def start_network(self, peer, prefix='FEFFF10000000000/36', **settings):
        (self.folder / 'peer.yml').write_text(peer)
        (self.folder / 'config.yml').write_text(json.dumps({'join-servers': [{'file': 'peer.yml', 'join-euis': [prefix]}]}))
        self.net = NetworkServer(**{
            'ns.net-id': NET_ID, 'ns.interop.config-source': 'directory', 'ns.interop.directory': self.folder,
            'as.interop.config-source': 'directory', 'as.interop.directory': self.folder, 'as.interop.id': AS_ID,
            'interop.client.timeout': '1s', 'interop.client.breaker.failures': 3, 'interop.client.breaker.pause': '30s', **settings})
        self.net.start()
        self.addCleanup(self.net.__exit__)
        self.net.api('POST', '/users/admin/applications', {'application': {'ids': {'application_id': APPLICATION}}})
        self.key = self.net.application_key(APPLICATION)

    def own_gateway(self):
        """A gateway for one run alone: one that starts anew within seconds has another clock under the same name."""
        self.gateways = getattr(self, 'gateways', 0) + 1
        return '--first-gateway-eui', f'FEFFF200000000{self.gateways:02X}'

    def run_devices(self, text, *flags, join_spread=0, period=4):
        file = self.folder / 'devices.csv'
        file.write_text(text)
        return self.net.simulate('--devices', file, '--application', APPLICATION, '--mqtt-user', APPLICATION, '--mqtt-password',
                                 self.key, '--gateways', 1, *self.own_gateway(), '--join-spread', join_spread, '--period', period, *flags, timeout=90)

    def served(self, kind, result):
        return self.join.metric('farfield_interop_server_requests_total{result="%s",type="%s"}' % (result, kind))

    def asked(self, client, result):
        return self.net.metric('farfield_interop_client_requests_total{client="%s",result="%s"' % (client, result))


class Join(InteropCase):
    def test_devices_of_1_0_and_1_1_join_by_mutual_tls_and_are_understood(self):
        self.start_network(self.peer())
        for seed, version in ((7, '1.0.3'), (8, '1.1')):
            with self.subTest(version=version):
                rows, text = make_devices(2, version, seed)
                for row in rows:
                    self.net.add(row)
                    self.join.add_keys(row)
                self.run_devices(text, '--uplinks', 4, '--expect-joined', 2, '--expect-delivered', 1, '--expect-no-violations',
                                 join_spread=8)
        # A device that misses its join-accept asks again.
        self.assertGreaterEqual(self.served('JoinReq', 'Success'), 4)
        self.assertEqual(self.asked('ns', 'answered'), self.served('JoinReq', 'Success'))
        self.assertEqual(self.served('AppSKeyReq', 'Success'), 0, 'the AppSKey came with the join')

    def test_a_device_of_1_1_rejoins_with_requests_of_each_type(self):
        self.start_network(self.peer())
        for seed, kind in ((11, 0), (12, 1), (13, 2)):
            with self.subTest(type=kind):
                rows, text = make_devices(1, '1.1', seed)
                self.net.add(rows[0])
                self.join.add_keys(rows[0])
                before = self.served('RejoinReq', 'Success')
                # The join-accept comes five seconds after the request, and an uplink in between would close its window.
                report = self.run_devices(text, '--uplinks', 5, '--rejoin-type', kind, '--rejoin-interval', 3, '--expect-joined', 1,
                                          '--expect-delivered', 1, '--expect-no-violations', period=7)
                self.assertGreaterEqual(report['joins']['rejoined'], 1)
                self.assertGreater(self.served('RejoinReq', 'Success'), before)

    def test_an_app_s_key_that_does_not_come_with_the_join_is_asked_for(self):
        def without_app_s_key(path, answer):
            if path == '/join':
                answer.pop('AppSKey')
            return answer
        proxy = Proxy(self.join_ports['plain'], traefik_form(self.client_pair[0]), without_app_s_key)
        self.addCleanup(proxy.close)
        self.start_network(self.peer(proxy.port, scheme='http', tls=None, paths={'join': 'join', 'app-s-key': 'key'},
                                     headers={'X-Our': 'header'}, **{'basic-auth': {'username': 'u', 'password': 'p'}}))
        rows, text = make_devices(1, '1.0.3', 9)
        self.net.add(rows[0])
        self.join.add_keys(rows[0])
        self.run_devices(text, '--uplinks', 3, '--expect-joined', 1, '--expect-delivered', 1)
        self.assertEqual(self.served('AppSKeyReq', 'Success'), 1)
        path, headers, request = proxy.bodies[0]
        self.assertEqual((path, request['MessageType'], request['SenderID'], request['ReceiverID']), ('/join', 'JoinReq', NET_ID, JOIN_EUI))
        self.assertEqual((headers['X-Our'], headers['Authorization']), ('header', 'Basic ' + base64.b64encode(b'u:p').decode()))
        path, _, request = proxy.bodies[1]
        self.assertEqual((path, request['MessageType'], request['SenderID']), ('/key', 'AppSKeyReq', AS_ID))

    def test_a_device_of_another_network_is_refused(self):
        self.start_network(self.peer())
        rows, text = make_devices(1, '1.0.3', 10)
        self.net.add(rows[0])
        self.join.add_keys(rows[0], net_id='000042')
        self.assertEqual(self.run_devices(text, '--duration', 6)['joins']['joined'], 0)
        self.assertGreaterEqual(self.served('JoinReq', 'JoinReqFailed'), 1)


class BadJoinServers(InteropCase):
    """Whatever a join server does: its device does not join, and nothing else suffers."""

    def assert_refused_and_others_served(self, seed, *results):
        def asked():
            return sum(self.asked('ns', result) for result in results or ('failed',))
        before = asked()
        rows, text = make_devices(1, '1.0.3', seed)
        self.net.add(rows[0])
        self.join.add_keys(rows[0])
        report = self.run_devices(text, '--duration', 6)
        self.assertEqual(report['joins']['joined'], 0, report)
        self.assertGreater(asked(), before)
        self.net.simulate_abp(APPLICATION, self.key, f'abp-{seed}', '--first-dev-addr', f'2600{seed:04d}', *self.own_gateway(),
                              '--expect-delivered', 1)
        self.assertTrue(self.net.healthy())

    def test_slow_and_nonsense(self):
        proxy = Proxy(self.join_ports['plain'], traefik_form(self.client_pair[0]))
        self.addCleanup(proxy.close)
        self.start_network(self.peer(proxy.port, scheme='http', tls=None), **{'interop.client.breaker.failures': 1000})
        for seed, fault in enumerate(('slow', b'{"a":', b'[]', b'x' * 100_000, b'{"ProtocolVersion":"1.1","TransactionID":1,'
                                      b'"MessageType":"JoinAns","SenderID":"a","ReceiverID":"b","Result":{"ResultCode":"Success"}}'), 20):
            with self.subTest(fault=fault[:20]):
                proxy.fault = fault
                self.assert_refused_and_others_served(seed)

    def test_one_that_closes_when_it_has_read_is_not_asked_again(self):
        """It may have spent the DevNonce."""
        proxy = Proxy(self.join_ports['plain'], traefik_form(self.client_pair[0]))
        self.addCleanup(proxy.close)
        self.start_network(self.peer(proxy.port, scheme='http', tls=None), **{'interop.client.breaker.failures': 1000})
        proxy.fault = 'closes'
        self.assert_refused_and_others_served(29)
        frames = [body['PHYPayload'] for _, _, body in proxy.bodies]
        self.assertGreater(len(frames), 0)
        self.assertEqual(len(frames), len(set(frames)))
        self.assertEqual(self.asked('ns', 'retried'), 0)

    def test_dead(self):
        self.start_network(self.peer(free_port()))
        self.assert_refused_and_others_served(30)
        self.assertGreater(self.asked('ns', 'retried'), 0)
        for seed in (31, 32):
            self.assert_refused_and_others_served(seed, 'paused', 'failed')
        self.assertTrue(self.open_breaker())

    def open_breaker(self):
        return self.net.metric('farfield_interop_client_breaker_open{client="ns"') > 0

    def test_a_server_with_another_certificate_is_not_spoken_to(self):
        Authority(self.folder, 'stranger')
        self.start_network(self.peer(tls={'root-ca': 'stranger.pem', 'certificate': self.client_pair[0].name,
                                          'key': self.client_pair[1].name}))
        self.assert_refused_and_others_served(40)
        self.assertEqual(self.join.metric('farfield_interop_server_requests_total'), 0)

    def test_we_with_a_wrong_certificate_are_an_unknown_sender(self):
        certificate, key = Authority(self.folder, 'stranger').sign('ns', 'DNS:ns.network-a.example.com')
        self.start_network(self.peer(tls={'root-ca': 'join-home.pem', 'certificate': certificate.name, 'key': key.name}))
        self.assert_refused_and_others_served(41, 'refused')
        self.assertGreaterEqual(self.served('JoinReq', 'UnknownSender'), 1)


class Messages(InteropCase):
    """What the server answers, spoken to by hand."""

    def post(self, message, pair='ours', content_type='application/json', method='POST'):
        context = ssl.create_default_context(cafile=str(self.theirs.certificate))
        if pair == 'ours':
            context.load_cert_chain(*map(str, self.client_pair))
        connection = http.client.HTTPSConnection('localhost', self.join_ports['tls'], context=context, timeout=10)
        self.addCleanup(connection.close)
        body = message if isinstance(message, (str, bytes)) else json.dumps(message)
        connection.request(method, '/any/path', body, {'Content-Type': content_type})
        response = connection.getresponse()
        text = response.read()
        return response.status, json.loads(text) if response.status == 200 else None

    def message(self, kind, **fields):
        return {'ProtocolVersion': '1.0', 'TransactionID': 99, 'MessageType': kind, 'SenderID': NET_ID, 'ReceiverID': JOIN_EUI, **fields}

    def assert_result(self, expected, answer):
        status, body = answer
        self.assertEqual((status, body['Result']['ResultCode'], body['TransactionID']), (200, expected, 99), body)
        return body

    def test_home_network_and_refusals(self):
        rows, _ = make_devices(1, '1.0.3', 50)
        eui = rows[0]['dev_eui']
        self.join.add_keys(rows[0])
        home = self.assert_result('Success', self.post(self.message('HomeNSReq', DevEUI=eui.lower())))
        self.assertEqual((home['MessageType'], home['HNetID'], home['SenderID'], home['ReceiverID']),
                         ('HomeNSAns', NET_ID, JOIN_EUI, NET_ID))
        self.assert_result('UnknownDevEUI', self.post(self.message('HomeNSReq', DevEUI='0102030405060708')))
        self.assert_result('UnknownSender', self.post(self.message('HomeNSReq', DevEUI=eui), pair=None))
        self.assert_result('UnknownSender', self.post({**self.message('HomeNSReq', DevEUI=eui), 'SenderID': '000042'}))
        self.assert_result('UnkownReceiver', self.post({**self.message('HomeNSReq', DevEUI=eui), 'ReceiverID': 'nobody'}))
        self.assert_result('MalformedRequest', self.post(self.message('HomeNSReq')))
        for kind in ('PRStartReq', 'PRStopReq', 'XmitDataReq'):
            self.assertEqual(self.assert_result('MalformedRequest', self.post(self.message(kind)))['MessageType'], kind[:-3] + 'Ans')
        self.assert_result('UnknownDevEUI', self.post({**self.message('AppSKeyReq', DevEUI=eui, SessionKeyID='0102'), 'SenderID': AS_ID}))
        join = self.message('JoinReq', MACVersion='1.0.3', PHYPayload='00' + bytes.fromhex(JOIN_EUI)[::-1].hex() +
                            bytes.fromhex(eui)[::-1].hex() + '0100' + '00000000', DevEUI=eui, DevAddr='26000001', DLSettings='00', RxDelay=1)
        self.assert_result('MICFailed', self.post(join))
        self.assertEqual(self.post('{')[0], 400)
        self.assertEqual(self.post({**self.message('JoinAns')})[0], 404)
        self.assertEqual(self.post(self.message('HomeNSReq', DevEUI=eui), content_type='text/plain')[0], 404)
        self.assertEqual(self.post('', method='GET')[0], 404)
        self.assertEqual(self.post('x' * 40_000)[0], 400)

    def test_a_header_about_a_certificate_counts_from_proxies_only(self):
        rows, _ = make_devices(1, '1.0.3', 51)
        self.join.add_keys(rows[0])
        for header, expected in ((traefik_form(self.client_pair[0]), 'Success'), ('bm90aGluZw==', 'UnknownSender')):
            connection = http.client.HTTPConnection('127.0.0.1', self.join_ports['plain'], timeout=10)
            connection.request('POST', '/', json.dumps(self.message('HomeNSReq', DevEUI=rows[0]['dev_eui'])),
                               {'Content-Type': 'application/json', 'X-Forwarded-Tls-Client-Cert': header})
            response = connection.getresponse()
            self.assert_result(expected, (response.status, json.loads(response.read())))
            connection.close()


class KeysAtRest(InteropCase):
    OLD, NEW = '11' * 16, '22' * 16

    def join_settings(self):
        self.keks = self.folder / 'keks'
        self.keks.write_text(f'device: {self.OLD}\n')
        return {'key-vault.file': self.keks, 'key-vault.reload-interval': '100ms', 'js.device-kek-label': 'device'}

    @staticmethod
    def stored_bytes(server):
        data = server.directory / 'data'
        return b''.join(path.read_bytes() for path in data.rglob('*') if path.is_file())

    def test_root_keys_do_not_lie_open_and_a_kek_is_rotated_without_a_stop(self):
        rows, _ = make_devices(2, '1.0.3', 60)
        self.join.add_keys(rows[0])
        self.assertNotIn(bytes.fromhex(rows[0]['app_key']), self.stored_bytes(self.join))
        added = self.join.metric('farfield_key_vault_keys_added_total')
        self.keks.write_text(f'device: {self.OLD}\ndevice@2: {self.NEW}\n')
        wait_until(lambda: self.join.metric('farfield_key_vault_keys_added_total') == added + 1, 'the new key is taken over')
        self.join.add_keys(rows[1])
        self.assertIn(b'device@2', self.stored_bytes(self.join))
        self.assertEqual(self.join.stop(), 0)
        self.join.start()
        for row in rows:
            path = f'/js/applications/{APPLICATION}/devices/{row["device_id"]}?field_mask=root_keys.app_key.key'
            self.assertEqual(self.join.api('GET', path + f'&end_device_ids.join_eui={row["join_eui"]}&end_device_ids.dev_eui={row["dev_eui"]}')
                             ['root_keys']['app_key']['key'], row['app_key'])

    def session_keys(self, device):
        """The device's network and application session keys, as the API shows them to whoever may read keys."""
        path = f'/applications/{APPLICATION}/devices/{device}?field_mask=session.keys'
        network = self.net.api('GET', '/ns' + path)['session']['keys']
        application = self.net.api('GET', '/as' + path)['session']['keys']
        return [network['f_nwk_s_int_key']['key'], application['app_s_key']['key']]

    def test_session_keys_do_not_lie_open_and_are_there_after_a_restart(self):
        self.start_network(self.peer(), **{'key-vault.static': f'device={self.OLD}', 'ns.device-kek-label': 'device',
                                           'as.device-kek-label': 'device', 'log.level': 'debug'})
        rows, text = make_devices(1, '1.0.3', 61)
        self.net.add(rows[0])
        self.join.add_keys(rows[0])
        self.run_devices(text, '--uplinks', 3, '--expect-joined', 1, '--expect-delivered', 1)
        keys = self.session_keys(rows[0]['device_id'])
        stored = self.stored_bytes(self.net)
        for key in keys:
            self.assertNotIn(bytes.fromhex(key), stored)
        self.assertIn(b'device', stored)
        self.assertEqual(self.net.stop(), 0)
        self.net.start()
        self.assertEqual(self.session_keys(rows[0]['device_id']), keys)
        places = told_of(network=self.net, join=self.join)
        for server in (self.net, self.join):
            self.assertEqual(server.stop(), 0)
        needles = [bytes.fromhex(key) for key in (*keys, rows[0]['app_key'], self.OLD)]
        self.assertEqual(keys_in_the_open(needles, places | files_of_all(network=self.net, join=self.join)), [])

    def test_a_label_that_nobody_has_ends_the_start(self):
        server = NetworkServer(**{'js.device-kek-label': 'nobody'})
        self.addCleanup(server.__exit__)
        done = subprocess.run(server.command(), capture_output=True, text=True, timeout=30)
        self.assertNotEqual(done.returncode, 0)
        self.assertIn('js.device-kek-label', done.stderr)


if __name__ == '__main__':
    unittest.main()
