"""Accounts made in the store of a stopped server, as operators of the reference make them: is-db create-...; and what a first start shows of its secrets."""
import os
import pty
import subprocess
import unittest

from harness import BIN, Server, wait_until

PASSWORD = 'Secret99-of-hers'


class AccountsTest(unittest.TestCase):
    def setUp(self):
        self.server = Server()
        self.addCleanup(self.server.__exit__)

    def run_command(self, *words, code=0, text=''):
        done = subprocess.run([str(BIN / 'farfield'), *map(str, words), '--storage.directory', str(self.server.directory / 'data')],
                              input=text, capture_output=True, text=True, timeout=60)
        self.assertEqual(done.returncode, code, f'{words}: {done.stdout}\n{done.stderr}')
        return done.stdout, done.stderr

    def test_the_references_bootstrap_before_the_first_start(self):
        self.run_command('is-db', 'create-admin-user', '--id', 'ada', '--email', 'ada@example.org', text=f'{PASSWORD}\n')
        key, told = self.run_command('is-db', 'create-user-api-key', '--user-id', 'ada', '--name', 'first')
        self.assertIn('shown this once', told)
        self.assertRegex(key, r'^NNSXS\.[A-Z0-9]+\.[A-Z0-9]+\n$')
        self.run_command('is-db', 'create-oauth-client', '--id', 'cli', '--name', 'Command Line Interface', '--owner', 'ada', '--no-secret',
                         '--redirect-uri', 'local-callback', '--redirect-uri', 'code')
        self.server.start()
        key = key.strip()
        user = self.server.api('GET', '/users/ada?field_mask=admin,primary_email_address,state', key=key)
        self.assertEqual((user['admin'], user['primary_email_address'], user['state']), (True, 'ada@example.org', 'STATE_APPROVED'))
        client = self.server.api('GET', '/clients/cli?field_mask=redirect_uris,name', key=key)
        self.assertEqual((client['redirect_uris'], client['name']), (['local-callback', 'code'], 'Command Line Interface'))
        self.assertEqual(self.server.request('GET', '/api/v3/users/admin', key=key)[0], 404, 'there is an admin: none is made')
        _, told = self.run_command('create-user-api-key', '--user-id', 'ada', code=75)
        self.assertIn('in use by another process', told)
        self.assertEqual(self.server.stop(), 0)
        other, _ = self.run_command('create-api-key', '--user-id', 'ada', '--api-key-expiry', '2099-01-01T00:00:00Z')
        self.server.start()
        self.assertEqual(self.server.api('GET', '/auth_info', key=other.strip())['api_key']['api_key']['expires_at'], '2099-01-01T00:00:00Z')

    def test_what_is_wrong_is_said(self):
        self.assertIn('create-oauth-client', self.run_command('is-db', '--help')[0])
        self.assertIn('--api-key-expiry', self.run_command('create-user-api-key', '--help')[0])
        self.run_command('is-db', code=64)
        self.run_command('is-db', 'create-everything', code=64)
        self.assertIn('--storage.directory', self.run_command('create-admin-user', '--help')[0])
        self.run_command('create-user-api-key', code=66)
        self.run_command('create-admin-user', '--password', PASSWORD)
        self.assertIn('expiry', self.run_command('create-user-api-key', '--api-key-expiry', '2001-01-01T00:00:00Z', code=64)[1])
        self.assertIn('must be 16 hex digits', self.run_command('create-eui-block', '--prefix', 'x', code=64)[1])
        self.assertIn('no block', self.run_command('create-eui-block', '--prefix', '70B3D57ED0000001/63', code=64)[1])
        self.assertIn('out of 70B3D57ED0000000/36', self.run_command('is-db', 'create-eui-block', '--eui-type', 'dev_eui', '--prefix', '70B3D57ED0000000/36')[1])
        self.run_command('create-eui-block', '--prefix', '70B3D57ED0000000/36', code=1)
        self.assertIn('exclude', self.run_command('create-oauth-client', '--secret', 'x', '--no-secret', code=64)[1])
        self.assertIn('user `nobody` not found', self.run_command('create-user-api-key', '--user-id', 'nobody', code=1)[1])

    def test_a_terminal_does_not_show_the_password_and_is_asked_twice(self):
        for second, code in ((PASSWORD, 0), ('another one', 64)):
            with self.subTest(second=second):
                main, end = pty.openpty()
                process = subprocess.Popen([str(BIN / 'farfield'), 'create-admin-user', '--storage.directory', str(self.server.directory / 'data')],
                                           stdin=end, stdout=end, stderr=end, start_new_session=True)
                os.close(end)
                shown = b''
                for question, answer in ((b'admin: ', PASSWORD), (b'(again): ', second)):
                    while question not in shown:
                        shown += os.read(main, 4096)
                    os.write(main, f'{answer}\n'.encode())
                self.assertEqual(process.wait(30), code)
                try:
                    while more := os.read(main, 4096):
                        shown += more
                except OSError:  # all is read
                    pass
                os.close(main)
                self.assertNotIn(PASSWORD.encode(), shown)
                self.assertNotIn(second.encode(), shown)

    def test_a_first_start_shows_its_secrets_to_no_log(self):
        self.server.start()
        log = self.server.log.read_text()
        for name in ('admin-api-key', 'admin-password'):
            file = self.server.directory / 'data' / name
            self.assertEqual(file.stat().st_mode & 0o777, 0o600)
            self.assertNotIn(file.read_text().strip(), log)
            self.assertIn(str(file), log, 'says where it is')

    def test_a_first_start_on_a_terminal_shows_its_secrets(self):
        main, end = pty.openpty()
        self.server.process = subprocess.Popen(self.server.command(), stdout=end, stderr=subprocess.DEVNULL)
        os.close(end)
        wait_until(self.server.healthy, 'server serves', 30)
        shown = os.read(main, 65536).decode()
        self.assertIn(self.server.admin_key, shown)
        self.server.kill()
        os.close(main)


if __name__ == '__main__':
    unittest.main()
