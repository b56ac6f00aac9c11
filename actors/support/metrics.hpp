// Metrics: one registry per process, handed to probes. A probe resolves its series once, at
// construction.
#pragma once

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>

#include <map>
#include <memory>
#include <string>
#include <vector>

namespace ff::actors {

/// Thread safe. Series live as long as the registry; labels come from closed sets, never from ids.
class Metrics {
 public:
  using Labels = std::map<std::string, std::string>;

  Metrics() : registry_(std::make_shared<prometheus::Registry>()) {}

  prometheus::Counter& counter(const std::string& name, const std::string& help,
                               const Labels& labels = {});
  prometheus::Gauge& gauge(const std::string& name, const std::string& help,
                           const Labels& labels = {});
  prometheus::Histogram& histogram(const std::string& name, const std::string& help,
                                   const std::vector<double>& bounds, const Labels& labels = {});

  /// The present values of gauge `name`, by their label `label`. Looks at every series.
  std::map<std::string, double> gauge_values(const std::string& name,
                                             const std::string& label) const;

  /// What /metrics prints, in Prometheus' text format.
  std::string text() const;

 private:
  std::shared_ptr<prometheus::Registry> registry_;
};

/// What every kind of actor reports. `kind` is the actor's name: a closed set.
struct ActorProbe {
  ActorProbe(Metrics& metrics, const std::string& kind);

  prometheus::Gauge& running;
  prometheus::Counter& spawned;
  prometheus::Counter& restarted;
  prometheus::Counter& failed;
};

/// What every bounded queue reports.
struct QueueProbe {
  QueueProbe(Metrics& metrics, const std::string& queue);

  prometheus::Gauge& depth;
  prometheus::Counter& dropped;
};

}  // namespace ff::actors
