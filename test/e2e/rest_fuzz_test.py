"""Every HTTP binding of the API with requests that are nearly right: no answer is a fault of the server, and it goes on.

Starts from the valid request of each method and changes values, types, structure, path and query. REST_FUZZ_ROUNDS requests for each
binding (4), from REST_FUZZ_SEED (1); what fails is printed as it was sent.
"""
import collections
import http.client
import json
import os
import pathlib
import random
import unittest
import urllib.parse

import api_requests
from harness import Server

GOLDEN = pathlib.Path(__file__).resolve().parent.parent / 'golden' / 'api'
ROUNDS = int(os.environ.get('REST_FUZZ_ROUNDS', 4))
SEED = int(os.environ.get('REST_FUZZ_SEED', 1))
# Documented: methods that do not run here, and formatters that say nothing in time.
DOCUMENTED = {501, 504}
SECONDS_MAX = 30
DEPTH = 200

STRANGE = [None, True, -1, 0, 2**31, 2**63, 2**64, 1e308, -0.0, '', 'x', 'A' * 70_000, '\u0000', '\U0001F600', '../../etc/passwd', '%00', "'; --",
           [], {}, [[]], {'': ''}, {'paths': ['ids', '', 'a.b.c.d', '*']}, 'EU_863_870', '0' * 16, 'FFFFFFFFFFFFFFFF', 'AQID', '1970-01-01T00:00:00Z',
           '9999-12-31T23:59:59.999999999Z', '-1s', '99999999999s', {'@type': 'type.googleapis.com/ttn.lorawan.v3.Application'}]


def spots(value, path=()):
    """Every place in a JSON value."""
    yield path
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in items:
        yield from spots(inner, (*path, key))


def replaced(value, path, new):
    if not path:
        return new
    if isinstance(value, dict):
        return {key: replaced(inner, path[1:], new) if key == path[0] else inner for key, inner in value.items()}
    return [replaced(inner, path[1:], new) if index == path[0] else inner for index, inner in enumerate(value)]


def mutated(value, chance):
    for _ in range(chance.randint(1, 3)):
        where = chance.choice(list(spots(value)))
        what = chance.random()
        if what < 0.8:
            value = replaced(value, where, chance.choice(STRANGE))
        elif what < 0.9:
            value = replaced(value, where, {chance.choice(['ids', 'field_mask', 'unknown', 'name', 'picture']): chance.choice(STRANGE)})
        else:
            deep = chance.choice(STRANGE)
            for _ in range(DEPTH):
                deep = [deep] if chance.random() < 0.5 else {'a': deep}
            value = replaced(value, where, deep)
    return value


def mutated_text(text, chance):
    """A body that is hardly JSON any more."""
    data = bytearray(text.encode(errors='surrogatepass'))
    for _ in range(chance.randint(1, 4)):
        at = chance.randrange(len(data) + 1)
        data[at:at + chance.randint(0, 3)] = bytes(chance.randrange(256) for _ in range(chance.randint(0, 3)))
    return bytes(data)


def mutated_path(path, chance):
    parts = path.split('?')[0].split('/')
    parts[chance.randrange(1, len(parts))] = urllib.parse.quote(str(chance.choice(STRANGE))[:300], safe='')
    return '/'.join(parts)


class RestFuzz(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = Server(**{'is.admin-rights.all': 'true'}).start()
        cls.addClassCleanup(cls.server.__exit__)
        lines = (GOLDEN / 'bindings.tsv').read_text().splitlines()
        cls.bindings = [dict(zip(lines[0].split('\t'), line.split('\t'))) for line in lines[1:]]

    def request(self, binding, chance):
        """(path with query, body) of a request that is nearly right."""
        method = f'{binding["service"].removeprefix("ttn.lorawan.v3.")}/{binding["rpc"]}'
        path, body = api_requests.http_request(api_requests.valid(method), binding['path'], binding['body'])
        kind = chance.random()
        if body and kind < 0.6:
            body = json.dumps(mutated(json.loads(body), chance))
        elif body and kind < 0.7:
            body = mutated_text(body, chance)
        elif kind > 0.9:
            path = mutated_path(path, chance)
        else:
            name = chance.choice(['field_mask', 'limit', 'page', 'order', 'after', 'ids', 'type', 'a[b]', 'deleted', 'query'])
            path += ('&' if '?' in path else '?') + urllib.parse.urlencode({name: str(chance.choice(STRANGE))[:300]}, encoding='utf-8')
        return path, body

    def test_no_request_is_a_fault_of_the_server(self):
        chance = random.Random(SEED)
        statuses = collections.Counter()
        for _ in range(ROUNDS):
            api_requests.create_entities(self.server)
            for binding in chance.sample(self.bindings, len(self.bindings)):
                path, body = self.request(binding, chance)
                status, text = self.send(binding['method'], path, body)
                statuses[status] += 1
                if status >= 500 and status not in DOCUMENTED:
                    with self.subTest(binding=f'{binding["method"]} {binding["path"]}'):
                        self.fail(f'{status} {text[:300]}\n{path[:300]}\n{(body or "")[:600]}')
        print(f'{statuses.total()} requests by {len(self.bindings)} bindings: {dict(sorted(statuses.items()))}')
        self.assertTrue(self.server.healthy())
        self.assertEqual(self.server.stop(10), 0, self.server.log_tail())

    def send(self, method, path, body):
        connection = http.client.HTTPConnection('127.0.0.1', self.server.ports['http'], timeout=SECONDS_MAX)
        try:
            connection.request(method, f'/api/v3{path}', body, {'Authorization': f'Bearer {self.server.admin_key}'})
            response = connection.getresponse()
            # A stream goes on: its beginning is enough.
            return response.status, response.read(2000).decode(errors='replace') if response.status != 200 else ''
        finally:
            connection.close()


if __name__ == '__main__':
    unittest.main()
