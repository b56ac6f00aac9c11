"""The account pages as a browser without scripts walks them; cookies, CSRF, session fixation, throttling, and the JSON API of logins."""
import http.client
import json
import re
import unittest
import urllib.parse

from browser import Browser
from harness import wait_until
from oauth_test import OAuthServer, PASSWORD

NEW_PASSWORD = 'Better88y'


class Account(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = OAuthServer(**{'is.login-tokens.enabled': 'true', 'is.login-throttle.attempts-per-account': '5',
                                    'is.login-throttle.attempts-per-address': '1000'}).start()
        cls.addClassCleanup(cls.server.__exit__)

    def create(self, user):
        self.server.api('POST', '/users', {'user': {'ids': {'user_id': user}, 'password': PASSWORD,
                                                    'primary_email_address': f'{user}@example.org', 'state': 'STATE_APPROVED'}})
        return user

    def sign_in(self, browser, user, password=PASSWORD):
        return browser.submit(browser.get('/oauth/login').form('/oauth/login'), user_id=user, password=password)

    def mail(self, pattern):
        """The first group of the pattern in the newest mail that has it."""
        def find():
            for path in sorted((self.server.directory / 'mails').glob('*.eml'), reverse=True):
                found = re.search(pattern, path.read_text())
                if found:
                    return found[1]
            return None
        return wait_until(find, f'a mail with {pattern}')

    def test_a_user_registers_validates_changes_and_leaves(self):
        browser = self.server.browser()
        page = browser.get('/oauth')
        self.assertTrue(page.path.startswith('/oauth/login'), page.path)
        self.assertIn('/oauth/register', page.links)
        page = browser.get('/oauth/register')
        bad = browser.submit(page.form('/oauth/register'), user_id='carol', email='carol@example.org', password='weak', password_again='weak')
        self.assertIn('too short', bad.text)
        self.assertEqual(bad.form('/oauth/register').fields['user_id'], 'carol', 'what was typed is kept')
        self.assertEqual(bad.form('/oauth/register').fields['password'], '')
        done = browser.submit(bad.form('/oauth/register'), name='Carol <i>', email='carol@example.org', password=PASSWORD, password_again=PASSWORD)
        self.assertIn('Account created', done.text)
        page = self.sign_in(browser, 'carol')
        self.assertEqual((page.status, page.path), (200, '/oauth'))
        self.assertIn('Welcome, Carol <i>', page.text)
        self.assertIn('not validated', page.text)
        link = self.mail(r'(https?://\S+/validate\?\S+)')
        page = browser.get('/oauth/validate?' + urllib.parse.urlsplit(link).query)
        page = browser.submit(page.form('/oauth/validate'))
        self.assertIn('is validated', page.text)
        self.assertNotIn('not validated', browser.get('/oauth').text)

        page = browser.get('/oauth/profile')
        page = browser.submit(page.form('/oauth/profile'), name='Carol "C"', description='x')
        self.assertIn('was saved', page.text)
        self.assertEqual(page.form('/oauth/profile').fields['name'], 'Carol "C"')
        page = browser.submit(browser.get('/oauth/password').form('/oauth/password'), current='Wrong111', password=NEW_PASSWORD, password_again=NEW_PASSWORD)
        self.assertIn('not right', page.text)
        page = browser.submit(page.form('/oauth/password'), current=PASSWORD, password=NEW_PASSWORD, password_again=NEW_PASSWORD)
        self.assertIn('was changed', page.text)

        other = self.server.browser()
        self.assertEqual(self.sign_in(other, 'carol', NEW_PASSWORD).path, '/oauth')
        page = browser.get('/oauth/sessions')
        self.assertIn('This session', page.text)
        form = next(form for form in page.forms if 'session_id' in form.fields)
        self.assertIn('was ended', browser.submit(form).text)
        self.assertTrue(other.get('/oauth').path.startswith('/oauth/login'), 'the other browser is out')
        page = browser.submit(browser.get('/oauth').form('/oauth/logout'))
        self.assertEqual(page.path, '/oauth/login')
        self.assertTrue(browser.get('/oauth/profile').path.startswith('/oauth/login?n=%2Foauth%2Fprofile'))

    def test_a_forgotten_password_is_replaced_by_mail(self):
        user = self.create('erin')
        browser = self.server.browser()
        page = browser.get('/oauth/forgot-password')
        known = browser.submit(page.form('/oauth/forgot-password'), user_id=user)
        unknown = browser.submit(page.form('/oauth/forgot-password'), user_id='nobody-here')
        self.assertEqual(known.text, unknown.text, 'nobody learns who has an account')
        temporary = self.mail(r'Temporary password: (\S+)')
        page = browser.get('/oauth/update-password?user=erin')
        self.assertEqual(page.form('/oauth/update-password').fields['user_id'], 'erin')
        page = browser.submit(page.form('/oauth/update-password'), current=temporary, password=NEW_PASSWORD, password_again=NEW_PASSWORD)
        self.assertIn('new password is set', page.text)
        self.assertEqual(self.sign_in(browser, 'erin', NEW_PASSWORD).path, '/oauth')

    def test_the_first_administrator_has_to_set_a_password(self):
        browser = self.server.browser()
        first = (self.server.directory / 'data' / 'admin-password')
        self.assertEqual(first.stat().st_mode & 0o777, 0o600)
        page = self.sign_in(browser, 'admin', first.read_text().strip())
        self.assertEqual(page.path, '/oauth/password')
        self.assertIn('have to set a new password', page.text)
        page = browser.submit(page.form('/oauth/password'), current=first.read_text().strip(), password=NEW_PASSWORD, password_again=NEW_PASSWORD)
        self.assertIn('was changed', page.text)
        self.assertIn('Administrator', browser.get('/oauth').text)

    def test_applications_are_seen_and_withdrawn(self):
        user = self.create('fred')
        browser = self.server.browser()
        self.sign_in(browser, user)
        answer = browser.request('GET', '/oauth/authorize?client_id=cli&redirect_uri=code&response_type=code&state=')
        code = urllib.parse.parse_qs(urllib.parse.urlsplit(answer.location).query)['code'][0]
        token = browser.request('POST', '/oauth/token', {'grant_type': 'authorization_code', 'client_id': 'cli', 'code': code, 'redirect_uri': 'code'})
        key = json.loads(token.body)['access_token']
        self.assertEqual(self.server.request('GET', '/api/v3/auth_info', key=key)[0], 200)
        page = browser.get('/oauth/authorizations')
        self.assertIn('cli', page.text)
        self.assertIn('Everything that you may do yourself', page.text)
        tokens = browser.get('/oauth/authorizations/cli')
        self.assertIn('UTC', tokens.text)
        revoked = browser.submit(next(form for form in tokens.forms if 'token_id' in form.fields))
        self.assertIn('was revoked', revoked.text)
        self.assertEqual(self.server.request('GET', '/api/v3/auth_info', key=key)[0], 401)
        page = browser.submit(next(form for form in browser.get('/oauth/authorizations').forms if 'client_id' in form.fields))
        self.assertIn('No applications', page.text)

    def test_headers_and_cookies_are_safe(self):
        user = self.create('gina')
        browser = self.server.browser()
        page = browser.get('/oauth/login')
        self.assertEqual(page.headers['X-Frame-Options'], 'DENY')
        self.assertEqual(page.headers['Cache-Control'], 'no-store')
        self.assertEqual(page.headers['X-Content-Type-Options'], 'nosniff')
        policy = page.headers['Content-Security-Policy']
        for part in ("default-src 'none'", "style-src 'self'", "frame-ancestors 'none'", "base-uri 'self'"):
            self.assertIn(part, policy)
        self.assertNotIn('unsafe', policy)
        self.assertNotIn('<script', page.body)
        style = browser.request('GET', re.search(r'href="(/oauth/assets/[^"]+)"', page.body)[1])
        self.assertEqual((style.status, style.headers['Content-Type']), (200, 'text/css; charset=utf-8'))
        answer = browser.submit(page.form('/oauth/login'), follow=False, user_id=user, password=PASSWORD)
        cookies = {cookie.split('=')[0]: cookie for cookie in answer.cookies()}
        self.assertEqual(set(cookies), {'_session', '_csrf'})
        for cookie in cookies.values():
            for flag in ('; Path=/', '; HttpOnly', '; SameSite=Lax', '; Secure'):
                self.assertIn(flag, cookie)
            self.assertNotIn('Max-Age', cookie)
            self.assertNotIn(user, cookie)
            self.assertNotIn('ONZW4', cookie)
        plain = Browser(f'http://127.0.0.1:{self.server.ports["http"]}')
        self.assertNotIn('Secure', plain.get('/oauth/login').cookies()[0])

    def test_a_login_makes_a_new_session_and_ends_the_old_one(self):
        user, other = self.create('hugo'), self.create('iris')
        browser, attacker = self.server.browser(), self.server.browser()
        self.sign_in(attacker, other)
        planted = attacker.cookie('_session')
        browser.get('/oauth/login')
        csrf_before = browser.cookie('_csrf').value
        browser.jar.set_cookie(planted)
        self.assertIn(other, browser.get('/oauth').text, 'the browser has a session that someone else planted')
        token = browser.get('/oauth').forms[0].fields['csrf_token']
        answer = browser.request('POST', '/oauth/login', {'csrf_token': token, 'user_id': user, 'password': PASSWORD})
        self.assertEqual(answer.status, 302)
        self.assertNotEqual(browser.cookie('_session').value, planted.value)
        self.assertNotEqual(browser.cookie('_csrf').value, csrf_before)
        self.assertIn(user, browser.get('/oauth').text)
        self.assertTrue(attacker.get('/oauth').path.startswith('/oauth/login'), 'who planted it has it no more')

    def test_other_sites_change_nothing(self):
        user = self.create('jane')
        browser = self.server.browser()
        self.sign_in(browser, user)
        page = browser.get('/oauth/profile')
        fields = {**page.form('/oauth/profile').fields, 'name': 'Changed'}
        for headers, given in (({}, {'name': 'Changed'}), ({}, {**fields, 'csrf_token': 'AAAA'}), ({'Sec-Fetch-Site': 'cross-site'}, fields)):
            answer = browser.request('POST', '/oauth/profile', given, {'Accept': 'application/json', **headers})
            self.assertEqual((answer.status, json.loads(answer.body)['details'][0]['name']), (403, 'invalid_csrf_token'))
        # Another browser's token is not this one's.
        stranger = self.server.browser()
        token = stranger.get('/oauth/login').forms[0].fields['csrf_token']
        self.assertEqual(browser.request('POST', '/oauth/profile', {**fields, 'csrf_token': token}).status, 403)
        self.assertEqual(browser.request('POST', '/oauth/profile', fields).status, 200)
        # The API takes the cookie, but changes need the token.
        self.assertEqual(browser.request('GET', '/api/v3/users/jane').status, 200)
        body = json.dumps({'user': {'name': 'By API'}, 'field_mask': 'name'}).encode()
        refused = browser.request('PUT', '/api/v3/users/jane', body=body)
        self.assertEqual((refused.status, json.loads(refused.body)['details'][0]['name']), (403, 'invalid_csrf_token'))
        token = page.form('/oauth/profile').fields['csrf_token']
        self.assertEqual(browser.request('PUT', '/api/v3/users/jane', body=body, headers={'X-CSRF-Token': token}).status, 200)
        self.assertEqual(self.server.request('PUT', '/api/v3/users/jane', body.decode(), self.server.admin_key)[0], 200, 'API keys need none')

    def test_nobody_is_sent_away_by_a_login(self):
        user = self.create('kate')
        for next_page in ('https://evil.example.org/', '//evil.example.org', '/\\evil.example.org', '/oauth\r\nX-Evil: 1', 'javascript:alert(1)'):
            browser = self.server.browser()
            page = browser.get('/oauth/login?' + urllib.parse.urlencode({'n': next_page}))
            answer = browser.submit(page.form('/oauth/login'), follow=False, user_id=user, password=PASSWORD)
            self.assertEqual((answer.status, answer.location, answer.headers.get('X-Evil')), (302, '/oauth', None), next_page)

    def test_what_users_write_is_text(self):
        browser = self.server.browser()
        evil = '"><script>alert(1)</script>\'&'
        page = browser.submit(browser.get('/oauth/login').form('/oauth/login'), user_id=evil, password='x')
        self.assertNotIn('<script', page.body)
        self.assertEqual(page.form('/oauth/login').fields['user_id'], evil)
        for path in ('/oauth/validate?reference={0}&token={0}', '/oauth/login?n={0}', '/oauth/code?code={0}', '/oauth/{0}', '/oauth/token-login?token={0}'):
            page = browser.request('GET', path.format(urllib.parse.quote(evil)))
            self.assertNotIn('<script', page.body, path)

    def test_guessing_is_slowed_down_and_locks_nobody_out_who_was_there(self):
        user = self.create('lena')
        owner, guesser = self.server.browser(), self.server.browser()
        real = {'X-Real-IP': '192.0.2.7'}
        form = owner.get('/oauth/login').form('/oauth/login')
        owner.request('POST', '/oauth/login', {**form.fields, 'user_id': user, 'password': PASSWORD}, real)
        form = guesser.get('/oauth/login').form('/oauth/login')
        answers = []
        for number in range(7):
            fields = {**form.fields, 'user_id': user, 'password': f'Guess{number}x'}
            answers.append(guesser.request('POST', '/oauth/login', fields, {'X-Real-IP': f'198.51.100.{number}'}).status)
        self.assertEqual(answers, [400] * 5 + [429] * 2)
        right = {**form.fields, 'user_id': user, 'password': PASSWORD}
        self.assertEqual(guesser.request('POST', '/oauth/login', right, {'X-Real-IP': '198.51.100.99'}).status, 429)
        self.assertEqual(guesser.request('POST', '/oauth/login', right, real).status, 302, 'from where the owner was last, it goes on')
        text = self.server.request('GET', '/metrics')[1]
        self.assertRegex(text, r'farfield_account_logins_throttled_total [1-9]')

    def api(self, browser, method, path, fields=None, csrf=None):
        headers = {'Accept': 'application/json', 'Content-Type': 'application/json', **({'X-CSRF-Token': csrf} if csrf else {})}
        body = json.dumps(fields).encode() if fields is not None else None
        answer = browser.request(method, path, body=body, headers=headers)
        return answer.status, json.loads(answer.body) if answer.body else None

    def test_the_json_api_logs_in_and_out(self):
        user = self.create('mary')
        browser = self.server.browser()
        token = lambda: browser.request('GET', '/oauth/code').headers['X-CSRF-Token']
        name = lambda answer: (answer[0], answer[1]['details'][0]['name'])
        self.assertEqual(name(self.api(browser, 'GET', '/oauth/api/me')), (401, 'not_authenticated'))
        login = '/oauth/api/auth/login'
        self.assertEqual(name(self.api(browser, 'POST', login, {'user_id': user, 'password': PASSWORD})), (403, 'invalid_csrf_token'))
        for fields, expected in (({}, 'missing_user_id'), ({'user_id': user}, 'missing_password'), ({'user_id': user, 'password': 'x'}, 'no_user_id_password_match'),
                                 ({'user_id': 'nobody-at-all', 'password': 'x'}, 'no_user_id_password_match')):
            self.assertEqual(name(self.api(browser, 'POST', login, fields, token())), (400, expected))
        self.assertEqual(self.api(browser, 'POST', login, {'user_id': user, 'password': PASSWORD}, token()), (204, None))
        status, me = self.api(browser, 'GET', '/oauth/api/me')
        self.assertEqual((status, me['user']['ids']['user_id'], me['user']['primary_email_address']), (200, user, 'mary@example.org'))
        self.assertEqual(len(me['session_id']), 39)
        self.assertRegex(me['logged_in_at'], r'^\d{4}-\d\d-\d\dT.*Z$')
        csrf = browser.request('GET', '/oauth/api/me').headers['X-CSRF-Token']
        self.assertEqual(self.api(browser, 'POST', '/oauth/api/auth/logout', {}, csrf), (204, None))
        self.assertEqual(self.api(browser, 'GET', '/oauth/api/me')[0], 401)

        given = self.server.api('POST', f'/users/{user}/login-tokens?skip_email=true')['token']
        by_token = '/oauth/api/auth/token-login'
        self.assertEqual(name(self.api(browser, 'POST', by_token, {}, token())), (400, 'missing_token'))
        self.assertEqual(name(self.api(browser, 'POST', by_token, {'token': 'nonsense'}, token())), (404, 'login_token_not_found'))
        self.assertEqual(self.api(browser, 'POST', by_token, {'token': given}, token())[0], 204)
        self.assertEqual(self.api(browser, 'GET', '/oauth/api/me')[1]['user']['ids']['user_id'], user)
        self.assertEqual(name(self.api(self.server.browser(), 'POST', by_token, {'token': given})), (403, 'invalid_csrf_token'))
        self.assertEqual(name(self.api(browser, 'POST', by_token, {'token': given}, token())), (400, 'login_token_already_used'))

    def test_sessions_outlive_a_restart_and_nonsense_is_refused(self):
        user = self.create('nina')
        browser = self.server.browser()
        self.sign_in(browser, user)
        self.assertEqual(self.server.stop(), 0, self.server.log_tail())
        self.server.start()
        self.assertIn(user, browser.get('/oauth').text)
        connection = http.client.HTTPConnection('127.0.0.1', self.server.ports['http'], timeout=20)
        for target, cookie in (('/oauth', '_session=AAAA'), ('/oauth', '_session=' + 'A' * 5000), ('/oauth?%zz', '_session'), ('/oauth/%00', '_csrf=x; _session=y')):
            connection.request('GET', target, headers={'Cookie': cookie})
            answer = connection.getresponse()
            answer.read()
            self.assertIn(answer.status, (302, 404, 409), (target, cookie))
        connection.close()


if __name__ == '__main__':
    unittest.main()
