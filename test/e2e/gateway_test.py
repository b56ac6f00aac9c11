"""Gateways over MQTT, legacy MQTT and gRPC over real sockets: devices join, send and receive through them; what is refused, and how."""
import base64
import pathlib
import queue
import socket
import struct
import subprocess
import tempfile
import unittest

import grpc
import paho.mqtt.client as paho

from authority import Authority
from gateways import GrpcGateway, LEGACY, LegacyGateway, MqttGateway, MqttRefused, Radio, uplink_message
from grpc_client import API, GrpcClient, GrpcError
from harness import ApiError, Server, free_port, wait_until

APPLICATION = 'gateway-app'
EUI = '0016c001ff000000'
GATEWAY = f'sim-{EUI}'
GOLDEN = pathlib.Path(__file__).parent.parent / 'golden'
RXPK = {'tmst': 1000, 'freq': 868.1, 'datr': 'SF7BW125', 'codr': '4/5', 'rssi': -40, 'lsnr': 7, 'data': 'QAQDAgEAAQACqrvM3Q=='}


class GatewayTest(unittest.TestCase):
    def setUp(self):
        self.ports = {name: free_port() for name in ('mqtt', 'mqtt-tls', 'v2', 'v2-tls')}
        address = {name: f'127.0.0.1:{port}' for name, port in self.ports.items()}
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.authority = Authority(folder.name, 'trusted')
        self.server = Server(**{'mtls-auth.directory': self.authority.folder, 'gs.mqtt.listen': address['mqtt'], 'gs.mqtt.listen-tls': address['mqtt-tls'],
                                'gs.mqtt-v2.listen': address['v2'], 'gs.mqtt-v2.listen-tls': address['v2-tls'],
                                'gs.mqtt.public-address': 'gw.example.com:1882', 'gs.mqtt-v2.public-tls-address': 'gw.example.com:8881'}).start()
        self.addCleanup(self.server.__exit__)
        self.create_gateway(GATEWAY, EUI)
        self.key = self.gateway_key('RIGHT_GATEWAY_LINK')

    def create_gateway(self, gateway_id, eui):
        gateway = {'ids': {'gateway_id': gateway_id, 'eui': eui.upper()}, 'frequency_plan_ids': ['EU_863_870_TTN']}
        self.server.api('POST', '/users/admin/gateways', {'gateway': gateway})

    def gateway_key(self, *rights, gateway=GATEWAY):
        return self.server.api('POST', f'/gateways/{gateway}/api-keys', {'name': 'link', 'rights': list(rights)})['key']

    def address(self, name):
        return '127.0.0.1', self.ports[name]

    def mqtt(self, key=None, gateway=GATEWAY, **options):
        made = MqttGateway(self.address('mqtt'), gateway, key or self.key, **options)
        self.addCleanup(made.close)
        return made

    def grpc_client(self, key):
        client = GrpcClient(f'127.0.0.1:{self.server.ports["grpc"]}', key)
        self.addCleanup(client.__exit__)
        return client

    def certificates(self):
        return str(next(self.server.directory.glob('data/**/cert.pem')))

    def stats(self, gateway=GATEWAY):
        try:
            return self.server.api('GET', f'/gs/gateways/{gateway}/connection/stats')
        except ApiError as error:
            self.assertEqual(error.status, 404)
            return {}

    def is_connected(self):
        return 'connected_at' in self.stats()

    def metric(self, *parts):
        text = self.server.request('GET', '/metrics')[1]
        return sum(float(line.split()[-1]) for line in text.split('\n') if all(part in line for part in parts))

    def check_device(self, gateway, protocol, reports):
        """A device joins through the gateway, its uplinks arrive, and it gets its downlinks in time."""
        radio = Radio(gateway)
        self.server.api('POST', '/users/admin/applications', {'application': {'ids': {'application_id': APPLICATION}}})
        key = self.server.application_key(APPLICATION)
        report = self.server.simulate(
            '--create', '--application', APPLICATION, '--mqtt-user', APPLICATION, '--mqtt-password', key, '--activation', 'otaa',
            '--version', '1.0.3', '--region', 'EU868', '--count', 1, '--gateways', 1, '--join-spread', 0, '--period', 7, '--duration', 30,
            '--push-downlinks', '--confirmed-ratio', 0.5, gateway_port=radio.port)
        radio.close()
        self.assertEqual(report['joins']['joined'], 1, report)
        self.assertGreaterEqual(report['uplinks']['delivered'], 2, report)
        self.assertEqual(report['uplinks']['delivered'], report['uplinks']['sent'], report)
        self.assertEqual(report['downlinks']['received'], 1, report)
        self.assertEqual(report['downlinks']['in_time'], report['downlinks']['requested'], report)
        self.assertEqual(set(radio.results), {'NONE'})
        stats = self.stats()
        self.assertEqual(stats['protocol'], protocol)
        self.assertGreaterEqual(int(stats['downlink_count']), 2)
        self.assertEqual(int(stats.get('tx_acknowledgment_count', 0)) >= 2, reports, stats)

    def test_a_device_joins_sends_and_receives_over_mqtt(self):
        self.check_device(self.mqtt(), 'mqtt', True)

    def test_a_device_joins_sends_and_receives_over_legacy_mqtt(self):
        gateway = LegacyGateway(self.address('v2'), GATEWAY, self.key, will='disconnect')
        self.addCleanup(gateway.close)
        gateway.client.publish('connect', b'anything', 1)
        gateway.acknowledged.get(timeout=20)
        self.check_device(gateway, 'mqtt', False)
        status = LEGACY['StatusMessage'](rx_in=7, hal='v1.1', ip=['192.0.2.7'])
        gateway.publish('/status', status.SerializeToString())
        stats = wait_until(lambda: 'last_status' in (now := self.stats()) and now, 'the status is known')
        self.assertEqual(stats['last_status']['versions'], {'hal': 'v1.1'})
        self.assertEqual(stats['last_status']['metrics']['rxin'], 7)

    def test_a_device_joins_sends_and_receives_over_grpc(self):
        gateway = GrpcGateway(self.grpc_client(self.key), GATEWAY).wait()
        self.addCleanup(gateway.close)
        self.check_device(gateway, 'grpc', True)

    def mosquitto(self, program, *flags, key=None, user=GATEWAY, port='mqtt'):
        command = [f'mosquitto_{program}', '-h', '127.0.0.1', '-p', str(self.ports[port]), '-u', user, '-P', key or self.key, *flags]
        return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)

    def run_mosquitto(self, *arguments, **options):
        """(exit code, what it said)."""
        process = self.mosquitto(*arguments, **options)
        out, _ = process.communicate(timeout=20)
        return process.returncode, out.decode(errors='replace')

    def test_mosquitto_as_gateways(self):
        subscriber = self.mosquitto('sub', '-t', f'v3/{GATEWAY}/down')
        self.addCleanup(subscriber.stdout.close)
        self.addCleanup(subscriber.wait)
        self.addCleanup(subscriber.kill)
        wait_until(self.is_connected, 'mosquitto_sub is connected')
        self.assertEqual(self.stats()['protocol'], 'mqtt')
        golden = str(GOLDEN / 'gateway_mqtt' / 'uplink_lora.bin')
        # mosquitto_sub is taken over, and comes again when mosquitto_pub has gone.
        for qos in '012':
            self.assertEqual(self.run_mosquitto('pub', '-t', f'v3/{GATEWAY}/up', '-f', golden, '-q', qos)[0], 0)
        labels = ('link_messages_total', 'frontend="mqtt"', 'outcome="uplink"')
        wait_until(lambda: self.metric(*labels) == 3, 'three uplinks arrived')
        for version in ('mqttv31', 'mqttv311', 'mqttv5'):
            code, said = self.run_mosquitto('pub', '-t', f'v3/{GATEWAY}/status', '-n', '-q', '1', '-V', version)
            self.assertEqual(code, 0, said)
        self.assertEqual(self.run_mosquitto('pub', '-t', f'v3/{GATEWAY}/up', '-f', golden, '--cafile', self.certificates(), '--insecure',
                                            port='mqtt-tls')[0], 0)
        legacy = str(GOLDEN / 'gateway_mqtt_v2' / 'uplink_lora.bin')
        self.assertEqual(self.run_mosquitto('pub', '-t', f'{GATEWAY}/up', '-f', legacy, port='v2')[0], 0)
        wait_until(lambda: self.metric('link_messages_total', 'frontend="mqtt-v2"', 'outcome="uplink"') == 1, 'the legacy uplink arrived')
        code, said = self.run_mosquitto('sub', '-t', 'v3/other/down', '-C', '1', '-W', '5')
        self.assertIn('denied', said)

    def test_who_may_not_is_refused(self):
        self.create_gateway('other', 'AABBCCDDEEFF0011')
        for key, gateway in ((self.key[:-4] + 'AAAA', GATEWAY), ('nonsense', GATEWAY), (self.gateway_key('RIGHT_GATEWAY_INFO'), GATEWAY),
                             (self.key, 'other'), (self.key, 'nobody'), (self.key, 'Not An Id')):
            with self.subTest(key=key[:12], gateway=gateway):
                for version, code in ((paho.MQTTv311, 5), (paho.MQTTv5, 0x87)):
                    with self.assertRaises(MqttRefused) as refused:
                        self.mqtt(key, gateway, version=version)
                    self.assertEqual(refused.exception.code, code)
        code, said = self.run_mosquitto('pub', '-t', 'x', '-n', key='nonsense')
        self.assertEqual(code, 5, said)
        self.assertGreaterEqual(self.metric('link_refused_total', 'frontend="mqtt"'), 13)

    def test_a_certificate_is_as_good_as_a_key(self):
        self.create_gateway('other', 'AABBCCDDEEFF0011')

        def publish(port, topic, body, certificate, user=GATEWAY):
            command = ['mosquitto_pub', '-h', '127.0.0.1', '-p', str(self.ports[port]), '-u', user, '-t', topic, '-f', str(GOLDEN / body), '-q', '1',
                       '--cafile', self.certificates(), '--insecure', '--cert', certificate[0], '--key', certificate[1]]
            return subprocess.run(command, capture_output=True, timeout=20).returncode
        uplink, legacy = 'gateway_mqtt/uplink_lora.bin', 'gateway_mqtt_v2/uplink_lora.bin'
        own = self.authority.issue(EUI)
        self.assertEqual(publish('mqtt-tls', f'v3/{GATEWAY}/up', uplink, own), 0)
        self.assertEqual(publish('v2-tls', f'{GATEWAY}/up', legacy, own), 0)
        for frontend in ('mqtt', 'mqtt-v2'):
            wait_until(lambda: self.metric('link_messages_total', f'frontend="{frontend}"', 'outcome="uplink"') == 1, f'an uplink by {frontend} arrived')
        stranger = Authority(self.server.directory, 'stranger').issue(EUI)
        for why, certificate, user in (('of another gateway', own, 'other'), ('of another authority', stranger, GATEWAY), ('of nobody', own, 'nobody')):
            with self.subTest(why):
                self.assertEqual(publish('mqtt-tls', f'v3/{user}/up', uplink, certificate, user), 5)

    def test_topics_are_the_gateways_own(self):
        gateway = self.mqtt(version=paho.MQTTv5)
        self.assertEqual(gateway.subscribe(gateway.topic + '/down', 1), [1])
        self.assertEqual(gateway.subscribe('v3/+/down'), [0])
        self.assertEqual(gateway.subscribe('v3/other/down'), [0x87])
        self.assertEqual(gateway.subscribe(gateway.topic + '/up'), [0x87])
        gateway.client.publish('v3/other/up', uplink_message(RXPK).SerializeToString(), 1)
        gateway.acknowledged.get(timeout=20)
        gateway.publish('/up', b'garbage')
        gateway.publish('/status', b'\xff')
        gateway.publish('/down/ack', b'\x10\x63')
        self.assertNotIn('uplink_count', self.stats())
        self.assertEqual(self.metric('link_messages_total', 'frontend="mqtt"', 'outcome="malformed"'), 3)
        self.assertEqual(self.metric('link_messages_total', 'frontend="mqtt"', 'outcome="forbidden"'), 1)
        gateway.say(RXPK)
        self.assertEqual(self.stats()['uplink_count'], '1')

    def test_the_newer_connection_of_a_gateway_takes_over(self):
        first = MqttGateway(self.address('mqtt'), GATEWAY, self.key, version=paho.MQTTv5)
        # It would come again, and take over in turn.
        first.client.reconnect_delay_set(600, 600)
        self.addCleanup(first.close)
        over_grpc = GrpcGateway(self.grpc_client(self.key), GATEWAY).wait()
        first.ended.get(timeout=20)
        second = self.mqtt()
        self.assertEqual(over_grpc.call.code(), grpc.StatusCode.ABORTED)
        self.assertIn('new_connection', over_grpc.call.details())
        second.say(RXPK)
        self.assertEqual(self.stats()['uplink_count'], '1')

    def test_grpc_links_say_why_not(self):
        def refusal(key, gateway_id):
            with self.assertRaises(grpc.RpcError) as refused:
                next(GrpcGateway(self.grpc_client(key), gateway_id, timeout=20).call)
            return GrpcError(refused.exception)
        self.assertEqual(refusal(None, GATEWAY).code, grpc.StatusCode.UNAUTHENTICATED)
        self.assertEqual(refusal(self.key, '').code, grpc.StatusCode.INVALID_ARGUMENT)
        self.assertEqual(refusal(self.key, 'nobody').name, 'pkg/auth/rights:no_gateway_rights')
        self.assertEqual(refusal(self.gateway_key('RIGHT_GATEWAY_INFO'), GATEWAY).name, 'pkg/auth/rights:insufficient_gateway_rights')
        self.server.api('POST', '/users/admin/gateways', {'gateway': {'ids': {'gateway_id': 'planless', 'eui': 'AABBCCDDEEFF0022'}}})
        error = refusal(self.gateway_key('RIGHT_GATEWAY_LINK', gateway='planless'), 'planless')
        self.assertEqual(error.name, 'pkg/gatewayserver/io/grpc:connect')
        self.assertEqual(error.attributes, {'gateway_uid': 'planless'})
        self.assertEqual(error.details.cause.name, 'frequency_plan_not_configured')

    def test_grpc_batches_and_garbage(self):
        gateway = GrpcGateway(self.grpc_client(self.key), GATEWAY).wait()
        self.addCleanup(gateway.close)
        weak, strong = uplink_message({**RXPK, 'rssi': -90}), uplink_message(RXPK)
        gateway.tell(uplink_messages=[weak, strong, API.type('UplinkMessage')(raw_payload=b'no settings')],
                     gateway_status=API.type('GatewayStatus')(ip=['192.0.2.7']))
        wait_until(lambda: self.stats().get('uplink_count') == '1', 'one uplink of three')
        self.assertEqual(self.stats()['last_status']['ip'], ['192.0.2.7'])
        self.assertEqual(self.metric('link_messages_total', 'frontend="grpc"', 'outcome="malformed"'), 1)
        gateway.close()
        self.assertEqual(gateway.call.code(), grpc.StatusCode.OK)
        wait_until(lambda: not self.is_connected(), 'the gateway is disconnected')

    def test_what_gateways_ask_before_they_connect(self):
        info = self.gateway_key('RIGHT_GATEWAY_INFO')
        path = f'/gs/gateways/{GATEWAY}/'
        self.assertEqual(self.server.api('GET', path + 'mqtt-connection-info', key=info),
                         {'public_address': 'gw.example.com:1882', 'public_tls_address': 'localhost:8882', 'username': GATEWAY})
        self.assertEqual(self.server.api('GET', path + 'mqttv2-connection-info', key=info),
                         {'public_address': 'localhost:1881', 'public_tls_address': 'gw.example.com:8881', 'username': GATEWAY})
        with self.assertRaises(ApiError) as refused:
            self.server.api('GET', path + 'mqtt-connection-info', key=self.gateway_key('RIGHT_GATEWAY_STATUS_READ'))
        self.assertEqual(refused.exception.status, 403)
        client = self.grpc_client(self.key)
        config = client.call('GtwGs/GetConcentratorConfig', metadata=[('id', GATEWAY)])
        self.assertEqual(len(config.channels), 8)
        self.assertIn(868100000, [channel.frequency for channel in config.channels])
        self.assertEqual((config.lora_standard_channel.frequency, config.lora_standard_channel.spreading_factor,
                          config.lora_standard_channel.bandwidth), (868300000, 7, 250000))
        self.assertEqual([radio.enable for radio in config.radios], [True, True])
        with self.assertRaises(GrpcError) as refused:
            self.grpc_client(info).call('GtwGs/GetConcentratorConfig', metadata=[('id', GATEWAY)])
        self.assertEqual(refused.exception.code, grpc.StatusCode.PERMISSION_DENIED)

    def test_losing_the_connection_is_the_disconnect(self):
        gateway = self.mqtt(will='disconnect')
        self.assertTrue(self.is_connected())
        gateway.client.loop_stop()
        gateway.client.socket().shutdown(socket.SHUT_RDWR)
        wait_until(lambda: not self.is_connected(), 'the gateway is disconnected')
        self.assertEqual(self.metric('ttn_lw_gs_connected_gateways', 'mqtt'), 0)

    def test_a_gateway_that_floods_harms_nobody(self):
        self.create_gateway('other', 'AABBCCDDEEFF0011')
        witness = self.mqtt(self.gateway_key('RIGHT_GATEWAY_LINK', gateway='other'), 'other')
        flood = self.mqtt()
        phy = base64.b64decode(RXPK['data'])
        for number in range(5000):
            frame = phy[:6] + struct.pack('<H', number) + phy[8:]
            rxpk = {**RXPK, 'tmst': number * 1000, 'data': base64.b64encode(frame).decode()}
            flood.client.publish(flood.topic + '/up', uplink_message(rxpk).SerializeToString(), 0)
        raw = socket.create_connection(self.address('mqtt'))
        self.addCleanup(raw.close)
        raw.sendall(b'\xff' * 100)
        for _ in range(20):
            witness.say(RXPK)
        wait_until(lambda: int(self.stats().get('uplink_count', 0)) == 5000, 'the flood was taken', 30)
        with self.assertRaises(queue.Empty):
            flood.ended.get_nowait()


if __name__ == '__main__':
    unittest.main(verbosity=2)
