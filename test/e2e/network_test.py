"""The main job over real sockets: devices behind UDP gateways, an MQTT subscriber, downlinks, the API, hostile input."""
import json
import os
import socket
import subprocess
import unittest

from harness import ApiError, Server, Subscriber, publish, wait_until

APPLICATION = 'e2e-app'


class Network(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = Server().start()
        cls.server.api('POST', '/users/admin/applications', {'application': {'ids': {'application_id': APPLICATION}}})
        cls.key = cls.server.application_key(APPLICATION)

    @classmethod
    def tearDownClass(cls):
        cls.server.__exit__()

    def simulate(self, *flags):
        return self.server.simulate('--create', '--application', APPLICATION, '--mqtt-user', APPLICATION,
                                    '--mqtt-password', self.key, '--region', 'EU868', *flags)

    def test_abp_uplinks_reach_the_subscriber_once(self):
        report = self.simulate('--activation', 'abp', '--version', '1.0.3', '--count', 5, '--prefix', 'abp', '--gateways', 3,
                               '--copies', 3, '--uplinks', 25, '--rate', 20, '--seed', 1)
        self.assertEqual(report['uplinks']['delivered'], 25, report)
        self.assertEqual(report['uplinks']['duplicated'], 0, report)

    def test_otaa_devices_of_both_generations_join_and_get_downlinks(self):
        # Devices leave their windows open: RX1 opens after five seconds.
        for version, first in (('1.0.3', 'FEFFF00000010001'), ('1.1', 'FEFFF00000020001')):
            with self.subTest(version=version):
                report = self.simulate('--activation', 'otaa', '--version', version, '--count', 3,
                                       '--prefix', 'otaa-' + version.replace('.', ''), '--gateways', 2, '--copies', 2,
                                       '--uplinks', 9, '--rate', 0.42, '--push-downlinks', '--seed', 2,
                                       '--first-dev-eui', first)
                self.assertEqual(report['joins']['joined'], 3, report)
                self.assertEqual(report['uplinks']['lost'], 0, report)
                self.assertGreaterEqual(report['downlinks']['received'], 3, report)
                self.assertEqual(sum(report['violations'].values()), 0, report)

    def test_a_device_of_class_c_gets_its_downlink_without_an_uplink(self):
        # Pushed when the windows of the last uplink have closed; the first answers have settled RX2 by then.
        report = self.simulate('--activation', 'abp', '--version', '1.0.3', '--class', 'C', '--count', 2, '--prefix', 'lamp',
                               '--uplinks', 8, '--rate', 1, '--push-downlinks', '--push-delay', 15, '--drain', 30, '--seed', 15,
                               '--first-dev-eui', 'FEFFF00000030001')
        self.assertEqual(report['downlinks']['received'], 2, report)
        self.assertEqual(report['downlinks']['reception']['class_c'], 2, report)
        self.assertEqual(sum(report['violations'].values()), 0, report)

    def test_messages_are_those_of_the_reference(self):
        with Subscriber(self.server, APPLICATION, self.key) as subscriber:
            self.simulate('--activation', 'abp', '--version', '1.0.3', '--count', 1, '--prefix', 'shape', '--uplinks', 2,
                          '--rate', 2, '--seed', 3)
            topic, message = subscriber.next()
        self.assertTrue(topic.startswith(f'v3/{APPLICATION}/devices/shape'), topic)
        self.assertEqual(message['end_device_ids']['application_ids']['application_id'], APPLICATION)
        uplink = message['uplink_message']
        for field in ('f_port', 'frm_payload', 'rx_metadata', 'settings', 'received_at', 'consumed_airtime'):
            self.assertIn(field, uplink)
        self.assertIsInstance(uplink['settings']['frequency'], str)
        self.assertIn('lora', uplink['settings']['data_rate'])

    def test_an_mqtt_5_client_and_a_wrong_password(self):
        with Subscriber(self.server, APPLICATION, self.key, '#', '-V', 'mqttv5') as subscriber:
            self.simulate('--activation', 'abp', '--version', '1.0.3', '--count', 1, '--prefix', 'five', '--uplinks', 1,
                          '--rate', 2, '--seed', 4)
            self.assertIn('uplink_message', subscriber.next()[1])
        done = subprocess.run(['mosquitto_sub', '-h', '127.0.0.1', '-p', str(self.server.ports['mqtt']), '-u', APPLICATION,
                               '-P', 'NNSXS.WRONG.KEY', '-t', '#', '-C', '1'], capture_output=True, timeout=20)
        self.assertNotEqual(done.returncode, 0)

    def test_errors_of_the_api_have_the_reference_form(self):
        with self.assertRaises(ApiError) as caught:
            self.server.api('GET', '/applications/does-not-exist')
        self.assertEqual(caught.exception.status, 404)
        body = json.loads(caught.exception.body)
        self.assertEqual(body['code'], 5)
        self.assertEqual(body['details'][0]['@type'], 'type.googleapis.com/ttn.lorawan.v3.ErrorDetails')
        status, _ = self.server.request('GET', '/api/v3/applications', key='NNSXS.WRONG.KEY')
        self.assertIn(status, (401, 403))
        self.assertEqual(self.server.request('GET', '/api/v3/no/such/thing')[0], 404)
        self.assertEqual(self.server.request('POST', '/api/v3/users/admin/applications', '{"application":',
                                             self.server.admin_key)[0], 400)

    def test_hostile_datagrams_change_nothing(self):
        sender = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.addCleanup(sender.close)
        address = ('127.0.0.1', self.server.ports['udp'])
        eui = bytes.fromhex('0102030405060708')
        for datagram in (b'', b'\x02', b'\x02\x00\x00\x00' + eui + b'{"rxpk":[', b'\x09\x00\x00\x00' + eui + b'{}',
                         b'\x02\x00\x00\x00' + eui + b'{"rxpk":[{"data":"!!"}]}', b'\x02\x00\x00\x00' + eui + b'\xff' * 1000,
                         os.urandom(3000)):
            for _ in range(20):
                sender.sendto(datagram, address)
        self.assertTrue(self.server.healthy())
        wait_until(lambda: 'farfield' in self.server.request('GET', '/metrics')[1], 'metrics answer')

    def test_a_bad_push_has_no_effect_and_a_good_one_is_queued(self):
        self.simulate('--activation', 'abp', '--version', '1.0.3', '--count', 1, '--prefix', 'push', '--uplinks', 1,
                      '--rate', 2, '--seed', 5)
        device = self.server.api('GET', f'/applications/{APPLICATION}/devices')['end_devices']
        device_id = next(d['ids']['device_id'] for d in device if d['ids']['device_id'].startswith('push'))
        topic = f'v3/{APPLICATION}/devices/{device_id}/down/push'
        with Subscriber(self.server, APPLICATION, self.key) as subscriber:
            publish(self.server, APPLICATION, self.key, topic, {'downlinks': 'no list'})
            publish(self.server, APPLICATION, self.key, topic,
                    {'downlinks': [{'f_port': 15, 'frm_payload': 'AQID', 'correlation_ids': ['mine']}]}, '-q', '1')
            queued = subscriber.next_of('/down/queued')['downlink_queued']
        self.assertEqual(queued['frm_payload'], 'AQID')
        self.assertIn('mine', queued['correlation_ids'])
        listed = self.server.api('GET', f'/as/applications/{APPLICATION}/devices/{device_id}/down')
        self.assertEqual([item['frm_payload'] for item in listed['downlinks']], ['AQID'])


if __name__ == '__main__':
    unittest.main()
