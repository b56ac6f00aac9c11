"""farfield-cli over TLS: logins, entities, devices in four registries, keys, events, downlinks, and an import that is killed."""
import json
import os
import pathlib
import signal
import shutil
import subprocess
import tempfile
import threading
import time
import unittest
import urllib.parse

from browser import Browser
from harness import BIN, Server, Subscriber, free_port, reserve, wait_until

PASSWORD = 'Secret99x'
CALLBACK_PORT = 11885
KEY = '000102030405060708090A0B0C0D0E0F'
VERSIONS = ['--frequency-plan-id', 'EU_863_870_TTN', '--lorawan-version', '1.0.3', '--lorawan-phy-version', '1.0.3-a']


class CliServer(Server):
    def __init__(self):
        super().__init__()
        self.ports['http_tls'], self.ports['grpc_tls'] = free_port(), free_port()
        self.settings = {'http.listen-tls': f'127.0.0.1:{self.ports["http_tls"]}', 'grpc.listen-tls': f'127.0.0.1:{self.ports["grpc_tls"]}',
                         'tls.source': 'self-signed'}

    @property
    def certificate(self):
        return self.directory / 'data' / 'tls' / 'cert.pem'


class Client:
    """A user of the command line: a home and a working directory of his own."""

    def __init__(self, server):
        self.server = server
        self.home = pathlib.Path(tempfile.mkdtemp(prefix='farfield-e2e-cli-'))
        self.environment = {'HOME': str(self.home), 'PATH': os.environ['PATH']}

    def start(self, *words, stdin=subprocess.DEVNULL):
        return subprocess.Popen([str(BIN / 'farfield-cli'), *map(str, words)], cwd=self.home, env=self.environment, stdin=stdin,
                                stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

    def run(self, *words, stdin=None, code=0, timeout=60):
        """(standard output, standard error) of a command that ends with `code`."""
        process = self.start(*words, stdin=subprocess.PIPE if stdin is not None else subprocess.DEVNULL)
        out, err = process.communicate(stdin, timeout=timeout)
        if process.returncode != code:
            raise AssertionError(f'{words}: {process.returncode}\n{out}\n{err}\n{self.server.log_tail()}')
        return out, err

    def json(self, *words, **kwargs):
        return json.loads(self.run(*words, **kwargs)[0])

    def use(self):
        ports = self.server.ports
        self.run('use', 'localhost', '--grpc-port', ports['grpc_tls'], '--fetch-ca', '--overwrite',
                 '--oauth-server-address', f'https://localhost:{ports["http_tls"]}/oauth')
        return self

    def close(self):
        shutil.rmtree(self.home, ignore_errors=True)


class Cli(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = CliServer().start()
        cls.addClassCleanup(cls.server.__exit__)
        cls.server.api('POST', '/users', {'user': {'ids': {'user_id': 'ada'}, 'password': PASSWORD, 'state': 'STATE_APPROVED',
                                                   'primary_email_address': 'ada@example.org'}})
        cls.cli = Client(cls.server).use()
        cls.addClassCleanup(cls.cli.close)
        cls.cli.run('login', '--api-key', cls.server.admin_key)
        cls.cli.run('applications', 'create', 'app-1', '--user-id', 'admin', '--name', 'First')

    def new_client(self):
        client = Client(self.server).use()
        self.addCleanup(client.close)
        return client

    def sign_in(self, url):
        """What a person does in a browser: opens the address, logs in; the browser, and where it is sent."""
        browser = Browser(f'https://localhost:{self.server.ports["http_tls"]}', self.server.certificate)
        parts = urllib.parse.urlsplit(url)
        page = browser.get(f'{parts.path}?{parts.query}')
        return browser, browser.submit(page.form('/oauth/login'), follow=False, user_id='ada', password=PASSWORD)

    def test_log_in_by_browser_and_out(self):
        if not reserve(CALLBACK_PORT):
            self.skipTest('another test has the port of the callback')
        client = self.new_client()
        login = client.start('login')
        line = login.stderr.readline()
        browser, answer = self.sign_in(line.split()[-1])
        answer = browser.request('GET', browser.request('GET', answer.location).location)
        self.assertTrue(answer.location.startswith(f'http://localhost:{CALLBACK_PORT}/oauth/callback?code=MF2XI.'), answer.location)
        done = subprocess.run(['curl', '-s', '-o', '/dev/null', '-w', '%{http_code}', answer.location], capture_output=True, text=True, timeout=20)
        self.assertEqual(done.stdout, '200')
        _, err = login.communicate(timeout=20)
        self.assertEqual(login.returncode, 0, err)
        self.assertEqual(client.json('auth-info')['oauth_access_token']['user_ids']['user_id'], 'ada')

        cache = client.home / '.cache' / 'farfield-cli' / 'cache'
        self.assertEqual(cache.stat().st_mode & 0o777, 0o600)
        slots = json.loads(cache.read_text())
        slots['by_id']['localhost']['oauth_token']['expiry'] = '2020-01-01T00:00:00Z'
        before = slots['by_id']['localhost']['oauth_token']['access_token']
        cache.write_text(json.dumps(slots))
        client.run('applications', 'list')
        self.assertNotEqual(json.loads(cache.read_text())['by_id']['localhost']['oauth_token']['access_token'], before, 'it was refreshed')

        client.run('logout')
        self.assertIn('unauthenticated', client.run('applications', 'list', code=255)[1])

    def test_log_in_by_a_code_that_is_pasted(self):
        client = self.new_client()
        login = client.start('login', '--callback=false', stdin=subprocess.PIPE)
        browser, answer = self.sign_in(login.stderr.readline().split()[-1])
        page = browser.follow(answer)
        code = next(word for word in page.text.split() if word.startswith('MF2XI.'))
        _, err = login.communicate(f'nonsense\n{code}\n', timeout=20)
        self.assertEqual(login.returncode, 0, err)
        self.assertIn('oauth_access_token', client.json('auth-info'))

    def test_other_hosts_and_authorities_are_refused(self):
        client = self.new_client()
        client.run('login', '--api-key', self.server.admin_key)
        port = self.server.ports['grpc_tls']
        _, err = client.run('applications', 'list', '--network-server-grpc-address', f'other.example.com:{port}', code=255)
        self.assertIn('cli:unknown_host', err)
        _, err = client.run('applications', 'list', '--ca=', code=255)
        self.assertIn('grpc:unavailable', err)

    def test_entities(self):
        cli = self.cli
        self.assertEqual(cli.json('applications', 'get', 'app-1', '--name')['name'], 'First')
        cli.run('app', 'set', 'app-1', '--attributes', 'one=1,two=2')
        cli.run('app', 'set', 'app-1', '--attributes', 'two=,three=3', '--description', 'D')
        self.assertEqual(cli.json('app', 'get', 'app-1', '--attributes')['attributes'], {'one': '1', 'three': '3'})
        _, err = cli.run('applications', 'create', 'app-1', '--user-id', 'admin', code=255)
        self.assertRegex(err, r'error:pkg/util/store:id_taken \(')
        self.assertRegex(err, r'    correlation_id=[0-9a-f]+')

        for number in range(3):
            cli.run('applications', 'create', f'page-{number}', '--user-id', 'admin')
        out, err = cli.run('applications', 'list', '--user-id', 'admin', '--limit', '2', '--order', 'application_id')
        self.assertEqual(len(json.loads(out)), 2)
        self.assertIn('--page 2', err)
        table, _ = cli.run('applications', 'search', '--id-contains', 'page', '--name', '--output', 'table')
        self.assertEqual(table.split()[0], 'APPLICATION_ID')
        self.assertEqual(cli.run('app', 'list', '--output', '{{.ids.application_id}}', '--order', 'application_id')[0].split()[0], 'app-1')

        key = cli.json('app', 'api-keys', 'create', 'app-1', '--name', 'K', '--right-application-info')
        limited = self.new_client()
        limited.run('login', '--api-key', key['key'])
        damaged = self.new_client()
        damaged.run('login', '--api-key', 'NNSXS.\u00e9')
        self.assertIn('malformed_token', damaged.run('app', 'list', code=255)[1])
        self.assertEqual(limited.json('app', 'rights', 'app-1')['rights'], ['RIGHT_APPLICATION_INFO'])
        self.assertIn('insufficient_application_rights', limited.run('devices', 'list', 'app-1', code=255)[1])
        cli.run('app', 'api-keys', 'set', 'app-1', key['id'], '--right-application-all')
        limited.run('devices', 'list', 'app-1')
        cli.run('app', 'api-keys', 'delete', 'app-1', key['id'])
        self.assertEqual(cli.json('app', 'api-keys', 'list', 'app-1'), [])

        cli.run('app', 'collaborators', 'set', 'app-1', '--user-id', 'ada', '--right-application-info')
        self.assertEqual(len(cli.json('app', 'collaborators', 'list', 'app-1')), 2)
        cli.run('app', 'collaborators', 'delete', 'app-1', '--user-id', 'ada')

        cli.run('gateways', 'create', 'gtw-1', 'B827EBFFFE000001', '--user-id', 'admin', '--frequency-plan-ids', 'EU_863_870_TTN',
                '--antenna.gain', '2.5')
        gateway = cli.json('gtw', 'get', '--gateway-eui', 'B827EBFFFE000001', '--all')
        self.assertEqual((gateway['ids']['gateway_id'], gateway['antennas'][0]['gain'], gateway['gateway_server_address']), ('gtw-1', 2.5, 'localhost'))
        cli.run('gtw', 'set', 'gtw-1', '--antenna.add', '--antenna.gain', '3')
        self.assertEqual(len(cli.json('gtw', 'get', 'gtw-1', '--antennas')['antennas']), 2)
        self.assertIn('not_connected', cli.run('gtw', 'get-connection-stats', 'gtw-1', code=255)[1])

        cli.run('organizations', 'create', 'org-1', '--user-id', 'admin')
        cli.run('organizations', 'delete', 'org-1')
        self.assertIn('org-1', json.dumps(cli.json('organizations', 'list', '--deleted')))
        cli.run('organizations', 'restore', 'org-1')
        cli.run('organizations', 'delete', 'org-1')
        self.assertEqual(cli.run('organizations', 'purge', 'org-1', stdin='n\n', code=130)[0], '')
        cli.run('organizations', 'purge', 'org-1', '--force')
        stdin = json.dumps([{'ids': {'client_id': 'client-1'}}, {'ids': {'client_id': 'client-2'}, 'name': 'Two'}])
        cli.run('clients', 'create', '--user-id', 'admin', '--redirect-uris', 'https://example.com/cb', stdin=stdin)
        self.assertEqual(cli.json('clients', 'get', 'client-2', '--name')['name'], 'Two')
        cli.run('users', 'create', 'bob', '--primary-email-address', 'bob@example.org', stdin=PASSWORD + '\n')

    def test_devices_are_in_all_registries_or_in_none(self):
        cli = self.cli
        cli.run('devices', 'create', 'app-1', 'otaa-1', '--dev-eui', '70B3D57ED0000001', '--join-eui', '70B3D57ED0000000', '--name', 'O',
                *VERSIONS, '--root-keys.app-key.key', KEY, '--mac-settings.rx1-delay', 'RX_DELAY_5')
        device = cli.json('devices', 'get', 'app-1', 'otaa-1')
        self.assertEqual(device['name'], 'O')
        self.assertEqual(device['root_keys']['app_key']['key'], KEY)
        self.assertEqual(device['mac_settings']['rx1_delay'], 5)
        self.assertEqual(device['network_server_address'], 'localhost')
        cli.run('devices', 'create', 'app-1', 'abp-1', '--abp', '--with-session', *VERSIONS)
        session = cli.json('devices', 'get', 'app-1', 'abp-1', '--session')['session']
        self.assertEqual(set(session['keys']) & {'f_nwk_s_int_key', 'app_s_key'}, {'f_nwk_s_int_key', 'app_s_key'})
        cli.run('devices', 'set', 'app-1', 'otaa-1', '--name', 'P', '--frequency-plan-id', 'US_902_928_FSB_2', '--location.latitude', '52.5')
        device = cli.json('devices', 'get', 'app-1', 'otaa-1', '--name', '--frequency-plan-id', '--locations')
        self.assertEqual((device['name'], device['frequency_plan_id'], device['locations']['user']['latitude']), ('P', 'US_902_928_FSB_2', 52.5))
        self.assertIn('end_device_eui_update', cli.run('devices', 'set', 'app-1', 'otaa-1', '--dev-eui', '0102030405060708', '--name', 'X', code=255)[1])

        # The network server refuses: nothing stays.
        _, err = cli.run('devices', 'create', 'app-1', 'broken', '--dev-eui', '70B3D57ED0000002', '--join-eui', '70B3D57ED0000000',
                         '--root-keys.app-key.key', KEY, '--lorawan-version', '1.0.3', '--lorawan-phy-version', '1.0.3-a', code=255)
        self.assertIn('frequency_plan_id', err)
        self.assertIn('not_found', cli.run('devices', 'get', 'app-1', 'broken', code=255)[1])

        exported = cli.json('devices', 'get', 'app-1', 'otaa-1')
        exported['ids'].update(device_id='copy-1', dev_eui='70B3D57ED0000003')
        cli.run('devices', 'create', stdin=json.dumps(exported))
        self.assertEqual(cli.json('devices', 'get', 'app-1', 'copy-1', '--root-keys')['root_keys']['app_key']['key'], KEY)

        self.assertEqual([one['ids']['device_id'] for one in cli.json('devices', 'list', 'app-1', '--order', 'device_id')], ['abp-1', 'copy-1', 'otaa-1'])
        cli.run('devices', 'downlink', 'push', 'app-1', 'abp-1', '--f-port', '3', '--frm-payload', 'C0FFEE')
        self.assertEqual(cli.json('devices', 'downlink', 'list', 'app-1', 'abp-1')[0]['frm_payload'], 'wP/u')
        cli.run('devices', 'downlink', 'clear', 'app-1', 'abp-1')
        self.assertEqual(cli.json('devices', 'downlink', 'list', 'app-1', 'abp-1'), [])
        self.assertIn('queued by the application', cli.run('inspect', 'device', 'app-1', 'abp-1')[0])
        self.assertIn('kind', cli.json('devices', 'inspect', 'app-1', 'abp-1', '--output', 'json')[0])
        cli.run('devices', 'reset', 'app-1', 'abp-1')

        cli.run('devices', 'delete', 'app-1', 'copy-1')
        cli.run('devices', 'batch-delete', 'app-1', 'abp-1', 'unknown', 'otaa-1')
        self.assertEqual(cli.json('devices', 'list', 'app-1'), [])
        cli.run('devices', 'create', 'app-1', 'otaa-1', '--dev-eui', '70B3D57ED0000001', '--join-eui', '70B3D57ED0000000', *VERSIONS, '--with-root-keys')
        cli.run('devices', 'delete', 'app-1', 'otaa-1')

    def test_events_and_integrations(self):
        cli = self.cli
        cli.run('applications', 'create', 'app-2', '--user-id', 'admin')
        events = cli.start('events', '--application-id', 'app-2', '--names', 'application.update', '--tail', '10', '--output', '{{.name}} {{.identifiers}}')
        self.addCleanup(events.stdout.close)
        self.addCleanup(events.stderr.close)
        lines = []
        threading.Thread(target=lambda: lines.extend(iter(events.stdout.readline, '')), daemon=True).start()

        def seen():
            cli.run('app', 'set', 'app-2', '--description', str(time.monotonic()))
            return any(line.startswith('application.update ') for line in lines)
        wait_until(seen, 'an event is shown')
        events.send_signal(signal.SIGINT)
        self.assertEqual(events.wait(10), 130)

        cli.run('app', 'link', 'set', 'app-2', '--default-formatters.up-formatter', 'FORMATTER_CAYENNELPP')
        self.assertIn('FORMATTER_CAYENNELPP', cli.run('app', 'link', 'get', 'app-2')[0])
        cli.run('app', 'webhooks', 'set', 'app-2', 'hook', '--base-url', 'https://example.com/hook', '--format', 'json')
        self.assertEqual(cli.json('app', 'webhooks', 'get', 'app-2', 'hook', '--base-url')['base_url'], 'https://example.com/hook')
        self.assertEqual(len(cli.json('app', 'webhooks', 'list', 'app-2')), 1)
        cli.run('app', 'webhooks', 'delete', 'app-2', 'hook')
        cli.run('app', 'pkg', 'default-associations', 'set', 'app-2', '202', '--package-name', 'alcsync-v1')
        self.assertEqual(cli.json('app', 'pkg', 'default-associations', 'get', 'app-2', '202')['package_name'], 'alcsync-v1')
        self.assertEqual(len(cli.json('app', 'pkg', 'default-associations', 'list', 'app-2')), 1)
        cli.run('app', 'pkg', 'default-associations', 'delete', 'app-2', '202')
        self.assertIn('EU_863_870', cli.run('devices', 'list-frequency-plans')[0])

    def test_an_uplink_is_simulated(self):
        cli = self.cli
        cli.run('applications', 'create', 'app-3', '--user-id', 'admin')
        cli.run('devices', 'create', 'app-3', 'dev-1', '--abp', '--with-session', *VERSIONS)
        with Subscriber(self.server, 'app-3', self.server.application_key('app-3')) as subscriber:
            def seen():
                cli.run('simulate', 'application-uplink', 'app-3', 'dev-1', '--f-port', '1', '--frm-payload', 'C0FFEE')
                return not subscriber.messages.empty()
            wait_until(seen, 'an uplink by MQTT')
            message = subscriber.next_of('/up')
        self.assertTrue(message['simulated'])
        self.assertEqual(message['uplink_message']['frm_payload'], 'wP/u')

    def test_formatters_are_tried(self):
        cli = self.cli
        cli.run('applications', 'create', 'app-4', '--user-id', 'admin')
        (cli.home / 'decoder.js').write_text('function decodeUplink(input) { return {data: {first: input.bytes[0]}}; }')
        words = ('end-devices', 'formatters', 'decode-uplink', 'app-4', 'any', '--f-port', '1', '--frm-payload', '2A')
        answer = cli.json(*words, '--parameter-local-file', 'decoder.js')
        self.assertEqual(answer['uplink']['decoded_payload'], {'first': 42})
        cli.run('app', 'link', 'set', 'app-4', '--default-formatters.up-formatter', 'FORMATTER_JAVASCRIPT',
                '--default-formatters.up-formatter-parameter-local-file', 'decoder.js')
        (cli.home / 'vectors.json').write_text(json.dumps([{'name': 'first', 'encoded': {'f_port': 1, 'frm_payload': 'Kg=='},
                                                            'decoded': {'data': {'first': 42}}}]))
        cli.run('app', 'formatter-vectors', 'set', 'app-4', '--vectors-local-file', 'vectors.json')
        self.assertEqual(cli.json('app', 'formatter-vectors', 'run', 'app-4'), [{'name': 'first'}])
        self.assertIn('formatter_vector_failed', cli.run('app', 'link', 'set', 'app-4', '--default-formatters.up-formatter', 'FORMATTER_CAYENNELPP',
                                                         code=255)[1])

    def test_help_completion_and_exit_codes(self):
        cli = self.cli
        self.assertIn('usage: farfield-cli applications get', cli.run('applications', 'get', '--help')[0])
        self.assertIn('commands:', cli.run('applications', code=2)[1])
        self.assertIn('did you mean `applications`', cli.run('aplications', code=255)[1])
        script, _ = cli.run('complete', '--shell', 'bash', '--executable', BIN / 'farfield-cli')
        check = script + f'\nCOMP_WORDS=({BIN}/farfield-cli gateways get-c); COMP_CWORD=2; _{"".join(c if c.isalnum() else "_" for c in str(BIN / "farfield-cli"))}; echo "${{COMPREPLY[@]}}"'
        done = subprocess.run(['bash', '-c', check], capture_output=True, text=True, timeout=20)
        self.assertEqual(done.stdout.split(), ['get-connection-stats'], done.stderr)
        self.assertIn('credentials-id: "localhost"  # ', cli.run('config', '--yml')[0])
        self.assertIn('FARFIELD_CLI_RETRY_MAX="0"', cli.run('config', '--env')[0])

    def test_an_import_goes_on_where_it_was_killed(self):
        cli, rows = self.cli, 10_000
        cli.run('applications', 'create', 'fleet', '--user-id', 'admin')
        file = cli.home / 'fleet.csv'
        with open(file, 'w') as out:
            out.write('id;dev_eui;join_eui;name;app_key;dev_addr;app_s_key;f_nwk_s_int_key\n')
            for n in range(rows):
                otaa = n % 2 == 0
                out.write(f'dev-{n};{n + 1:016X};{"0" * 16 if otaa else ""};N {n};{KEY if otaa else ""};'
                          f'{"" if otaa else f"{0x26000000 + n:08X}"};{"" if otaa else KEY};{"" if otaa else KEY}\n')
            out.write('broken;nonsense;0000000000000000;;;;;\n')
        words = ('devices', 'import', 'fleet', file, *VERSIONS)
        report = cli.home / 'fleet.csv.report.csv'
        first = cli.start(*words)
        wait_until(lambda: report.exists() and report.read_text().count(';created;') > 300, 'some rows are done')
        first.kill()
        first.communicate()
        before = report.read_text().count(';created;')
        self.assertLess(before, rows)

        out, err = cli.run(*words, code=1, timeout=240)
        result = json.loads(out)
        self.assertIn('cli:rows_failed', err)
        self.assertEqual((result['rows'], result['failed']), (rows + 1, 1), result)
        self.assertEqual(result['created'] + result['completed'] + result['exists'], rows)
        self.assertGreaterEqual(result['done_earlier'], before)
        failed = cli.home / 'fleet.failed.csv'
        self.assertEqual(failed.read_text().splitlines()[1:], ['broken;nonsense;0000000000000000;;;;;'])
        self.assertEqual(failed.stat().st_mode & 0o777, 0o600, 'it has root keys')
        self.assertEqual(cli.run('devices', 'get', 'fleet', f'dev-{rows - 1}', '--session', '--output', '{{.session.dev_addr}}')[0].strip(),
                         f'{0x26000000 + rows - 1:08X}')
        self.assertEqual(cli.json('devices', 'get', 'fleet', 'dev-0', '--root-keys')['root_keys']['app_key']['key'], KEY)

        # A report that is lost does no harm: what is there is left alone.
        report.unlink()
        out, _ = cli.run(*words, '--quiet', code=1, timeout=240)
        self.assertEqual(json.loads(out)['exists'], rows)

        # As JSON, with what was exported.
        device = cli.json('devices', 'get', 'fleet', 'dev-1')
        device['ids'].update(device_id='json-1')
        device['ids'].pop('dev_eui')
        (cli.home / 'more.json').write_text(json.dumps([device]))
        self.assertEqual(cli.json('devices', 'import', 'fleet', 'more.json')['created'], 1)


if __name__ == '__main__':
    unittest.main()
