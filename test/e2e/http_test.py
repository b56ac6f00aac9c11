"""The HTTP server as browsers and curl see it: other origins, compressed bodies."""
import gzip
import json
import subprocess
import unittest

from harness import Server

APPLICATION = 'http-app'
ORIGIN = 'https://console.example.com'


class Answer:
    def __init__(self, raw):
        head, _, self.body = raw.partition(b'\r\n\r\n')
        status, *headers = head.decode().split('\r\n')
        self.status = int(status.split()[1])
        self.headers = {name.lower(): value for name, _, value in (line.partition(': ') for line in headers)}


class Http(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = Server().start()
        cls.addClassCleanup(cls.server.__exit__)
        cls.server.api('POST', '/users/admin/applications',
                       {'application': {'ids': {'application_id': APPLICATION}, 'name': 'n', 'description': 'words ' * 300}})

    def curl(self, path, *arguments, data=None):
        """By curl, with the headers; bodies as they came unless `--compressed` is among the arguments."""
        command = ['curl', '-s', '-S', '-i', '-m', '20', f'http://127.0.0.1:{self.server.ports["http"]}{path}',
                   '-H', f'Authorization: Bearer {self.server.admin_key}', *arguments]
        if data is not None:
            command += ['--data-binary', '@-']
        done = subprocess.run(command, input=data, capture_output=True, timeout=30)
        self.assertEqual(done.returncode, 0, done.stderr)
        return Answer(done.stdout)

    def description(self):
        return self.curl(f'/api/v3/applications/{APPLICATION}?field_mask=description')

    def test_a_browser_may_call_the_api_from_any_page(self):
        asked = self.curl('/api/v3/applications', '-X', 'OPTIONS', '-H', f'Origin: {ORIGIN}', '-H', 'Access-Control-Request-Method: PUT',
                          '-H', 'Access-Control-Request-Headers: authorization,content-type')
        self.assertEqual((asked.status, asked.body), (200, b''))
        self.assertEqual(asked.headers['access-control-allow-origin'], '*')
        self.assertIn('PUT', asked.headers['access-control-allow-methods'])
        self.assertIn('Authorization', asked.headers['access-control-allow-headers'])
        self.assertEqual(asked.headers['access-control-max-age'], '600')
        for path, status in (('/api/v3/applications', 200), ('/api/v3/applications/none', 404), ('/api/v3/none', 404)):
            answer = self.curl(path, '-H', f'Origin: {ORIGIN}')
            self.assertEqual((path, answer.status), (path, status))
            self.assertEqual(answer.headers['access-control-allow-origin'], '*', path)
            self.assertIn('X-Total-Count', answer.headers['access-control-expose-headers'])
            self.assertNotIn('access-control-allow-credentials', answer.headers)

    def test_the_account_pages_are_for_no_other_origin(self):
        answer = self.curl('/oauth/login', '-H', f'Origin: {ORIGIN}', '-H', 'Accept-Encoding: gzip')
        self.assertFalse([name for name in answer.headers if name.startswith('access-control-')])
        self.assertNotIn('content-encoding', answer.headers, 'their length would tell of their secrets')

    def test_who_asks_gets_long_answers_compressed(self):
        plain = self.description()
        self.assertNotIn('content-encoding', plain.headers)
        self.assertEqual(int(plain.headers['content-length']), len(plain.body))
        path = f'/api/v3/applications/{APPLICATION}?field_mask=description'
        packed = self.curl(path, '-H', 'Accept-Encoding: gzip')
        self.assertEqual(packed.headers['content-encoding'], 'gzip')
        self.assertEqual(packed.headers['vary'], 'Accept-Encoding')
        self.assertLess(len(packed.body), len(plain.body) / 4)
        self.assertEqual(gzip.decompress(packed.body), plain.body)
        self.assertEqual(self.curl(path, '--compressed').body, plain.body)
        metrics = self.curl('/metrics', '-H', 'Accept-Encoding: gzip')
        self.assertIn(b'farfield_', gzip.decompress(metrics.body))
        short = self.curl('/api/v3/auth_info', '-H', 'Accept-Encoding: gzip;q=0')
        self.assertNotIn('content-encoding', short.headers)

    def test_a_stream_comes_as_it_happens_however_much_a_client_accepts(self):
        body = json.dumps({'identifiers': [{'application_ids': {'application_id': APPLICATION}}]})
        command = ['curl', '-s', '-S', '-i', '-N', '-m', '20', f'http://127.0.0.1:{self.server.ports["http"]}/api/v3/events', '-d', body,
                   '-H', f'Authorization: Bearer {self.server.admin_key}', '-H', 'Accept-Encoding: gzip']
        with subprocess.Popen(command, stdout=subprocess.PIPE) as stream:
            try:
                lines = iter(stream.stdout.readline, b'')
                head = [next(lines)]
                while head[-1] != b'\r\n':
                    head.append(next(lines))
                self.assertFalse([line for line in head if line.lower().startswith(b'content-encoding')])
                self.assertIn('events.stream.start', next(lines).decode())
            finally:
                stream.kill()

    def test_a_request_in_gzip_is_understood_and_in_anything_else_refused(self):
        path = f'/api/v3/applications/{APPLICATION}'
        body = json.dumps({'application': {'name': 'packed'}, 'field_mask': {'paths': ['name']}}).encode()
        done = self.curl(path, '-X', 'PUT', '-H', 'Content-Encoding: gzip', data=gzip.compress(body))
        self.assertEqual((done.status, json.loads(done.body)['name']), (200, 'packed'))
        refused = self.curl(path, '-X', 'PUT', '-H', 'Content-Encoding: br', data=body)
        self.assertEqual((refused.status, refused.headers['accept-encoding']), (415, 'gzip'))
        for what, sent in (('no gzip', body), ('a bomb', gzip.compress(bytes(64 << 20)))):
            self.assertEqual(self.curl(path, '-X', 'PUT', '-H', 'Content-Encoding: gzip', data=sent).status, 400, what)
        self.assertEqual(json.loads(self.curl(path + '?field_mask=name').body)['name'], 'packed')

    def test_a_body_that_is_too_large_is_an_error_of_the_api(self):
        path, large = f'/api/v3/applications/{APPLICATION}', b' ' * ((16 << 20) + 1)
        sent = {'asking first': ([], large), 'at once': (['-H', 'Expect:'], large),
                'in chunks': (['-H', 'Expect:', '-H', 'Transfer-Encoding: chunked'], large),
                'packed': (['-H', 'Content-Encoding: gzip'], gzip.compress(large))}
        for what, (arguments, body) in sent.items():
            with self.subTest(what):
                answer = self.curl(path, '-X', 'PUT', *arguments, data=body)
                self.assertEqual((answer.status, answer.headers['content-type']), (400, 'application/json'))
                details = json.loads(answer.body)['details'][0]
                self.assertEqual((details['namespace'], details['name']), ('pkg/webmiddleware', 'request_body_too_large'))


if __name__ == '__main__':
    unittest.main()
