// What a server answered as an Error: namespace, name, message, attributes and correlation ID of a
// gRPC status. Not the errors that the client finds itself; they are defined where they are found.
#pragma once

#include <grpcpp/support/status.h>

#include <string>

#include "protocol/base/error.hpp"

namespace ttn::lorawan::v3 {
class ErrorDetails;
}

namespace ff::cli {

/// The attribute that carries the server's correlation ID, beside those of the error itself.
inline constexpr std::string_view correlation_id_attribute = "correlation_id";

/// The error of a status that is not OK, with its chain of causes. A status without details has
/// namespace `grpc` and the name of its code. Whatever a server sends: chains, texts and the number
/// of different definitions are bounded.
Error error_of(const grpc::Status& status);
/// The same of an error within an answer.
Error error_of(const ttn::lorawan::v3::ErrorDetails& details);

}  // namespace ff::cli
