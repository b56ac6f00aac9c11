"""Login at another identity provider (OpenID Connect, authorization code with PKCE), with a small provider of the test's own."""
import base64
import hashlib
import http.client
import http.server
import json
import threading
import time
import unittest
import urllib.parse

from browser import Browser
from harness import Server, free_port, wait_until

PASSWORD = 'Secret99x'


class Provider(http.server.ThreadingHTTPServer):
    """Signs everyone in as `who`; what it says can be bent."""
    daemon_threads = True

    def __init__(self, port):
        super().__init__(('127.0.0.1', port), Handler)
        self.issuer = f'http://127.0.0.1:{port}'
        self.who, self.bend, self.codes, self.requests = {}, {}, {}, []
        threading.Thread(target=self.serve_forever, daemon=True).start()


class Handler(http.server.BaseHTTPRequestHandler):
    def log_message(self, *_):
        pass

    def answer(self, status, body):
        data = json.dumps(body).encode()
        self.send_response(status)
        self.send_header('Content-Type', 'application/json')
        self.send_header('Content-Length', str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def do_GET(self):
        parts = urllib.parse.urlsplit(self.path)
        if parts.path == '/.well-known/openid-configuration':
            issuer = self.server.issuer
            return self.answer(200, {'issuer': issuer, 'authorization_endpoint': issuer + '/authorize', 'token_endpoint': issuer + '/token'})
        query = dict(urllib.parse.parse_qsl(parts.query))
        assert query['response_type'] == 'code' and query['code_challenge_method'] == 'S256' and 'openid' in query['scope'].split()
        code = f'code-{len(self.server.codes)}'
        self.server.codes[code] = query
        self.send_response(302)
        self.send_header('Location', query['redirect_uri'] + '?' + urllib.parse.urlencode({'code': code, 'state': query['state'], **self.server.bend.get('callback', {})}))
        self.send_header('Content-Length', '0')
        self.end_headers()

    def do_POST(self):
        form = dict(urllib.parse.parse_qsl(self.rfile.read(int(self.headers['Content-Length'])).decode()))
        asked = self.server.codes.pop(form.get('code'), None)
        basic = base64.b64decode(self.headers['Authorization'].split()[1]).decode()
        challenge = base64.urlsafe_b64encode(hashlib.sha256(form['code_verifier'].encode()).digest()).decode().rstrip('=')
        if not asked or basic != 'farfield:oidc-secret' or challenge != asked['code_challenge'] or form['redirect_uri'] != asked['redirect_uri']:
            return self.answer(400, {'error': 'invalid_grant'})
        claims = {'iss': self.server.issuer, 'aud': 'farfield', 'exp': int(time.time()) + 60, 'nonce': asked['nonce'], **self.server.who,
                  **self.server.bend.get('claims', {})}
        part = lambda value: base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip('=')
        return self.answer(200, {'access_token': 'x', 'token_type': 'Bearer', 'id_token': f'{part({"alg": "RS256"})}.{part(claims)}.c2lnbmF0dXJl'})


class LoginElsewhere(unittest.TestCase):
    """A server whose users sign in at the provider."""

    @classmethod
    def settings_of(cls, server):
        """More of them."""
        return {}

    @classmethod
    def setUpClass(cls):
        cls.provider = Provider(free_port())
        cls.addClassCleanup(cls.provider.server_close)
        cls.addClassCleanup(cls.provider.shutdown)
        cls.server = Server()
        cls.base = f'http://localhost:{cls.server.ports["http"]}'
        cls.server.settings = {
            'is.oidc.issuer': cls.provider.issuer, 'is.oidc.client-id': 'farfield', 'is.oidc.client-secret': 'oidc-secret', 'is.oidc.name': 'Example SSO',
            'is.oidc.allow-registrations': 'true', 'is.oauth.ui.canonical-url': cls.base + '/oauth', **cls.settings_of(cls.server)}
        cls.server.start()
        cls.addClassCleanup(cls.server.__exit__)

    def setUp(self):
        self.provider.bend = {}

    def sign_in(self, browser, **who):
        """Through the provider, as `who`; the page behind it."""
        self.provider.who = who
        page = browser.get('/oauth/login')
        self.assertIn('Continue with Example SSO', page.body)
        return self.through(browser, browser.submit(page.form('/oauth/oidc/login'), follow=False))

    def through(self, browser, answer):
        self.assertEqual(answer.status, 302, answer.body)
        self.assertTrue(answer.location.startswith(self.provider.issuer + '/authorize?'), answer.location)
        return browser.follow(browser.request('GET', answer.location))


class OpenIdConnect(LoginElsewhere):
    def test_who_comes_first_gets_an_account_and_comes_back_to_it(self):
        page = self.sign_in(Browser(self.base), sub='1', preferred_username='Ada.Lovelace', name='Ada', email='ada@example.org', email_verified=True)
        self.assertEqual((page.status, page.path), (200, '/oauth'))
        self.assertIn('ada-lovelace', page.text)
        self.assertNotIn('not validated', page.text)
        again = self.sign_in(Browser(self.base), sub='1', preferred_username='renamed')
        self.assertIn('ada-lovelace', again.text, 'the subject counts, not the name')
        taken = self.sign_in(Browser(self.base), sub='2', preferred_username='ada-lovelace')
        self.assertIn('is taken', taken.text)
        same_address = self.sign_in(Browser(self.base), sub='3', preferred_username='other', email='ADA@example.org', email_verified=True)
        self.assertIn('with this email address already', same_address.text, 'an address alone opens nobody\'s account')

    def test_a_user_connects_the_own_account(self):
        self.server.api('POST', '/users', {'user': {'ids': {'user_id': 'bob'}, 'password': PASSWORD, 'primary_email_address': 'bob@example.org',
                                                    'state': 'STATE_APPROVED'}})
        browser = Browser(self.base)
        browser.submit(browser.get('/oauth/login').form('/oauth/login'), user_id='bob', password=PASSWORD)
        self.provider.who = {'sub': 'bob-there'}
        page = self.through(browser, browser.submit(browser.get('/oauth/profile').form('/oauth/oidc/login'), follow=False))
        self.assertIn('You can sign in there from now on', page.text)
        self.assertIn('bob', self.sign_in(Browser(self.base), sub='bob-there').text)

    def test_answers_that_are_not_for_this_login_are_refused(self):
        for claims in ({'iss': 'http://evil.example.org'}, {'aud': 'other'}, {'aud': ['farfield', 'other']}, {'exp': 1}, {'nonce': 'other'}, {'sub': ''}, {'sub': None}):
            self.provider.bend = {'claims': claims}
            page = self.sign_in(Browser(self.base), sub='evil', preferred_username='evil')
            self.assertEqual(page.status, 403, claims)
            self.assertIn('is not valid', page.text)
        for callback in ({'state': 'other'}, {'code': ''}, {'code': 'other'}, {'error': 'access_denied'}):
            self.provider.bend = {'callback': callback}
            self.assertEqual(self.sign_in(Browser(self.base), sub='evil', preferred_username='evil').status, 403, callback)
        victim = Browser(self.base)
        self.assertEqual(victim.request('GET', '/oauth/oidc/callback?code=code-0&state=x').status, 403, 'nobody is signed in by a link')


class FirstLogin(LoginElsewhere):
    """Where an admin has to approve who comes."""

    @classmethod
    def settings_of(cls, server):
        return {'is.user-registration.admin-approval.required': 'true', 'is.email.dir': server.directory / 'mails', 'events.store.enable': 'true'}

    def told_of(self, user):
        """What the event store has of the user."""
        connection = http.client.HTTPConnection('127.0.0.1', self.server.ports['http'], timeout=20)
        connection.request('POST', '/api/v3/events', json.dumps({'identifiers': [{'user_ids': {'user_id': user}}], 'tail': 10}),
                           {'Authorization': f'Bearer {self.server.admin_key}'})
        text, end = b'', time.monotonic() + 20
        response = connection.getresponse()
        while b'user.create' not in text and time.monotonic() < end:
            text += response.read1(65536)
        connection.close()
        return text

    def test_it_is_told_of_as_a_registration_is(self):
        self.sign_in(Browser(self.base), sub='9', preferred_username='grace', email='grace@example.org')
        # The first of the states is not written.
        self.assertEqual(self.server.api('GET', '/users/grace?field_mask=state').get('state', 'STATE_REQUESTED'), 'STATE_REQUESTED')
        self.assertIn(b'user.create', self.told_of('grace'))
        notices = lambda: self.server.api('GET', '/users/admin/notifications').get('notifications', [])
        told = wait_until(notices, 'the admin is told')[0]
        self.assertEqual((told['notification_type'], told['entity_ids']['user_ids']['user_id']), ('user_requested', 'grace'))
        mails = lambda: [path for path in (self.server.directory / 'mails').glob('*.eml') if '/validate?' in path.read_text()]
        self.assertEqual(len(wait_until(mails, 'a mail to validate the address')), 1)


if __name__ == '__main__':
    unittest.main()
