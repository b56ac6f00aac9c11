// BrokerUrl: the address of a message broker as users write it. Not the connection (client.hpp) and
// not whether the address may be reached (net/http_client/target_policy.hpp).
// [spec integrations §3.2]
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "protocol/base/result.hpp"

namespace ff::net::broker_client {

inline constexpr ErrorDef invalid_url{"net/broker_client", "invalid_url", Code::invalid_argument,
                                      "the URL of the broker is not usable: {reason}"};

enum class Scheme : std::uint8_t { mqtt, mqtts, ws, wss, nats, tls };

/// How a NATS server knows us; `?auth=`, our own. [spec integrations §3.2 has the URL alone]
enum class NatsLogin : std::uint8_t {
  plain,  ///< User and password, or a token; nobody.
  jwt,    ///< The user is a JWT, the password the seed of its key: both parts of a `.creds` file.
  nkey,   ///< The user is a public key, the password its seed.
};

struct BrokerUrl {
  Scheme scheme = Scheme::mqtt;
  std::string user;  // decoded; with NATS and without a password it is a token
  std::string password;
  bool has_password = false;
  std::string host;  // a name, or an address without brackets
  std::uint16_t port = 0;
  std::string path;  // with its slash; of WebSockets
  /// NATS: messages are acknowledged by a JetStream; `?jetstream=true`, our own.
  bool jetstream = false;
  NatsLogin login = NatsLogin::plain;

  bool is_nats() const noexcept { return scheme == Scheme::nats || scheme == Scheme::tls; }
  bool is_web_socket() const noexcept { return scheme == Scheme::ws || scheme == Scheme::wss; }
  bool has_tls() const noexcept {
    return scheme == Scheme::mqtts || scheme == Scheme::wss || scheme == Scheme::tls;
  }
  bool operator==(const BrokerUrl&) const = default;
};

/// `mqtts://user:password@broker.example.com:8883`, `wss://host/mqtt`, `nats://token@host`,
/// `tls://{JWT}:{seed}@host?auth=jwt`. A port
/// that is not named is the scheme's. Total on any text. Error: invalid_url, which never repeats
/// the text: it may hold a password.
Result<BrokerUrl> parse_broker_url(std::string_view text);

}  // namespace ff::net::broker_client
