#include "actors/application_server/integration/packages/probe.hpp"

namespace ff::application_server::packages {

ConsumerProbe::ConsumerProbe(actors::Metrics& metrics, Package package)
    : ConsumerProbe(metrics, {{"package", std::string(info_of(package).name)}}) {}

ConsumerProbe::ConsumerProbe(actors::Metrics& metrics, const actors::Metrics::Labels& labels)
    : processed(metrics.counter("ttn_lw_as_packages_processed_total",
                                "Messages that packages have handled.", labels)),
      given_up(metrics.counter("farfield_as_packages_given_up_total",
                               "Messages that packages could not handle.", labels)),
      read(metrics.counter("farfield_as_packages_messages_read_total",
                           "Messages read from the outbox for packages that were behind.", labels)),
      lost(metrics.counter("farfield_as_packages_messages_lost_total",
                           "Messages gone from the outbox before a package had them.", labels)),
      read_failures(metrics.counter("farfield_as_packages_read_failures_total",
                                    "Reads for a package that the store refused.", labels)),
      downlinks(metrics.counter("farfield_as_packages_downlinks_total",
                                "Downlinks of packages that were queued.", labels)),
      published(metrics.counter("farfield_as_packages_published_total",
                                "Messages of packages for applications.", labels)),
      request_duration(metrics.histogram("farfield_as_packages_request_seconds",
                                         "Requests of packages to servers, until their answer.",
                                         {0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10},
                                         labels)),
      metrics_(metrics),
      labels_(labels) {}

void ConsumerProbe::failed(const Error& error) const {
  auto labels = labels_;
  labels.emplace("error", std::string(error.def().name_space) + ":" + std::string(error.name()));
  metrics_.counter("ttn_lw_as_packages_failed_total", "Attempts of packages that failed.", labels)
      .Increment();
}

}  // namespace ff::application_server::packages
