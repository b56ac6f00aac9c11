// Addresses and shards.
#include <boost/json/array.hpp>

#include "app/inspection/values.hpp"
#include "app/server/inspect/json.hpp"

namespace ff::app {
namespace {

using namespace network_server;
using boost::json::array;
using boost::json::object;

object part(const AddressEntry& entry) {
  return {{"device", text(to_string(entry.device))},
          {"last_f_cnt_up", value_of(entry.last_f_cnt_up)},
          {"lorawan_version", value_of(entry.mac_version)},
          {"supports_32_bit_f_cnt", entry.supports_32_bit_f_cnt},
          {"resets_f_cnt", entry.resets_f_cnt},
          {"pending", entry.pending}};
}

/// What the last refused frame was refused for, as a sentence.
std::string sentence(const AddressRefusal& refused, const MismatchDiagnosis& diagnosis) {
  const auto f_cnt = std::to_string(refused.f_cnt.value());
  const auto dev_addr = to_string(refused.dev_addr);
  switch (diagnosis.mismatch) {
    case Mismatch::address_unknown:
      return "frame " + f_cnt + " refused: no session has the address " + dev_addr;
    case Mismatch::counter_used:
      return "frame " + f_cnt + " refused: the key of " + to_string(*diagnosis.device) +
             " made its MIC for counter " + std::to_string(diagnosis.f_cnt.value()) +
             ", and that has been used (last: " + std::to_string(diagnosis.last_f_cnt.value()) +
             "): a replay, or a device that was reset without a join";
    case Mismatch::mic_mismatch:
      return "frame " + f_cnt + " refused: its MIC is not of " +
             (diagnosis.tried == 1
                  ? "the one session"
                  : "any of the " + std::to_string(diagnosis.tried) + " sessions") +
             " on " + dev_addr + ": another network's device, a wrong key, or a forgery";
    case Mismatch::matches_now:
      break;
  }
  return "frame " + f_cnt + " was refused, but fits " + to_string(*diagnosis.device) +
         " now: the session is newer than the frame";
}

object part(const AddressRefusal& refused, const std::optional<MismatchDiagnosis>& diagnosis) {
  const auto& frame = *refused.frame;
  object out{{"at", value_of(frame.received_at)},
             {"f_cnt", value_of(refused.f_cnt)},
             {"frames", refused.times},
             {"first_at", value_of(refused.first_at)},
             {"sessions_then", refused.sessions},
             {"frequency_hz", frame.settings.frequency.hz()},
             {"data_rate", text(to_string(frame.settings.data_rate))}};
  if (!frame.rx_metadata.empty()) {
    const auto& rx = frame.rx_metadata.front();
    out["gateway"] = text(rx.gateway.gateway_id.text());
    out["rssi_dbm"] = rx.rssi_dbm;
    out["snr_db"] = rx.snr_db;
  }
  if (!diagnosis) return out;
  out["reason"] = text(to_string(diagnosis->mismatch));
  out["text"] = text(sentence(refused, *diagnosis));
  out["sessions_tried"] = diagnosis->tried;
  return out;
}

}  // namespace

object to_json(const AddressSnapshot& address) {
  array sessions;
  for (const auto& entry : address.sessions) sessions.emplace_back(part(entry));
  object out{{"dev_addr", value_of(address.dev_addr)}, {"sessions", std::move(sessions)}};
  out["refused"] = nullptr;
  if (address.refused) out["refused"] = part(*address.refused, address.diagnosis);
  return out;
}

object to_json(const JoinRefusal& join) {
  const auto dev_eui = to_string(join.dev_eui);
  const auto join_eui = to_string(join.join_eui);
  return {{"at", value_of(join.last_at)},
          {"text", "join-request of " + dev_eui + " at " + join_eui + ", heard by " +
                       join.gateway.text() + ", dropped: no device has these EUIs"},
          {"times", join.times},
          {"join_eui", text(join_eui)},
          {"dev_eui", text(dev_eui)},
          {"gateway", text(join.gateway.text())}};
}

object to_json(const ShardSnapshot& shard) {
  return {{"sessions", shard.sessions},
          {"sessions_changing", shard.changing},
          {"stashed_events", shard.stashed},
          {"addresses", shard.addresses},
          {"eui_pairs", shard.eui_pairs},
          {"windows", shard.windows},
          {"windows_with_device", shard.open_windows},
          {"timers", shard.timers},
          {"kept_decisions", shard.kept_decisions},
          {"joins_of_unknown_devices", shard.refused_joins.size()},
          {"forgotten_refusals", shard.forgotten_refusals}};
}

object to_json(const application_server::PipelineSnapshot& pipeline) {
  return {{"ready", pipeline.ready},
          {"devices", pipeline.devices},
          {"waiting", pipeline.waiting},
          {"pushes", pipeline.pushes},
          {"applications_with_messages", pipeline.outbox.size()}};
}

array to_json(const std::vector<application_server::LinkSnapshot>& links) {
  array out;
  for (const auto& link : links) {
    out.emplace_back(object{{"application_id", text(link.application_id.text())},
                            {"subscribers", link.subscribers}});
  }
  return out;
}

object to_json(const join_server::JoinShardSnapshot& shard) {
  return {{"open", shard.open},     {"devices", shard.devices}, {"waiting", shard.waiting},
          {"asking", shard.asking}, {"writing", shard.writing}, {"loads", shard.loads}};
}

}  // namespace ff::app
