// gRPC's own messages in the log of the process.
#pragma once

namespace ff::app {

/// Call before the first use of gRPC. They are for debugging: strangers cause them, as with broken
/// TLS handshakes, and what fails at a start is reported by whoever starts it.
void take_over_grpc_log();

}  // namespace ff::app
