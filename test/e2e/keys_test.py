"""No key lies open: data directory, log, events, metrics, MQTT and answers of the API after a run with joins and uplinks."""
import base64
import csv
import http.client
import json
import pathlib
import subprocess
import threading
import unittest

from harness import BIN, Server, Subscriber, wait_until

APPLICATION = 'keys-app'
VERSIONS = ('1.0.3', '1.1')
SESSION_FIELDS = {'ns': ('f_nwk_s_int_key', 's_nwk_s_int_key', 'nwk_s_enc_key'), 'as': ('app_s_key',)}


def forms(key):
    """How 16 octets may be written."""
    text = base64.b64encode(key).decode()
    # Not the last characters: they depend on what follows.
    return {key, key.hex().encode(), key.hex().upper().encode(), text[:20].encode(), text[:20].replace('+', '-').replace('/', '_').encode()}


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
            places['log'] = server.log.read_bytes()
            for file in (server.directory / 'data').rglob('*'):
                if file.is_file() and file.name != 'admin-api-key':
                    places[f'data/{file.name}'] = file.read_bytes()
            for place, text in places.items():
                self.assertTrue(text or place.startswith('data/'), f'{place}: nothing to look through')
                for key in keys:
                    for form in forms(key):
                        self.assertNotIn(form, text, f'{key.hex()} is in {place}')
                # The first start shows the admin's key, once, on the output that is kept as the log here.
                for token in (secret,) if place == 'log' else (secret, server.admin_key):
                    self.assertNotIn(token.split('.')[2].encode(), text, f'an API key is in {place}')


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
