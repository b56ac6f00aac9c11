#include "actors/support/metrics.hpp"

#include <prometheus/text_serializer.h>

namespace ff::actors {

prometheus::Counter& Metrics::counter(const std::string& name, const std::string& help,
                                      const Labels& labels) {
  return prometheus::BuildCounter().Name(name).Help(help).Register(*registry_).Add(labels);
}

prometheus::Gauge& Metrics::gauge(const std::string& name, const std::string& help,
                                  const Labels& labels) {
  return prometheus::BuildGauge().Name(name).Help(help).Register(*registry_).Add(labels);
}

prometheus::Histogram& Metrics::histogram(const std::string& name, const std::string& help,
                                          const std::vector<double>& bounds, const Labels& labels) {
  return prometheus::BuildHistogram()
      .Name(name)
      .Help(help)
      .Register(*registry_)
      .Add(labels, bounds);
}

std::map<std::string, double> Metrics::gauge_values(const std::string& name,
                                                    const std::string& label) const {
  std::map<std::string, double> values;
  for (const auto& family : registry_->Collect()) {
    if (family.name != name) continue;
    for (const auto& metric : family.metric) {
      for (const auto& entry : metric.label)
        if (entry.name == label) values[entry.value] = metric.gauge.value;
    }
  }
  return values;
}

std::string Metrics::text() const {
  return prometheus::TextSerializer().Serialize(registry_->Collect());
}

ActorProbe::ActorProbe(Metrics& metrics, const std::string& kind)
    : running(metrics.gauge("farfield_actors_running", "Actors alive.", {{"kind", kind}})),
      spawned(
          metrics.counter("farfield_actors_spawned_total", "Actors started.", {{"kind", kind}})),
      restarted(metrics.counter("farfield_actors_restarted_total",
                                "Actors started again by their supervisor.", {{"kind", kind}})),
      failed(metrics.counter("farfield_actors_failed_total", "Actors that ended by an error.",
                             {{"kind", kind}})) {}

QueueProbe::QueueProbe(Metrics& metrics, const std::string& queue)
    : depth(metrics.gauge("farfield_queue_depth", "Entries waiting.", {{"queue", queue}})),
      dropped(metrics.counter("farfield_queue_dropped_total",
                              "Entries refused because the queue was full.", {{"queue", queue}})) {}

}  // namespace ff::actors
