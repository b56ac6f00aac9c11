// The one mapper of errors to the wire: Error to gRPC status, gRPC status to HTTP status and JSON
// body. Not a place to define errors; they are defined above the functions that return them.
#pragma once

#include <grpcpp/support/status.h>

#include <string>
#include <string_view>

#include "protocol/base/error.hpp"

namespace ff::api {

/// Status with the message `error:<namespace>:<name> (<text>)` and one detail,
/// ttn.lorawan.v3.ErrorDetails with the chain of causes. `correlation_id`: 32 hex digits, also in
/// the log.
grpc::Status to_grpc(const Error& error, std::string_view correlation_id);

/// The HTTP status of a gRPC status code [spec api-conventions §7].
int http_status(grpc::StatusCode code) noexcept;

/// `{"code":…,"message":…,"details":[…]}`. A detail of unknown type is left out.
std::string error_json(const grpc::Status& status);

}  // namespace ff::api
