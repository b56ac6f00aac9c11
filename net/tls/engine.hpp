// Engine: one side of a TLS connection without input and output; bytes go in and come out.
// Not a stream: whoever owns the socket moves the bytes (net/stream).
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "net/tls/context.hpp"
#include "net/tls/peer.hpp"
#include "protocol/base/bytes.hpp"

namespace ff::net::tls {

/// Not thread safe. After every call, take_output() may hold bytes for the other side.
class Engine {
 public:
  enum class State : std::uint8_t {
    handshaking,
    open,
    closed,  ///< The peer ended TLS in order.
    failed,
  };

  static Result<std::unique_ptr<Engine>> server(std::shared_ptr<const ServerContext> context);
  /// `host` is sent as SNI (unless it is an address) and must be named by the server's certificate.
  static Result<std::unique_ptr<Engine>> client(std::shared_ptr<const ClientContext> context,
                                                const std::string& host);
  ~Engine();
  Engine(const Engine&) = delete;
  Engine& operator=(const Engine&) = delete;

  /// Takes bytes from the peer and goes on with the handshake. A client's engine starts with none.
  State receive(ByteView encrypted);
  /// Decrypts the next received bytes into `out`; 0 when there are none.
  std::size_t read(MutableByteView out);
  /// Encrypts all of `plain`; only in state `open`.
  State write(ByteView plain);
  /// Tells the peer that nothing follows.
  void shutdown();
  /// Moves out what must be sent to the peer.
  Bytes take_output();

  State state() const noexcept { return state_; }
  /// Why the state is `failed`.
  const std::string& failure() const noexcept { return failure_; }
  /// What the handshake said; only in state `open` or later.
  Peer peer() const;

 private:
  struct Connection;
  explicit Engine(std::unique_ptr<Connection> connection);
  void handshake();
  /// Sorts an OpenSSL result that was not a success into a state.
  void judge(int result);

  std::unique_ptr<Connection> connection_;
  State state_ = State::handshaking;
  std::string failure_;
};

}  // namespace ff::net::tls
