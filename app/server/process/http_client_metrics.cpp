#include "app/server/process/http_client_metrics.hpp"

namespace ff::app {

using net::http_client::ClientCounters;

HttpClientMetrics::HttpClientMetrics(actors::Metrics& metrics)
    : series_{{metrics.counter("farfield_http_client_requests_total", "Requests taken."),
               &ClientCounters::requests},
              {metrics.counter("farfield_http_client_answers_total", "Answers of any status."),
               &ClientCounters::answers},
              {metrics.counter("farfield_http_client_failures_total",
                               "Requests that ended without an answer."),
               &ClientCounters::failures},
              {metrics.counter("farfield_http_client_refused_total",
                               "Requests to networks that are not allowed."),
               &ClientCounters::refused},
              {metrics.counter("farfield_http_client_overloads_total",
                               "Requests not taken for want of room."),
               &ClientCounters::overloads},
              {metrics.counter("farfield_http_client_redirects_total", "Redirects followed."),
               &ClientCounters::redirects}},
      under_way_(metrics.gauge("farfield_http_client_under_way", "Requests under way.")),
      waiting_(metrics.gauge("farfield_http_client_waiting", "Requests that wait to be sent.")) {}

void HttpClientMetrics::sample(const ClientCounters& counters) {
  for (const auto& [counter, count] : series_)
    counter.Increment(static_cast<double>(counters.*count - last_.*count));
  under_way_.Set(static_cast<double>(counters.under_way));
  waiting_.Set(static_cast<double>(counters.waiting));
  last_ = counters;
}

}  // namespace ff::app
