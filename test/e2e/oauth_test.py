"""OAuth over TLS: what an unmodified ttn-lw-cli does to log in, call, refresh and log out (spec cli §2), and what others must not."""
import base64
import hashlib
import json
import urllib.parse
import unittest

import grpc

from browser import Browser
from grpc_client import GrpcClient, GrpcError
from harness import Server, free_port

AUTHORIZE = '/oauth/authorize?client_id=cli&redirect_uri={}&response_type=code&state='
PASSWORD = 'Secret99x'


class OAuthServer(Server):
    def __init__(self, **settings):
        super().__init__()
        self.ports['http_tls'], self.ports['grpc_tls'] = free_port(), free_port()
        self.settings = {'http.listen-tls': f'127.0.0.1:{self.ports["http_tls"]}', 'grpc.listen-tls': f'127.0.0.1:{self.ports["grpc_tls"]}',
                         'tls.source': 'self-signed', 'is.email.dir': self.directory / 'mails', **settings}

    @property
    def certificate(self):
        return self.directory / 'data' / 'tls' / 'cert.pem'

    def browser(self):
        return Browser(f'https://localhost:{self.ports["http_tls"]}', self.certificate)

    def client(self, key):
        return GrpcClient(f'localhost:{self.ports["grpc_tls"]}', key, self.certificate.read_bytes())

    def token(self, fields, headers=None, body=None):
        """(status, JSON) of the token endpoint, as a client that is no browser."""
        answer = self.browser().request('POST', '/oauth/token', fields, {'Accept': 'application/json', **(headers or {})}, body)
        return answer.status, json.loads(answer.body)


class OAuth(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = OAuthServer().start()
        cls.addClassCleanup(cls.server.__exit__)
        for user in ('ada', 'bob'):
            cls.server.api('POST', '/users', {'user': {'ids': {'user_id': user}, 'password': PASSWORD,
                                                       'primary_email_address': f'{user}@example.org', 'state': 'STATE_APPROVED'}})
        cls.server.api('POST', '/users/admin/clients', {'client': {
            'ids': {'client_id': 'weather'}, 'name': 'Weather <b>app</b>', 'secret': 'weather-secret',
            'redirect_uris': ['https://weather.example.org/cb'], 'logout_redirect_uris': ['https://weather.example.org/bye'],
            'state': 'STATE_APPROVED', 'grants': ['GRANT_AUTHORIZATION_CODE', 'GRANT_REFRESH_TOKEN'],
            'rights': ['RIGHT_USER_INFO', 'RIGHT_USER_APPLICATIONS_LIST']}})

    def sign_in(self, browser, path, user='ada'):
        """Opens a page that needs a login, and logs in. The answer of the login, a redirect."""
        page = browser.get(path)
        self.assertTrue(page.path.startswith('/oauth/login?n='), page.url)
        return browser.submit(page.form('/oauth/login'), follow=False, user_id=user, password=PASSWORD)

    def code_of(self, location):
        return urllib.parse.parse_qs(urllib.parse.urlsplit(location).query)['code'][0]

    def exchange(self, code, redirect_uri, **more):
        return self.server.token({'grant_type': 'authorization_code', 'client_id': 'cli', 'code': code, 'redirect_uri': redirect_uri, **more})

    def name(self, answer):
        return answer[0], answer[1]['details'][0]['name']

    def weather_code(self, browser, user='ada', more=''):
        """An authorization code for the client `weather`, with consent if it is asked for."""
        path = '/oauth/authorize?client_id=weather&response_type=code&state=xyz' + more
        answer = browser.request('GET', path)
        if answer.location and answer.location.startswith('/oauth/login'):
            answer = browser.follow(self.sign_in(browser, path, user))
        if answer.status == 200:
            answer = browser.submit(answer.forms[-1], button='true', follow=False)
        self.assertTrue(answer.location.startswith('https://weather.example.org/cb?code='), answer.location)
        return self.code_of(answer.location)

    def test_the_command_line_logs_in_by_callback_refreshes_and_logs_out(self):
        browser = self.server.browser()
        answer = self.sign_in(browser, AUTHORIZE.format('local-callback'))
        self.assertEqual(answer.location, AUTHORIZE.format('local-callback'))
        answer = browser.request('GET', answer.location)
        self.assertRegex(answer.location, r'^/oauth/local-callback\?code=MF2XI\.[A-Z2-7]{39}\.[A-Z2-7]{52}&state=$')
        answer = browser.request('GET', answer.location)
        self.assertEqual(answer.status, 302)
        self.assertTrue(answer.location.startswith('http://localhost:11885/oauth/callback?code=MF2XI.'), answer.location)
        code = self.code_of(answer.location)

        # Go's library tries Basic with an empty secret first, then the body.
        basic = base64.b64encode(b'cli:').decode()
        status, first = self.server.token({'grant_type': 'authorization_code', 'code': code, 'redirect_uri': 'local-callback'},
                                   {'Authorization': f'Basic {basic}'})
        self.assertEqual((status, first['token_type'], first['expires_in']), (200, 'bearer', 3600))
        self.assertRegex(first['access_token'], r'^MFRWG\.[A-Z2-7]{39}\.[A-Z2-7]{52}$')
        self.assertRegex(first['refresh_token'], r'^OJSWM\.[A-Z2-7]{39}\.[A-Z2-7]{52}$')
        self.assertEqual(self.name(self.exchange(code, 'local-callback')), (403, 'invalid_grant'))

        with self.server.client(first['access_token']) as client:
            token = client.call('EntityAccess/AuthInfo').oauth_access_token
            self.assertEqual((token.user_ids.user_id, token.client_ids.client_id), ('ada', 'cli'))
            self.assertEqual(token.access_token, '')
            client.call('ApplicationRegistry/Create', {'application': {'ids': {'applicationId': 'app-1'}}, 'collaborator': {'userIds': {'userId': 'ada'}}})
            self.assertEqual([one.ids.application_id for one in client.call('ApplicationRegistry/List').applications], ['app-1'])

        status, second = self.server.token({'grant_type': 'refresh_token', 'client_id': 'cli', 'refresh_token': first['refresh_token']})
        self.assertEqual(status, 200)
        self.assertNotEqual(second['access_token'], first['access_token'])
        again = self.server.token({'grant_type': 'refresh_token', 'client_id': 'cli', 'refresh_token': first['refresh_token']})
        self.assertEqual(self.name(again), (403, 'invalid_grant'))
        with self.server.client(first['access_token']) as client, self.assertRaises(GrpcError) as refused:
            client.call('EntityAccess/AuthInfo')
        self.assertEqual(refused.exception.name, 'pkg/identityserver:token_not_found')

        with self.server.client(second['access_token']) as client:
            token = client.call('EntityAccess/AuthInfo').oauth_access_token
            client.call('OAuthAuthorizationRegistry/DeleteToken', {'userIds': {'userId': 'ada'}, 'clientIds': {'clientId': 'cli'}, 'id': token.id})
            with self.assertRaises(GrpcError) as refused:
                client.call('EntityAccess/AuthInfo')
        self.assertEqual(refused.exception.code, grpc.StatusCode.UNAUTHENTICATED)

    def test_the_command_line_logs_in_by_a_code_that_is_pasted(self):
        browser = self.server.browser()
        page = browser.follow(self.sign_in(browser, AUTHORIZE.format('code')))
        self.assertTrue(page.path.startswith('/oauth/code?code='), page.path)
        code = next(word for word in page.text.split() if word.startswith('MF2XI.'))
        status, answer = self.exchange(code, 'code')
        self.assertEqual(status, 200)
        with self.server.client(answer['access_token']) as client:
            self.assertEqual(client.call('EntityAccess/AuthInfo').oauth_access_token.user_ids.user_id, 'ada')

    def test_a_client_asks_once_and_gets_no_more_than_it_may(self):
        browser = self.server.browser()
        page = browser.follow(self.sign_in(browser, '/oauth/authorize?client_id=weather&response_type=code&state=a%26b'))
        self.assertEqual(page.status, 200)
        self.assertIn('Weather <b>app</b>', page.text)
        self.assertNotIn('<b>app</b>', page.body)
        denied = browser.submit(page.forms[-1], button='false', follow=False)
        self.assertEqual((denied.status, denied.location), (403, None))
        answer = browser.submit(page.forms[-1], button='true', follow=False)
        self.assertTrue(answer.location.endswith('&state=a%26b'), answer.location)
        basic = base64.b64encode(b'weather:weather-secret').decode()
        body = json.dumps({'grant_type': 'authorization_code', 'code': self.code_of(answer.location)}).encode()
        status, token = self.server.token(None, {'Authorization': f'Basic {basic}', 'Content-Type': 'application/json'}, body)
        self.assertEqual(status, 200, token)
        with self.server.client(token['access_token']) as client:
            client.call('UserRegistry/Get', {'userIds': {'userId': 'ada'}})
            with self.assertRaises(GrpcError) as refused:
                client.call('UserAccess/ListAPIKeys', {'userIds': {'userId': 'ada'}})
            self.assertEqual(refused.exception.name, 'pkg/auth/rights:insufficient_user_rights')
        again = browser.request('GET', '/oauth/authorize?client_id=weather&response_type=code&state=')
        self.assertEqual(again.status, 302, 'the consent is remembered')

    def test_the_token_endpoint_says_what_is_missing(self):
        rows = [
            ({}, (400, 'missing_grant_type')),
            ({'grant_type': 'authorization_code'}, (400, 'missing_authorization_code')),
            ({'grant_type': 'refresh_token'}, (400, 'missing_refresh_token')),
            ({'grant_type': 'password', 'username': 'ada', 'password': PASSWORD}, (400, 'invalid_grant_type')),
            ({'grant_type': 'authorization_code', 'code': 'x'}, (400, 'missing_client_id')),
            ({'grant_type': 'authorization_code', 'code': 'x', 'client_id': 'weather'}, (400, 'missing_client_secret')),
            ({'grant_type': 'authorization_code', 'code': 'x', 'client_id': 'weather', 'client_secret': 'no'}, (403, 'invalid client')),
            ({'grant_type': 'authorization_code', 'code': 'x', 'client_id': 'nobody', 'client_secret': 'no'}, (403, 'invalid client')),
            ({'grant_type': 'authorization_code', 'code': 'x', 'client_id': 'cli'}, (403, 'invalid_grant')),
            ({'grant_type': 'refresh_token', 'refresh_token': 'OJSWM.A.B', 'client_id': 'cli'}, (403, 'invalid_grant')),
        ]
        for fields, expected in rows:
            with self.subTest(fields=fields):
                self.assertEqual(self.name(self.server.token(fields)), expected)
        self.assertEqual(self.name(self.server.token(None, {'Content-Type': 'application/json'}, b'{"grant_type":')), (409, 'parse'))

    def test_codes_are_bound_to_their_client_redirect_and_verifier(self):
        browser = self.server.browser()
        secret = {'client_id': 'weather', 'client_secret': 'weather-secret', 'grant_type': 'authorization_code'}
        code = self.weather_code(browser, 'bob')
        self.assertEqual(self.name(self.exchange(code, 'code')), (403, 'invalid_grant'))
        elsewhere = self.server.token({**secret, 'code': code, 'redirect_uri': 'https://evil.example.org'})
        self.assertEqual(self.name(elsewhere), (403, 'invalid_redirect_uri'))
        below = self.server.token({**secret, 'code': code, 'redirect_uri': 'https://weather.example.org/cb/x'})
        self.assertEqual(self.name(below), (400, 'invalid_request'))
        self.assertEqual(self.server.token({**secret, 'code': code})[0], 200)

        verifier = 'v' * 50
        challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).decode().rstrip('=')
        code = self.weather_code(browser, 'bob', f'&code_challenge={challenge}&code_challenge_method=S256')
        self.assertEqual(self.name(self.server.token({**secret, 'code': code})), (403, 'invalid_grant'))
        self.assertEqual(self.name(self.server.token({**secret, 'code': code, 'code_verifier': 'w' * 50})), (403, 'invalid_grant'))
        self.assertEqual(self.server.token({**secret, 'code': code, 'code_verifier': verifier})[0], 200)

    def test_nobody_is_sent_where_a_client_did_not_register(self):
        browser = self.server.browser()
        self.sign_in(browser, '/oauth')
        for uri in ('https://evil.example.org/cb', '//evil.example.org', 'https://weather.example.org.evil.org/cb', 'https://weather.example.org@evil.org/cb',
                    'https://weather.example.org/cb/../../x', 'javascript:alert(1)', 'https://weather.example.org/cb\r\nX-Evil: 1'):
            with self.subTest(uri=uri):
                query = urllib.parse.urlencode({'client_id': 'weather', 'redirect_uri': uri, 'response_type': 'code', 'state': ''})
                answer = browser.request('GET', f'/oauth/authorize?{query}')
                self.assertEqual((answer.status, answer.location, answer.headers.get('X-Evil')), (403, None, None))
        rows = [('client_id=nobody&response_type=code', 404), ('client_id=weather&response_type=token', 501), ('response_type=code', 400)]
        for query, status in rows:
            self.assertEqual(browser.request('GET', f'/oauth/authorize?{query}').status, status, query)
        header = browser.request('GET', '/oauth/local-callback?code=a%0d%0aX-Evil:%201&port=1@evil.org')
        self.assertEqual(header.location, 'http://localhost:11885/oauth/callback?code=a%0D%0AX-Evil%3A%201')

    def test_states_of_a_client_close_its_doors(self):
        browser = self.server.browser()
        code = self.weather_code(browser, 'bob')
        fields = {'client_id': 'weather', 'client_secret': 'weather-secret', 'grant_type': 'authorization_code'}
        token = self.server.token({**fields, 'code': code})[1]
        code = self.weather_code(browser, 'bob')
        set_state = lambda state: self.server.api('PUT', '/clients/weather', {'client': {'state': state}, 'field_mask': 'state'})
        self.addCleanup(set_state, 'STATE_APPROVED')
        query = '/oauth/authorize?client_id=weather&response_type=code&state='
        refresh = {**fields, 'grant_type': 'refresh_token', 'refresh_token': token['refresh_token']}
        for state, name in (('STATE_SUSPENDED', 'client_suspended'), ('STATE_REJECTED', 'client_rejected')):
            set_state(state)
            answer = browser.request('GET', query, headers={'Accept': 'application/json'})
            self.assertEqual((answer.status, json.loads(answer.body)['details'][0]['name']), (403, name))
            self.assertEqual(self.name(self.server.token({**fields, 'code': code})), (403, name))
            self.assertEqual(self.name(self.server.token(refresh)), (403, name))
            with self.server.client(token['access_token']) as client, self.assertRaises(GrpcError):
                client.call('EntityAccess/AuthInfo')
        set_state('STATE_REQUESTED')
        answer = browser.request('GET', query, headers={'Accept': 'application/json'})
        self.assertEqual(json.loads(answer.body)['details'][0]['name'], 'client_not_approved')
        self.assertEqual(self.server.token(refresh)[0], 200, 'what was authorized goes on')

    def test_a_client_ends_the_session_that_its_token_came_from(self):
        browser = self.server.browser()
        code = self.weather_code(browser)
        token = self.server.token({'client_id': 'weather', 'client_secret': 'weather-secret', 'grant_type': 'authorization_code', 'code': code})[1]
        token_id = token['access_token'].split('.')[1]
        outside = self.server.browser()
        json_only = {'Accept': 'application/json'}
        missing = outside.request('GET', '/oauth/logout', headers=json_only)
        self.assertEqual((missing.status, json.loads(missing.body)['details'][0]['name']), (403, 'missing_param_access_token_id'))
        evil = outside.request('GET', f'/oauth/logout?access_token_id={token_id}&post_logout_redirect_uri=https://evil.org', headers=json_only)
        self.assertEqual((evil.status, json.loads(evil.body)['details'][0]['name']), (400, 'invalid_logout_redirect_uri'))
        self.assertEqual(browser.get('/oauth').status, 200)
        gone = browser.request('GET', f'/oauth/logout?access_token_id={token_id}')
        self.assertEqual(gone.location, 'https://weather.example.org/bye')
        self.assertTrue(browser.get('/oauth').path.startswith('/oauth/login'))
        with self.server.client(token['access_token']) as client, self.assertRaises(GrpcError):
            client.call('EntityAccess/AuthInfo')

    def test_events_tell_of_logins_and_tokens(self):
        # Logins are for the user alone: admins have no right that ends in _ALL.
        page = self.server.browser()
        page = page.follow(self.sign_in(page, AUTHORIZE.format('code'), 'bob'))
        key = self.exchange(self.code_of(page.url), 'code')[1]['access_token']
        with self.server.client(key) as client:
            stream = client.stream('Events/Stream', {'identifiers': [{'userIds': {'userId': 'bob'}}]})
            self.assertEqual(stream.next().name, 'events.stream.start')
            browser = self.server.browser()
            self.sign_in(browser, '/oauth', 'bob')
            code = self.weather_code(browser, 'bob')
            self.server.token({'client_id': 'weather', 'client_secret': 'weather-secret', 'grant_type': 'authorization_code', 'code': code})
            names = [stream.next().name for _ in range(3)]
            self.assertEqual(names, ['oauth.user.login', 'oauth.authorize', 'oauth.token.exchange'])
            stream.cancel()

    def test_no_secret_is_in_the_log_or_in_clear_on_the_disk(self):
        browser = self.server.browser()
        code = self.weather_code(browser)
        token = self.server.token({'client_id': 'weather', 'client_secret': 'weather-secret', 'grant_type': 'authorization_code', 'code': code})[1]
        log = self.server.log.read_text()
        secrets = [PASSWORD, 'weather-secret', *(text.rsplit('.', 1)[1] for text in (code, token['access_token'], token['refresh_token']))]
        stored = b''.join(path.read_bytes() for path in (self.server.directory / 'data').rglob('*') if path.is_file() and path.suffix in ('.log', '.sst'))
        for secret in secrets:
            self.assertNotIn(secret, log)
            self.assertNotIn(secret.encode(), stored)


if __name__ == '__main__':
    unittest.main()
