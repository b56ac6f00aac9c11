// The certificate that comes from an authority by ACME (`tls.acme`): which it is now, and how it is
// kept. Not the talk with the authority (protocol/acme), nor when it is asked (app/server/acme).
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "actors/support/metrics.hpp"
#include "config/config.hpp"
#include "net/runtime/event_loop.hpp"
#include "net/tls/context.hpp"
#include "protocol/base/time.hpp"

namespace ff::app {

inline constexpr ErrorDef incomplete_acme{"config", "incomplete_acme", Code::invalid_argument,
                                          "`{key}` is needed for a certificate by ACME"};

/// The stored one, or until there is one a certificate of our own for the same hosts. Errors:
/// incomplete_acme; of net/tls.
Result<net::tls::KeyPair> acme_certificate(const config::Tls& tls, UtcTime now);

/// Obtains and renews the certificate while it lives.
class AcmeKeeper {
 public:
  struct Ports {
    net::EventLoop& loop;
    std::function<UtcTime()> utc_now;
    std::function<Status(const net::tls::KeyPair&)> use;
    actors::Metrics& metrics;
  };
  /// Error: of make_http_client.
  static Result<std::unique_ptr<AcmeKeeper>> make(const config::Tls& tls, Ports ports);
  ~AcmeKeeper();

  /// When the authority can reach http.listen.
  void start();
  /// The answer to a challenge; nothing: there is none. Any thread.
  std::function<std::optional<std::string>(std::string_view token)> challenges() const;

 private:
  struct State;
  explicit AcmeKeeper(std::shared_ptr<State> state);
  std::shared_ptr<State> state_;
};

}  // namespace ff::app
