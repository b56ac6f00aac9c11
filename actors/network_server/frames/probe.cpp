#include "actors/network_server/frames/probe.hpp"

#include <algorithm>
#include <chrono>
#include <span>
#include <string>

namespace ff::network_server {
namespace {

using phy::MType;

constexpr MType uplinks[] = {MType::join_request, MType::unconfirmed_up, MType::confirmed_up,
                             MType::rejoin_request, MType::proprietary};
constexpr MType downlinks[] = {MType::join_accept, MType::unconfirmed_down, MType::confirmed_down};

struct Row {
  FrameStep step;
  const char* name;
  const char* help;
  std::span<const MType> types;
};
constexpr Row rows[] = {
    {FrameStep::received, "ttn_lw_ns_uplink_received_total", "Copies of uplinks.", uplinks},
    {FrameStep::duplicate, "ttn_lw_ns_uplink_duplicates_total",
     "Copies of uplinks that had been received.", uplinks},
    {FrameStep::processed, "ttn_lw_ns_uplink_processed_total", "Uplinks their devices have taken.",
     uplinks},
    {FrameStep::forwarded, "ttn_lw_ns_uplink_forwarded_total", "Uplinks their applications get.",
     uplinks},
    {FrameStep::attempted, "ttn_lw_ns_downlink_attempted_total",
     "Downlinks gateways were asked for.", downlinks},
    {FrameStep::downlinked, "ttn_lw_ns_downlink_forwarded_total", "Downlinks gateways have taken.",
     downlinks},
    {FrameStep::unreported, "farfield_ns_downlinks_unreported_total",
     "Downlinks gateways have taken without a report of their emission.", downlinks}};

/// `unconfirmed_up`: as the API's names, in lower case.
std::string label(MType m_type) {
  std::string text = phy::to_string(m_type);
  std::ranges::transform(text, text.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  });
  return text;
}

}  // namespace

FrameProbe::FrameProbe(actors::Metrics& metrics)
    : metrics_(metrics),
      gateways_(metrics.histogram("ttn_lw_ns_uplink_gateways", "Gateways that heard an uplink.",
                                  {1, 2, 3, 4, 5, 10})),
      latency_(metrics.histogram("ttn_lw_gs_ns_uplink_latency_seconds",
                                 "From the gateway server to the network server.",
                                 {0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1})),
      candidates_(metrics.histogram("ttn_lw_ns_match_candidates_uplink_total",
                                    "Sessions on the address of a data uplink.",
                                    {0, 1, 2, 4, 8, 16, 32})),
      mics_(metrics.histogram("ttn_lw_ns_mic_computations_uplink_total",
                              "MICs computed to find a data uplink's session.",
                              {0, 1, 2, 4, 8, 16, 32})) {
  for (const auto& row : rows) {
    for (const auto m_type : row.types)
      steps_[static_cast<std::size_t>(row.step)][static_cast<std::size_t>(m_type)] =
          &metrics.counter(row.name, row.help, {{"message_type", label(m_type)}});
  }
}

void FrameProbe::count(FrameStep step, MType m_type) const {
  auto* const counter = steps_[static_cast<std::size_t>(step)][static_cast<std::size_t>(m_type)];
  if (counter != nullptr) counter->Increment();
}

void FrameProbe::dropped(MType m_type, const std::optional<Error>& error) const {
  const auto name = error ? std::string(error->def().name_space) + ":" + std::string(error->name())
                          : std::string("unknown");
  metrics_
      .counter("ttn_lw_ns_uplink_dropped_total", "Uplinks that nobody gets.",
               {{"message_type", label(m_type)}, {"error", name}})
      .Increment();
}

void FrameProbe::arrived(const UplinkFrame& frame, UtcTime now) const {
  count(FrameStep::received, m_type_of(frame.phy_payload));
  latency_.Observe(std::chrono::duration<double>(now - frame.received_at).count());
}

void FrameProbe::matched(std::size_t candidates, std::size_t mics) const {
  candidates_.Observe(static_cast<double>(candidates));
  mics_.Observe(static_cast<double>(mics));
}

MType m_type_of(ByteView phy_payload) noexcept {
  return phy_payload.empty() ? MType::proprietary : phy::decode_mhdr(phy_payload[0]).m_type;
}

}  // namespace ff::network_server
