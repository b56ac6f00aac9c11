// The metrics of the pool of formatter workers; names are the reference's where it has one.
// [shared/api/metrics.tsv javascript_*]
#pragma once

#include "actors/support/metrics.hpp"

namespace ff::application_server {

struct FormattersProbe {
  explicit FormattersProbe(actors::Metrics& metrics)
      : ok(metrics.counter("ttn_lw_javascript_runs_total", "Calls of scripts.",
                           {{"result", "ok"}})),
        failed(metrics.counter("ttn_lw_javascript_runs_total", "Calls of scripts.",
                               {{"result", "error"}})),
        latency(metrics.histogram(
            "ttn_lw_javascript_run_latency_seconds",
            "From the request for a call to its answer, waiting included.",
            {0.0001, 0.0005, 0.001, 0.005, 0.01, 0.05, 0.1, 0.25, 0.5, 1, 5, 10})),
        compiled(metrics.counter("ttn_lw_javascript_compilations_total", "Scripts compiled.",
                                 {{"result", "ok"}})),
        not_compiled(metrics.counter("ttn_lw_javascript_compilations_total", "Scripts compiled.",
                                     {{"result", "error"}})),
        compilation_latency(
            metrics.histogram("ttn_lw_javascript_compilations_latency_seconds",
                              "How long a worker took to compile a script.",
                              {0.0001, 0.0005, 0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25})),
        unanswered(metrics.counter("farfield_as_formatter_calls_unanswered_total",
                                   "Calls that found no worker in time.")),
        started(metrics.counter("farfield_as_formatter_workers_started_total",
                                "Worker processes started.")),
        killed(metrics.counter(
            "farfield_as_formatter_workers_killed_total",
            "Worker processes ended because of a call: it hung, or took too much memory.")),
        waiting(metrics, "formatter_calls") {}

  prometheus::Counter& ok;
  prometheus::Counter& failed;
  prometheus::Histogram& latency;
  prometheus::Counter& compiled;
  prometheus::Counter& not_compiled;
  prometheus::Histogram& compilation_latency;
  prometheus::Counter& unanswered;
  prometheus::Counter& started;
  prometheus::Counter& killed;
  actors::QueueProbe waiting;
};

}  // namespace ff::application_server
