// Events as metrics, with the names and labels that the reference has [shared/api/metrics.tsv].
#pragma once

#include <functional>
#include <map>
#include <shared_mutex>
#include <string>
#include <string_view>

#include "actors/support/metrics.hpp"

namespace ff::app {

/// Counts by an event's name. Thread safe; names are a closed set, since every event's is a
/// literal.
class EventCounter {
 public:
  /// `metrics` outlives it.
  EventCounter(actors::Metrics& metrics, std::string name, std::string help)
      : metrics_(metrics), name_(std::move(name)), help_(std::move(help)) {}

  void count(std::string_view event);

 private:
  actors::Metrics& metrics_;
  const std::string name_;
  const std::string help_;
  std::shared_mutex mutex_;
  std::map<std::string, prometheus::Counter*, std::less<>> series_;
};

struct EventMetrics {
  explicit EventMetrics(actors::Metrics& metrics)
      : published(metrics, "ttn_lw_events_publishes_total", "Events published."),
        dropped(metrics, "ttn_lw_events_channel_dropped_total",
                "Events that a subscriber had no room for.") {}

  EventCounter published;
  EventCounter dropped;
};

}  // namespace ff::app
