#include "actors/join_server/probe.hpp"

#include "protocol/join/errors.hpp"

namespace ff::join_server {
namespace {

std::string version_text(MacVersion version) {
  switch (version) {
    case MacVersion::v1_0:
      return "MAC_V1_0";
    case MacVersion::v1_0_1:
      return "MAC_V1_0_1";
    case MacVersion::v1_0_2:
      return "MAC_V1_0_2";
    case MacVersion::v1_0_3:
      return "MAC_V1_0_3";
    case MacVersion::v1_0_4:
      return "MAC_V1_0_4";
    case MacVersion::v1_1:
      return "MAC_V1_1";
    case MacVersion::unknown:
      break;
  }
  return "MAC_UNKNOWN";
}

}  // namespace

Probe::Probe(actors::Metrics& metrics) : waiting(metrics, "join_requests"), metrics_(metrics) {}

// The label is one of the few NetIDs this network has; joins are rare enough to look the series up.
void Probe::accepted(const HandleJoin& request) {
  metrics_
      .counter("ttn_lw_js_join_accepted_total", "Join-requests accepted.",
               {{"net_id", to_string(request.net_id)}})
      .Increment();
}

void Probe::rejected(const HandleJoin& request, const Error& error) {
  const std::string name = std::string(error.def().name_space) + ":" + std::string(error.name());
  metrics_.counter("ttn_lw_js_join_rejected_total", "Join-requests refused.", {{"error", name}})
      .Increment();
  const actors::Metrics::Labels version{{"mac_version", version_text(request.mac_version)}};
  if (error.is(join::reuse_dev_nonce)) {
    metrics_.counter("ttn_lw_js_dev_nonce_reuse", "Join-requests with a used DevNonce.", version)
        .Increment();
  } else if (error.is(join::dev_nonce_too_small)) {
    metrics_
        .counter("ttn_lw_js_dev_nonce_too_small",
                 "Join-requests with a DevNonce not above the last.", version)
        .Increment();
  }
}

}  // namespace ff::join_server
