"""One server holds root keys and does crypto for the join server of another: devices join there, and nobody else sees a root key."""
import unittest

from harness import files_of_all, keys_in_the_open, told_of, wait_until
from interop_test import APPLICATION, NetworkServer, ids_of, make_devices

CLUSTER_KEY = 'c1' * 32
KEK = '6b' * 16
PROVISIONER = 'our-hsm'


class Node(NetworkServer):
    def create_application(self):
        self.api('POST', '/users/admin/applications', {'application': {'ids': {'application_id': APPLICATION}}})

    def set_join_device(self, row, **fields):
        paths = ['ids.device_id', 'ids.dev_eui', 'ids.join_eui', *fields]
        self.api('PUT', f'/js/applications/{APPLICATION}/devices/{row["device_id"]}',
                 {'end_device': {'ids': ids_of(row), **fields}, 'field_mask': {'paths': paths}})

    def asked(self, operation, result):
        return self.metric('farfield_join_server_crypto_requests_total{operation="%s",result="%s"}' % (operation, result))


class CryptoServer(unittest.TestCase):
    def start(self, **settings):
        self.holder = Node(**{'cluster.keys': CLUSTER_KEY})
        self.holder.start()
        self.addCleanup(self.holder.__exit__)
        self.holder.create_application()
        self.join = Node(**{'cluster.crypto-server': f'127.0.0.1:{self.holder.ports["grpc"]}', 'cluster.keys': CLUSTER_KEY,
                            'js.crypto-server.timeout': '2s', **settings})
        self.join.start()
        self.addCleanup(self.join.__exit__)
        self.join.create_application()
        self.key = self.join.application_key(APPLICATION)
        self.runs = 0

    def add(self, row):
        """Its root keys are at the holder alone."""
        keys = {'app_key': {'key': row['app_key']}}
        if row['lorawan_version'] == '1.1':
            keys['nwk_key'] = {'key': row['nwk_key']}
        self.holder.set_join_device(row, root_keys=keys)
        self.join.add(row)
        self.join.set_join_device(row, provisioner_id=PROVISIONER)

    def run_devices(self, text, *flags, period=4):
        self.runs += 1
        file = self.join.directory / 'devices.csv'
        file.write_text(text)
        return self.join.simulate('--devices', file, '--application', APPLICATION, '--mqtt-user', APPLICATION, '--mqtt-password', self.key,
                                  '--gateways', 1, '--first-gateway-eui', f'FEFFF200000000{self.runs:02X}', '--join-spread', 0, '--period', period,
                                  *flags, timeout=90)

    def test_devices_join_with_keys_that_their_join_server_does_not_have(self):
        self.start(**{'key-vault.static': f'device={KEK}', 'js.device-kek-label': 'device', 'ns.device-kek-label': 'device',
                      'as.device-kek-label': 'device', 'log.level': 'debug'})
        needles = [bytes.fromhex(key) for key in (KEK, CLUSTER_KEY)]
        for seed, version in ((21, '1.0.3'), (22, '1.1')):
            with self.subTest(version=version):
                rows, text = make_devices(1, version, seed)
                self.add(rows[0])
                self.run_devices(text, '--uplinks', 3, '--expect-joined', 1, '--expect-delivered', 1, '--expect-no-violations')
                data = b''.join(path.read_bytes() for path in (self.join.directory / 'data').rglob('*') if path.is_file())
                self.assertNotIn(bytes.fromhex(rows[0]['app_key']), data)
                session = self.join.session_keys_of(rows[0]['device_id'])
                self.assertGreaterEqual(len(session), 4 if version == '1.1' else 2)
                needles += [bytes.fromhex(rows[0]['app_key']), *session]
                if version == '1.1':
                    needles.append(bytes.fromhex(rows[0]['nwk_key']))
        for operation in ('join_request_mic', 'join_accept_mic', 'encrypt_join_accept', 'derive_nwk_s_keys', 'derive_app_s_key'):
            self.assertGreaterEqual(self.join.asked(operation, 'answered'), 2, operation)
        places = told_of(holder=self.holder, join=self.join)
        for server in (self.join, self.holder):
            self.assertEqual(server.stop(), 0)
        self.assertEqual(keys_in_the_open(needles, places | files_of_all(holder=self.holder, join=self.join)), [])

    def test_a_device_of_1_1_rejoins(self):
        self.start()
        rows, text = make_devices(1, '1.1', 23)
        self.add(rows[0])
        report = self.run_devices(text, '--uplinks', 5, '--rejoin-type', 1, '--rejoin-interval', 3, '--expect-joined', 1,
                                  '--expect-no-violations', period=7)
        self.assertGreaterEqual(report['joins']['rejoined'], 1)
        self.assertGreaterEqual(self.join.asked('encrypt_rejoin_accept', 'answered'), 1)

    def test_who_has_no_cluster_key_is_refused(self):
        self.start(**{'cluster.keys': 'd2' * 32})
        rows, text = make_devices(1, '1.0.3', 24)
        self.add(rows[0])
        self.assertEqual(self.run_devices(text, '--duration', 6)['joins']['joined'], 0)
        self.assertGreaterEqual(self.join.asked('join_request_mic', 'refused'), 1)

    def test_while_it_is_away_its_devices_do_not_join_and_others_do(self):
        self.start()
        rows, text = make_devices(2, '1.0.3', 25)
        self.add(rows[0])
        self.join.add(rows[1])
        self.join.set_join_device(rows[1], root_keys={'app_key': {'key': rows[1]['app_key']}})
        self.holder.kill()
        report = self.run_devices(text, '--duration', 8)
        self.assertEqual(report['joins']['joined'], 1, report)
        self.assertGreaterEqual(self.join.asked('join_request_mic', 'unavailable'), 1)
        self.holder.start()
        self.run_devices(text.splitlines()[0] + '\n' + text.splitlines()[1] + '\n', '--uplinks', 2, '--expect-joined', 1)
        wait_until(self.join.healthy, 'it serves on')


if __name__ == '__main__':
    unittest.main()
