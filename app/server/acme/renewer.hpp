// Keeps a certificate from an ACME server: obtained when there is none, renewed in the last third
// of its life. Not the talk itself (protocol/acme), and no listener: who answers challenges is
// given a table of them.
#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "net/http_client/client.hpp"
#include "net/runtime/event_loop.hpp"
#include "net/tls/context.hpp"
#include "protocol/acme/order.hpp"
#include "protocol/base/random.hpp"

namespace ff::app {

/// Headers of answers that the renewer's HTTP client has to keep.
std::vector<std::string> acme_answer_headers();

/// Challenges that wait to be looked at. Thread safe.
class AcmeChallenges {
 public:
  void set(std::map<std::string, std::string> challenges);
  /// What to answer; nothing: there is no such challenge.
  std::optional<std::string> find(std::string_view token) const;

 private:
  mutable std::mutex mutex_;
  std::map<std::string, std::string> challenges_;
};

struct AcmeRenewerConfig {
  acme::OrderConfig order;
  /// Holds `account.pem` and `certificate.pem` (chain and key), readable by us alone. Made if it is
  /// not there.
  std::filesystem::path directory;
  Duration look_interval = std::chrono::hours{12};
  /// After a failure, twice as long after each other one. Authorities count failed attempts.
  Duration retry_min = std::chrono::minutes{1};
  Duration retry_max = std::chrono::hours{12};
};

struct AcmeRenewerPorts {
  net::http_client::HttpClient& http;  ///< Outlives the renewer.
  std::function<UtcTime()> utc_now;
  std::unique_ptr<Random> random;  ///< Spreads the times of renewal.
  std::shared_ptr<AcmeChallenges> challenges;
  /// Takes another certificate into use.
  std::function<Status(const net::tls::KeyPair&)> use;
  /// Told what became of each attempt.
  std::function<void(const Status&)> report;
};

/// The stored certificate; nothing if there is none or it is not for all hosts. Error:
/// certificate_unreadable.
Result<std::optional<net::tls::KeyPair>> stored_certificate(const AcmeRenewerConfig& config);

/// On its loop's thread only; the account's key and the certificate are small files that are
/// written there.
class AcmeRenewer {
 public:
  AcmeRenewer(net::EventLoop& loop, AcmeRenewerConfig config, AcmeRenewerPorts ports);
  ~AcmeRenewer();
  AcmeRenewer(const AcmeRenewer&) = delete;
  AcmeRenewer& operator=(const AcmeRenewer&) = delete;

  /// Looks now, and from time to time as long as it lives.
  void start();

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace ff::app
