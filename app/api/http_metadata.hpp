// HTTP headers to gRPC metadata and back [spec api-conventions §2.1;
// shared/api/json-rules.md: HTTP mapping].
// Not for rights: who may set forwarded headers is decided by the HTTP server's proxy rules before.
#pragma once

#include <grpcpp/client_context.h>

#include "app/api/http.hpp"

namespace ff::api {

/// Adds what passes to the call's metadata: Authorization, X-Request-Id, the X-Forwarded family,
/// `Grpc-Metadata-<key>` as `<key>`, and the other permanent HTTP headers as `grpcgateway-<name>`.
/// What gRPC could not carry is left out.
void add_metadata(const HttpRequest& request, grpc::ClientContext& context);

/// Whether its initial metadata say that a stream has begun (reply.hpp).
bool is_open(const grpc::ClientContext& context);

/// Adds the call's answer metadata as headers. `trailing` when the call is over.
void add_headers(const grpc::ClientContext& context, bool trailing, HttpHeaders& headers);

}  // namespace ff::api
