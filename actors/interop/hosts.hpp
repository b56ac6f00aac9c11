// The hosts that a join server of the configuration stands for: itself or, with `dns`, one for each
// JoinEUI. What becomes of questions to one of them is no matter of the others. Pure; time is a
// parameter.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>

#include "actors/support/breaker.hpp"
#include "protocol/base/result.hpp"

namespace ff::interop {

class Hosts {
 public:
  struct Limits {
    std::uint32_t breaker_failures = 0;
    Duration breaker_pause{};
    std::size_t under_way_max = 1;  // of each host
  };
  explicit Hosts(Limits limits) : limits_(limits) {}

  /// Takes a place for a question to `host`. Errors: paused, overloaded, with `server` as who it
  /// is.
  Status admit(const std::string& host, std::string_view server, MonoTime now);
  /// Gives the place back; what was heard of the host is said behind it.
  void ended(const std::string& host);
  void succeeded(const std::string& host);
  void failed(const std::string& host, MonoTime now);

  /// How many are left alone.
  std::size_t open() const noexcept { return open_; }
  std::size_t size() const noexcept { return hosts_.size(); }

  /// Names of JoinEUIs are made up easily: of hosts that nothing is under way to, those asked last
  /// are remembered.
  static constexpr std::size_t remembered_max = 1024;

 private:
  struct Host {
    actors::Breaker breaker;
    std::size_t under_way = 0;
    std::uint64_t asked = 0;  // which question was its last
  };
  using Place = std::map<std::string, Host>::iterator;
  void forget_oldest();

  Limits limits_;
  std::map<std::string, Host> hosts_;
  std::map<std::uint64_t, Place> idle_;  // by last question
  std::uint64_t questions_ = 0;
  std::size_t open_ = 0;
};

}  // namespace ff::interop
