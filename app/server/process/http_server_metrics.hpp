// The metrics of the HTTP server: net/ counts, this tells. Not calls of the API: call_metrics.hpp.
#pragma once

#include "actors/support/metrics.hpp"
#include "net/http/server.hpp"

namespace ff::app {

class HttpServerMetrics {
 public:
  explicit HttpServerMetrics(actors::Metrics& metrics);
  /// Counts of one server since it was made. One at a time.
  void sample(const net::http::ServerCounters& now);

 private:
  prometheus::Counter& requests_;
  prometheus::Counter& refused_;
  net::http::ServerCounters last_;
};

}  // namespace ff::app
