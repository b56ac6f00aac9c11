"""A gRPC client of the API without generated code: messages and methods are those of a descriptor set that the build makes.

Needs Debian's python3-grpcio and python3-protobuf.
"""
import pathlib

import grpc
from google.protobuf import descriptor_pb2, descriptor_pool, json_format, message_factory

from harness import BIN

PACKAGE = 'ttn.lorawan.v3.'
DEADLINE = 20  # seconds


class Api:
    """Messages and methods by their names."""

    def __init__(self, path):
        files = descriptor_pb2.FileDescriptorSet.FromString(pathlib.Path(path).read_bytes())
        self.pool = descriptor_pool.DescriptorPool()
        for file in files.file:
            self.pool.AddSerializedFile(file.SerializeToString())
        self.factory = message_factory.MessageFactory(self.pool)

    def type(self, name):
        """The class of a message: `Application` of the API, or a full name."""
        full = name if '.' in name else PACKAGE + name
        return self.factory.GetPrototype(self.pool.FindMessageTypeByName(full))

    def method(self, name):
        """(path, request class, response class) of `Service/Method` of the API, or of a full name."""
        full = name if '.' in name else PACKAGE + name
        service, _, method = full.partition('/')
        found = self.pool.FindServiceByName(service).FindMethodByName(method)
        return (f'/{full}', self.factory.GetPrototype(found.input_type), self.factory.GetPrototype(found.output_type))


API = Api(BIN.parent / 'gen' / 'api_descriptors.pb')


class GrpcError(Exception):
    """A call that did not end with OK. `details` is the ErrorDetails of the status; None when it has none."""

    def __init__(self, call):
        super().__init__(f'{call.code()}: {call.details()}')
        self.code, self.message, self.details = call.code(), call.details(), None
        for key, value in call.trailing_metadata() or ():
            if key == 'grpc-status-details-bin':
                rich = API.type('google.rpc.Status').FromString(value)
                self.rich_code = rich.code
                self.details = API.type('ErrorDetails')()
                rich.details[0].Unpack(self.details)

    @property
    def name(self):
        """`namespace:name` as clients of the API match on it."""
        return f'{self.details.namespace}:{self.details.name}' if self.details else None

    @property
    def attributes(self):
        return json_format.MessageToDict(self.details.attributes) if self.details else {}


class GrpcStream:
    """A running server stream. Iterating gives its messages; `end()` the error it ended with, or None."""

    def __init__(self, call):
        self.call = call

    def next(self):
        try:
            return next(self.call)
        except grpc.RpcError as error:
            raise GrpcError(error) from error

    def next_where(self, condition):
        """The next message that satisfies the condition; others are dropped. The call's deadline is the limit."""
        while True:
            message = self.next()
            if condition(message):
                return message

    def end(self):
        try:
            for _ in self.call:
                pass
        except grpc.RpcError as error:
            return GrpcError(error)
        return None

    def cancel(self):
        self.call.cancel()


class GrpcClient:
    """Calls of one caller over one channel. Requests are dicts in the JSON form of protobuf, or messages."""

    def __init__(self, target, key=None, root=None, options=()):
        """`root`: PEM of the certificate to trust; none: a plain connection."""
        self.key = key
        if root:
            self.channel = grpc.secure_channel(target, grpc.ssl_channel_credentials(root), list(options))
        else:
            self.channel = grpc.insecure_channel(target, list(options))

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.channel.close()

    def metadata(self, key, extra):
        key = self.key if key is None else key
        return [*([('authorization', f'Bearer {key}')] if key else []), *extra]

    def call_with_metadata(self, method, request=None, *, key=None, metadata=(), timeout=DEADLINE):
        """(response, metadata of the answer's beginning)."""
        path, request_type, response_type = API.method(method)
        message = request if isinstance(request, request_type) else json_format.ParseDict(request or {}, request_type())
        rpc = self.channel.unary_unary(path, request_type.SerializeToString, response_type.FromString)
        try:
            response, call = rpc.with_call(message, timeout=timeout, metadata=self.metadata(key, metadata))
        except grpc.RpcError as error:
            raise GrpcError(error) from error
        return response, dict(call.initial_metadata())

    def call(self, method, request=None, **kwargs):
        return self.call_with_metadata(method, request, **kwargs)[0]

    def call_raw(self, path, body=b'', timeout=DEADLINE):
        """For methods that the API does not have."""
        same = lambda data: data
        try:
            return self.channel.unary_unary(path, same, same)(body, timeout=timeout, metadata=self.metadata(None, ()))
        except grpc.RpcError as error:
            raise GrpcError(error) from error

    def stream_raw(self, path, body, timeout=DEADLINE):
        """A server stream of a method that the API does not have: its first answer."""
        same = lambda data: data
        call = self.channel.stream_stream(path, same, same)(iter([body]), timeout=timeout)
        try:
            return next(call)
        except grpc.RpcError as error:
            raise GrpcError(error) from error
        finally:
            call.cancel()

    def stream(self, method, request=None, *, key=None, timeout=DEADLINE):
        path, request_type, response_type = API.method(method)
        message = json_format.ParseDict(request or {}, request_type())
        rpc = self.channel.unary_stream(path, request_type.SerializeToString, response_type.FromString)
        return GrpcStream(rpc(message, timeout=timeout, metadata=self.metadata(key, ())))


def mask(*paths):
    """A field mask in JSON form."""
    return ','.join(camel(path) for path in paths)


def camel(path):
    """Protobuf's JSON form of field masks spells paths in lower camel case."""
    out, upper = '', False
    for character in path:
        out += character.upper() if upper else '' if character == '_' else character
        upper = character == '_'
    return out
