// Counts of listeners as metrics. gRPC's listeners are its own and count nothing.
#pragma once

#include <map>
#include <string>

#include "actors/support/metrics.hpp"
#include "net/stream/network.hpp"

namespace ff::actors {

/// Not thread safe.
class ListenerMetrics {
 public:
  explicit ListenerMetrics(Metrics& metrics) : metrics_(metrics) {}

  /// `listener` is one of a few names; `now` its counts since it began.
  void sample(const std::string& listener, const net::ListenerCounters& now);

 private:
  Metrics& metrics_;
  std::map<std::string, net::ListenerCounters> last_;
};

}  // namespace ff::actors
