// How long OpenSSL lives in a process.
#pragma once

namespace ff::net::tls {

/// OpenSSL frees its locks when a program exits, by a handler it installs when it is first used.
/// Threads that are not joined before (gRPC's, which close connections in the background) then
/// crash in it. After this the handler is not installed; the system takes the memory back. To be
/// called in main() before anything uses OpenSSL; later it does nothing. [OPENSSL_init_crypto(3)]
void keep_openssl_until_process_ends() noexcept;

}  // namespace ff::net::tls
