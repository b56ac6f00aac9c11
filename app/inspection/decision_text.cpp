// Decisions of device sessions as sentences.
#include <array>
#include <cmath>
#include <cstdio>

#include "app/inspection/decision.hpp"
#include "protocol/types/identifiers.hpp"

namespace ff::app {
namespace {

using namespace network_server;

std::string number(double value) {
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%.1f", value);
  return text.data();
}

std::string count(std::size_t n, const char* noun) {
  return std::to_string(n) + " " + noun + (n == 1 ? "" : "s");
}

std::string because(const ErrorPtr& error) {
  return error ? " (" + error->to_string() + ")" : std::string();
}

std::string change(const char* name, unsigned before, unsigned after) {
  auto text = std::string(name) + std::to_string(before);
  if (before != after) text += "→" + std::to_string(after);
  return text;
}

/// `link_adr.request` of `ns.mac.link_adr.request`.
std::string short_name(mac::EventName event) {
  constexpr std::string_view prefix = "ns.mac.";
  auto name = mac::to_string(event);
  if (name.starts_with(prefix)) name.remove_prefix(prefix.size());
  return std::string(name);
}

/// Its command with values; what has none, by name.
std::string text_of(const mac::Event& event) {
  if (const auto* command = std::get_if<mac::Command>(&event.data)) return to_string(*command);
  auto text = short_name(event.name);
  if (const auto* commands = std::get_if<std::vector<mac::Command>>(&event.data))
    for (const auto& command : *commands) text += " " + to_string(command);
  if (const auto* error = std::get_if<Error>(&event.data)) text += " (" + error->to_string() + ")";
  return text;
}

/// Gateways' refusals: the error and what led to it.
std::string chain(const Error& error) {
  auto text = error.to_string();
  for (const auto* cause = error.cause(); cause != nullptr; cause = cause->cause())
    text += ", because of " + cause->to_string();
  return text;
}

constexpr const char* ping_slot = "a ping slot of class B";
constexpr const char* always = "the window that class C keeps open";

std::string windows_of(const DownlinkOffered& offered) {
  if (offered.device_class == DeviceClass::b) return ping_slot;
  if (offered.device_class == DeviceClass::c) return always;
  return offered.rx1 && offered.rx2 ? "RX1, then RX2" : offered.rx1 ? "RX1" : "RX2";
}

std::string window_of(const DownlinkAccepted& accepted) {
  if (accepted.device_class == DeviceClass::b) return ping_slot;
  if (accepted.device_class == DeviceClass::c) return always;
  return "RX" + std::to_string(accepted.scheduled->window);
}

struct Text {
  std::string operator()(const UplinkJudged& uplink) const {
    const auto f_cnt = std::to_string(uplink.f_cnt.value());
    const bool accepted =
        uplink.verdict == UplinkVerdict::accepted || uplink.verdict == UplinkVerdict::repeated;
    if (!accepted) {
      return "uplink " + f_cnt + " dropped: " + std::string(meaning_of(uplink.verdict)) +
             "; the last counter is " + std::to_string(uplink.last_f_cnt.value()) +
             because(uplink.error);
    }
    auto text = "uplink " + f_cnt + " " + std::string(meaning_of(uplink.verdict)) + ": DR" +
                std::to_string(uplink.data_rate_index.value()) + ", " +
                count(uplink.gateway_count, "gateway") + ", best SNR " + number(uplink.max_snr_db) +
                " dB";
    if (uplink.promoted) text += ", first of its session";
    if (uplink.reset) text += ", counters start anew";
    return text;
  }
  std::string operator()(const AdrDecided& adr) const {
    return "ADR " + std::string(mac::adr::to_string(adr.reason)) + ": " +
           change("DR", adr.data_rate_before.value(), adr.data_rate_after.value()) + ", " +
           change("power ", adr.tx_power_before.value(), adr.tx_power_after.value()) + ", " +
           change("transmissions ", adr.nb_trans_before, adr.nb_trans_after) + "; from " +
           count(adr.uplinks, "uplink") + ", margin " + number(adr.margin_db) + " dB, loss " +
           number(adr.loss_rate * 100) + " %";
  }
  std::string operator()(const MacExchanged& exchanged) const {
    constexpr std::size_t shown_max = 12;
    std::vector<std::string> commands;
    for (const auto& event : *exchanged.events) commands.push_back(text_of(event));
    std::string text = "MAC commands: ";
    const auto shown = std::min(commands.size(), shown_max);
    for (std::size_t i = 0, next = 0; i < shown; i = next) {
      while (next < shown && commands[next] == commands[i]) ++next;
      text += (i > 0 ? ", " : "") + commands[i];
      if (next - i > 1) text += " ×" + std::to_string(next - i);
    }
    if (commands.size() > shown)
      text += " and " + std::to_string(commands.size() - shown) + " more";
    return text;
  }
  std::string operator()(const RequestGivenUp& given_up) const {
    const auto request = "MAC request " + std::string(mac::name_of(given_up.cid));
    if (given_up.reason == GiveUpReason::unanswered)
      return request + " given up: the device never answers it; asked with one of 32 uplinks";
    return request + " given up: the device refuses it; asked again when something else is wanted";
  }
  std::string operator()(const JoinJudged& join) const {
    const auto address = to_string(join.dev_addr);
    switch (join.stage) {
      case JoinStage::dropped:
        return "join-request dropped" + because(join.error);
      case JoinStage::asked:
        return "join server asked for a session on " + address;
      case JoinStage::refused:
        return "join server refused the join" + because(join.error);
      case JoinStage::repeated:
        return "another copy of the join-request that the join server was asked about";
      case JoinStage::accepted:
        break;
    }
    return "join server accepted the join; new session on " + address;
  }
  std::string operator()(const DownlinkOffered& offered) const {
    auto text =
        offered.is_join ? "join-accept" : "downlink " + std::to_string(offered.f_cnt.value());
    text += " offered to " + count(offered.paths, "gateway path") + " for " + windows_of(offered);
    if (offered.application)
      text += offered.confirmed ? "; confirmed item of the queue" : "; item of the queue";
    if (offered.acknowledges) text += "; acknowledges the uplink";
    if (offered.command_bytes > 0)
      text += "; " + count(offered.command_bytes, "byte") + " of MAC commands";
    return text;
  }
  std::string operator()(const DownlinkAccepted& accepted) const {
    const auto& scheduled = *accepted.scheduled;
    return (accepted.is_join ? "join-accept"
                             : "downlink " + std::to_string(accepted.f_cnt.value())) +
           " scheduled in " + window_of(accepted) + " by " + scheduled.gateway_id.text() + ", " +
           to_duration_text(scheduled.delay) + " ahead";
  }
  std::string operator()(const DownlinkRefused& refused) const {
    return (refused.is_join ? "join-accept" : "downlink " + std::to_string(refused.f_cnt.value())) +
           " refused by every gateway: " + (refused.error ? chain(*refused.error) : "");
  }
  std::string operator()(const DownlinkNotSent& none) const {
    return "no downlink: " + std::string(meaning_of(none.reason));
  }
  std::string operator()(const EmissionReported& report) const {
    if (report.result == TxResult::success) return "gateway reports: sent";
    return std::string("gateway reports: not sent, ") + to_string(report.result);
  }
  std::string operator()(const EmissionUnreported& unreported) const {
    return "no gateway has reported whether the " +
           (unreported.is_join ? "join-accept"
                               : "downlink " + std::to_string(unreported.f_cnt.value())) +
           " was sent";
  }
  std::string operator()(const RelayJudged& judged) const {
    return (judged.uplink ? "frame of another device not taken in"
                          : "downlink for another device refused") +
           because(judged.error);
  }
  std::string operator()(const QueueChanged& queue) const {
    const auto items = count(queue.items, "downlink");
    const auto f_cnt = std::to_string(queue.f_cnt.value());
    switch (queue.event) {
      case QueueEvent::pushed:
        return items + " queued by the application";
      case QueueEvent::replaced:
        return "queue replaced by the application with " + items;
      case QueueEvent::refused:
        return items + " of the application refused" + because(queue.error);
      case QueueEvent::item_failed:
        return "queued downlink " + f_cnt + " given up" + because(queue.error);
      case QueueEvent::invalidated:
        break;
    }
    return "queue of " + items + " given back to be numbered anew; counter " + f_cnt + " is spent";
  }
};

}  // namespace

std::string_view meaning_of(UplinkVerdict verdict) noexcept {
  static constexpr std::array<std::string_view, uplink_verdict_count> meanings = {
      "accepted",
      "accepted again, a repetition that the application has already",
      "not a data frame",
      "the device's frequency plan or band is not known here",
      "the session is gone, or has another DevAddr",
      "the join it would be the first frame of is over",
      "the band has no such data rate",
      "the counter has been used: a replay, or a device that was reset without a join",
      "the counter is more than 16384 ahead",
      "repeated more often than the device was told to",
      "the last counter again with other content",
      "the counters start anew, but no MAC state can be made for the device",
      "the MAC commands do not fit the session",
      "the first frame of a 1.1 session must carry RekeyInd",
      "no channel of the device has this frequency",
      "the MIC's half of SNwkSIntKey is wrong: data rate, channel or key differ",
      "a relay can not forward a frame of its own",
      "longer than what its data rate carries",
      "a copy, come late, of a transmission that has been received"};
  static_assert(!meanings.back().empty());
  return meanings[static_cast<std::size_t>(verdict)];
}

std::string_view meaning_of(NoDownlink reason) noexcept {
  static constexpr std::array<std::string_view, no_downlink_count> meanings = {
      "nothing to send",
      "the device listens after its next uplink",
      "an earlier one is being scheduled",
      "the last uplink has had its answer",
      "too late for RX2",
      "switched off by the setting schedule_downlinks",
      "the device has no session",
      "the join server has not answered",
      "the device's frequency plan or band is not known here",
      "the frame could not be built",
      "no gateway that can reach the device may send",
      "no window can carry the frame",
      "the gateway server has not answered in time",
      "the join server has not answered in time",
      "requests are due, but gateways have refused them lately",
      "where the device listens is being changed, or is not known"};
  static_assert(!meanings.back().empty());
  return meanings[static_cast<std::size_t>(reason)];
}

std::string text_of(const DecisionValue& value) {
  return std::visit(Text{}, value);
}

}  // namespace ff::app
