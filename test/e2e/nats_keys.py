"""Keys and tokens of NATS: what `nsc` would make. An operator, an account and users, each an Ed25519 key in NATS's own text form, and
JWTs in which the one vouches for the other."""
import base64
import json
import time

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

SEED = 18 << 3
OPERATOR, ACCOUNT, USER = 14 << 3, 0, 20 << 3


def crc16(data):
    crc = 0
    for byte in data:
        crc ^= byte << 8
        for _ in range(8):
            crc = (crc << 1 ^ 0x1021 if crc & 0x8000 else crc << 1) & 0xffff
    return crc


def nkey(data):
    return base64.b32encode(data + crc16(data).to_bytes(2, 'little')).decode().rstrip('=')


def base64url(data):
    return base64.urlsafe_b64encode(data).decode().rstrip('=')


class Key:
    def __init__(self, kind):
        self.private = Ed25519PrivateKey.generate()
        self.public = nkey(bytes([kind]) + self.private.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw))
        raw = self.private.private_bytes(Encoding.Raw, PrivateFormat.Raw, NoEncryption())
        self.seed = nkey(bytes([SEED | kind >> 5, (kind & 31) << 3]) + raw)

    def sign(self, text):
        return base64url(self.private.sign(text.encode()))

    def vouch(self, kind, name, subject, **claims):
        """A JWT by this key about another."""
        head = base64url(json.dumps({'typ': 'JWT', 'alg': 'ed25519-nkey'}).encode())
        body = base64url(json.dumps({'jti': name, 'iat': int(time.time()), 'iss': self.public, 'name': name, 'sub': subject.public,
                                     'nats': {'type': kind, 'version': 2, **claims}}).encode())
        return f'{head}.{body}.{self.sign(head + "." + body)}'


class Operator:
    """One account with two users: `app` may publish below `lora.` alone."""

    def __init__(self):
        operator, account = Key(OPERATOR), Key(ACCOUNT)
        self.app, self.observer = Key(USER), Key(USER)
        limits = {'subs': -1, 'data': -1, 'payload': -1}
        self.app_jwt = account.vouch('user', 'app', self.app, pub={'allow': ['lora.>']}, sub={}, **limits)
        self.observer_jwt = account.vouch('user', 'observer', self.observer, pub={}, sub={}, **limits)
        account_jwt = operator.vouch('account', 'account', account, limits={'imports': -1, 'exports': -1, 'wildcards': True, 'conn': -1,
                                                                           'leaf': -1, **limits})
        self.settings = [f'operator: {operator.vouch("operator", "operator", operator)}', 'resolver: MEMORY',
                         f'resolver_preload: {{ {account.public}: {account_jwt} }}']
