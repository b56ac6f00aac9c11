"""The process: configuration errors, exit codes, locking, draining."""
import json
import pathlib
import subprocess
import tempfile
import time
import unittest

from harness import BIN, Server, wait_until

GOLDEN = pathlib.Path(__file__).parent.parent / 'golden'
# Series that appear with what they count, because the error is a label.
ON_OCCASION = {'ttn_lw_as_downlink_dropped_total', 'ttn_lw_as_uplink_dropped_total', 'ttn_lw_as_webhook_failed_total', 'ttn_lw_as_webhook_sent_total',
               'ttn_lw_as_packages_failed_total', 'ttn_lw_as_packages_processed_total',
               'ttn_lw_as_pubsub_integrations_failed_total', 'ttn_lw_as_pubsub_integrations_started_total',
               'ttn_lw_as_pubsub_integrations_stopped_total', 'ttn_lw_js_join_rejected_total', 'ttn_lw_js_dev_nonce_reuse',
               'ttn_lw_js_dev_nonce_too_small', 'ttn_lw_as_subscription_sets_publish_failed_total'}
# Devices' positions are not cached apart; statuses go nowhere but to the registry, and none is dropped; the frontend decodes without types.
ABSENT = {'ttn_lw_as_metadata_cache_hits_total', 'ttn_lw_as_metadata_cache_misses_total', 'ttn_lw_as_metadata_registry_retrievals_total',
          'ttn_lw_as_metadata_registry_updates_total',
          'ttn_lw_gs_status_dropped_total', 'ttn_lw_gs_status_forwarded_total', 'ttn_lw_gs_io_udp_message_forwarded_total',
          'ttn_lw_gs_io_udp_unmarshal_type_errors_total'}


def run(*arguments, **kwargs):
    return subprocess.run([str(BIN / 'farfield'), *arguments], capture_output=True, text=True, timeout=20, **kwargs)


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

    def test_the_effective_configuration_says_where_values_are_from(self):
        done = run('config', '--yml', '--ns.net-id', '000013')
        self.assertEqual(done.returncode, 0)
        self.assertIn('000013', done.stdout)

    def test_an_unknown_command_is_a_usage_error(self):
        self.assertEqual(run('strat').returncode, 64)
        self.assertEqual(run('--help').returncode, 0)

    def test_a_second_server_on_the_same_data_says_so(self):
        with Server() as server:
            second = Server(**{'storage.directory': server.directory / 'data'})
            done = subprocess.run(second.command(), capture_output=True, text=True, timeout=20)
            self.assertEqual(done.returncode, 75, done.stderr + done.stdout)
            self.assertIn('in use by another process', done.stderr + done.stdout)

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
        self.assertEqual(names - found - ABSENT - ON_OCCASION, set())
        self.assertEqual(found & ABSENT, set(), 'no longer absent')
        values = {line.rpartition(' ')[0]: float(line.rpartition(' ')[2]) for line in lines if not line.startswith('#')}
        self.assertEqual(values['ttn_lw_ns_uplink_processed_total{message_type="join_request"}'], 2)
        self.assertEqual(values['ttn_lw_ns_uplink_forwarded_total{message_type="confirmed_up"}'], 6)
        self.assertGreaterEqual(values['ttn_lw_ns_downlink_forwarded_total{message_type="join_accept"}'], 1)
        self.assertGreater(sum(value for name, value in values.items() if name.startswith('ttn_lw_ns_uplink_dropped_total')), 0)

    def test_sigterm_drains_and_exits_cleanly(self):
        with Server() as server:
            started = time.monotonic()
            self.assertEqual(server.stop(10), 0, server.log_tail())
            self.assertLess(time.monotonic() - started, 10)

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
                with Server(**{'storage.directory': restored}) as copy:
                    answer = copy.api('GET', '/applications/kept?field_mask=name', key=key)
                    self.assertEqual(answer['name'], 'kept')


if __name__ == '__main__':
    unittest.main()
