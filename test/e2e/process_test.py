"""The process: configuration errors, exit codes, locking, draining."""
import json
import pathlib
import signal
import socket
import subprocess
import tempfile
import time
import unittest

from grpc_client import GrpcClient, GrpcError
from harness import BIN, Server, wait_until

GOLDEN = pathlib.Path(__file__).parent.parent / 'golden'
# Series that appear with what they count, because the error is a label.
ON_OCCASION = {'ttn_lw_as_downlink_dropped_total', 'ttn_lw_as_uplink_dropped_total', 'ttn_lw_as_webhook_failed_total', 'ttn_lw_as_webhook_sent_total',
               'ttn_lw_as_packages_failed_total', 'ttn_lw_as_packages_processed_total',
               'ttn_lw_as_pubsub_integrations_failed_total', 'ttn_lw_as_pubsub_integrations_started_total',
               'ttn_lw_as_pubsub_integrations_stopped_total', 'ttn_lw_js_join_rejected_total', 'ttn_lw_js_dev_nonce_reuse',
               'ttn_lw_js_dev_nonce_too_small', 'ttn_lw_as_subscription_sets_publish_failed_total', 'ttn_lw_gs_status_dropped_total',
               'ttn_lw_gs_io_udp_unmarshal_type_errors_total'}


def run(*arguments, **kwargs):
    return subprocess.run([str(BIN / 'farfield'), *arguments], capture_output=True, text=True, timeout=20, **kwargs)


class ConfiguredServer(Server):
    """One whose configuration file changes while it runs."""

    def __init__(self):
        super().__init__()
        self.file = self.directory / 'farfield.yml'
        self.write({})

    def command(self):
        return [*super().command(), '-c', str(self.file)]

    def write(self, settings):
        self.file.write_text(json.dumps(settings))  # which is YAML, too

    def reload(self, said, times=1):
        self.process.send_signal(signal.SIGHUP)
        wait_until(lambda: self.log.read_text().count(said) >= times, said)


class Process(unittest.TestCase):
    def test_a_wrong_value_names_key_value_and_what_is_allowed(self):
        done = run('check-config', '--storage.shards', '63')
        self.assertEqual(done.returncode, 78)
        for part in ('storage.shards', '63'):
            self.assertIn(part, done.stderr)

    def test_an_unknown_setting_is_an_error(self):
        done = run('start', '--ns.nett-id', '000013')
        self.assertEqual(done.returncode, 78)
        self.assertIn('ns.net-id', done.stderr)

    def test_some_components_alone_are_not_to_be_had(self):
        for words in (['gs', 'ns'], ['console'], ['all', 'gs']):
            done = run('start', *words)
            self.assertEqual(done.returncode, 64, words)
            self.assertIn('gs, ns, as, js and is', done.stderr)

    def test_the_effective_configuration_says_where_values_are_from(self):
        done = run('config', '--yml', '--ns.net-id', '000013')
        self.assertEqual(done.returncode, 0)
        self.assertIn('000013', done.stdout)

    def test_an_unknown_command_is_a_usage_error(self):
        self.assertEqual(run('strat').returncode, 64)
        done = run('--help')
        self.assertEqual(done.returncode, 0)
        for page in ('device', 'address', 'joins', 'gateway', 'packages', 'shards', 'storage', 'roaming'):
            self.assertIn(page, done.stdout.split('inspect [--json]')[1])

    def test_a_second_server_on_the_same_data_says_so(self):
        with Server() as server:
            second = Server(**{'storage.directory': server.directory / 'data'})
            done = subprocess.run(second.command(), capture_output=True, text=True, timeout=20)
            self.assertEqual(done.returncode, 75, done.stderr + done.stdout)
            self.assertIn('in use by another process', done.stderr + done.stdout)

    def test_a_gateway_address_that_is_taken_ends_the_start(self):
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as other:
            # As a second server of this user has it: datagrams would be shared.
            other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
            other.bind(('127.0.0.1', 0))
            address = f'127.0.0.1:{other.getsockname()[1]}'
            second = Server(**{'gs.udp.listeners': f'{address}=EU_863_870_TTN'})
            self.addCleanup(second.__exit__)
            done = subprocess.run(second.command(), capture_output=True, text=True, timeout=20)
            self.assertEqual(done.returncode, 69, done.stderr + done.stdout)
            self.assertIn(f'can not listen on `{address}`: Address already in use', done.stderr + done.stdout)

    def test_a_first_start_that_is_cut_off_leaves_an_administrator_to_the_next(self):
        for delay in (0, 0.02, 0.05, 0.1, 0.15, 0.2, 0.3):
            with self.subTest(delay=delay):
                server = Server()
                self.addCleanup(server.__exit__)
                process = subprocess.Popen(server.command(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
                wait_until((server.directory / 'data' / 'db').exists, 'a store is made', 30)
                time.sleep(delay)
                process.kill()
                process.wait()
                server.start()
                self.assertTrue(server.api('GET', '/users/admin?field_mask=admin')['admin'])
                server.kill()

    def test_metrics_have_the_references_names(self):
        """Dashboards made for the reference find their series; those that are not there are known."""
        with open(GOLDEN / 'metrics.tsv', encoding='utf-8') as file:
            names = {line.split('\t')[0] for line in file if line.startswith('ttn_lw_')}
        with Server() as server:
            server.api('POST', '/users/admin/applications', {'application': {'ids': {'application_id': 'metrics-app'}}})
            key = server.application_key('metrics-app')
            server.simulate('--create', '--application', 'metrics-app', '--mqtt-user', 'metrics-app', '--mqtt-password', key, '--region', 'EU868',
                            '--activation', 'otaa', '--version', '1.0.3', '--count', 2, '--uplinks', 6, '--rate', 3, '--confirmed-ratio', 1,
                            '--join-spread', 1, '--foreign-ratio', 0.5)
            lines = server.request('GET', '/metrics')[1].splitlines()
        found = {line.split('{')[0].split(' ')[0] for line in lines if line.startswith('ttn_lw_')}
        found |= {name.removesuffix('_bucket') for name in found}
        self.assertEqual(names - found - ON_OCCASION, set())
        values = {line.rpartition(' ')[0]: float(line.rpartition(' ')[2]) for line in lines if not line.startswith('#')}
        self.assertEqual(values['ttn_lw_ns_uplink_processed_total{message_type="join_request"}'], 2)
        self.assertEqual(values['ttn_lw_ns_uplink_forwarded_total{message_type="confirmed_up"}'], 6)
        self.assertGreaterEqual(values['ttn_lw_ns_downlink_forwarded_total{message_type="join_accept"}'], 1)
        self.assertGreater(sum(value for name, value in values.items() if name.startswith('ttn_lw_ns_uplink_dropped_total')), 0)

    def test_calls_events_and_refused_requests_are_counted(self):
        """Over both protocols, by what they are answered; names and labels are the reference's."""
        with Server() as server:
            series = lambda: {line.rpartition(' ')[0]: float(line.rpartition(' ')[2])
                              for line in server.request('GET', '/metrics')[1].splitlines() if not line.startswith('#')}
            registry = 'grpc_service="ttn.lorawan.v3.ApplicationRegistry",grpc_type="unary"'
            handled = lambda code: series().get(f'grpc_server_handled_total{{grpc_code="{code}",grpc_method="Get",{registry}}}', 0)
            server.api('POST', '/users/admin/applications', {'application': {'ids': {'application_id': 'app'}}})
            created = f'{{grpc_method="Create",{registry}}}'
            self.assertEqual(series()[f'grpc_server_started_total{created}'], 1)
            self.assertEqual(series()[f'grpc_server_msg_received_total{created}'], 1)
            self.assertEqual(series()[f'grpc_server_msg_sent_total{created}'], 1)
            self.assertEqual(series()['ttn_lw_events_publishes_total{name="application.create"}'], 1)
            unknown = f'NNSXS.{"A" * 39}.{"A" * 52}'
            for path, key, status, code in (('app', None, 200, 'OK'), ('app', unknown, 401, 'Unauthenticated'),
                                            ('app?field_mask=nothing', None, 400, 'InvalidArgument'), ('none', None, 404, 'NotFound')):
                self.assertEqual(server.request('GET', f'/api/v3/applications/{path}', key=key or server.admin_key)[0], status)
                self.assertEqual(handled(code), 1, code)
            with GrpcClient(f'127.0.0.1:{server.ports["grpc"]}', unknown) as client, self.assertRaises(GrpcError):
                client.call('ApplicationRegistry/Get', {'applicationIds': {'applicationId': 'app'}})
            self.assertEqual(handled('Unauthenticated'), 2)
            with GrpcClient(f'127.0.0.1:{server.ports["grpc"]}', server.admin_key) as client:
                for path in ('/a.Service/Method', '/another.Service/Method'):
                    with self.assertRaises(GrpcError):
                        client.call_raw(path, b'')
            self.assertEqual(series()['grpc_server_handled_total{grpc_code="Unimplemented",grpc_method="unknown",grpc_service="unknown",'
                                      'grpc_type="unary"}'], 2)
            server.request('PUT', '/api/v3/applications/app', b'{', key=server.admin_key)
            self.assertEqual(series()[f'grpc_server_handled_total{{grpc_code="InvalidArgument",grpc_method="Update",{registry}}}'], 1)
            with socket.create_connection(('127.0.0.1', server.ports['http']), timeout=10) as stream:
                stream.sendall(b'PUT /api/v3/applications/app HTTP/1.1\r\nHost: a\r\nContent-Length: 16777217\r\n\r\n')
                self.assertTrue(stream.recv(64).startswith(b'HTTP/1.1 400 '))
            self.assertEqual(series()['farfield_http_requests_refused_total'], 1, 'oversized')

    def test_sigterm_drains_and_exits_cleanly(self):
        with Server() as server:
            started = time.monotonic()
            self.assertEqual(server.stop(10), 0, server.log_tail())
            self.assertLess(time.monotonic() - started, 10)

    def test_a_drain_waits_for_streams_and_a_second_sigterm_for_nothing(self):
        """A stream that its client keeps holds the drain for two seconds, then it is ended and the exit is clean; a second signal ends it before."""
        for signals, code in ((1, 0), (2, 128 + signal.SIGTERM)):
            with self.subTest(signals=signals), Server() as server:
                with GrpcClient(f'127.0.0.1:{server.ports["grpc"]}', server.admin_key) as client:
                    stream = client.stream('Events/Stream', {'identifiers': [{'userIds': {'userId': 'admin'}}]})
                    self.assertEqual(stream.next().name, 'events.stream.start')
                    started = time.monotonic()
                    server.process.terminate()
                    wait_until(lambda: 'msg="draining"' in server.log.read_text(), 'the drain begins')
                    if signals == 2:
                        server.process.terminate()
                    self.assertEqual(server.process.wait(15), code, server.log_tail())
                    took = time.monotonic() - started
                    self.assertEqual('farfield ends' in server.log.read_text(), signals == 1)
                    self.assertLess(took, 9, 'not by force')
                    if signals == 1:
                        self.assertGreater(took, 1.9, 'something holds the drain, or the other half tests nothing')
                    self.assertIsNotNone(stream.end())
                server.start()
                self.assertEqual(server.api('GET', '/applications'), {})

    def test_sighup_takes_over_what_can_change_and_names_the_rest(self):
        with ConfiguredServer() as server:
            server.write({'log': {'level': 'debug'}, 'ns': {'net-id': '000013'}, 'rate-limiting': {'profiles': [
                {'name': 'own', 'max-per-min': 1, 'max-burst': 1, 'associations': ['grpc:method:/ttn.lorawan.v3.EntityAccess/AuthInfo']}]},
                'key-vault': {'static': {'device': '000102030405060708090A0B0C0D0E0F'}}})
            server.reload('was read again')
            log = server.log.read_text()
            self.assertIn('changed="key-vault.static log.level rate-limiting.profiles"', log)
            self.assertIn('msg="settings wait for a restart" settings="ns.net-id"', log)
            self.assertNotIn('000102', log)
            self.assertEqual([server.request('GET', '/api/v3/auth_info', key=server.admin_key)[0] for _ in range(2)], [200, 429])
            wait_until(lambda: ' debug ' in server.log.read_text() and 'call failed' in server.log.read_text(), 'a refused call is in the log of level debug')
            self.assertIn('farfield_config_reloads_total{outcome="taken"} 1', server.request('GET', '/metrics')[1])
            record = next(one for one in server.api('GET', '/farfield/audit/records?entity=process')['records'] if one['method'] == 'farfield/reload')
            self.assertEqual([change['path'] for change in record['changes']], ['key-vault.static', 'log.level', 'rate-limiting.profiles'])
            server.write({'ns': {'net-id': '000013'}, 'key-vault': {'static': {'device': '000102030405060708090A0B0C0D0E0F'}}})
            server.reload('changed="log.level rate-limiting.profiles"')
            self.assertEqual([server.request('GET', '/api/v3/auth_info', key=server.admin_key)[0] for _ in range(2)], [200, 200])
            self.assertEqual(server.stop(), 0)

    def test_a_generation_of_the_own_key_is_taken_over_at_sighup(self):
        with ConfiguredServer() as server:
            server.write({'js': {'device-kek-label': 'own'}})
            self.assertEqual(server.stop(), 0)
            server.start()
            with open(server.directory / 'data' / 'own-kek', 'a') as file:
                file.write(f'own@2: {"5a" * 32}\n')
            server.reload('key-encryption keys added')
            self.assertNotIn('5a' * 8, server.log.read_text().lower())
            server.api('POST', '/users/admin/applications', {'application': {'ids': {'application_id': 'sealed'}}})
            ids = {'device_id': 'dev', 'dev_eui': '0102030405060708', 'join_eui': '0000000000000001'}
            server.api('POST', '/js/applications/sealed/devices', {'end_device': {'ids': ids, 'root_keys': {'app_key': {'key': '0B' * 16}}},
                                                                   'field_mask': {'paths': ['ids', 'root_keys.app_key.key']}})
            self.assertEqual(server.stop(), 0)
            self.assertIn(b'own@2', b''.join(file.read_bytes() for file in (server.directory / 'data' / 'db').iterdir() if file.is_file()))
            server.start()
            self.assertEqual(server.api('GET', '/js/applications/sealed/devices/dev?field_mask=root_keys&end_device_ids.dev_eui=0102030405060708&end_device_ids.join_eui=0000000000000001')['root_keys']['app_key']['key'], '0B' * 16)

    def test_a_wrong_configuration_is_refused_whole_in_the_words_of_a_start(self):
        with ConfiguredServer() as server:
            for wrong in ({'log': {'level': 'debug'}, 'storage': {'shards': 63}}, {'log': {'level': 'debug'}, 'nothing': 1},
                          {'log': {'level': 'debug'}, 'frequency-plans': {'directory': '/nonexistent'}}):
                with self.subTest(wrong=wrong):
                    server.write(wrong)
                    before = server.log.read_text().count('configuration is not used')
                    server.reload('configuration is not used', before + 1)
                    started = Server(**{'storage.directory': server.directory / 'other'})
                    self.addCleanup(started.__exit__)
                    done = subprocess.run([*started.command(), '-c', str(server.file)], capture_output=True, text=True, timeout=20)
                    self.assertEqual(done.returncode, 78, done.stderr)
                    said = done.stderr.strip().splitlines()[-1]
                    reason = said.partition('error="')[2][:-1] if 'error="' in said else said.removeprefix('farfield: ')
                    self.assertIn(reason, server.log.read_text())
            self.assertNotIn(' debug ', server.log.read_text())
            self.assertIn('farfield_config_reloads_total{outcome="refused"} 3', server.request('GET', '/metrics')[1])
            server.write({})
            server.reload('was read again')
            self.assertEqual(server.stop(), 0)

    def test_sigterm_under_load_loses_and_repeats_nothing(self):
        with Server(**{'ns.default-mac-settings.desired-rx1-delay': 1}) as server:
            server.api('POST', '/users/admin/applications', {'application': {'ids': {'application_id': 'drain-app'}}})
            key = server.application_key('drain-app')
            load, report = server.simulate(
                '--create', '--application', 'drain-app', '--mqtt-user', 'drain-app', '--mqtt-password', key, '--region', 'EU868',
                '--activation', 'abp', '--version', '1.0.4', '--count', 30, '--gateways', 4, '--copies', 2, '--confirmed-ratio', 1,
                '--rate', 20, '--duration', 120, '--drain', 5, background=True)
            try:
                uplinks = 'farfield_network_server_uplinks_total'
                wait_until(lambda: uplinks in server.request('GET', '/metrics')[1], 'load arrives', 60)
                for _ in range(3):
                    time.sleep(4)  # its subscriber comes back meanwhile
                    self.assertEqual(server.stop(10), 0, server.log_tail())
                    server.start()
                time.sleep(2)
                load.terminate()
                load.communicate(timeout=60)
            finally:
                load.kill()
            result = json.loads(report.read_text())
            self.assertEqual(sum(result['violations'].values()), 0, result)
            self.assertGreater(result['uplinks']['sent'], 100, result)
            self.assertEqual(server.stop(10), 0, server.log_tail())
            checked = run('db', 'check', '--storage.directory', str(server.directory / 'data'))
            outbox = int(next(line for line in checked.stdout.splitlines() if line.startswith('outbox')).split()[1])
            self.assertGreaterEqual(outbox, result['uplinks']['delivered'], 'what a subscriber saw was durable before')

    def test_a_drain_keeps_what_was_acknowledged_to_gateways(self):
        with Server() as server:
            server.api('POST', '/users/admin/applications', {'application': {'ids': {'application_id': 'drain-app'}}})
            key = server.application_key('drain-app')
            load, report = server.simulate(
                '--create', '--application', 'drain-app', '--mqtt-user', 'drain-app', '--mqtt-password', key, '--region', 'EU868',
                '--activation', 'abp', '--version', '1.0.4', '--count', 60, '--gateways', 1, '--copies', 1,
                '--rate', 100, '--duration', 20, '--drain', 1, background=True)
            try:
                uplinks = 'farfield_network_server_uplinks_total'
                wait_until(lambda: uplinks in server.request('GET', '/metrics')[1], 'load arrives', 60)
                time.sleep(3)
                self.assertEqual(server.stop(10), 0, server.log_tail())
                load.terminate()
                load.communicate(timeout=60)
            finally:
                load.kill()
            result = json.loads(report.read_text())
            checked = run('db', 'check', '--storage.directory', str(server.directory / 'data'))
            outbox = int(next(line for line in checked.stdout.splitlines() if line.startswith('outbox')).split()[1])
            self.assertGreater(outbox, 100, result)
            self.assertGreaterEqual(outbox, result['push_acks'] - 1, 'one may be the gateway\'s status')

    def test_a_backup_can_be_restored_and_served(self):
        with Server() as server:
            server.api('POST', '/users/admin/applications',
                       {'application': {'ids': {'application_id': 'kept'}, 'name': 'kept'}})
            key = server.admin_key
            self.assertEqual(server.stop(), 0)
            with tempfile.TemporaryDirectory() as folder:
                backup, restored = f'{folder}/backup', f'{folder}/data'
                self.assertEqual(run('db', 'backup', backup, '--storage.directory', str(server.directory / 'data')).returncode, 0)
                done = run('db', 'restore', backup, '--storage.directory', restored)
                self.assertEqual(done.returncode, 0, done.stderr)
                with Server(**{'storage.directory': restored, 'key-vault.own-file': server.directory / 'data' / 'own-kek'}) as copy:
                    answer = copy.api('GET', '/applications/kept?field_mask=name', key=key)
                    self.assertEqual(answer['name'], 'kept')


if __name__ == '__main__':
    unittest.main()
