#include "actors/gateway_server/link/probe.hpp"

namespace ff::gateway_server {
namespace {

constexpr std::array<const char*, link_outcome_count> outcome_names = {
    "uplink", "status", "report", "ignored", "forbidden", "malformed"};

}  // namespace

const char* to_string(LinkOutcome outcome) noexcept {
  return outcome_names[static_cast<std::size_t>(outcome)];
}

LinkProbe::LinkProbe(actors::Metrics& metrics, const std::string& frontend)
    : actors(metrics, "gateway_link"),
      refused(metrics.counter("farfield_gateway_server_link_refused_total",
                              "Gateways that were not let in.", {{"frontend", frontend}})),
      lost_downlinks(metrics.counter("farfield_gateway_server_link_lost_downlinks_total",
                                     "Downlinks that a gateway could not be told of.",
                                     {{"frontend", frontend}})) {
  for (std::size_t i = 0; i < messages.size(); ++i) {
    messages[i] = &metrics.counter("farfield_gateway_server_link_messages_total",
                                   "Messages of linked gateways by what they were.",
                                   {{"frontend", frontend}, {"outcome", outcome_names[i]}});
  }
}

}  // namespace ff::gateway_server
