#include "actors/network_server/session/decision.hpp"

#include <array>

namespace ff::network_server {
namespace {

template <class Enum, std::size_t count>
std::string_view name_of(const std::array<std::string_view, count>& names, Enum value) noexcept {
  return names[static_cast<std::size_t>(value)];
}

}  // namespace

std::string_view to_string(UplinkVerdict verdict) noexcept {
  static constexpr std::array<std::string_view, uplink_verdict_count> names = {
      "accepted",
      "repeated",
      "malformed",
      "radio_not_configured",
      "no_session",
      "pending_session_gone",
      "data_rate_unknown",
      "counter_too_low",
      "counter_gap",
      "repeated_too_often",
      "counter_used_by_other",
      "counter_not_resettable",
      "commands_not_plausible",
      "new_session_not_proved",
      "channel_unknown",
      "mic_mismatch",
      "relayed_by_itself",
      "too_long",
      "late_copy"};
  return name_of(names, verdict);
}

std::string_view to_string(GiveUpReason reason) noexcept {
  static constexpr std::array<std::string_view, 2> names = {"refused", "unanswered"};
  return name_of(names, reason);
}

std::string_view to_string(JoinStage stage) noexcept {
  static constexpr std::array<std::string_view, 5> names = {"dropped", "asked", "refused",
                                                            "accepted", "repeated"};
  return name_of(names, stage);
}

std::string_view to_string(NoDownlink reason) noexcept {
  static constexpr std::array<std::string_view, no_downlink_count> names = {"nothing_to_send",
                                                                            "no_uplink_to_answer",
                                                                            "waiting_for_gateway",
                                                                            "uplink_answered",
                                                                            "too_late",
                                                                            "disabled_by_settings",
                                                                            "no_session",
                                                                            "no_join_accept",
                                                                            "radio_not_configured",
                                                                            "not_sealed",
                                                                            "no_gateway",
                                                                            "no_window",
                                                                            "gateway_silent",
                                                                            "join_server_silent",
                                                                            "gateways_busy",
                                                                            "listening_unknown"};
  return name_of(names, reason);
}

std::string_view to_string(QueueEvent event) noexcept {
  static constexpr std::array<std::string_view, 5> names = {"pushed", "replaced", "refused",
                                                            "item_failed", "invalidated"};
  return name_of(names, event);
}

void DecisionLog::note(UtcTime at, DecisionValue value) {
  auto* newest = last_.newest();
  if (newest == nullptr || newest->value != value) return last_.add({at, 1, std::move(value)});
  newest->at = at;
  ++newest->times;
}

}  // namespace ff::network_server
