// Downlinks as applications send them: decoded payload is encoded, raw payload is decoded for those
// who watch, and only then the push takes its course. [spec application-server §7.3 step 2]
#include "actors/application_server/pipeline/crypto.hpp"
#include "actors/application_server/pipeline/errors.hpp"
#include "actors/application_server/pipeline/state.hpp"
#include "protocol/formatter/cayenne_lpp.hpp"
#include "protocol/formatter/errors.hpp"
#include "protocol/formatter/outcome.hpp"

namespace ff::application_server {
namespace {

using formatter::Function;
using formatter::Kind;

/// Calls of one push that are under way: a long one leaves room in the pool to everybody else.
constexpr std::size_t scripts_max = 16;

bool is_encoded(const ApplicationDownlink& item) noexcept {
  return item.frm_payload.empty() && !item.decoded_payload_json.empty();
}
bool is_decoded(const ApplicationDownlink& item) noexcept {
  return !item.frm_payload.empty() && item.decoded_payload_json.empty();
}

Error not_available(Kind kind) {
  if (kind == Kind::repository) return Error(formatter::no_version_identifiers);
  return Error(formatter::formatter_not_configured, {{"formatter", std::string(to_string(kind))}});
}

}  // namespace

/// True: the push is taken, and goes on when its scripts and those of earlier ones have answered.
bool PipelineState::prepare(Lane& lane, QueueDownlinks& message, const Turn& turn) {
  const auto formatters = lane.record && !skips(lane) ? formatters_of(lane) : nullptr;
  const bool idle = !formatters || formatters->down.kind == Kind::none;
  if (idle && lane.preparing.empty()) return false;
  auto& preparation = lane.preparing.emplace_back();
  preparation.message = std::move(message);
  if (!idle) preparation.formatters = formatters;
  prepare_some(lane, preparation, turn);
  take_prepared(lane, turn);
  return true;
}

/// The next items, as many as may be with scripts at a time.
void PipelineState::prepare_some(const Lane& lane, Preparation& preparation, const Turn& turn) {
  if (!preparation.formatters) return;
  const auto count = preparation.message.downlinks.size();
  while (preparation.next < count && !preparation.error && preparation.asked.size() < scripts_max)
    prepare_item(lane, preparation.formatters->down, preparation, preparation.next++, turn);
}

void PipelineState::prepare_item(const Lane& lane, const formatter::Formatter& chosen,
                                 Preparation& preparation, std::size_t index, const Turn& turn) {
  auto& item = preparation.message.downlinks[index];
  if (!is_encoded(item) && !is_decoded(item)) return;
  if (is_decoded(item) && preparation.decoded++ >= decoded_max) return;
  if (runs_script(lane, chosen.kind)) return ask_for_item(lane, chosen, preparation, index, turn);
  const bool cayenne = chosen.kind == Kind::cayenne_lpp;
  if (is_encoded(item)) {
    auto encoded = cayenne ? formatter::encode_cayenne_downlink(item.decoded_payload_json)
                           : fail(not_available(chosen.kind));
    if (encoded) {
      item.frm_payload = *std::move(encoded);
      return;
    }
    item_event(preparation, index, "as.down.data.encode.fail", encoded.error(), turn);
    if (!preparation.error) preparation.error = encoded.error();
    return;
  }
  auto decoded = cayenne ? formatter::decode_cayenne_downlink(item.frm_payload)
                         : fail(not_available(chosen.kind));
  if (decoded) {
    item.decoded_payload_json = *std::move(decoded);
  } else {
    item_event(preparation, index, "as.down.data.decode.fail", decoded.error(), turn);
  }
}

void PipelineState::ask_for_item(const Lane& lane, const formatter::Formatter& chosen,
                                 Preparation& preparation, std::size_t index, const Turn& turn) {
  const auto& item = preparation.message.downlinks[index];
  const bool encodes = is_encoded(item);
  const auto request = ++requests_;
  preparation.asked.emplace(request, index);
  const auto& device = preparation.message.device;
  deadlines_.add(turn.now.mono + config_.script_timeout, device, request);
  effects_.emplace_back(RunScript{
      device,
      request,
      {.function = encodes ? Function::encode_downlink : Function::decode_downlink,
       .script = chosen,
       .f_port = item.f_port.value(),
       .received_at = {},
       .input = encodes ? to_owned(as_bytes(item.decoded_payload_json)) : item.frm_payload,
       .reply = {}},
      lane.record->version_ids});
}

/// Whether the answer is for one of the lane's pushes.
bool PipelineState::prepared(Lane& lane, const ScriptAnswered& message, const Turn& turn) {
  for (auto& preparation : lane.preparing) {
    const auto found = preparation.asked.find(message.request);
    if (found == preparation.asked.end()) continue;
    const auto index = found->second;
    preparation.asked.erase(found);
    if (is_encoded(preparation.message.downlinks[index])) {
      item_encoded(preparation, index, message.answer, turn);
    } else {
      item_decoded(preparation, index, message.answer, turn);
    }
    prepare_some(lane, preparation, turn);
    return true;
  }
  return false;
}

void PipelineState::item_event(const Preparation& preparation, std::size_t index,
                               std::string_view name, events::EventData data, const Turn& turn) {
  const auto& device = preparation.message.device;
  const auto found = lanes_.find(device);
  DeviceIdentifiers ids{.uid = device};
  if (found != lanes_.end() && found->second.record) ids = found->second.record->ids;
  effects_.emplace_back(
      PublishEvent{{name, turn.now.utc, std::move(ids),
                    preparation.message.downlinks[index].correlation_ids, std::move(data)}});
}

void PipelineState::item_encoded(Preparation& preparation, std::size_t index,
                                 const Result<formatter::Answer>& answer, const Turn& turn) {
  auto& item = preparation.message.downlinks[index];
  auto encoded = answer ? formatter::encoded_downlink(*answer) : fail(answer.error());
  if (!encoded) {
    item_event(preparation, index, "as.down.data.encode.fail", encoded.error(), turn);
    if (!preparation.error) preparation.error = encoded.error();
    return;
  }
  item.f_port = FPort{formatter::port_of(*encoded, item.f_port.value())};
  item.frm_payload = std::move(encoded->frm_payload);
  item.decoded_payload_warnings = std::move(encoded->warnings);
  if (item.decoded_payload_warnings.empty()) return;
  item_event(preparation, index, "as.down.data.encode.warning", event_data(item), turn);
}

/// For those who watch: that it fails stops nothing.
void PipelineState::item_decoded(Preparation& preparation, std::size_t index,
                                 const Result<formatter::Answer>& answer, const Turn& turn) {
  auto& item = preparation.message.downlinks[index];
  auto decoded = answer ? formatter::decoded_downlink(*answer) : fail(answer.error());
  if (!decoded)
    return item_event(preparation, index, "as.down.data.decode.fail", decoded.error(), turn);
  item.decoded_payload_json = std::move(decoded->data_json);
  item.decoded_payload_warnings = std::move(decoded->warnings);
  if (item.decoded_payload_warnings.empty()) return;
  item_event(preparation, index, "as.down.data.decode.warning", event_data(item), turn);
}

/// Pushes whose scripts have answered, in the order in which they came.
void PipelineState::take_prepared(Lane& lane, const Turn& turn) {
  while (!lane.preparing.empty() && lane.preparing.front().is_done()) {
    auto preparation = std::move(lane.preparing.front());
    lane.preparing.pop_front();
    auto& message = preparation.message;
    if (!preparation.error) {
      accept_push(lane, message, turn);
    } else if (message.reply) {
      effects_.emplace_back(
          Answer{[reply = message.reply, error = *preparation.error] { reply(fail(error)); }});
    }
  }
}

}  // namespace ff::application_server
