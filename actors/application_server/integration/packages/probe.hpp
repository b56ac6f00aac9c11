// The metrics of application packages; names are the reference's where it has one.
// [shared/api/metrics.tsv as_packages_*]
#pragma once

#include "actors/application_server/integration/packages/association.hpp"
#include "actors/support/metrics.hpp"
#include "protocol/base/error.hpp"

namespace ff::application_server::packages {

class ConsumerProbe {
 public:
  ConsumerProbe(actors::Metrics& metrics, Package package);
  /// Of an attempt; the label is the error's name.
  void failed(const Error& error) const;

  prometheus::Counter& processed;
  prometheus::Counter& given_up;
  prometheus::Counter& read;
  prometheus::Counter& lost;
  prometheus::Counter& read_failures;
  prometheus::Counter& downlinks;
  prometheus::Counter& published;
  prometheus::Histogram& request_duration;

 private:
  ConsumerProbe(actors::Metrics& metrics, const actors::Metrics::Labels& labels);

  actors::Metrics& metrics_;
  actors::Metrics::Labels labels_;
};

struct PackagesProbe {
  explicit PackagesProbe(actors::Metrics& metrics)
      : stored(metrics.gauge("farfield_as_package_associations", "Package associations.")),
        waiting(metrics, "package_changes"),
        actors(metrics, "package_consumer") {}
  prometheus::Gauge& stored;
  actors::QueueProbe waiting;
  actors::ActorProbe actors;
};

}  // namespace ff::application_server::packages
