#!/usr/bin/env python3
"""An endpoint for webhooks: prints each message; answers the first uplink of each device with a downlink, by the URL and the key that the
webhook sends along.   usage: receiver.py [PORT]"""
import http.server
import json
import sys
import urllib.request


class Receiver(http.server.BaseHTTPRequestHandler):
    answered = set()

    def do_POST(self):
        message = json.loads(self.rfile.read(int(self.headers['Content-Length'])))
        # Whatever takes time comes after the answer: a webhook waits for five seconds.
        self.send_response(204)
        self.end_headers()
        device = message['end_device_ids']['device_id']
        uplink = message.get('uplink_message', {})
        print(self.path, device, uplink.get('decoded_payload', uplink.get('frm_payload')), flush=True)
        push = self.headers.get('X-Downlink-Push')
        if push and uplink and device not in self.answered:
            self.answered.add(device)
            body = json.dumps({'downlinks': [{'f_port': 1, 'frm_payload': 'AQ=='}]}).encode()
            request = urllib.request.Request(push, body, {'Authorization': 'Bearer ' + self.headers['X-Downlink-Apikey']})
            with urllib.request.urlopen(request, timeout=10) as answer:
                print('downlink queued for', device, answer.status, flush=True)

    def log_message(self, *_):
        pass


http.server.ThreadingHTTPServer(('127.0.0.1', int(sys.argv[1]) if len(sys.argv) > 1 else 8099), Receiver).serve_forever()
