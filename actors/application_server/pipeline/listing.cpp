// A device's queue as an application sees it: decrypted, and decoded if a formatter can. [spec
// application-server §7.3]
#include "actors/application_server/pipeline/crypto.hpp"
#include "actors/application_server/pipeline/errors.hpp"
#include "actors/application_server/pipeline/state.hpp"
#include "protocol/formatter/cayenne_lpp.hpp"
#include "protocol/formatter/outcome.hpp"

namespace ff::application_server {
namespace {

using formatter::Kind;

}  // namespace

bool PipelineState::run(Lane& lane, ListQueuedDownlinks& message, const Turn& turn) {
  if (!lane.record) {
    effects_.emplace_back(Answer{[reply = message.reply, device = message.device] {
      reply(fail(device_not_found, {{"device_uid", to_string(device)}}));
    }});
    return true;
  }
  const auto request = ++requests_;
  lane.listings.emplace(request, Listing{message.reply, {}, {}});
  deadlines_.add(turn.now.mono + config_.script_timeout, message.device, request);
  effects_.emplace_back(ListFromNetwork{message.device, request});
  return true;
}

Effects PipelineState::listed(const QueueListed& message, const Turn& turn) {
  const auto found = lanes_.find(message.device);
  if (found == lanes_.end()) return take();
  auto& lane = found->second;
  const auto listing = lane.listings.find(message.request);
  if (listing == lane.listings.end()) return take();
  const auto* session = lane.record && lane.record->session ? &*lane.record->session
                        : lane.record && lane.record->pending_session
                            ? &*lane.record->pending_session
                            : nullptr;
  if (message.queue && (session != nullptr || message.queue->empty())) {
    show(lane, listing->second, message.device, *message.queue, turn);
    finish_listing(lane, message.request);
    return take();
  }
  Error error = message.queue ? Error(no_device_session) : message.queue.error();
  effects_.emplace_back(
      Answer{[reply = listing->second.reply, error = std::move(error)] { reply(fail(error)); }});
  lane.listings.erase(listing);
  deadlines_.erase(message.request);
  return take();
}

/// Items of the current session, decrypted; scripts are asked about them.
void PipelineState::show(Lane& lane, Listing& listing, const DeviceUid& device,
                         std::vector<ApplicationDownlink> queue, const Turn& turn) {
  if (queue.empty()) return;
  const auto& record = *lane.record;
  const auto& session = record.session ? record.session : record.pending_session;
  const auto formatters = skips(lane) ? nullptr : formatters_of(lane);
  const auto kind = formatters ? formatters->down.kind : Kind::none;
  for (auto& item : queue) {
    if (item.session_key_id != session->session_key_id) continue;
    if (!decrypt(item, record, std::nullopt, crypto_)) continue;
    if (kind == Kind::cayenne_lpp)
      item.decoded_payload_json = formatter::decode_cayenne_downlink(item.frm_payload).value_or("");
    if (runs_script(lane, kind) && listing.asked.size() < decoded_max) {
      const auto request = ++requests_;
      listing.asked.emplace(request, listing.items.size());
      deadlines_.add(turn.now.mono + config_.script_timeout, device, request);
      effects_.emplace_back(RunScript{device,
                                      request,
                                      {.function = formatter::Function::decode_downlink,
                                       .script = formatters->down,
                                       .f_port = item.f_port.value(),
                                       .received_at = {},
                                       .input = item.frm_payload,
                                       .reply = {}},
                                      record.version_ids});
    }
    listing.items.push_back(std::move(item));
  }
}

/// Whether the answer is for one of the lane's listings, or a listing's time is up.
bool PipelineState::listing_answered(Lane& lane, const ScriptAnswered& message) {
  for (auto& [request, listing] : lane.listings) {
    if (request == message.request) {
      effects_.emplace_back(Answer{[reply = listing.reply] { reply(fail(push_timed_out)); }});
      for (const auto& [script, item] : listing.asked) deadlines_.erase(script);
      return lane.listings.erase(message.request) > 0;
    }
    const auto found = listing.asked.find(message.request);
    if (found == listing.asked.end()) continue;
    if (message.answer) {
      if (auto decoded = formatter::decoded_downlink(*message.answer)) {
        auto& item = listing.items[found->second];
        item.decoded_payload_json = std::move(decoded->data_json);
        item.decoded_payload_warnings = std::move(decoded->warnings);
      }
    }
    listing.asked.erase(found);
    return finish_listing(lane, request);
  }
  return false;
}

/// Answers when nothing is missing; true in any case.
bool PipelineState::finish_listing(Lane& lane, std::uint64_t request) {
  const auto found = lane.listings.find(request);
  if (!found->second.asked.empty()) return true;
  effects_.emplace_back(Answer{[reply = std::move(found->second.reply),
                                items = std::move(found->second.items)] { reply(items); }});
  lane.listings.erase(found);
  deadlines_.erase(request);
  return true;
}

}  // namespace ff::application_server
