"""The audit log: who did what, before and after; complete after a kill; whole, or its holes are found; without a secret."""
import base64
import hashlib
import hmac
import json
import os
import shutil
import struct
import subprocess
import threading
import unittest

from grpc_client import GrpcClient, GrpcError, mask
from browser import Browser
from harness import BIN, Server

KEY = '000102030405060708090a0b0c0d0e0f'
APP_KEY = '5F3A9C0D11E2B7648899AABBCCDDEEFF'
PASSWORD = 'Secret99-of-hers'
ADMIN = {'userIds': {'userId': 'admin'}}
IDS = {'applicationId': 'app'}
DEVICE = {'deviceId': 'dev', 'applicationIds': IDS, 'devEui': base64.b64encode(bytes.fromhex('70B3D57ED0000001')).decode(),
          'joinEui': base64.b64encode(bytes(8)).decode()}


def sha256(*parts):
    return hashlib.sha256(b''.join(parts)).digest()


class AuditTest(unittest.TestCase):
    def setUp(self):
        self.server = Server(**{'audit.keys': KEY, 'is.admin-rights.all': 'true'}).start()
        self.addCleanup(self.server.__exit__)
        self.client = GrpcClient(f'127.0.0.1:{self.server.ports["grpc"]}', self.server.admin_key)
        self.addCleanup(self.client.__exit__)
        self.cli('login', '--api-key', self.server.admin_key)

    def cli(self, *words, code=0):
        """(standard output, standard error) of farfield-cli as admin."""
        environment = {'HOME': str(self.server.directory), 'PATH': os.environ['PATH']}
        addresses = [f'--{role}-grpc-address=127.0.0.1:{self.server.ports["grpc"]}' for role in ('identity-server',)]
        done = subprocess.run([str(BIN / 'farfield-cli'), '--insecure', *addresses, *map(str, words)], env=environment,
                              cwd=self.server.directory, capture_output=True, text=True, timeout=60)
        self.assertEqual(done.returncode, code, f'{words}: {done.stdout}\n{done.stderr}\n{self.server.log_tail()}')
        return done.stdout, done.stderr

    def export(self, *flags):
        return [json.loads(line) for line in self.cli('audit', 'export', *flags)[0].splitlines()]

    def restart(self):
        self.assertEqual(self.server.stop(), 0, self.server.log_tail())
        self.server.start()

    def create_user(self, user):
        """A user, and a key of hers for everything."""
        self.client.call('UserRegistry/Create', {'user': {'ids': {'userId': user}, 'password': PASSWORD, 'state': 'STATE_APPROVED',
                                                          'primaryEmailAddress': f'{user}@example.org'}})
        return self.client.call('UserAccess/CreateAPIKey', {'userIds': {'userId': user}, 'rights': ['RIGHT_ALL']}).key

    def create_application(self):
        self.client.call('ApplicationRegistry/Create', {'application': {'ids': IDS, 'name': 'first'}, 'collaborator': ADMIN})

    def rename(self, name, **kwargs):
        self.client.call('ApplicationRegistry/Update', {'application': {'ids': IDS, 'name': name}, 'fieldMask': mask('name')}, **kwargs)

    def change_of(self, record, path):
        found = [one for one in record['changes'] if one['path'] == path]
        self.assertEqual(len(found), 1, record)
        return found[0].get('before'), found[0].get('after')

    def assert_chained(self, records, previous=bytes(32)):
        """Checks the chain as anybody can who has an export, and the signatures with the key."""
        for record in records:
            digest, content = base64.b64decode(record['hash']), base64.b64decode(record['content'])
            self.assertEqual(base64.b64decode(record['previous_hash']), previous)
            self.assertEqual(sha256(b'farfield audit 1\n', previous, content), digest)
            text = b'farfield audit signature 1\n' + struct.pack('>Q', int(record['sequence'])) + digest
            self.assertEqual(base64.b64decode(record['signature']), hmac.new(bytes.fromhex(KEY), text, hashlib.sha256).digest())
            previous = digest

    def test_changes_of_two_users_show_what_was_before_and_after(self):
        bobs = self.create_user('bob')
        self.create_application()
        self.client.call('ApplicationAccess/SetCollaborator', {'applicationIds': IDS, 'collaborator': {
            'ids': {'userIds': {'userId': 'bob'}}, 'rights': ['RIGHT_APPLICATION_ALL']}})
        self.rename('by admin')
        self.server.api('PUT', '/applications/app', {'application': {'name': 'by bob'}, 'field_mask': {'paths': ['name']}}, bobs)
        with self.assertRaises(GrpcError):
            self.client.call('GatewayRegistry/Delete', {'gatewayId': 'none'}, key=bobs)

        first, second = self.export('application:app', '--method', 'ApplicationRegistry/Update')
        self.assertEqual((first['account'], self.change_of(first, 'name')), ('user:admin', ('first', 'by admin')))
        self.assertEqual((second['account'], self.change_of(second, 'name')), ('user:bob', ('by admin', 'by bob')))
        self.assertEqual((first['remote_address'], second['remote_address']), ('127.0.0.1', '127.0.0.1'))
        [member] = self.export('--method', 'ApplicationAccess/SetCollaborator')
        self.assertEqual(self.change_of(member, 'rights')[1], ['RIGHT_APPLICATION_ALL'])
        [refused] = self.export('--account', 'user:bob', '--outcome', 'failed')
        self.assertNotIn('changes', refused)
        self.assertTrue(refused['outcome'].startswith('pkg/'), refused)
        records = self.export()
        self.assert_chained(records)
        self.assertEqual(records[0]['method'], 'farfield/start')
        # An owner sees what is hers, and nothing else.
        own = self.server.api('GET', '/farfield/audit/records?entity=application:app', key=bobs)
        self.assertGreaterEqual(len(own['records']), 4)
        self.assertEqual(self.server.request('GET', '/api/v3/farfield/audit/records', key=bobs)[0], 403)

    def test_devices_in_four_registries_and_their_keys(self):
        self.create_application()
        device = {'ids': DEVICE, 'name': 'dev'}
        self.client.call('EndDeviceRegistry/Create', {'endDevice': device})
        keys = {'appKey': {'key': base64.b64encode(bytes.fromhex(APP_KEY)).decode()}}
        js = {'ids': DEVICE, 'rootKeys': keys}
        self.client.call('JsEndDeviceRegistry/Set', {'endDevice': js, 'fieldMask': mask('root_keys.app_key.key')})
        ns = {'ids': DEVICE, 'frequencyPlanId': 'EU_863_870_TTN', 'lorawanVersion': 'MAC_V1_0_3', 'lorawanPhyVersion': 'PHY_V1_0_3_REV_A',
              'supportsJoin': True}
        paths = ('frequency_plan_id', 'lorawan_version', 'lorawan_phy_version', 'supports_join')
        self.client.call('NsEndDeviceRegistry/Set', {'endDevice': ns, 'fieldMask': mask(*paths)})
        formatters = {'ids': DEVICE, 'formatters': {'upFormatter': 'FORMATTER_CAYENNELPP'}}
        self.client.call('AsEndDeviceRegistry/Set', {'endDevice': formatters, 'fieldMask': mask('formatters')})
        read = self.client.call('JsEndDeviceRegistry/Get', {'endDeviceIds': DEVICE, 'fieldMask': mask('root_keys')})
        self.assertEqual(read.root_keys.app_key.key.hex().upper(), APP_KEY)
        self.client.call('NsEndDeviceRegistry/Get', {'endDeviceIds': DEVICE, 'fieldMask': mask('frequency_plan_id')})
        self.client.call('NsEndDeviceRegistry/Delete', DEVICE)

        by_method = {record['method'].split('.')[-1]: record for record in self.export('device:app.dev')}
        self.assertEqual(self.change_of(by_method['NsEndDeviceRegistry/Set'], 'frequency_plan_id'), (None, 'EU_863_870_TTN'))
        self.assertEqual(self.change_of(by_method['AsEndDeviceRegistry/Set'], 'formatters.up_formatter'), (None, 'FORMATTER_CAYENNELPP'))
        secret = [one for one in by_method['JsEndDeviceRegistry/Set']['changes'] if one.get('secret')]
        self.assertEqual([(one['path'], one['after']) for one in secret], [('root_keys.app_key.key', '(secret)')])
        access = by_method['JsEndDeviceRegistry/Get']
        self.assertEqual((access['action'], access['keys'], access['account']), ('key_access', ['root_keys.app_key.key'], 'user:admin'))
        self.assertNotIn('NsEndDeviceRegistry/Get', by_method, 'no keys left the server')
        self.assertEqual(self.change_of(by_method['NsEndDeviceRegistry/Delete'], 'frequency_plan_id'), ('EU_863_870_TTN', None))
        self.assertIn('EndDeviceRegistry/Create', by_method)

    def test_no_secret_is_in_an_export(self):
        bobs = self.create_user('bob')
        self.create_application()
        headers = {'Authorization': 'Basic c2VjcmV0LWhlYWRlcg=='}
        webhook = {'ids': {'applicationIds': IDS, 'webhookId': 'hook'}, 'baseUrl': 'https://ada:url-pass@example.org/', 'format': 'json',
                   'headers': headers, 'downlinkApiKey': 'NNSXS.HOOKKEY'}
        self.client.call('ApplicationWebhookRegistry/Set', {'webhook': webhook, 'fieldMask': mask('base_url', 'format', 'headers', 'downlink_api_key')})
        pubsub = {'ids': {'applicationIds': IDS, 'pubSubId': 'pub'}, 'format': 'json',
                  'mqtt': {'serverUrl': 'mqtt://localhost:1', 'clientId': 'c', 'username': 'u', 'password': 'mqtt-pass'}}
        self.client.call('ApplicationPubSubRegistry/Set', {'pubsub': pubsub, 'fieldMask': mask('format', 'provider')})
        key = self.client.call('ApplicationAccess/CreateAPIKey', {'applicationIds': IDS, 'rights': ['RIGHT_APPLICATION_INFO']}).key
        secret = {'value': base64.b64encode(b'lns-secret-value').decode()}
        self.client.call('GatewayRegistry/Create', {'gateway': {'ids': {'gatewayId': 'gtw'}, 'lbsLnsSecret': secret}, 'collaborator': ADMIN})
        self.client.call('ClientRegistry/Create', {'client': {'ids': {'clientId': 'some-client'}, 'secret': 'client-secret'}, 'collaborator': ADMIN})
        self.client.call('UserRegistry/UpdatePassword', {'userIds': {'userId': 'bob'}, 'old': PASSWORD, 'new': PASSWORD + '2'})
        text = self.cli('audit', 'export')[0]
        contents = b''.join(base64.b64decode(json.loads(line)['content']) for line in text.splitlines()).decode(errors='replace')
        secrets = [PASSWORD, 'c2VjcmV0LWhlYWRlcg', 'url-pass', 'HOOKKEY', 'mqtt-pass', 'lns-secret-value', secret['value'],
                   'client-secret', self.server.admin_key.split('.')[2], bobs.split('.')[2], key.split('.')[2], 'PBKDF2', 'Argon2']
        for one in secrets:
            self.assertNotIn(one, text)
            self.assertNotIn(one, contents)
        self.assertIn('/webhook:hook', text)
        self.assertIn('"path":"headers"', text)

    def test_logins_are_recorded_those_that_fail_too(self):
        self.create_user('bob')
        browser = Browser(f'http://127.0.0.1:{self.server.ports["http"]}')
        browser.submit(browser.get('/oauth/login').form('/oauth/login'), user_id='bob', password='wrong')
        browser.submit(browser.get('/oauth/login').form('/oauth/login'), user_id='bob', password=PASSWORD)
        failed, done = self.export('--account', 'user:bob', '--method', 'account/login')
        self.assertEqual((failed['action'], failed['outcome'].split(':')[1]), ('login', 'no_user_id_password_match'))
        self.assertEqual((done['outcome'], done['remote_address']), ('ok', '127.0.0.1'))

    def test_every_acknowledged_change_has_its_record_after_a_kill(self):
        self.create_application()
        acknowledged = []

        def change():
            try:
                for n in range(100_000):
                    self.rename(f'name-{n}')
                    acknowledged.append(f'name-{n}')
            except GrpcError:
                pass

        thread = threading.Thread(target=change)
        thread.start()
        while len(acknowledged) < 30:
            thread.join(0.05)
        self.server.kill()
        thread.join(30)
        self.server.start()
        updates = self.export('--method', 'ApplicationRegistry/Update')
        recorded = [self.change_of(record, 'name')[1] for record in updates if record['outcome'] == 'ok']
        self.assertEqual([name for name in acknowledged if name not in recorded], [])
        self.assertLessEqual(len(recorded), len(acknowledged) + 1)
        self.assertLessEqual(len([record for record in updates if record['outcome'] == 'interrupted']), 1)
        self.assert_chained(self.export())
        self.assertIn('are in order', self.cli('audit', 'verify')[0])

    def test_a_restart_keeps_the_chain_and_an_older_copy_is_found(self):
        self.create_application()
        self.assertEqual(self.server.stop(), 0)
        data, copy = self.server.directory / 'data', self.server.directory / 'copy'
        shutil.copytree(data, copy)
        self.server.start()
        self.rename('to be forgotten')
        export = self.server.directory / 'export.jsonl'
        export.write_text(self.cli('audit', 'export')[0])
        self.assert_chained([json.loads(line) for line in export.read_text().splitlines()])
        self.assertIn('are in order', self.cli('audit', 'verify', '--against', export)[0])
        checkpoint = self.cli('audit', 'verify')[0].split()[-1]
        # Who has the disk puts back what was: the chain itself is in order, but not the one that is known.
        self.assertEqual(self.server.stop(), 0)
        shutil.rmtree(data)
        shutil.move(copy, data)
        self.server.start()
        self.assertIn('are in order', self.cli('audit', 'verify')[0])
        self.assertIn('audit_log_other', self.cli('audit', 'verify', '--against', export, code=255)[1])
        self.assertIn('another record', self.cli('audit', 'verify', '--expect', checkpoint, code=255)[1])

    def test_the_log_is_found_page_by_page_and_as_a_stream(self):
        self.create_application()
        for n in range(5):
            self.rename(f'n-{n}')
        newest = self.server.api('GET', '/farfield/audit/records?newest_first=true&limit=2&method=ApplicationRegistry/Update')
        self.assertEqual([self.change_of(one, 'name')[1] for one in newest['records']], ['n-4', 'n-3'])
        rest = self.server.api('GET', f'/farfield/audit/records?newest_first=true&limit=2&method=ApplicationRegistry/Update&start={newest["next"]}')
        self.assertEqual([self.change_of(one, 'name')[1] for one in rest['records']], ['n-2', 'n-1'])
        after = newest['records'][0]['time']
        later = self.server.api('GET', f'/farfield/audit/records?after={after}&method=ApplicationRegistry/Update')
        self.assertEqual(len(later['records']), 1)
        status, lines = self.server.request('GET', '/api/v3/farfield/audit/export', key=self.server.admin_key)
        self.assertEqual(status, 200)
        self.assertEqual([json.loads(line)['result']['sequence'] for line in lines.splitlines()],
                         [one['sequence'] for one in self.export()])
        found = json.loads(self.cli('audit', 'search', 'application:app', '--newest-first', '--limit', 1)[0])
        self.assertEqual(self.change_of(found['records'][0], 'name')[1], 'n-4')
        metrics = self.server.request('GET', '/metrics')[1]
        sequence = [line.split()[1] for line in metrics.splitlines() if line.startswith('farfield_audit_sequence ')]
        self.assertEqual(float(sequence[0]), len(self.export()))
        self.assertIn('msg="audit log" sequence=', self.server.log.read_text())


if __name__ == '__main__':
    unittest.main()
