"""`inspect` over real sockets: what a device's session decided, why a forged frame went nowhere, who may ask, and no keys."""
import base64
import json
import os
import socket
import struct
import subprocess
import unittest

from harness import BIN, Server, wait_until

APPLICATION = 'inspect-app'
SESSION_KEYS = ('f_nwk_s_int_key', 's_nwk_s_int_key', 'nwk_s_enc_key')


def forged(dev_addr, f_cnt):
    """An unconfirmed uplink whose MIC nobody made."""
    return b'\x40' + bytes.fromhex(dev_addr)[::-1] + struct.pack('<BHB', 0, f_cnt, 1) + b'\x01\x02\x03' + b'\xba\xad\xf0\x0d'


class Inspect(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = Server().start()
        cls.server.api('POST', '/users/admin/applications', {'application': {'ids': {'application_id': APPLICATION}}})
        cls.key = cls.server.application_key(APPLICATION)
        cls.server.simulate('--create', '--application', APPLICATION, '--mqtt-user', APPLICATION, '--mqtt-password', cls.key,
                            '--region', 'EU868', '--activation', 'abp', '--version', '1.0.3', '--count', 1, '--prefix', 'seen',
                            '--uplinks', 3, '--rate', 3, '--seed', 11)
        devices = cls.server.api('GET', f'/applications/{APPLICATION}/devices')['end_devices']
        cls.device = devices[0]['ids']['device_id']
        session = cls.server.api('GET', f'/ns/applications/{APPLICATION}/devices/{cls.device}?field_mask=session')['session']
        cls.dev_addr = session['dev_addr']
        cls.secrets = [session['keys'][name]['key'] for name in SESSION_KEYS if 'key' in session['keys'].get(name, {})]

    @classmethod
    def tearDownClass(cls):
        cls.server.__exit__()

    def send(self, phy_payload):
        rxpk = {'tmst': 1000, 'freq': 868.1, 'chan': 0, 'stat': 1, 'modu': 'LORA', 'datr': 'SF7BW125', 'codr': '4/5',
                'rssi': -60, 'lsnr': 7.5, 'size': len(phy_payload), 'data': base64.b64encode(phy_payload).decode()}
        sender = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.addCleanup(sender.close)
        sender.sendto(b'\x02' + os.urandom(2) + b'\x00' + bytes.fromhex('00000000feedface') +
                      json.dumps({'rxpk': [rxpk]}).encode(), ('127.0.0.1', self.server.ports['udp']))

    def inspect(self, path):
        status, text = self.server.request('GET', '/inspect' + path, key=self.server.admin_key)
        self.assertEqual(status, 200, text)
        return json.loads(text)

    def command(self, *words):
        done = subprocess.run(
            [str(BIN / 'farfield'), 'inspect', *words, '--inspect.address', f'127.0.0.1:{self.server.ports["http"]}',
             '--storage.directory', str(self.server.directory / 'data')], capture_output=True, text=True, timeout=30)
        return done.returncode, done.stdout, done.stderr

    def test_a_devices_uplinks_and_a_forged_one_are_explained(self):
        shown = self.inspect(f'/device/{APPLICATION}/{self.device}')
        self.assertTrue(shown['device']['exists'], shown)
        accepted = [entry for entry in shown['device']['decisions'] if entry['kind'] == 'uplink_accepted']
        self.assertEqual(accepted[-1]['f_cnt'], shown['device']['session']['last_f_cnt_up'])
        self.assertEqual(shown['device']['session']['dev_addr'], self.dev_addr)

        self.send(forged(self.dev_addr, 500))
        path = f'/device/{APPLICATION}/{self.device}'
        refused = wait_until(lambda: self.inspect(path)['addresses'][self.dev_addr]['refused'], 'the forged frame is refused')
        self.assertEqual(refused['reason'], 'mic_mismatch', refused)
        self.assertEqual(refused['f_cnt'], 500)
        self.assertEqual(refused['sessions_tried'], 1)
        self.assertEqual(refused['gateway'], 'eui-00000000feedface')

        status, text, errors = self.command('device', APPLICATION, self.device)
        self.assertEqual(status, 0, errors)
        self.assertIn(f'uplink {accepted[-1]["f_cnt"]} accepted', text)
        self.assertIn('frame 500 refused: its MIC is not of the one session on', text)

    def test_a_device_that_nobody_registered_is_found_by_its_address(self):
        self.send(forged('260BFFEE', 7))
        refused = wait_until(lambda: self.inspect('/address/260BFFEE')['address']['refused'], 'the frame is refused')
        self.assertEqual(refused['reason'], 'address_unknown', refused)
        status, text, _ = self.command('address', '260bffee')
        self.assertEqual(status, 0)
        self.assertIn('no session has the address 260BFFEE', text)

    def test_a_join_with_euis_that_nobody_has_is_found(self):
        join_eui, dev_eui = '70B3D57ED0001234', '0004A30B00FEED01'
        self.send(b'\x00' + bytes.fromhex(join_eui)[::-1] + bytes.fromhex(dev_eui)[::-1] + b'\x01\x02' + b'\xba\xad\xf0\x0d')
        joins = wait_until(lambda: self.inspect('/joins')['joins_of_unknown_devices'], 'the join is refused')
        self.assertEqual((joins[0]['dev_eui'], joins[0]['join_eui']), (dev_eui, join_eui))
        self.assertEqual(self.inspect('/joins')['shards_without_answer'], [])
        status, text, _ = self.command('joins')
        self.assertEqual(status, 0)
        self.assertIn(f'join-request of {dev_eui} at {join_eui}', text)

    def test_gateways_components_shards_and_storage_answer(self):
        overview = self.inspect('')
        self.assertEqual(overview['components']['root']['restarts'], 0)
        gateway = overview['gateways']['gateways'][0]
        connection = self.inspect(f'/gateway/{gateway}')['connection']
        self.assertEqual(connection['protocol'], 'udp')
        self.assertIsNotNone(connection['clock_synced_at'])
        shards = self.inspect('/shards')['shards']
        self.assertEqual(sum(shard['network_server']['addresses'] for shard in shards.values()), 1)
        self.assertGreater(self.inspect('/storage')['committer']['commits'], 0)
        for words in ((), ('gateway', gateway), ('shards',), ('storage',)):
            status, text, errors = self.command(*words)
            self.assertEqual(status, 0, errors)
            self.assertNotIn('timeout', text)
        status, text, _ = self.command('--json', 'storage')
        self.assertGreater(json.loads(text)['committer']['batches'], 0)

    def test_packages_that_are_used_are_shown(self):
        secret = 'token-of-the-loracloud'
        self.server.api('PUT', f'/as/applications/{APPLICATION}/packages/associations/199', {
            'default': {'package_name': 'lora-cloud-device-management-v1', 'data': {'token': secret}}, 'field_mask': {'paths': ['package_name', 'data']}})
        shown = self.inspect('/packages')['packages']
        self.assertEqual((shown['associations'], len(shown['consumers'])), (1, 1))
        self.assertEqual((shown['consumers'][0]['application_id'], shown['consumers'][0]['state']), (APPLICATION, 'running'))
        package = self.inspect(f'/packages/{APPLICATION}')['packages']['lora-cloud-device-management-v1']
        self.assertEqual((package['associations'], package['consumer']['messages_behind']), (1, 0))
        self.assertEqual(self.inspect('/packages/no-such-application')['packages'], {})
        for words in (('packages',), ('packages', APPLICATION)):
            status, text, errors = self.command(*words)
            self.assertEqual(status, 0, errors)
            self.assertIn('lora-cloud-device-management-v1', text)
            self.assertNotIn('timeout', text)
            self.assertNotIn(secret, text)

    def test_only_administrators_may_ask(self):
        path = f'/inspect/device/{APPLICATION}/{self.device}'
        self.assertEqual(self.server.request('GET', path)[0], 401)
        self.assertEqual(self.server.request('GET', path, key=self.key)[0], 403)
        self.assertIn(self.server.request('GET', path, key='NNSXS.WRONG.KEY')[0], (401, 403))
        self.assertEqual(self.server.request('GET', '/inspect/gateway/no-such-gateway', key=self.server.admin_key)[0], 404)

    def test_no_answer_holds_a_key(self):
        self.assertTrue(self.secrets)
        texts = [json.dumps(self.inspect(path)) for path in
                 ('', f'/device/{APPLICATION}/{self.device}', f'/address/{self.dev_addr}', '/shards', '/storage')]
        texts.append(self.command('device', APPLICATION, self.device)[1])
        for secret in self.secrets:
            shapes = (secret.lower(), base64.b64encode(bytes.fromhex(secret)).decode().lower())
            for text in texts:
                for shape in shapes:
                    self.assertNotIn(shape, text.lower())
        for text in texts:
            self.assertNotIn(self.server.admin_key.lower(), text.lower())

    def test_the_command_says_what_is_wrong(self):
        self.assertEqual(self.command('devices')[0], 64)
        self.assertEqual(self.command('gateway', 'a b')[0], 64)
        status, _, errors = self.command('gateway', 'no-such-gateway')
        self.assertEqual(status, 1)
        self.assertIn('not connected', errors)
        done = subprocess.run([str(BIN / 'farfield'), 'inspect', '--inspect.address', '127.0.0.1:1'], capture_output=True,
                              text=True, timeout=30)
        self.assertEqual(done.returncode, 69)
        self.assertIn('does not answer', done.stderr)


if __name__ == '__main__':
    unittest.main()
