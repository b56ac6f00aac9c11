// Payloads decoded on their way to applications: at once where it is a few instructions, by the
// pool of formatters where it is a script. [spec application-server §4 step 6, §10]
#include "actors/application_server/formatters/errors.hpp"
#include "actors/application_server/pipeline/crypto.hpp"
#include "actors/application_server/pipeline/errors.hpp"
#include "actors/application_server/pipeline/state.hpp"
#include "protocol/formatter/cayenne_lpp.hpp"
#include "protocol/formatter/errors.hpp"
#include "protocol/formatter/location.hpp"
#include "protocol/formatter/outcome.hpp"

namespace ff::application_server {
namespace {

using formatter::Function;
using formatter::Kind;

constexpr std::string_view up_failed = "as.up.data.decode.fail";
constexpr std::string_view down_failed = "as.down.data.decode.fail";
constexpr const char* payload_location = "frm-payload";

ApplicationDownlink* downlink_in(ApplicationUp& up) noexcept {
  if (auto* sent = std::get_if<DownlinkSent>(&up.up)) return &sent->downlink;
  if (auto* acked = std::get_if<DownlinkAcked>(&up.up)) return &acked->downlink;
  if (auto* nacked = std::get_if<DownlinkNacked>(&up.up)) return &nacked->downlink;
  if (auto* failed = std::get_if<DownlinkFailed>(&up.up)) return &failed->downlink;
  return nullptr;
}

/// Of what a script is asked.
Bytes payload_of(ApplicationUp& up) {
  if (const auto* uplink = std::get_if<ApplicationUplink>(&up.up)) return uplink->frm_payload;
  const auto* downlink = downlink_in(up);
  return downlink == nullptr ? Bytes{} : downlink->frm_payload;
}

FPort port_of_payload(ApplicationUp& up) {
  if (const auto* uplink = std::get_if<ApplicationUplink>(&up.up)) return uplink->f_port;
  const auto* downlink = downlink_in(up);
  return downlink == nullptr ? FPort{} : downlink->f_port;
}

const DeviceUid uid_of(const HeldRow& row) {
  if (const auto* up = std::get_if<ApplicationUp>(&row)) return up->ids.uid;
  const auto& ready = std::get<ReadyUp>(row);
  return {ready.application_id, ready.message.device_id};
}

}  // namespace

/// The device's, or else the application's; null: none. Of a device all or nothing, for both
/// directions. [spec application-server §10.1]
formatter::FormattersPtr PipelineState::formatters_of(Lane& lane) const {
  if (!lane.record) return nullptr;
  const auto& record = *lane.record;
  const auto& application_id = record.ids.uid.application_id;
  if (!record.formatters) {
    const auto link = links_.find(application_id);
    return link ? link->formatters : nullptr;
  }
  if (lane.formatters_of != lane.record) {
    lane.formatters = formatter::parse_formatters(*record.formatters, application_id);
    lane.formatters_of = lane.record;
  }
  return lane.formatters;
}

/// Payloads stay encrypted: there is nothing to decode.
bool PipelineState::skips(const Lane& lane) const {
  return lane.record && lane.record->session &&
         skips_crypto(*lane.record, *lane.record->session, crypto_);
}

/// The application's own, or that of the device's product.
bool PipelineState::runs_script(const Lane& lane, Kind kind) {
  if (kind == Kind::javascript) return true;
  return kind == Kind::repository && lane.record && lane.record->version_ids &&
         !lane.record->version_ids->model_id.empty();
}

void PipelineState::decode_and_publish(Lane& lane, ApplicationUp up, Work& work) {
  const auto function = decode(lane, up, work);
  if (function) return hold(lane, std::move(up), function, work);
  auto solved = complete(lane, up);
  publish(lane, std::move(up), work);
  if (solved) publish(lane, *std::move(solved), work);
}

/// What is known of the device beside its frame, and a message of its own for the location that a
/// payload tells. Simulations say themselves what they want. [spec application-server §4 steps
/// 8-10]
std::optional<ApplicationUp> PipelineState::complete(const Lane& lane, ApplicationUp& up) const {
  auto* uplink = std::get_if<ApplicationUplink>(&up.up);
  if (uplink == nullptr || up.simulated) return std::nullopt;
  if (lane.record) uplink->version_ids = lane.record->version_ids;
  uplink->locations = lane.locations;
  const auto found = formatter::location_in(uplink->decoded_payload_json);
  if (!found) return std::nullopt;
  uplink->locations.insert_or_assign(payload_location, *found);
  return ApplicationUp{.ids = up.ids,
                       .correlation_ids = up.correlation_ids,
                       .received_at = up.received_at,
                       .up = LocationSolved{payload_location, *found}};
}

void PipelineState::append_complete(const Lane& lane, ApplicationUp up, Work& work) {
  auto solved = complete(lane, up);
  append(std::move(up), work);
  if (solved) append(*std::move(solved), work);
}

/// Decodes what can be decoded here; else what a script has to do.
std::optional<Function> PipelineState::decode(Lane& lane, ApplicationUp& up, Work& work) {
  if (std::holds_alternative<ApplicationUplink>(up.up)) return decode_uplink(lane, up, work);
  return downlink_in(up) == nullptr ? std::nullopt : decode_downlink(lane, up, work);
}

std::optional<Function> PipelineState::decode_uplink(Lane& lane, ApplicationUp& up, Work& work) {
  auto& uplink = std::get<ApplicationUplink>(up.up);
  if (uplink.f_port.value() == 0 || uplink.app_s_key) return std::nullopt;
  const auto formatters = formatters_of(lane);
  if (!formatters || formatters->up.kind == Kind::none) return std::nullopt;
  const auto kind = formatters->up.kind;
  if (runs_script(lane, kind)) return Function::decode_uplink;
  Result<std::string> decoded =
      kind == Kind::cayenne_lpp  ? formatter::decode_cayenne_uplink(uplink.frm_payload)
      : kind == Kind::repository ? Result<std::string>(fail(formatter::no_version_identifiers))
                                 : fail(formatter::formatter_not_configured,
                                        {{"formatter", std::string(to_string(kind))}});
  if (decoded) {
    uplink.decoded_payload_json = *std::move(decoded);
  } else {
    work.event(up_failed, up.ids, up.correlation_ids, decoded.error());
  }
  return std::nullopt;
}

std::optional<Function> PipelineState::decode_downlink(Lane& lane, ApplicationUp& up, Work& work) {
  auto& downlink = *downlink_in(up);
  if (downlink.frm_payload.empty() || !downlink.decoded_payload_json.empty() || skips(lane))
    return std::nullopt;
  const auto formatters = formatters_of(lane);
  if (!formatters || formatters->down.kind == Kind::none) return std::nullopt;
  const auto kind = formatters->down.kind;
  if (runs_script(lane, kind)) return Function::decode_downlink;
  Result<std::string> decoded =
      kind == Kind::cayenne_lpp  ? formatter::decode_cayenne_downlink(downlink.frm_payload)
      : kind == Kind::repository ? Result<std::string>(fail(formatter::no_version_identifiers))
                                 : fail(formatter::formatter_not_configured,
                                        {{"formatter", std::string(to_string(kind))}});
  if (decoded) {
    downlink.decoded_payload_json = *std::move(decoded);
  } else {
    work.event(down_failed, up.ids, downlink.correlation_ids, decoded.error());
  }
  return std::nullopt;
}

/// A row in this commit; the outbox comes with the next one.
void PipelineState::hold(Lane& lane, ApplicationUp up, std::optional<Function> function,
                         Work& work) {
  if (function && lane.held.size() >= config_.held_max) {
    work.event(*function == Function::decode_uplink ? up_failed : down_failed, up.ids,
               up.correlation_ids, Error(pool_full));
    function.reset();
    // An undecoded payload tells no location.
    static_cast<void>(complete(lane, up));
  }
  const auto number = ++requests_;
  const bool decodes_again = function == Function::decode_uplink;
  work.records.put(storage::Family::entity, held_key(shard_, number),
                   decodes_again
                       ? encode_held(up)
                       : encode_held(ReadyUp{up.ids.uid.application_id, make_message(up)}));
  lane.held.push_back({.number = number, .up = std::move(up), .waits_for = function, .answer = {}});
  if (function) ask_script(lane, lane.held.back(), work.now);
}

/// Behind what is held of the device, as publish() does.
void PipelineState::publish_ready(Lane& lane, ReadyUp ready, Work& work) {
  if (lane.held.empty()) return append(ready.application_id, std::move(ready.message), work);
  const auto number = ++requests_;
  work.records.put(storage::Family::entity, held_key(shard_, number), encode_held(ready));
  lane.held.push_back({.number = number, .up = std::move(ready), .waits_for = {}, .answer = {}});
}

/// Asks at once: what comes back is committed behind the row.
void PipelineState::ask_script(Lane& lane, const Held& held, Instant now) {
  auto up = std::get<ApplicationUp>(held.up);
  const auto formatters = formatters_of(lane);
  const bool is_up = held.waits_for == Function::decode_uplink;
  RunFormatter call{.function = *held.waits_for,
                    .script = is_up ? formatters->up : formatters->down,
                    .f_port = port_of_payload(up).value(),
                    .received_at = {},
                    .input = payload_of(up),
                    .reply = {}};
  if (const auto* uplink = std::get_if<ApplicationUplink>(&up.up))
    call.received_at = uplink->received_at;
  deadlines_.add(now.mono + config_.script_timeout, up.ids.uid, held.number);
  effects_.emplace_back(
      RunScript{up.ids.uid, held.number, std::move(call), lane.record->version_ids});
}

Effects PipelineState::scripted(const ScriptAnswered& message, const Turn& turn) {
  deadlines_.erase(message.request);
  const auto found = lanes_.find(message.device);
  if (found == lanes_.end()) return take();
  auto& lane = found->second;
  if (prepared(lane, message, turn)) {
    take_prepared(lane, turn);
    drain(message.device, lane, turn);
    return take();
  }
  if (listing_answered(lane, message)) return take();
  for (auto& held : lane.held) {
    if (held.number != message.request || !held.waits_for) continue;
    held.answer = message.answer;
    held.waits_for.reset();
    release_held(lane, turn);
    break;
  }
  return take();
}

/// Before anything new: what the last incarnation held comes first.
void PipelineState::recover_held(const OutboxRecovered& message) {
  for (const auto& [number, row] : message.held) {
    requests_ = std::max(requests_, number);
    const auto device = uid_of(row);
    auto& lane = lanes_[device];
    load(device, lane);
    Held held{.number = number, .up = row, .waits_for = {}, .answer = {}};
    if (std::holds_alternative<ApplicationUp>(row)) held.waits_for = Function::decode_uplink;
    lane.held.push_back(std::move(held));
  }
}

/// The device is known, or can not be read: then its messages go as they are.
void PipelineState::resume_held(Lane& lane, const Turn& turn) {
  if (lane.held.empty()) return;
  const auto formatters = formatters_of(lane);
  for (auto& held : lane.held) {
    if (!held.waits_for) continue;
    if (formatters && runs_script(lane, formatters->up.kind)) {
      ask_script(lane, held, turn.now);
    } else {
      held.waits_for.reset();
      static_cast<void>(complete(lane, std::get<ApplicationUp>(held.up)));
    }
  }
  release_held(lane, turn);
}

/// To the outbox with all that waits for nothing more, in their order.
void PipelineState::release_held(Lane& lane, const Turn& turn) {
  Work work(turn.now, turn.random);
  bool any = false;
  while (!lane.held.empty() && !lane.held.front().waits_for) {
    auto held = std::move(lane.held.front());
    lane.held.pop_front();
    work.records.erase(storage::Family::entity, held_key(shard_, held.number));
    finish(lane, std::move(held), work);
    any = true;
  }
  if (any) commit(lane, std::move(work));
}

void PipelineState::finish(const Lane& lane, Held held, Work& work) {
  if (auto* ready = std::get_if<ReadyUp>(&held.up)) {
    ready->message.received_at = work.now.utc;
    return append(ready->application_id, std::move(ready->message), work);
  }
  auto up = std::get<ApplicationUp>(std::move(held.up));
  // The outbox is in the order of its times.
  if (!up.simulated) up.received_at = work.now.utc;
  if (!held.answer) return append(std::move(up), work);
  if (std::holds_alternative<ApplicationUplink>(up.up))
    return finish_uplink(lane, std::move(up), *held.answer, work);
  finish_downlink(std::move(up), *held.answer, work);
}

void PipelineState::finish_uplink(const Lane& lane, ApplicationUp up,
                                  const Result<formatter::Answer>& answer, Work& work) {
  auto decoded = answer ? formatter::decoded_uplink(*answer) : fail(answer.error());
  if (!decoded) {
    work.event(up_failed, up.ids, up.correlation_ids, decoded.error());
    return append_complete(lane, std::move(up), work);
  }
  auto& uplink = std::get<ApplicationUplink>(up.up);
  uplink.decoded_payload_json = std::move(decoded->data_json);
  uplink.decoded_payload_warnings = std::move(decoded->warnings);
  uplink.normalized_payload_json = std::move(decoded->normalized_json);
  uplink.normalized_payload_warnings = std::move(decoded->normalized_warnings);
  const auto shared = std::make_shared<const ApplicationUp>(up);
  if (!uplink.decoded_payload_warnings.empty())
    work.event("as.up.data.decode.warning", up.ids, up.correlation_ids, shared);
  if (!uplink.normalized_payload_warnings.empty())
    work.event("as.up.data.normalize.warning", up.ids, up.correlation_ids, shared);
  if (decoded->normalize_error)
    work.event(up_failed, up.ids, up.correlation_ids, *decoded->normalize_error);
  append_complete(lane, std::move(up), work);
  // One message per measurement, behind the uplink. [spec message-formats §3.4]
  const auto& whole = std::get<ApplicationUplink>(shared->up);
  for (const auto& measurement : whole.normalized_payload_json) {
    ApplicationUp one = *shared;
    UplinkNormalized normalized{whole};
    normalized.uplink.normalized_payload_json = {measurement};
    one.up = std::move(normalized);
    append(std::move(one), work);
  }
}

void PipelineState::finish_downlink(ApplicationUp up, const Result<formatter::Answer>& answer,
                                    Work& work) {
  auto& downlink = *downlink_in(up);
  auto decoded = answer ? formatter::decoded_downlink(*answer) : fail(answer.error());
  if (!decoded) {
    work.event(down_failed, up.ids, downlink.correlation_ids, decoded.error());
    return append(std::move(up), work);
  }
  downlink.decoded_payload_json = std::move(decoded->data_json);
  downlink.decoded_payload_warnings = std::move(decoded->warnings);
  if (!downlink.decoded_payload_warnings.empty())
    work.event("as.down.data.decode.warning", up.ids, downlink.correlation_ids,
               std::make_shared<const ApplicationUp>(up));
  append(std::move(up), work);
}

}  // namespace ff::application_server
