"""No key lies open: data directory, log, events, metrics, MQTT and answers of the API after a run with joins and uplinks."""
import base64
import csv
import http.client
import json
import pathlib
import secrets
import subprocess
import threading
import unittest

from grpc_client import GrpcClient, GrpcError
from harness import BIN, Server, Subscriber, files_of, keys_in_the_open, wait_until

APPLICATION = 'keys-app'
CLUSTER_KEY = 'c1' * 32
VERSIONS = ('1.0.3', '1.1')
SESSION_FIELDS = {'ns': ('f_nwk_s_int_key', 's_nwk_s_int_key', 'nwk_s_enc_key'), 'as': ('app_s_key',)}


class EventStream:
    """All events of an application, as the API tells them."""

    def __init__(self, server, key):
        self.text = b''
        self.connection = http.client.HTTPConnection('127.0.0.1', server.ports['http'], timeout=60)
        self.connection.request('POST', '/api/v3/events', json.dumps({'identifiers': [{'application_ids': {'application_id': APPLICATION}}]}),
                                {'Authorization': f'Bearer {key}'})
        self.response = self.connection.getresponse()
        self.thread = threading.Thread(target=self._read, daemon=True)
        self.thread.start()

    def _read(self):
        try:
            while chunk := self.response.read1(65536):
                self.text += chunk
        except (OSError, ValueError, AttributeError, http.client.HTTPException):
            pass  # closed by the test


class Keys(unittest.TestCase):
    def devices(self, server):
        """The CSV file, and its root keys."""
        lines, keys = [], set()
        for number, version in enumerate(VERSIONS):
            made = subprocess.run([str(BIN / 'farfield-sim'), 'devices', '--activation', 'otaa', '--version', version, '--count', '2', '--seed', str(40 + number),
                                   '--prefix', f'keys{number}', '--first-dev-eui', f'FEFFF300000{number}0000'],
                                  capture_output=True, text=True, timeout=30, check=True).stdout.splitlines()
            lines += made if not lines else made[1:]
        for row in csv.DictReader(lines):
            keys.add(bytes.fromhex(row['app_key']))
            if row['lorawan_version'] == '1.1':
                keys.add(bytes.fromhex(row['nwk_key']))
        path = server.directory / 'devices.csv'
        path.write_text('\n'.join(lines) + '\n')
        return path, keys

    def session_keys(self, server):
        """As the API shows them to who may read keys: they are the ones that must be nowhere else."""
        out = set()
        devices = server.api('GET', f'/applications/{APPLICATION}/devices')['end_devices']
        for device in devices:
            for component, fields in SESSION_FIELDS.items():
                path = f'/{component}/applications/{APPLICATION}/devices/{device["ids"]["device_id"]}?field_mask=session.keys'
                keys = server.api('GET', path)['session']['keys']
                out |= {bytes.fromhex(keys[field]['key']) for field in fields if field in keys}
        self.assertGreaterEqual(len(out), 2 * len(devices))
        return out

    def without_keys_right(self, server):
        """What a caller sees who may read devices and not their keys."""
        reader = server.api('POST', f'/applications/{APPLICATION}/api-keys',
                            {'name': 'reader', 'rights': ['RIGHT_APPLICATION_INFO', 'RIGHT_APPLICATION_DEVICES_READ', 'RIGHT_APPLICATION_TRAFFIC_READ']})['key']
        out = []
        for device in server.api('GET', f'/applications/{APPLICATION}/devices')['end_devices']:
            for path in (f'/ns/applications/{APPLICATION}/devices/{device["ids"]["device_id"]}?field_mask=session,mac_state,mac_settings',
                         f'/as/applications/{APPLICATION}/devices/{device["ids"]["device_id"]}?field_mask=session',
                         f'/js/applications/{APPLICATION}/devices/{device["ids"]["device_id"]}?field_mask=root_keys',
                         f'/applications/{APPLICATION}/devices/{device["ids"]["device_id"]}?field_mask=name,attributes'):
                out.append(server.request('GET', '/api/v3' + path, key=reader)[1].encode())
        return b'\n'.join(out)

    def test_they_are_nowhere_in_the_open(self):
        self.assert_nowhere_in_the_open()

    def test_with_a_key_of_the_vault_neither(self):
        self.assert_nowhere_in_the_open(**{'key-vault.static': f'device={"5a" * 16}', 'ns.device-kek-label': 'device',
                                           'as.device-kek-label': 'device', 'js.device-kek-label': 'device'})

    def assert_nowhere_in_the_open(self, **settings):
        with Server(**{'log.level': 'debug', 'events.store.enable': 'true', 'ns.default-mac-settings.desired-rx1-delay': 1, **settings}) as server:
            server.api('POST', '/users/admin/applications', {'application': {'ids': {'application_id': APPLICATION}}})
            secret = server.application_key(APPLICATION)
            path, keys = self.devices(server)
            events = EventStream(server, server.admin_key)
            with Subscriber(server, APPLICATION, secret) as subscriber:
                server.simulate('--create', '--devices', path, '--application', APPLICATION, '--mqtt-user', APPLICATION, '--mqtt-password', secret,
                                '--gateways', 2, '--join-spread', 1, '--period', 2, '--uplinks', 40, '--drain', 3, '--expect-joined', 4)
                messages = []
                while not subscriber.messages.empty():
                    messages.append(json.dumps(subscriber.messages.get()))
            wait_until(lambda: b'js.join.accept' in events.text and b'as.up.data.forward' in events.text, 'events are told')
            keys |= self.session_keys(server)
            records = server.api('GET', '/farfield/audit/records?page_size=100')
            places = {'events': events.text, 'messages': '\n'.join(messages).encode(), 'metrics': server.request('GET', '/metrics')[1].encode(),
                      'answers': self.without_keys_right(server), 'audit log': json.dumps(records).encode()}
            inspected = [server.api('GET', f'/applications/{APPLICATION}/devices/{one["ids"]["device_id"]}')
                         for one in server.api('GET', f'/applications/{APPLICATION}/devices')['end_devices']]
            places['registry'] = json.dumps(inspected).encode()
            self.assertIn('root_keys', json.dumps(records), 'the audit log tells that keys were set')
            limits = (pathlib.Path('/proc') / str(server.process.pid) / 'limits').read_text()
            core = next(line for line in limits.splitlines() if line.startswith('Max core file size'))
            self.assertEqual(core.split()[4:6], ['0', '0'], 'a core dump would have them')
            self.assertEqual(server.stop(), 0)
            places |= files_of(server)
            self.assertEqual(keys_in_the_open(keys, places), [])
            for place, text in places.items():
                self.assertTrue(text or place.startswith('data/'), f'{place}: nothing to look through')
                for token in (secret, server.admin_key):
                    self.assertNotIn(token.split('.')[2].encode(), text, f'an API key is in {place}')


class Secrets(unittest.TestCase):
    """What applications and gateways keep with us for others: passwords, keys of APIs, claim codes."""

    MARKS = {name: f'MARK-{name}-{secrets.token_hex(12)}' for name in ('webhook', 'pubsub', 'package', 'gateway')}
    MARKS['claim'] = f'MARK{secrets.token_hex(12)}'  # letters and digits alone
    JS = f'/js/applications/{APPLICATION}/devices/dev'

    def make(self, server):
        marks = self.MARKS
        server.api('POST', '/users/admin/applications', {'application': {'ids': {'application_id': APPLICATION}}})
        server.api('POST', f'/as/webhooks/{APPLICATION}', {'webhook': {
            'ids': {'application_ids': {'application_id': APPLICATION}, 'webhook_id': 'hook'}, 'base_url': 'http://127.0.0.1:1/', 'format': 'json',
            'headers': {'X-Key': marks['webhook']}}, 'field_mask': {'paths': ['base_url', 'format', 'headers']}})
        server.api('PUT', f'/as/pubsub/{APPLICATION}/bus', {'pubsub': {'format': 'json', 'mqtt': {
            'server_url': 'mqtt://127.0.0.1:1', 'username': 'u', 'password': marks['pubsub']}}})
        server.api('PUT', f'/as/applications/{APPLICATION}/packages/associations/200', {'default': {
            'package_name': 'lora-cloud-device-management-v1', 'data': {'token': marks['package']}}, 'field_mask': {'paths': ['package_name', 'data']}})
        server.api('POST', '/users/admin/gateways', {'gateway': {'ids': {'gateway_id': 'gtw'},
                                                                 'lbs_lns_secret': {'value': base64.b64encode(marks['gateway'].encode()).decode()}}})
        ids = {'device_id': 'dev', 'application_ids': {'application_id': APPLICATION}, 'dev_eui': 'FEFFF30000090001', 'join_eui': 'FEFFF10000000000'}
        server.api('POST', f'/applications/{APPLICATION}/devices', {'end_device': {'ids': ids}})
        server.api('PUT', self.JS, {'end_device': {'ids': ids, 'claim_authentication_code': {'value': marks['claim']}},
                                    'field_mask': {'paths': ['claim_authentication_code']}})

    def read(self, server):
        return json.dumps([server.api('GET', path) for path in (
            f'/as/webhooks/{APPLICATION}/hook?field_mask=headers', f'/as/pubsub/{APPLICATION}/bus?field_mask=provider',
            f'/as/applications/{APPLICATION}/packages/associations/200?field_mask=data', '/gateways/gtw?field_mask=lbs_lns_secret',
            f'{self.JS}?field_mask=claim_authentication_code')])

    def test_they_lie_sealed_and_are_read_by_those_who_may(self):
        with Server(**{'log.level': 'debug'}) as server:
            self.make(server)
            for _ in range(2):
                read = self.read(server)
                for name, mark in self.MARKS.items():
                    forms = (mark, base64.b64encode(mark.encode()).decode())
                    self.assertTrue(any(form in read for form in forms), f'{name}: {read}')
                self.assertEqual(server.stop(), 0)
                for place, content in files_of(server).items():
                    for name, mark in self.MARKS.items():
                        for form in (mark.encode(), base64.b64encode(mark.encode())):
                            self.assertNotIn(form, content, f'{name} lies open in {place}')
                server.start()


class OtherKinds(unittest.TestCase):
    """Keys that no join makes: of personalized devices and multicast groups, of an import, of an application's settings."""

    @staticmethod
    def device(number, **fields):
        """Its identifiers in all registries, and its radio."""
        ids = {'device_id': f'dev-{number}', 'application_ids': {'application_id': APPLICATION}, 'dev_eui': f'FEFFF3000008000{number}',
               'join_eui': 'FEFFF10000000000'}
        return {'ids': ids, 'lorawan_version': 'MAC_V1_0_3', 'lorawan_phy_version': 'PHY_V1_0_3_REV_A', 'frequency_plan_id': 'EU_863_870', **fields}

    def imported(self, number, session=None, app_key=None, **fields):
        """One row of an import, and the paths that it names."""
        one = self.device(number, **fields)
        ids, radio = {'ids': one['ids']}, ['lorawan_version', 'lorawan_phy_version', 'frequency_plan_id', *fields]
        row = {'identity_server': {'end_device': ids}, 'network_server': {'end_device': one, 'field_mask': {'paths': radio}},
               'application_server': {'end_device': ids, 'field_mask': {'paths': ['ids']}}}
        if session:
            network, application = session
            one['session'] = {'dev_addr': f'0000000{number}', 'keys': {'f_nwk_s_int_key': {'key': network}}}
            radio += ['session.dev_addr', 'session.keys.f_nwk_s_int_key.key']
            row['application_server'] = {'end_device': {**ids, 'session': {'dev_addr': f'0000000{number}', 'keys': {'app_s_key': {'key': application}}}},
                                         'field_mask': {'paths': ['session.dev_addr', 'session.keys.app_s_key.key']}}
        if app_key:
            row['join_server'] = {'end_device': {**ids, 'root_keys': {'app_key': {'key': app_key}}}, 'field_mask': {'paths': ['root_keys.app_key.key']}}
        return row

    def test_they_are_nowhere_in_the_open(self):
        keys = [secrets.token_hex(16).upper() for _ in range(6)]
        with Server(**{'log.level': 'debug', 'events.store.enable': 'true'}) as server:
            server.api('POST', '/users/admin/applications', {'application': {'ids': {'application_id': APPLICATION}}})
            events = EventStream(server, server.admin_key)
            verdicts = server.api('POST', f'/farfield/applications/{APPLICATION}/devices/import', {'devices': [
                self.imported(1, session=keys[0:2]), self.imported(2, session=keys[2:4], multicast=True, supports_class_c=True),
                self.imported(3, app_key=keys[4], supports_join=True)]})['verdicts']
            self.assertEqual([one.get('verdict') for one in verdicts], ['CREATED'] * 3, verdicts)
            server.api('POST', f'/js/applications/{APPLICATION}/settings', {
                'settings': {'kek_label': 'theirs', 'kek': {'key': keys[5]}}, 'field_mask': {'paths': ['kek_label', 'kek.key']}})
            for number, names in ((1, keys[0:2]), (2, keys[2:4])):
                path = f'/applications/{APPLICATION}/devices/dev-{number}?field_mask=session.keys'
                kept = [server.api('GET', '/ns' + path)['session']['keys']['f_nwk_s_int_key']['key'],
                        server.api('GET', '/as' + path)['session']['keys']['app_s_key']['key']]
                self.assertEqual(kept, names)
            wait_until(lambda: events.text.count(b'js.end_device.create') == 1 and events.text.count(b'ns.end_device.create') == 3, 'events are told')
            places = {'events': events.text, 'metrics': server.request('GET', '/metrics')[1].encode(),
                      'audit log': json.dumps(server.api('GET', '/farfield/audit/records?page_size=100')).encode()}
            self.assertEqual(server.stop(), 0)
            self.assertEqual(keys_in_the_open([bytes.fromhex(key) for key in keys], places | files_of(server)), [])


class SessionKeys(unittest.TestCase):
    """NsJs, AsJs and AppJs after a join: its keys, for those who may have them, and a record of each answer."""

    def setUp(self):
        self.server = Server(**{'cluster.keys': CLUSTER_KEY, 'ns.default-mac-settings.desired-rx1-delay': 1}).start()
        self.addCleanup(self.server.__exit__)
        self.server.api('POST', '/users/admin/applications', {'application': {'ids': {'application_id': APPLICATION}}})
        self.client = GrpcClient(f'127.0.0.1:{self.server.ports["grpc"]}', self.server.admin_key)
        self.addCleanup(self.client.__exit__)

    def join(self):
        """Ids and session keys of a device of 1.1 that has joined."""
        secret = self.server.application_key(APPLICATION)
        self.server.simulate('--create', '--activation', 'otaa', '--version', '1.1', '--region', 'EU868', '--count', 1, '--prefix', 'joined',
                             '--application', APPLICATION, '--mqtt-user', APPLICATION, '--mqtt-password', secret, '--gateways', 1, '--period', 2,
                             '--uplinks', 2, '--expect-joined', 1, '--expect-delivered', 1)
        ids = self.server.api('GET', f'/applications/{APPLICATION}/devices')['end_devices'][0]['ids']
        keys = {}
        for component in ('ns', 'as'):
            path = f'/{component}/applications/{APPLICATION}/devices/{ids["device_id"]}?field_mask=session.keys'
            keys |= self.server.api('GET', path)['session']['keys']
        return ids, keys

    def records(self, method):
        found = self.server.api('GET', f'/farfield/audit/records?method=ttn.lorawan.v3.{method}').get('records', [])
        return [(record['action'], sorted(record['keys'])) for record in found if record['action'] == 'key_access']

    def test_each_is_answered_to_those_who_may_have_them(self):
        ids, keys = self.join()
        question = {'sessionKeyId': keys['session_key_id'], 'devEui': base64.b64encode(bytes.fromhex(ids['dev_eui'])).decode(),
                    'joinEui': base64.b64encode(bytes.fromhex(ids['join_eui'])).decode()}
        cluster = {'key': '', 'metadata': [('authorization', f'ClusterKey {CLUSTER_KEY}')]}

        network = self.client.call('NsJs/GetNwkSKeys', question, **cluster)
        for name in ('f_nwk_s_int_key', 's_nwk_s_int_key', 'nwk_s_enc_key'):
            self.assertEqual(getattr(network, name).key, bytes.fromhex(keys[name]['key']), name)
        app_s_key = bytes.fromhex(keys['app_s_key']['key'])
        self.assertEqual(self.client.call('AsJs/GetAppSKey', question, **cluster).app_s_key.key, app_s_key)
        self.assertEqual(self.client.call('AppJs/GetAppSKey', question).app_s_key.key, app_s_key)

        reader = self.server.api('POST', f'/applications/{APPLICATION}/api-keys', {'name': 'reader', 'rights': [
            'RIGHT_APPLICATION_INFO', 'RIGHT_APPLICATION_DEVICES_READ', 'RIGHT_APPLICATION_TRAFFIC_READ']})['key']
        refused = (('AppJs/GetAppSKey', {'key': reader}), ('AppJs/GetAppSKey', {'key': ''}), ('NsJs/GetNwkSKeys', {}), ('AsJs/GetAppSKey', {}),
                   ('AsJs/GetAppSKey', {'key': '', 'metadata': [('authorization', f'ClusterKey {"00" * 32}')]}))
        for method, caller in refused:
            with self.subTest(method=method, caller=caller):
                with self.assertRaises(GrpcError) as raised:
                    self.client.call(method, question, **caller)
                # INVALID_ARGUMENT: a user's credentials are of a kind that these services do not take.
                self.assertIn(raised.exception.code.name, ('PERMISSION_DENIED', 'UNAUTHENTICATED', 'INVALID_ARGUMENT'))

        self.assertEqual(self.records('NsJs/GetNwkSKeys'), [('key_access', ['f_nwk_s_int_key.key', 'nwk_s_enc_key.key', 's_nwk_s_int_key.key'])])
        for method in ('AsJs/GetAppSKey', 'AppJs/GetAppSKey'):
            self.assertEqual(self.records(method), [('key_access', ['app_s_key.key'])], method)


class OwnKey(unittest.TestCase):
    """The key that a server makes for itself."""

    DEVICE = {'ids': {'device_id': 'dev', 'application_ids': {'application_id': APPLICATION}, 'dev_eui': 'FEFFF30000090001',
                      'join_eui': 'FEFFF10000000000'}, 'root_keys': {'app_key': {'key': '7E' * 16}}}
    PATH = f'/js/applications/{APPLICATION}/devices/dev'

    def register(self, server):
        server.api('POST', '/users/admin/applications', {'application': {'ids': {'application_id': APPLICATION}}})
        server.api('PUT', self.PATH, {'end_device': self.DEVICE, 'field_mask': {
            'paths': ['ids.device_id', 'ids.dev_eui', 'ids.join_eui', 'root_keys.app_key.key']}})

    def app_key(self, server, key=None):
        ids = self.DEVICE['ids']
        answer = server.api('GET', f'{self.PATH}?field_mask=root_keys.app_key.key&end_device_ids.join_eui={ids["join_eui"]}'
                                   f'&end_device_ids.dev_eui={ids["dev_eui"]}', key=key)
        return answer['root_keys']['app_key']['key']

    def ends(self, server):
        """A start that does not come to serve: exit code and what it says."""
        done = subprocess.run(server.command(), capture_output=True, text=True, timeout=30)
        return done.returncode, done.stderr

    def test_it_is_made_once_and_a_start_without_it_ends(self):
        with Server() as server:
            self.register(server)
            file = server.directory / 'data' / 'own-kek'
            self.assertEqual(file.stat().st_mode & 0o777, 0o600)
            self.assertEqual(server.stop(), 0)
            kept = file.read_text()
            file.unlink()
            code, text = self.ends(server)
            self.assertEqual(code, 66)
            self.assertIn('`own`', text)
            self.assertIn(str(file), text)
            self.assertFalse(file.exists(), 'no other one is made')
            file.write_text('own: ' + '11' * 32 + '\n')
            self.assertEqual(self.ends(server)[0], 78, 'another key')
            file.write_text(kept)
            server.start()
            self.assertEqual(self.app_key(server), '7E' * 16)

    def test_a_backup_does_not_have_it(self):
        with Server() as server:
            self.register(server)
            self.assertEqual(server.stop(), 0)
            data, backup, restored = server.directory / 'data', server.directory / 'backup', server.directory / 'restored'

            def run(*arguments):
                subprocess.run([str(BIN / 'farfield'), 'db', *map(str, arguments)], check=True, capture_output=True, timeout=60)
            run('backup', backup, '--storage.directory', data)
            run('restore', backup, '--storage.directory', restored)
            names = {path.name for folder in (backup, restored) for path in folder.rglob('*')}
            self.assertNotIn('own-kek', names)
            other = Server(**{'storage.directory': restored})
            self.addCleanup(other.__exit__)
            self.assertEqual(self.ends(other)[0], 66)
            other = Server(**{'storage.directory': restored, 'key-vault.own-file': data / 'own-kek'})
            self.addCleanup(other.__exit__)
            other.start()
            self.assertEqual(self.app_key(other, server.admin_key), '7E' * 16)


if __name__ == '__main__':
    unittest.main()
