"""The process: configuration errors, exit codes, locking, draining."""
import subprocess
import tempfile
import time
import unittest

from harness import BIN, Server


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

    def test_sigterm_drains_and_exits_cleanly(self):
        with Server() as server:
            started = time.monotonic()
            self.assertEqual(server.stop(10), 0, server.log_tail())
            self.assertLess(time.monotonic() - started, 10)

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
