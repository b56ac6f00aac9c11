#include "protocol/gateway/semtech_udp/tx_ack.hpp"

#include <array>
#include <cstring>
#include <vector>

#include "protocol/gateway/semtech_udp/json_fields.hpp"

namespace ff::gateway::semtech_udp {
namespace {

constexpr std::size_t body_bytes_max = 4096;

struct Word {
  const char* text;
  TxResult result;
};
constexpr Word words[] = {
    {"NONE", TxResult::success},
    {"TOO_LATE", TxResult::too_late},
    {"TOO_EARLY", TxResult::too_early},
    {"COLLISION_PACKET", TxResult::collision_packet},
    {"COLLISION_BEACON", TxResult::collision_beacon},
    {"TX_FREQ", TxResult::tx_freq},
    {"TX_POWER", TxResult::tx_power},
    {"GPS_UNLOCKED", TxResult::gps_unlocked},
};

TxResult result_of(std::string_view text) {
  if (text.empty()) return TxResult::success;
  for (const auto& word : words) {
    if (text == word.text) return word.result;
  }
  return TxResult::unknown_error;
}

struct RawAck {
  std::string_view error;
};

JsonError read_ack(JsonValue& value, RawAck& ack) {
  static constexpr JsonField<RawAck> fields[] = {{"error", &store<&RawAck::error, RawAck>}};
  if (is_null(value)) return simdjson::SUCCESS;
  simdjson::ondemand::object object;
  if (const auto error = value.get_object().get(object)) return error;
  return read_object(object, std::span<const JsonField<RawAck>>(fields), ack);
}

}  // namespace

Result<TxResult> parse_tx_ack(ByteView body) {
  static constexpr JsonField<RawAck> fields[] = {{"txpk_ack", &read_ack}};
  if (body.empty()) return TxResult::success;
  if (body.size() > body_bytes_max) return fail(invalid_payload);
  std::array<char, body_bytes_max + simdjson::SIMDJSON_PADDING> buffer;
  std::memcpy(buffer.data(), body.data(), body.size());
  std::memset(buffer.data() + body.size(), 0, simdjson::SIMDJSON_PADDING);
  simdjson::ondemand::parser parser;
  simdjson::ondemand::document document;
  simdjson::ondemand::object root;
  const simdjson::padded_string_view text(buffer.data(), body.size(), buffer.size());
  if (parser.iterate(text).get(document) || document.get_object().get(root))
    return fail(invalid_payload);
  RawAck ack;
  if (read_object(root, std::span<const JsonField<RawAck>>(fields), ack) || !at_end(document))
    return fail(invalid_payload);
  return result_of(ack.error);
}

const char* tx_ack_word(TxResult result) noexcept {
  for (const auto& word : words) {
    if (word.result == result) return word.text;
  }
  return "UNKNOWN_ERROR";
}

}  // namespace ff::gateway::semtech_udp
