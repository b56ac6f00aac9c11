// The metrics of the outbox.
#pragma once

#include "actors/support/metrics.hpp"

namespace ff::application_server {

struct OutboxProbe {
  explicit OutboxProbe(actors::Metrics& metrics)
      : removed_early(metrics.counter("farfield_as_outbox_removed_early_total",
                                      "Messages removed before their time, because they were more "
                                      "than as.outbox.messages-max.")) {}
  prometheus::Counter& removed_early;
};

}  // namespace ff::application_server
