// Messages that no device has sent: decoded and published like any other, without a session and
// without a trace on the device. [spec application-server §6]
#include "actors/application_server/pipeline/crypto.hpp"
#include "actors/application_server/pipeline/errors.hpp"
#include "actors/application_server/pipeline/state.hpp"

namespace ff::application_server {

bool PipelineState::run(Lane& lane, SimulateUp& message, const Turn& turn) {
  Work work(turn.now, turn.random);
  const auto status = simulate(lane, message, work);
  if (message.reply)
    work.after.answers.emplace_back([reply = message.reply, status] { reply(status); });
  commit(lane, std::move(work));
  return true;
}

/// Later uplinks of the device have it, and the registry of devices hears of it. [spec
/// application-server §3]
void PipelineState::take_location(Lane& lane, const events::Event& told, const Work& work) {
  const auto* up = std::get_if<std::shared_ptr<const ApplicationUp>>(&told.data);
  const auto* solved = up == nullptr ? nullptr : std::get_if<LocationSolved>(&(*up)->up);
  if (solved == nullptr) return;
  lane.locations.insert_or_assign(solved->service, solved->location);
  note(**up, work.now.mono);
}

Status PipelineState::simulate(Lane& lane, SimulateUp& message, Work& work) {
  if (!message.from_package &&
      wants_no_crypto(lane.record.get(), message.device.application_id, links_))
    return fail(payload_crypto_skipped);
  // Uplinks can not be refused, and behind one that waits for its script everything waits.
  if (!message.from_package && lane.held.size() >= config_.held_max) return fail(buffer_full);
  if (auto* ready = std::get_if<ReadyUp>(&message.up)) {
    if (message.from_package && !lane.record)
      return fail(device_not_found, {{"device_uid", to_string(message.device)}});
    ready->message.received_at = work.now.utc;
    if (message.from_package) take_location(lane, message.told, work);
    publish_ready(lane, std::move(*ready), work);
    if (!message.told.name.empty()) work.after.events.push_back(std::move(message.told));
    return {};
  }
  auto& up = std::get<ApplicationUp>(message.up);
  work.event("as.up.data.receive", up.ids, up.correlation_ids, {});
  if (!lane.record) {
    const Error error(device_not_found, {{"device_uid", to_string(message.device)}});
    work.event("as.up.data.drop", up.ids, up.correlation_ids, error);
    return fail(error);
  }
  auto& uplink = std::get<ApplicationUplink>(up.up);
  if (!lane.locations.empty()) uplink.locations = lane.locations;
  decode_and_publish(lane, std::move(up), work);
  return {};
}

}  // namespace ff::application_server
