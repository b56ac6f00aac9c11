// The metrics of the HTTP client for webhooks: net/ counts, this tells.
#pragma once

#include "actors/support/metrics.hpp"
#include "net/http_client/client.hpp"

namespace ff::app {

class HttpClientMetrics {
 public:
  explicit HttpClientMetrics(actors::Metrics& metrics);
  /// One at a time.
  void sample(const net::http_client::ClientCounters& counters);

 private:
  struct Series {
    prometheus::Counter& counter;
    std::uint64_t net::http_client::ClientCounters::*count;
  };
  std::vector<Series> series_;
  prometheus::Gauge& under_way_;
  prometheus::Gauge& waiting_;
  net::http_client::ClientCounters last_;
};

}  // namespace ff::app
