"""Passive roaming end to end: home network A, visited network B and the devices' join server J, three built servers with a
certificate authority each; devices of A under B's gateways, agreements that hold, and join servers that are no help."""
import csv
import http.client
import io
import json
import pathlib
import shutil
import ssl
import subprocess
import tempfile
import unittest

from harness import BIN, Subscriber, files_of_all, free_port, keys_in_the_open, told_of, wait_until
from interop_test import APPLICATION, JOIN_EUI, Authority, JoinServer, NetworkServer, Proxy, ids_of, make_devices, traefik_form

HOME, VISITED = '000013', '000042'
KEK = '3c' * 16
JOIN_EUI_PREFIX = 'FEFFF10000000000/36'
NS_ID = 'ec656efffe000001'


class RoamingNetwork(NetworkServer):
    """A network with partners; `ports` has its Backend Interfaces."""

    def roamed(self, role, direction, result):
        return sum(self.metric('farfield_roaming_frames_total{direction="%s",partner="%s",result="%s",role="%s"' % (direction, one, result, role))
                   for one in (HOME, VISITED))

    def answered(self, kind, result):
        return self.metric('farfield_interop_server_requests_total{result="%s",type="%s"}' % (result, kind))

    def records(self):
        """Rows of `farfield inspect roaming csv`."""
        done = subprocess.run([str(BIN / 'farfield'), 'inspect', 'roaming', 'csv', f'--storage.directory={self.directory / "data"}',
                               f'--http.listen=127.0.0.1:{self.ports["http"]}'], check=True, capture_output=True, text=True, timeout=30)
        return list(csv.DictReader(io.StringIO(done.stdout)))


class RoamingCase(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix='farfield-roaming-'))
        self.addCleanup(shutil.rmtree, self.folder)
        self.authorities = {name: Authority(self.folder, name) for name in ('home', 'visited', 'join')}
        names = 'DNS:localhost,IP:127.0.0.1'
        self.pairs = {name: one.sign('node', names) for name, one in self.authorities.items()}
        self.bi = {name: free_port() for name in self.pairs}
        self.partner_fields = {}
        (self.folder / 'senders').mkdir()
        (self.folder / 'senders' / 'config.yml').write_text(json.dumps({HOME: '../home.pem', VISITED: '../visited.pem'}))
        self.gateways = 0
        self.settings = {}  # of both networks

    def interop(self, name, **more):
        certificate, key = self.pairs[name]
        return {'interop.listen-tls': f'127.0.0.1:{self.bi[name]}', 'tls.source': 'file', 'tls.certificate': certificate, 'tls.key': key,
                'interop.sender-client-ca.source': 'directory', 'interop.sender-client-ca.directory': self.folder / 'senders',
                'interop.client.timeout': '1s', **more}

    def access(self, ours, theirs, port=None, **fields):
        certificate, key = self.pairs[ours]
        lines = {'fqdn': 'localhost', 'port': port or self.bi[theirs], 'protocol': 'BI1.1', 'sender-ns-id': NS_ID,
                 'tls': {'root-ca': f'../{theirs}.pem', 'certificate': f'../{certificate.name}', 'key': f'../{key.name}'}, **fields}
        return {key: value for key, value in lines.items() if value is not None}

    def start_join_server(self):
        self.join_plain = free_port()
        self.join = JoinServer(**self.interop('join', **{'interop.listen': f'127.0.0.1:{self.join_plain}'}))
        self.join.start()
        self.addCleanup(self.join.__exit__)
        self.join.api('POST', '/users/admin/applications', {'application': {'ids': {'application_id': APPLICATION}}})

    def network(self, name, net_id, partner, join):
        """Not started."""
        folder = self.folder / f'{name}-others'
        folder.mkdir(exist_ok=True)
        (folder / 'join.yml').write_text(json.dumps(join or self.access(name, 'join')))  # JSON is YAML.
        (folder / 'partner.yml').write_text(json.dumps(partner))
        (folder / 'config.yml').write_text(json.dumps({'join-servers': [{'file': 'join.yml', 'join-euis': [JOIN_EUI_PREFIX]}],
                                                       'roaming-partners': ['partner.yml']}))
        return RoamingNetwork(**self.interop(name, **{
            'ns.net-id': net_id, 'ns.interop.config-source': 'directory', 'ns.interop.directory': folder,
            'as.interop.config-source': 'directory', 'as.interop.directory': folder, 'as.interop.id': 'as.example.com',
            'interop.client.breaker.failures': 1000, **self.settings}))

    def start_home(self, join=None, **accept):
        self.home = self.network('home', HOME, {'net-id': VISITED, **self.access('home', 'visited', **self.partner_fields), 'accept': accept or {'allowed': True}}, join)
        self.home.start()
        self.addCleanup(self.home.__exit__)
        self.home.api('POST', '/users/admin/applications', {'application': {'ids': {'application_id': APPLICATION}}})
        self.key = self.home.application_key(APPLICATION)

    def start_visited(self, join=None, **forward):
        self.visited = self.network('visited', VISITED,
                                    {'net-id': HOME, **self.access('visited', 'home', **self.partner_fields), 'forward': forward or {'allowed': True}}, join)
        self.visited.start()
        self.addCleanup(self.visited.__exit__)

    def own_gateway(self):
        self.gateways += 1
        return '--first-gateway-eui', f'FEFFF300000000{self.gateways:02X}'

    def roam(self, *flags, timeout=90):
        """The simulator with home's applications and visited's gateways; its report."""
        return self.home.simulate('--application', APPLICATION, '--mqtt-user', APPLICATION, '--mqtt-password', self.key, '--gateways', 1,
                                  *self.own_gateway(), *flags, gateway_port=self.visited.ports['udp'], timeout=timeout)

    def roam_otaa(self, seed, *flags, keys=True, period=4):
        rows, text = make_devices(1, '1.0.3', seed)
        self.home.add(rows[0])
        if keys:
            self.join.add_keys(rows[0], net_id=HOME)
        file = self.folder / f'devices-{seed}.csv'
        file.write_text(text)
        return self.roam('--devices', file, '--period', period, *flags)

    def roam_abp(self, seed, uplinks, *flags):
        return self.roam('--create', '--region', 'EU868', '--activation', 'abp', '--version', '1.0.3', '--count', 1, '--prefix', f'abp-{seed}',
                         '--first-dev-eui', f'FEFFF0{seed:08X}01', '--first-dev-addr', f'2600{seed:04d}', '--seed', seed, '--uplinks', uplinks,
                         '--period', 2, *flags)


class Roaming(RoamingCase):
    def test_a_device_joins_and_works_under_the_visited_networks_gateways(self):
        self.start_join_server()
        self.start_home()
        self.start_visited()
        with Subscriber(self.home, APPLICATION, self.key, f'v3/{APPLICATION}/devices/+/up') as subscriber:
            # RX1 opens after five seconds, and an uplink in between would close it.
            self.roam_otaa(1, '--uplinks', 4, '--expect-joined', 1, '--expect-delivered', 1, '--push-downlinks', '--expect-downlinks', 1,
                           '--expect-no-violations', period=7)
            message = subscriber.next()[1]
        metadata = message['uplink_message']['rx_metadata'][0]
        self.assertEqual(metadata['gateway_ids']['gateway_id'], 'roaming-000042')
        self.assertGreaterEqual(self.home.answered('PRStartReq', 'Success'), 5, 'a join and four uplinks')
        self.assertGreaterEqual(self.visited.answered('XmitDataReq', 'Success'), 1, 'downlinks')
        self.assertGreaterEqual(self.join.metric('farfield_interop_server_requests_total{result="Success",type="HomeNSReq"}'), 1)
        self.assertGreaterEqual(self.visited.roamed('forwarded', 'up', 'carried'), 5)
        self.assertGreaterEqual(self.home.roamed('accepted', 'down', 'carried'), 2, 'a join-accept and a downlink')
        self.assert_records_agree()

    def test_a_device_that_is_registered_at_home_joins_without_a_net_id(self):
        """As the console leaves it: home is its join server, and says whose it is."""
        self.start_home()
        self.start_visited(join=self.access('visited', 'home'))
        rows, text = make_devices(1, '1.0.3', 60)
        self.home.add(rows[0])
        self.home.api('PUT', f'/js/applications/{APPLICATION}/devices/{rows[0]["device_id"]}', {
            'end_device': {'ids': ids_of(rows[0]), 'root_keys': {'app_key': {'key': rows[0]['app_key']}}},
            'field_mask': {'paths': ['ids.device_id', 'ids.dev_eui', 'ids.join_eui', 'root_keys.app_key.key']}})
        file = self.folder / 'registered.csv'
        file.write_text(text)
        self.roam('--devices', file, '--uplinks', 2, '--period', 4, '--expect-joined', 1, '--expect-delivered', 1)
        self.assertGreaterEqual(self.home.answered('HomeNSReq', 'Success'), 1)

    def assert_records_agree(self):
        """Both networks have counted the same, and still know it after a restart."""
        def tallies(server, role):
            return {row['direction']: (int(row['frames']), int(row['bytes']), int(row['airtime_ms'])) for row in server.records()
                    if row['role'] == role}
        wait_until(lambda: tallies(self.home, 'accepted') == tallies(self.visited, 'forwarded'),
                   f'{tallies(self.home, "accepted")} {tallies(self.visited, "forwarded")}')
        before = tallies(self.home, 'accepted')
        self.assertGreater(before['up'][2], 0)
        self.assertEqual(self.home.stop(), 0)
        self.home.start()
        self.assertEqual(tallies(self.home, 'accepted'), before)

    def test_with_a_lifetime_later_uplinks_need_no_question(self):
        self.settings = {'key-vault.static': f'partner={KEK}', 'log.level': 'debug'}
        self.start_home(**{'lifetime': '10m', 'kek-label': 'partner'})
        self.start_visited()
        self.roam_abp(2, 5, '--expect-delivered', 1)
        self.assertEqual(self.home.answered('PRStartReq', 'Success'), 1)
        self.assertGreaterEqual(self.home.answered('XmitDataReq', 'Success'), 4)
        # The visited network has the session's key for it, and the audit log knows.
        records = self.home.api('GET', '/farfield/audit/records?method=interop/PRStartReq')['records']
        self.assertEqual([(record['account'], record['entities'], record['keys']) for record in records],
                         [(f'network:{VISITED}', ['dev_addr:26000002'], ['nwk_s_key'])])
        device = self.home.api('GET', f'/applications/{APPLICATION}/devices')['end_devices'][0]['ids']['device_id']
        needles = [bytes.fromhex(KEK), *self.home.session_keys_of(device)]
        self.assertGreaterEqual(len(needles), 3)
        places = told_of(home=self.home, visited=self.visited)
        for server in (self.home, self.visited):
            self.assertEqual(server.stop(), 0)
        self.assertEqual(keys_in_the_open(needles, places | files_of_all(home=self.home, visited=self.visited)), [])

    def test_a_lifetime_ends_with_its_device(self):
        self.start_home(lifetime='10m')
        self.start_visited()
        self.roam_abp(6, 2, '--expect-delivered', 1)
        self.assertEqual(self.visited.answered('PRStopReq', 'Success'), 0)
        device = self.home.api('GET', f'/applications/{APPLICATION}/devices')['end_devices'][0]['ids']['device_id']
        self.home.api('DELETE', f'/ns/applications/{APPLICATION}/devices/{device}')
        wait_until(lambda: self.visited.answered('PRStopReq', 'Success') == 1, 'the visited network is told')
        wait_until(lambda: self.home.metric('farfield_roaming_stops_total{partner="%s",result="taken"}' % VISITED) == 1, 'and has taken it')

    def test_the_homes_limit_holds(self):
        self.start_home(limits={'uplinks-per-day': 3})
        self.start_visited()
        report = self.roam_abp(3, 6)
        self.assertEqual(self.home.answered('PRStartReq', 'Success'), 3, report)
        self.assertEqual(self.home.answered('PRStartReq', 'Deferred'), 1, 'then the visited network keeps silent')
        self.assertEqual(self.visited.roamed('forwarded', 'up', 'deferred'), 3)
        self.assertEqual(self.home.roamed('accepted', 'up', 'limited'), 1)

    def test_the_visited_networks_limit_holds(self):
        self.start_home()
        self.start_visited(limits={'uplinks-per-day': 2})
        self.roam_abp(4, 5)
        self.assertEqual(self.home.answered('PRStartReq', 'Success'), 2)
        self.assertEqual(self.visited.roamed('forwarded', 'up', 'limited'), 3)

    def test_prefixes_that_are_not_allowed_are_refused(self):
        self.start_home(**{'dev-addr-prefixes': ['26010000/16']})
        self.start_visited()
        self.roam_abp(5, 2)
        self.assertGreaterEqual(self.home.answered('PRStartReq', 'DevRoamingDisallowed'), 1)
        self.assertEqual(self.home.answered('PRStartReq', 'Success'), 0)

    def test_a_partner_with_addresses_of_ours_ends_the_start(self):
        server = self.network('visited', VISITED, {'net-id': HOME, **self.access('visited', 'home'),
                                                   'forward': {'dev-addr-prefixes': ['04000000/8']}}, None)
        self.addCleanup(server.__exit__)
        done = subprocess.run(server.command(), capture_output=True, text=True, timeout=30)
        self.assertNotEqual(done.returncode, 0)
        self.assertIn('partner.yml', done.stderr)


class Asynchronous(RoamingCase):
    """Every answer is a request of its own: the join server's to both networks, and theirs to each other."""

    def setUp(self):
        super().setUp()
        self.partner_fields = {'asynchronous': True}
        certificate, key = self.pairs['join']
        senders = {JOIN_EUI: '../join.pem'}
        for name, net_id in (('home', HOME), ('visited', VISITED)):
            (self.folder / 'senders' / f'{name}-answers.yml').write_text(json.dumps({
                'fqdn': 'localhost', 'port': self.bi[name], 'path': 'answers',
                'tls': {'root-ca': f'../{name}.pem', 'certificate': f'../{certificate.name}', 'key': f'../{key.name}'}}))
            senders[net_id] = {'ca': f'../{name}.pem', 'answers': f'{name}-answers.yml'}
        (self.folder / 'senders' / 'config.yml').write_text(json.dumps(senders))

    def test_a_device_joins_and_works_under_the_visited_networks_gateways(self):
        self.start_join_server()
        self.start_home(join=self.access('home', 'join', asynchronous=True))
        self.start_visited(join=self.access('visited', 'join', asynchronous=True))
        self.roam_otaa(30, '--uplinks', 3, '--expect-joined', 1, '--expect-delivered', 1, '--push-downlinks', '--expect-downlinks', 1,
                       '--expect-no-violations', period=7)
        for server in (self.join, self.home, self.visited):
            self.assertGreater(server.metric('farfield_interop_server_late_answers_total{result="taken"}'), 0)
            self.assertEqual(server.metric('farfield_interop_server_late_answers_total{result="lost"}'), 0)
        self.assertGreaterEqual(self.home.answered('PRStartReq', 'Success'), 4, 'a join and three uplinks')

    def test_a_join_server_whose_answers_never_come_is_one_that_is_silent(self):
        """It takes the question and has nowhere to send the answer to."""
        (self.folder / 'senders' / 'home-answers.yml').write_text(json.dumps({'fqdn': 'localhost', 'port': free_port(), 'scheme': 'http'}))
        self.start_join_server()
        self.start_home(join=self.access('home', 'join', asynchronous=True))
        self.start_visited(join=self.access('visited', 'join', asynchronous=True))
        report = self.roam_otaa(31, '--duration', 12)
        self.assertEqual(report['joins']['joined'], 0, report)
        self.assertGreater(self.join.metric('farfield_interop_server_late_answers_total{result="lost"}'), 0)
        self.assertGreater(self.home.metric('farfield_interop_client_requests_total{client="ns",result="failed"'), 0)
        self.roam_abp(32, 3, '--expect-delivered', 1)


class BadJoinServers(RoamingCase):
    """The device that joins is refused with a reason, and a device that has a session roams on."""

    def assert_others_work(self, seed):
        self.roam_abp(seed, 3, '--expect-delivered', 1)
        self.assertTrue(self.home.healthy())
        self.assertTrue(self.visited.healthy())

    def assert_refused(self, seed, result='JoinReqFailed'):
        before = self.home.answered('PRStartReq', result)
        report = self.roam_otaa(seed, '--duration', 8, keys=False)
        self.assertEqual(report['joins']['joined'], 0, report)
        self.assertGreater(self.home.answered('PRStartReq', result), before)
        self.assert_others_work(seed + 100)

    def test_slow_or_nonsense(self):
        self.start_join_server()
        proxy = Proxy(self.join_plain, traefik_form(self.pairs['home'][0]))
        self.addCleanup(proxy.close)
        self.start_home(join=self.access('home', 'join', proxy.port, scheme='http', tls=None))
        self.start_visited(**{'join-euis': [JOIN_EUI_PREFIX]})
        for seed, fault in enumerate(('slow', b'{"a":', b'x' * 100_000), 10):
            with self.subTest(fault=fault[:20]):
                proxy.fault = fault
                self.assert_refused(seed)

    def test_dead(self):
        self.start_home(join=self.access('home', 'join', free_port()))
        self.start_visited(**{'join-euis': [JOIN_EUI_PREFIX]})
        self.assert_refused(20)

    def test_another_certificate(self):
        self.start_join_server()
        Authority(self.folder, 'stranger')
        certificate, key = self.pairs['home']
        self.start_home(join=self.access('home', 'join', tls={'root-ca': '../stranger.pem', 'certificate': f'../{certificate.name}',
                                                              'key': f'../{key.name}'}))
        self.start_visited(**{'join-euis': [JOIN_EUI_PREFIX]})
        self.assert_refused(30)

    def test_keys_that_are_not_the_devices(self):
        self.start_join_server()
        self.start_home()
        self.start_visited()
        rows, _ = make_devices(1, '1.0.3', 40)
        self.join.add_keys({**rows[0], 'app_key': '11' * 16}, net_id=HOME)
        self.assert_refused(40, 'MICFailed')

    def test_the_visited_network_can_not_ask_whose_the_device_is(self):
        self.start_join_server()
        self.start_home()
        self.start_visited(join=self.access('visited', 'join', free_port()))
        report = self.roam_otaa(50, '--duration', 8)
        self.assertEqual(report['joins']['joined'], 0, report)
        self.assertGreater(self.visited.metric('farfield_interop_client_requests_total{client="homes",result="failed"'), 0)
        self.assertEqual(self.home.metric('farfield_interop_server_requests_total'), 0)
        self.assert_others_work(150)


class Messages(RoamingCase):
    """What a network answers, spoken to by hand."""

    def post(self, message, pair):
        context = ssl.create_default_context(cafile=str(self.authorities['home'].certificate))
        context.load_cert_chain(*map(str, pair))
        connection = http.client.HTTPSConnection('localhost', self.bi['home'], context=context, timeout=10)
        self.addCleanup(connection.close)
        connection.request('POST', '/', json.dumps(message), {'Content-Type': 'application/json'})
        answer = json.loads(connection.getresponse().read())
        self.assertEqual(answer['TransactionID'], 7)
        return answer['Result']['ResultCode']

    def message(self, kind, **fields):
        return {'ProtocolVersion': '1.1', 'TransactionID': 7, 'MessageType': kind, 'SenderID': VISITED, 'SenderNSID': NS_ID, 'ReceiverID': HOME, **fields}

    def test_result_codes(self):
        self.start_home()
        ours = self.pairs['visited']
        uplink = {'DataRate': 5, 'ULFreq': 868.1, 'RFRegion': 'EU868', 'GWCnt': 1, 'GWInfo': [{'RSSI': -50, 'SNR': 7, 'DLAllowed': True}]}
        start = self.message('PRStartReq', PHYPayload='4001000026000100010102030405', ULMetaData=uplink)
        self.assertEqual(self.post(start, ours), 'UnknownDevAddr')
        self.assertEqual(self.post(start, self.pairs['home']), 'UnknownSender')
        self.assertEqual(self.post({**start, 'SenderID': HOME}, self.pairs['home']), 'NoRoamingAgreement')
        self.assertEqual(self.post({**start, 'ReceiverID': '000099'}, ours), 'UnknownReceiver')
        self.assertEqual(self.post({**start, 'PHYPayload': '40'}, ours), 'MalformedMessage')
        self.assertEqual(self.post({**start, 'ULMetaData': {**uplink, 'RFRegion': 'MOON'}}, ours), 'MalformedMessage')
        join = '00' + '00' * 8 + '01' * 8 + '0100' + '00000000'
        self.assertEqual(self.post({**start, 'PHYPayload': join}, ours), 'UnknownDevEUI')
        down = self.message('XmitDataReq', PHYPayload='6001000026000100010102030405',
                            DLMetaData={'DevAddr': '26000001', 'DLFreq1': 868.1, 'DataRate1': 5, 'FNSULToken': '00'})
        self.assertEqual(self.post(down, ours), 'XmitFailed')
        self.assertEqual(self.post(self.message('PRStopReq', DevAddr='26000001'), ours), 'UnknownDevAddr')
        self.assertEqual(self.post(self.message('PRStopReq', DevEUI='01' * 8), ours), 'UnknownDevEUI')


if __name__ == '__main__':
    unittest.main()
