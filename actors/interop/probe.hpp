// Metrics of an interop client: one set of series for each join server of the configuration.
#pragma once

#include "actors/support/metrics.hpp"
#include "protocol/base/error.hpp"

namespace ff::interop {

/// What becomes of questions to one join server.
struct PeerProbe {
  PeerProbe(actors::Metrics& metrics, const std::string& client, const std::string& server)
      : answered(series(metrics, client, server, "answered")),
        refused(series(metrics, client, server, "refused")),
        failed(series(metrics, client, server, "failed")),
        retried(series(metrics, client, server, "retried")),
        paused(series(metrics, client, server, "paused")),
        overloaded(series(metrics, client, server, "overloaded")),
        open(metrics.gauge(
            "farfield_interop_client_breaker_open",
            "Hosts of the join server that failed again and again and are left alone.",
            {{"client", client}, {"server", server}})) {}

  prometheus::Counter& answered;
  prometheus::Counter& refused;     // by the join server: the device, or we, may not
  prometheus::Counter& failed;      // no answer, or none that can be read
  prometheus::Counter& retried;     // it had not heard the question
  prometheus::Counter& paused;      // not asked: breaker
  prometheus::Counter& overloaded;  // not asked: too many under way
  prometheus::Gauge& open;

 private:
  static prometheus::Counter& series(actors::Metrics& metrics, const std::string& client,
                                     const std::string& server, const char* result) {
    return metrics.counter("farfield_interop_client_requests_total",
                           "Questions to other networks' join servers, by what became of them.",
                           {{"client", client}, {"server", server}, {"result", result}});
  }
};

}  // namespace ff::interop
