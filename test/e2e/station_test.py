"""LoRa Basics Stations over real sockets: a device joins, sends and receives through one; what is refused, and how."""
import json
import queue
import socket
import ssl
import tempfile
import time
import unittest

import grpc

from authority import Authority
from grpc_client import API, GrpcClient
from harness import ApiError, Server, free_port, wait_until
from station import BINARY, CLOSE, Concentrator, Refused, Station, WebSocket, discover

APPLICATION = 'station-app'
EUI = '0016c001ff000000'
ID6 = '16:c001:ff00:0'


class StationCase(unittest.TestCase):
    settings = {}

    def setUp(self):
        self.port, self.tls_port = free_port(), free_port()
        self.hubs_port, self.hubs_tls_port, self.tti_port = free_port(), free_port(), free_port()
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.authority = Authority(folder.name, 'trusted')
        self.server = Server(**{'gs.basic-station.listen': f'127.0.0.1:{self.port}',
                                'gs.basic-station.listen-tls': f'127.0.0.1:{self.tls_port}',
                                'gs.tabs-hubs.listen': f'127.0.0.1:{self.hubs_port}',
                                'gs.tabs-hubs.listen-tls': f'127.0.0.1:{self.hubs_tls_port}',
                                'gs.ttigw.listen-tls': f'127.0.0.1:{self.tti_port}',
                                'mtls-auth.directory': self.authority.folder, **self.settings}).start()
        self.addCleanup(self.server.__exit__)
        gateway = {'ids': {'gateway_id': f'sim-{EUI}', 'eui': EUI.upper()}, 'frequency_plan_ids': ['EU_863_870_TTN']}
        self.server.api('POST', '/users/admin/gateways', {'gateway': gateway})
        self.key = self.gateway_key('RIGHT_GATEWAY_LINK')
        self.address = ('127.0.0.1', self.port)

    def gateway_key(self, right):
        return self.server.api('POST', f'/gateways/sim-{EUI}/api-keys', {'name': 'lns', 'rights': [right]})['key']

    def ends(self, station):
        """Reads until the server has ended the connection."""
        try:
            while station.connection.receive()[0] != CLOSE:
                pass
        except (ConnectionError, ssl.SSLError):
            pass

    def certificates(self):
        return str(next(self.server.directory.glob('data/**/cert.pem')))

    def metric(self, name):
        text = self.server.request('GET', '/metrics')[1]
        return sum(float(line.split()[-1]) for line in text.split('\n') if line.startswith(name))


class Stations(StationCase):
    def test_a_device_joins_sends_and_receives(self):
        station = Station(self.address, EUI, self.key)
        self.addCleanup(station.close)
        self.assertEqual(station.config['region'], 'EU863')
        self.assertEqual(station.config['DRs'][5][:2], [7, 125])
        radio = Concentrator(station)
        self.server.api('POST', '/users/admin/applications', {'application': {'ids': {'application_id': APPLICATION}}})
        key = self.server.application_key(APPLICATION)
        report = self.server.simulate(
            '--create', '--application', APPLICATION, '--mqtt-user', APPLICATION,
            '--mqtt-password', key, '--activation', 'otaa', '--version', '1.0.3', '--region', 'EU868', '--count', 1, '--gateways', 1,
            '--join-spread', 0, '--period', 7, '--duration', 40, '--push-downlinks', '--confirmed-ratio', 0.5,
            gateway_port=radio.port)
        radio.close()
        self.assertEqual(report['joins']['joined'], 1, report)
        self.assertGreaterEqual(report['uplinks']['delivered'], 3, report)
        self.assertEqual(report['uplinks']['delivered'], report['uplinks']['sent'], report)
        self.assertEqual(report['downlinks']['received'], 1, report)
        self.assertEqual(report['downlinks']['in_time'], report['downlinks']['requested'], report)
        self.assertEqual(set(radio.results), {'NONE'})
        stats = self.server.api('GET', f'/gs/gateways/sim-{EUI}/connection/stats')
        self.assertEqual(stats['protocol'], 'semtechws/lbslns')
        self.assertGreaterEqual(int(stats['tx_acknowledgment_count']), 2)

    def test_datagrams_in_its_name_do_not_end_an_authenticated_station(self):
        station = Station(self.address, EUI, self.key)
        self.addCleanup(station.close)
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as stranger:
            pull_data = b'\x02\x00\x01\x02' + bytes.fromhex(EUI)
            for _ in range(3):
                stranger.sendto(pull_data, ('127.0.0.1', self.server.ports['udp']))
                time.sleep(0.3)
        station.tell({'msgtype': 'timesync', 'txtime': 7})
        self.assertEqual(station.next('timesync')['txtime'], 7)
        stats = self.server.api('GET', f'/gs/gateways/sim-{EUI}/connection/stats')
        self.assertEqual(stats['protocol'], 'semtechws/lbslns')

    def test_discovery_in_all_its_variants(self):
        for router in (ID6, EUI, '00-16-C0-01-FF-00-00-00', '00:16:c0:01:ff:00:00:00', int(EUI, 16)):
            with self.subTest(router=router):
                answer = discover(self.address, self.key, router)
                self.assertEqual(answer['muxs'], 'muxs-::0')
                self.assertEqual(answer['uri'], f'ws://127.0.0.1:{self.port}/traffic/eui-{EUI.upper()}')
        for router in ('nonsense', 0, '', None):
            with self.subTest(router=router):
                self.assertIn('error', discover(self.address, self.key, router))
        self.assertIn('error', discover(self.address, None, ID6))

    def test_over_tls(self):
        answer = discover(('127.0.0.1', self.tls_port), 'Bearer ' + self.key, ID6, self.certificates())
        self.assertEqual(answer['uri'], f'wss://127.0.0.1:{self.tls_port}/traffic/eui-{EUI.upper()}')
        Station(('127.0.0.1', self.tls_port), EUI, 'Bearer ' + self.key, self.certificates()).close()

    def test_a_certificate_is_as_good_as_a_key(self):
        address, ca = ('127.0.0.1', self.tls_port), self.certificates()
        own = self.authority.issue(EUI.upper())
        answer = discover(address, None, ID6, ca, own)
        self.assertEqual(answer['uri'], f'wss://127.0.0.1:{self.tls_port}/traffic/eui-{EUI.upper()}')
        station = Station(address, EUI, None, ca, own)
        station.tell({'msgtype': 'timesync', 'txtime': 5})
        self.assertEqual(station.next('timesync')['txtime'], 5)
        station.close()
        stranger = Authority(self.server.directory, 'stranger').issue(EUI.upper())
        for why, own in (('of another gateway', self.authority.issue('AABBCCDDEEFF0011')), ('of another authority', stranger)):
            with self.subTest(why):
                self.assertIn('error', discover(address, self.key, ID6, ca, own))
                with self.assertRaises(Refused) as refused:
                    Station(address, EUI, self.key, ca, own)
                self.assertEqual(refused.exception.status, 401, refused.exception.body)
                self.assertIn('unauthenticated_gateway_connection', refused.exception.body)

    def test_tabs_hubs_are_stations_on_ports_of_their_own(self):
        for port, ca in ((self.hubs_port, None), (self.hubs_tls_port, self.certificates())):
            with self.subTest(tls=bool(ca)):
                address = ('127.0.0.1', port)
                answer = discover(address, self.key, ID6, ca)
                self.assertEqual(answer['uri'], f'ws{"s" if ca else ""}://127.0.0.1:{port}/traffic/eui-{EUI.upper()}')
                hub = Station(address, EUI, self.key, ca)
                self.addCleanup(hub.close)
                self.assertEqual(hub.config['region'], 'EU863')
                hub.tell({'msgtype': 'timesync', 'txtime': 5})
                self.assertEqual(hub.next('timesync')['txtime'], 5)
                with self.assertRaises(Refused) as refused:
                    WebSocket(address, f'/traffic/eui-{EUI}', None, ca)
                self.assertEqual(refused.exception.status, 401, refused.exception.body)

    def test_gateways_of_the_things_industries_are_told_why_not(self):
        address, ca = ('127.0.0.1', self.tti_port), self.certificates()
        own = self.authority.issue(EUI.upper())
        stranger = Authority(self.server.directory, 'stranger').issue(EUI.upper())
        for why, certificate, status, error in (('no certificate', None, 401, 'unauthenticated_gateway_connection'),
                                                ('of a stranger', stranger, 401, 'unauthenticated_gateway_connection'),
                                                ('its own', own, 501, 'not_public')):
            with self.subTest(why), self.assertRaises(Refused) as refused:
                WebSocket(address, '/api/protocols/tti/v1', self.key, ca, certificate)
            self.assertEqual((refused.exception.status, error in refused.exception.body), (status, True), refused.exception.body)

    def test_a_key_that_is_revoked_or_narrowed_ends_the_connection(self):
        path = f'/gateways/sim-{EUI}/api-keys'
        keys = [self.server.api('POST', path, {'name': 'lns', 'rights': ['RIGHT_GATEWAY_LINK']}) for _ in range(2)]
        def narrow(key):
            self.server.api('PUT', f'{path}/{key["id"]}', {'api_key': {'rights': ['RIGHT_GATEWAY_INFO']}, 'field_mask': {'paths': ['rights']}})
        for why, key, change in (('narrowed', keys[0], narrow),
                                 ('revoked', keys[1], lambda key: self.server.api('DELETE', f'{path}/{key["id"]}'))):
            with self.subTest(why):
                station = Station(self.address, EUI, key['key'])
                self.addCleanup(station.close)
                # Another key of the same gateway is nothing to it.
                self.gateway_key('RIGHT_GATEWAY_INFO')
                station.tell({'msgtype': 'timesync', 'txtime': 5})
                self.assertEqual(station.next('timesync')['txtime'], 5)
                change(key)
                self.ends(station)
                with self.assertRaises(Refused):
                    Station(self.address, EUI, key['key'])

    def test_nobody_controls_stations_by_default(self):
        station = Station(self.address, EUI, self.key)
        self.addCleanup(station.close)
        with self.assertRaises(ApiError) as refused:
            self.server.api('POST', f'/farfield/gs/gateways/sim-{EUI}/run-command', {'command': 'reboot'})
        self.assertIn('remote_control_disabled', refused.exception.body)

    def test_a_proxy_says_whom_it_stands_for(self):
        station = Station(self.address, EUI, self.key, headers=['X-Real-IP: 203.0.113.7'])
        self.addCleanup(station.close)
        stats = self.server.api('GET', f'/gs/gateways/sim-{EUI}/connection/stats')
        self.assertEqual(stats['gateway_remote_address']['ip'], '203.0.113.7')

    def test_who_may_not_is_told_before_there_is_a_websocket(self):
        for token, path, status in ((None, f'/traffic/eui-{EUI}', 401), ('nonsense', f'/traffic/eui-{EUI}', 400),
                                    (self.key[:-4] + 'AAAA', f'/traffic/eui-{EUI}', 401),
                                    (self.gateway_key('RIGHT_GATEWAY_INFO'), f'/traffic/eui-{EUI}', 403),
                                    (self.key, '/traffic/eui-0016', 400), (self.key, '/traffic/sim', 400), (self.key, '/other', 404)):
            with self.subTest(token=token and token[:12], path=path), self.assertRaises(Refused) as refused:
                WebSocket(self.address, path, token)
            self.assertEqual(refused.exception.status, status, refused.exception.body)

    def test_the_newer_connection_of_a_gateway_takes_over(self):
        first = Station(self.address, EUI, self.key)
        self.addCleanup(first.close)
        second = Station(self.address, EUI, self.key)
        self.addCleanup(second.close)
        self.assertEqual(first.connection.close_code()[0], 1001)
        second.tell({'msgtype': 'timesync', 'txtime': 12345})
        self.assertEqual(second.next('timesync')['txtime'], 12345)

    def test_bad_messages_harm_nobody_else(self):
        other = self.server.api('POST', '/users/admin/gateways', {'gateway': {
            'ids': {'gateway_id': 'other', 'eui': 'AABBCCDDEEFF0011'}, 'frequency_plan_ids': ['EU_863_870_TTN']}})
        key = self.server.api('POST', f'/gateways/{other["ids"]["gateway_id"]}/api-keys',
                              {'name': 'lns', 'rights': ['RIGHT_GATEWAY_LINK']})['key']
        witness = Station(self.address, 'AABBCCDDEEFF0011', key)
        self.addCleanup(witness.close)
        for payload, opcode, code in ((b'{"msgtype":', 1, None), (b'\xff\xfe', 1, 1007), (b'\x01', BINARY, 1003),
                                      (b'"' + b'x' * 70_000 + b'"', 1, 1009)):
            with self.subTest(payload=payload[:10]):
                station = Station(self.address, EUI, self.key)
                station.connection.send(payload, opcode)
                got, _ = station.connection.close_code()
                self.assertIn(got, (code,) if code else range(1000, 5000))
                station.close()
        # Dropped, and the station stays.
        station = Station(self.address, EUI, self.key)
        for message in ({'msgtype': 'updf'}, {'msgtype': 'propdf'}, {'msgtype': 'unheard of'}, {'msgtype': 'dntxed', 'diid': 4711},
                        {'msgtype': 'jreq', 'MHdr': 0, 'JoinEui': 'x', 'DevEui': 'y'}, {}, {'msgtype': 5}):
            station.tell(message)
        station.tell({'msgtype': 'timesync', 'txtime': 1})
        self.assertEqual(station.next('timesync')['txtime'], 1)
        station.close()
        witness.tell({'msgtype': 'timesync', 'txtime': 2})
        self.assertEqual(witness.next('timesync')['txtime'], 2)

    def test_slow_clients_are_cut_off(self):
        """A client that says half a request; one that floods and never reads."""
        half = socket.create_connection(self.address)
        self.addCleanup(half.close)
        half.sendall(b'GET /router-info HTTP/1.1\r\nHost: x\r\n')
        station = Station(self.address, EUI, self.key)
        self.addCleanup(station.close)
        station.connection.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        end = time.monotonic() + 30
        message = json.dumps({'msgtype': 'timesync', 'txtime': 1}).encode()
        station.connection.socket.settimeout(5)
        with self.assertRaises(OSError):
            while time.monotonic() < end:
                station.connection.send(message)
        wait_until(lambda: Station(self.address, EUI, self.key).close() is None, 'others are served', 10)


class RemoteControl(StationCase):
    settings = {'gs.basic-station.remote-control': 'true'}

    def test_a_command_on_a_station(self):
        path = f'/farfield/gs/gateways/sim-{EUI}/run-command'
        with self.assertRaises(ApiError) as refused:
            self.server.api('POST', path, {'command': 'reboot'})
        self.assertIn('not_connected', refused.exception.body)
        station = Station(self.address, EUI, self.key)
        self.addCleanup(station.close)
        self.server.api('POST', path, {'command': '/bin/echo', 'arguments': ['a "b"', '']})
        self.assertEqual(station.next('runcmd'), {'msgtype': 'runcmd', 'command': '/bin/echo', 'arguments': ['a "b"', '']})
        for request in ({}, {'command': 'x' * 256}, {'command': 'x', 'arguments': ['y'] * 65}):
            with self.assertRaises(ApiError) as refused:
                self.server.api('POST', path, request)
            self.assertEqual(refused.exception.status, 400)
        with self.assertRaises(ApiError) as refused:
            self.server.api('POST', path, {'command': 'reboot'}, key=self.key)  # may link, no more
        self.assertEqual(refused.exception.status, 403)

    def shell(self, key=None):
        """(call, what to type, next output) of a shell on the station."""
        client = GrpcClient(f'127.0.0.1:{self.server.ports["grpc"]}', key or self.server.admin_key)
        self.addCleanup(client.__exit__)
        path, request, response = API.method('farfield.v1.GsStations/OpenShell')
        typed = queue.Queue()
        call = client.channel.stream_stream(path, request.SerializeToString, response.FromString)(
            iter(typed.get, None), timeout=60, metadata=client.metadata(None, ()))
        typed.put(request(open={'gateway_ids': {'gateway_id': f'sim-{EUI}'}, 'terminal': 'xterm'}))
        return call, lambda text: typed.put(request(data=text) if text is not None else None)

    def test_a_shell_on_a_station(self):
        station = Station(self.address, EUI, self.key)
        self.addCleanup(station.close)
        call, type_in = self.shell()
        start = station.next('rmtsh')
        self.assertEqual((start['start'], start['term'], start['user']), (0, 'xterm', 'user:admin'))
        call.initial_metadata()
        type_in(b'ls\n')
        self.assertEqual(station.connection.receive(), (BINARY, b'\x00ls\n'))
        station.connection.send(b'\x00a file\n', BINARY)
        self.assertEqual(next(call).data, b'a file\n')
        # A second one; a third there is not.
        second, leave_second = self.shell()
        self.assertEqual(station.next('rmtsh')['start'], 1)
        third, _ = self.shell()
        self.assertIn('remote shells of the station are in use', self.ended(third).details())
        leave_second(None)
        self.assertEqual(station.next('rmtsh')['stop'], 1)
        self.assertIsNone(self.ended(second))
        # The shell's user says exit.
        station.connection.send(b'\x00', BINARY)
        self.assertIsNone(self.ended(call))
        weak, _ = self.shell(self.key)
        self.assertEqual(self.ended(weak).code(), grpc.StatusCode.PERMISSION_DENIED)

    @staticmethod
    def ended(call):
        """The error that a call ended with; None if none."""
        try:
            for _ in call:
                pass
        except grpc.RpcError as error:
            return error
        return None


if __name__ == '__main__':
    unittest.main(verbosity=2)
