"""A small HTTP server that misbehaves on demand, for tests of webhooks. Loopback only."""
import http.server
import json
import socket
import ssl
import struct
import threading
import time


class Endpoint:
    """Collects requests; `fault(number)` says what becomes of each, by its number from 1:

    None: taken · 'slow': no answer · 'reset': the connection is torn down · ('status', n) · ('redirect', url)
    · 'huge': 200 and an endless body · 'half': half an answer · 'unheard': taken, and no answer
    """

    def __init__(self, fault=lambda number: None, certificate=None):
        self.fault = fault
        self.requests = []  # (path, headers, body) of those that were taken
        self.count = 0
        self.connections = 0
        self.lock = threading.Lock()
        endpoint = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = 'HTTP/1.1'
            timeout = 30

            def log_message(self, *_):
                pass

            def do_POST(self):
                body = self.rfile.read(int(self.headers.get('Content-Length', 0)))
                with endpoint.lock:
                    endpoint.count += 1
                    fault = endpoint.fault(endpoint.count)
                    if fault in (None, 'huge', 'unheard'):
                        endpoint.requests.append((self.path, dict(self.headers), body))
                self.misbehave(fault)

            def do_GET(self):
                self.do_POST()

            def misbehave(self, fault):
                if fault is None:
                    self.answer(200, b'taken')
                elif fault in ('slow', 'unheard'):
                    time.sleep(3)
                    self.close_connection = True
                elif fault == 'reset':
                    self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack('ii', 1, 0))
                    self.connection.close()
                    self.close_connection = True
                elif fault == 'half':
                    self.wfile.write(b'HTTP/1.1 200 O')
                    self.close_connection = True
                elif fault == 'huge':
                    self.send_response(200)
                    self.end_headers()
                    try:
                        for _ in range(1000):
                            self.wfile.write(b'x' * 65536)
                    except OSError:
                        pass
                    self.close_connection = True
                elif fault[0] == 'redirect':
                    self.send_response(307)
                    self.send_header('Location', fault[1])
                    self.send_header('Content-Length', '0')
                    self.end_headers()
                else:
                    self.answer(fault[1], b'no')

            def answer(self, status, body):
                self.send_response(status)
                self.send_header('Content-Length', str(len(body)))
                self.end_headers()
                self.wfile.write(body)

        class Server(http.server.ThreadingHTTPServer):
            daemon_threads = True
            request_queue_size = 128

            def handle_error(self, *_):
                pass

        self.server = Server(('127.0.0.1', 0), Handler)
        self.port = self.server.server_address[1]
        self.scheme = 'http'
        if certificate:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(*certificate)
            self.server.socket = context.wrap_socket(self.server.socket, server_side=True, do_handshake_on_connect=False)
            self.scheme = 'https'
        self.thread = threading.Thread(target=self.server.serve_forever, kwargs={'poll_interval': 0.05}, daemon=True)
        self.thread.start()

    def url(self, path='', host='127.0.0.1'):
        return f'{self.scheme}://{host}:{self.port}{path}'

    def messages(self):
        """JSON bodies of the requests that were taken."""
        with self.lock:
            return [json.loads(body) for _, _, body in self.requests]

    def close(self):
        self.server.shutdown()
        self.server.server_close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()
