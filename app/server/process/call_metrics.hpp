// Calls of the API as metrics, with the names and labels that the reference has
// [shared/api/metrics.tsv]. Not errors' names: those are in the log.
#pragma once

#include <prometheus/counter.h>

#include <array>
#include <atomic>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>

#include "actors/support/metrics.hpp"
#include "app/api/front.hpp"

namespace ff::app {

/// Thread safe. A method has series from its first call on; methods that the API does not have are
/// one.
class CallMetrics {
 public:
  /// `metrics` outlives it.
  explicit CallMetrics(actors::Metrics& metrics);

  /// `method` is `ttn.lorawan.v3.GatewayRegistry/Get`.
  void started(std::string_view method) { count(method, Fact::started); }
  void received(std::string_view method) { count(method, Fact::received); }
  void sent(std::string_view method) { count(method, Fact::sent); }
  void handled(std::string_view method, grpc::StatusCode code);

 private:
  enum class Fact : std::uint8_t { started, received, sent };
  static constexpr std::size_t facts = 3;
  /// Those of gRPC, 0 to 16.
  static constexpr std::size_t codes = 17;
  using Slot = std::atomic<prometheus::Counter*>;
  struct Series {
    std::string name;
    actors::Metrics::Labels labels;
    std::array<Slot, facts> messages{};
    std::array<Slot, codes> ends{};
  };

  Series& series_of(std::string_view method) const;
  void count(std::string_view method, Fact fact);

  actors::Metrics& metrics_;
  std::unique_ptr<Series> unknown_;
  std::unordered_map<std::string_view, std::unique_ptr<Series>> methods_;  // views of their names
};

}  // namespace ff::app
