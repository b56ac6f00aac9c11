#include "app/server/process/http_server_metrics.hpp"

namespace ff::app {

HttpServerMetrics::HttpServerMetrics(actors::Metrics& metrics)
    : requests_(metrics.counter("farfield_http_requests_total", "HTTP requests that were read.")),
      refused_(metrics.counter("farfield_http_requests_refused_total",
                               "HTTP requests that are malformed, too large or too slow.")) {}

void HttpServerMetrics::sample(const net::http::ServerCounters& now) {
  requests_.Increment(static_cast<double>(now.requests - last_.requests));
  refused_.Increment(static_cast<double>(now.bad_requests - last_.bad_requests));
  last_ = now;
}

}  // namespace ff::app
