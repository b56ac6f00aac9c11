"""Mail to users through a mail server: envelope, headers, text and HTML, credentials; and a server that is away for a while."""
import base64
import email
import email.policy
import re
import socketserver
import threading
import unittest

from harness import Server, free_port, wait_until


class Sink(socketserver.ThreadingTCPServer):
    """A mail server that keeps what it gets."""
    allow_reuse_address, daemon_threads = True, True

    def __init__(self, port):
        super().__init__(('127.0.0.1', port), Session)
        self.mails, self.logins, self.refusals = [], [], 0
        threading.Thread(target=self.serve_forever, daemon=True).start()


class Session(socketserver.StreamRequestHandler):
    def say(self, text):
        self.wfile.write(text.encode() + b'\r\n')

    def handle(self):
        sender, receivers = None, []
        self.say('220 sink')
        for line in self.rfile:
            word, _, rest = line.decode().strip().partition(' ')
            word = word.upper()
            if word == 'EHLO':
                self.say('250-sink\r\n250-AUTH PLAIN\r\n250 8BITMIME')
            elif word == 'AUTH':
                parts = rest.split()
                if len(parts) == 1:
                    self.say('334 ')
                    parts.append(self.rfile.readline().decode().strip())
                self.server.logins.append(base64.b64decode(parts[1]).split(b'\0')[1:])
                self.say('235 ok')
            elif word == 'MAIL':
                if self.server.refusals:
                    self.server.refusals -= 1
                    self.say('451 later')
                    continue
                sender, receivers = re.search('<(.*)>', rest)[1], []
                self.say('250 ok')
            elif word == 'RCPT':
                receivers.append(re.search('<(.*)>', rest)[1])
                self.say('250 ok')
            elif word == 'DATA':
                self.say('354 go')
                lines = []
                while (data := self.rfile.readline()) != b'.\r\n':
                    lines.append(data[1:] if data.startswith(b'.') else data)
                self.server.mails.append((sender, receivers, b''.join(lines)))
                self.say('250 ok')
            elif word == 'QUIT':
                self.say('221 bye')
                return
            else:
                self.say('250 ok')


class Mail(unittest.TestCase):
    def setUp(self):
        self.port = free_port()
        self.server = Server(**{
            'is.email.provider': 'smtp', 'is.email.smtp.address': f'127.0.0.1:{self.port}', 'is.email.smtp.username': 'mailer',
            'is.email.smtp.password': 'mail-secret', 'is.email.sender-name': 'Möwe "Net"', 'is.email.sender-address': 'noreply@example.net',
            'is.email.network.name': 'Möwe', 'is.email.network.identity-server-url': 'https://account.example.net/oauth'})
        self.server.start()
        self.addCleanup(self.server.__exit__)

    def register(self, user, address=None):
        self.server.api('POST', '/users', {'user': {'ids': {'user_id': user}, 'password': 'Secret99x', 'primary_email_address': address or f'{user}@example.org',
                                                    'state': 'STATE_APPROVED'}})

    def sink(self):
        sink = Sink(self.port)
        self.addCleanup(sink.server_close)
        self.addCleanup(sink.shutdown)
        return sink

    def metric(self, name):
        return next(float(line.split()[1]) for line in self.server.request('GET', '/metrics')[1].splitlines() if line.startswith(name + ' '))

    def test_a_mail_is_a_proper_message_with_a_link(self):
        sink = self.sink()
        self.register('ada')
        sender, receivers, data = wait_until(lambda: sink.mails and sink.mails[0], 'the mail')
        self.assertEqual((sender, receivers), ('noreply@example.net', ['ada@example.org']))
        self.assertEqual(sink.logins[0], [b'mailer', b'mail-secret'])
        self.assertNotIn(b'\n', data.replace(b'\r\n', b''))
        mail = email.message_from_bytes(data, policy=email.policy.default)
        self.assertEqual(mail.defects, [])
        self.assertEqual(mail['To'], 'ada@example.org')
        self.assertEqual(mail['Subject'], 'Please validate your email address')
        self.assertIn('noreply@example.net', mail['From'])
        self.assertIsNotNone(mail['Date'].datetime)
        self.assertTrue(mail['Message-ID'].endswith('@example.net>'))
        text = mail.get_body(('plain',)).get_content().replace('\r\n', '\n')
        html = mail.get_body(('html',)).get_content()
        link = re.search(r'^https://account\.example\.net/oauth/validate\?reference=\S+&token=\S+$', text, re.M)
        self.assertIsNotNone(link, text)
        self.assertIn('href="' + link[0].replace('&', '&amp;') + '"', html)
        self.assertIn('Möwe', text)
        self.assertNotIn('mail-secret', self.server.log.read_text())

    def test_the_mails_of_an_account(self):
        sink = self.sink()
        self.register('bob')
        key = self.server.api('POST', '/users/bob/temporary_password', {})
        self.assertEqual(key, {})
        self.server.api('POST', '/invitations', {'email': 'carol@example.org'})
        subjects = lambda: {email.message_from_bytes(data)['Subject'] for _, _, data in sink.mails}
        wanted = {'Please validate your email address', 'Your temporary password', 'You have been invited'}
        wait_until(lambda: wanted <= subjects(), f'mails {wanted}')

    def test_a_server_that_is_away_gets_the_mail_later(self):
        self.register('dora')
        wait_until(lambda: self.metric('farfield_mail_total') == 1, 'the mail waits')
        sink = self.sink()
        sink.refusals = 1
        wait_until(lambda: len(sink.mails) == 1, 'the mail arrives after attempts', 40)
        self.assertEqual(self.metric('farfield_mail_failed_total'), 0)


if __name__ == '__main__':
    unittest.main()
