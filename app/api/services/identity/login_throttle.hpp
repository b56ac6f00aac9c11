// LoginThrottle: how often logins may fail, per account and per address, in bounded memory. Not
// who is right about a password.
#pragma once

#include <cstdint>
#include <list>
#include <map>
#include <mutex>
#include <optional>
#include <string>

#include "protocol/base/time.hpp"

namespace ff::api {

/// 0: no limit.
struct ThrottleRules {
  std::uint32_t per_account = 10;
  std::uint32_t per_address = 100;
  Duration window = std::chrono::minutes{15};
  /// Accounts and addresses that are remembered; the one that failed longest ago is forgotten.
  std::size_t entries_max = 20'000;
};

/// A window begins with a failure and ends after its time, whatever comes. From where an account's
/// last right password came, it can be used also while others guess: who guesses locks nobody out.
/// An address stands for its network (net/address/network_of.hpp). Thread safe.
class LoginThrottle {
 public:
  explicit LoginThrottle(ThrottleRules rules) : rules_(rules) {}

  /// How long to wait before another attempt; nothing: now. An empty account or address is one that
  /// is not known, and does not count. Counts the attempt as a failure until
  /// succeeded() is called, so that attempts at the same time count as well.
  std::optional<Duration> begin(const std::string& account, const std::string& remote_address,
                                MonoTime now);
  /// The attempt that began was right.
  void succeeded(const std::string& account, const std::string& remote_address, MonoTime now);
  std::size_t size() const;
  const ThrottleRules& rules() const noexcept { return rules_; }

 private:
  struct Entry {
    std::string name;
    std::uint32_t failures = 0;
    MonoTime until;
    std::string trusted;  // of an account: the address of its last success
  };
  using Entries = std::list<Entry>;  // the one that failed last first

  Entry& touch(const std::string& name, MonoTime now);
  const Entry* find(const std::string& name, MonoTime now) const;
  static void give_back(Entry& entry);

  const ThrottleRules rules_;
  mutable std::mutex mutex_;
  Entries entries_;
  std::map<std::string, Entries::iterator, std::less<>> by_name_;
};

}  // namespace ff::api
