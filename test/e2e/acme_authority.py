"""A certificate authority that speaks ACME (RFC 8555): it looks for the proof over HTTP, as the real ones do, and signs what it is asked for.
Signatures of requests are not checked here; unit tests of net/acme do that."""
import base64
import hashlib
import http.client
import http.server
import itertools
import json
import ssl
import threading


def decoded(text):
    return base64.urlsafe_b64decode(text + '=' * (-len(text) % 4))


class AcmeAuthority:
    """`authority`: interop_test's; `proof_port`: where names are looked for instead of port 80."""

    def __init__(self, authority, folder, proof_port):
        self.authority, self.folder, self.proof_port = authority, folder, proof_port
        self.orders, self.proofs, self.contacts, self.fault = {}, [], [], None
        self.nonces = itertools.count(1)
        self.thumbprint = None
        outer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = 'HTTP/1.1'

            def do_GET(self):
                self.answer(*outer.get(self.path))

            def do_POST(self):
                jws = json.loads(self.rfile.read(int(self.headers['Content-Length'])))
                self.answer(*outer.post(self.path, json.loads(decoded(jws['protected'])), decoded(jws['payload'])))

            def answer(self, status, body, location=None):
                data = body.encode() if isinstance(body, str) else json.dumps(body).encode()
                self.send_response(status)
                self.send_header('Replay-Nonce', f'nonce-{next(outer.nonces)}')
                self.send_header('Retry-After', '1')
                self.send_header('Content-Length', str(len(data)))
                if location:
                    self.send_header('Location', location)
                self.end_headers()
                self.wfile.write(data)

            def log_message(self, *_):
                pass

        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*map(str, authority.sign('acme', 'DNS:localhost,IP:127.0.0.1')))
        self.server = http.server.ThreadingHTTPServer(('127.0.0.1', 0), Handler)
        self.server.socket = context.wrap_socket(self.server.socket, server_side=True)
        self.base = f'https://localhost:{self.server.server_address[1]}'
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def close(self):
        self.server.shutdown()
        self.server.server_close()

    def get(self, path):
        if path == '/directory':
            return 200, {name: f'{self.base}/{name}' for name in ('newNonce', 'newAccount', 'newOrder')}
        return 204, ''

    def post(self, path, head, payload):
        request = json.loads(payload) if payload else None
        assert head['url'] == self.base + path and head['alg'] == 'ES256', head
        kind, *rest = path[1:].split('/')
        if kind == 'newAccount':
            jwk = json.dumps(head['jwk'], sort_keys=True, separators=(',', ':')).encode()
            self.thumbprint = base64.urlsafe_b64encode(hashlib.sha256(jwk).digest()).decode().rstrip('=')
            self.contacts = request['contact']
            return 201, {'status': 'valid'}, f'{self.base}/account/1'
        if kind == 'newOrder':
            if self.fault:
                return 429, {'type': f'urn:ietf:params:acme:error:{self.fault}', 'detail': 'too many certificates'}
            number = str(len(self.orders) + 1)
            self.orders[number] = {'hosts': [one['value'] for one in request['identifiers']], 'valid': set(), 'certificate': None}
            return 201, self.order(number), f'{self.base}/order/{number}'
        number = rest[0]
        if kind == 'authorization':
            return 200, self.authorization(number, rest[1])
        if kind == 'challenge':
            self.look_for_proof(number, rest[1])
            return 200, {'status': 'processing'}
        if kind == 'finalize':
            self.sign(number, decoded(request['csr']))
        if kind == 'certificate':
            return 200, self.orders[number]['certificate']
        return 200, self.order(number)

    def order(self, number):
        order = self.orders[number]
        return {'status': 'valid' if order['certificate'] else 'pending', 'finalize': f'{self.base}/finalize/{number}',
                'certificate': f'{self.base}/certificate/{number}',
                'authorizations': [f'{self.base}/authorization/{number}/{host}' for host in order['hosts']]}

    def authorization(self, number, host):
        return {'status': 'valid' if host in self.orders[number]['valid'] else 'pending',
                'challenges': [{'type': 'http-01', 'url': f'{self.base}/challenge/{number}/{host}', 'token': self.token(number, host)}]}

    @staticmethod
    def token(number, host):
        return f'token-{number}-' + host.replace('.', '_')

    def look_for_proof(self, number, host):
        token = self.token(number, host)
        connection = http.client.HTTPConnection('127.0.0.1', self.proof_port, timeout=10)
        connection.request('GET', f'/.well-known/acme-challenge/{token}', headers={'Host': host})
        answer = connection.getresponse()
        proof = answer.read().decode()
        connection.close()
        self.proofs.append((answer.status, proof))
        if answer.status == 200 and proof == f'{token}.{self.thumbprint}':
            self.orders[number]['valid'].add(host)

    def sign(self, number, der):
        order = self.orders[number]
        assert set(order['hosts']) == order['valid'], order
        request, extension, certificate = (self.folder / f'acme-{number}.{end}' for end in ('csr', 'ext', 'pem'))
        request.write_bytes(der)
        extension.write_text('subjectAltName=' + ','.join(f'DNS:{host}' for host in order['hosts']) + '\n')
        self.authority.openssl('x509', '-req', '-inform', 'DER', '-in', str(request), '-CA', str(self.authority.certificate), '-CAkey',
                               str(self.authority.key), '-CAcreateserial', '-days', '90', '-extfile', str(extension), '-out', str(certificate))
        order['certificate'] = certificate.read_text() + self.authority.certificate.read_text()
