#include "actors/application_server/pipeline/held.hpp"

#include <charconv>

#include "storage/codec/envelope.hpp"
#include "storage/codec/fields.hpp"
#include "storage/codec/identifier_fields.hpp"
#include "storage/keys/entity_keys.hpp"
#include "storage/keys/keys.hpp"

// One table per struct: number, member. ON-DISK: a number is never given to another member.

namespace ff {

template <class Archive>
void fields(Archive& a, Location& location) {
  a(1, location.latitude);
  a(2, location.longitude);
  a(3, location.altitude_m);
  a(4, location.accuracy_m);
  a(5, location.source);
}
template <class Archive>
void fields(Archive& a, RelayMetadata& relay) {
  a(1, relay.device_id);
  a(2, relay.wor_channel);
}
template <class Archive>
void fields(Archive& a, RxMetadata& rx) {
  a(1, rx.gateway);
  a(2, rx.antenna_index);
  a(3, rx.timestamp_us);
  a(4, rx.time);
  a(5, rx.gps_time);
  a(6, rx.fine_timestamp_ns);
  a(7, rx.rssi_dbm);
  a(8, rx.channel_rssi_dbm);
  a(9, rx.signal_rssi_dbm);
  a(10, rx.rssi_standard_deviation);
  a(11, rx.snr_db);
  a(12, rx.frequency_offset_hz);
  a(13, rx.channel_index);
  a(14, rx.location);
  a(15, rx.downlink_path_constraint);
  a(16, rx.uplink_token);
  a(17, rx.received_at);
  a(18, rx.relay);
  a(19, rx.hopping_width);
  a(20, rx.frequency_drift);
  a(21, rx.encrypted_fine_timestamp);
  a(22, rx.encrypted_fine_timestamp_key_id);
}
template <class Archive>
void fields(Archive& a, LoraDataRate& lora) {
  a(1, lora.spreading_factor);
  a(2, lora.bandwidth_hz);
  a(3, lora.coding_rate);
}
template <class Archive>
void fields(Archive& a, FskDataRate& fsk) {
  a(1, fsk.bit_rate_bps);
}
template <class Archive>
void fields(Archive& a, LrFhssDataRate& lr_fhss) {
  a(1, lr_fhss.operating_channel_width_hz);
  a(2, lr_fhss.coding_rate);
  a(3, lr_fhss.modulation_type);
}

}  // namespace ff

namespace ff::application_server {

template <class Archive>
void fields(Archive& a, ReadyUp& ready) {
  a(1, ready.application_id);
  a(2, ready.message.kind);
  a(3, ready.message.device_id);
  a(4, ready.message.received_at);
  a(5, ready.message.body);
}

namespace {

/// One of them.
struct StoredDataRate {
  std::optional<LoraDataRate> lora;
  std::optional<FskDataRate> fsk;
  std::optional<LrFhssDataRate> lr_fhss;
  bool operator==(const StoredDataRate&) const = default;
};
struct StoredUp {
  DeviceIdentifiers ids;
  CorrelationIds correlation_ids;
  UtcTime received_at;
  ApplicationUplink uplink;
  StoredDataRate data_rate;
  bool simulated = false;
};
struct StoredRow {
  std::optional<StoredUp> up;
  std::optional<ReadyUp> ready;
};

template <class Archive>
void fields(Archive& a, StoredDataRate& rate) {
  a(1, rate.lora);
  a(2, rate.fsk);
  a(3, rate.lr_fhss);
}
template <class Archive>
void fields(Archive& a, StoredUp& up) {
  a(1, up.ids);
  a(2, up.correlation_ids);
  a(3, up.received_at);
  auto& uplink = up.uplink;
  a(4, uplink.session_key_id);
  a(5, uplink.f_port);
  a(6, uplink.f_cnt);
  a(7, uplink.frm_payload);
  a(8, uplink.rx_metadata);
  a(9, up.data_rate);
  a(10, uplink.settings.frequency);
  a(11, uplink.settings.timestamp_us);
  a(12, uplink.settings.time);
  a(13, uplink.received_at);
  a(14, uplink.confirmed);
  a(15, uplink.consumed_airtime);
  a(16, uplink.packet_error_rate);
  a(17, uplink.net_id);
  a(18, up.simulated);
  a(19, uplink.locations);
  a(20, uplink.version_ids);
}
template <class Archive>
void fields(Archive& a, StoredRow& row) {
  a(1, row.up);
  a(2, row.ready);
}

constexpr storage::ValueVersion held_version = 1;
constexpr std::size_t shard_digits = 5;
constexpr std::size_t number_digits = 20;

StoredDataRate stored(const DataRate& rate) {
  StoredDataRate out;
  if (const auto* lora = std::get_if<LoraDataRate>(&rate)) out.lora = *lora;
  if (const auto* fsk = std::get_if<FskDataRate>(&rate)) out.fsk = *fsk;
  if (const auto* lr_fhss = std::get_if<LrFhssDataRate>(&rate)) out.lr_fhss = *lr_fhss;
  return out;
}

DataRate rate_of(const StoredDataRate& rate) {
  if (rate.fsk) return *rate.fsk;
  if (rate.lr_fhss) return *rate.lr_fhss;
  return rate.lora.value_or(LoraDataRate{});
}

std::string digits(std::uint64_t number, std::size_t size) {
  auto text = std::to_string(number);
  return text.insert(0, size - text.size(), '0');
}

}  // namespace

Bytes encode_held(const ApplicationUp& up) {
  const auto& uplink = std::get<ApplicationUplink>(up.up);
  StoredRow out;
  out.up = StoredUp{
      up.ids,      up.correlation_ids, up.received_at, uplink, stored(uplink.settings.data_rate),
      up.simulated};
  return storage::seal_record(held_version, out);
}

Bytes encode_held(const ReadyUp& ready) {
  StoredRow out;
  out.ready = ready;
  return storage::seal_record(held_version, out);
}

Result<HeldRow> decode_held(ByteView row) {
  FF_TRY(const auto envelope, storage::unseal(row, held_version));
  FF_TRY(auto stored, storage::read_record<StoredRow>(envelope.body));
  if (stored.ready) return HeldRow(*std::move(stored.ready));
  if (!stored.up) return fail(storage::malformed_record);
  auto& up = *stored.up;
  up.uplink.settings.data_rate = rate_of(up.data_rate);
  return HeldRow(ApplicationUp{.ids = std::move(up.ids),
                               .correlation_ids = std::move(up.correlation_ids),
                               .received_at = up.received_at,
                               .up = std::move(up.uplink),
                               .simulated = up.simulated});
}

Bytes held_key(storage::Shard shard, std::uint64_t number) {
  return storage::entity_key(storage::EntityKind::undecoded_up,
                             {digits(shard.value(), shard_digits), digits(number, number_digits)});
}

storage::KeyRange held_rows(storage::Shard shard) {
  return storage::prefix_range(storage::entity_prefix(storage::EntityKind::undecoded_up,
                                                      {digits(shard.value(), shard_digits)}));
}

Result<std::uint64_t> parse_held_key(ByteView key) {
  FF_TRY(const auto parsed, storage::parse_entity_key(key));
  std::uint64_t number = 0;
  if (parsed.kind == storage::EntityKind::undecoded_up) {
    const auto& text = parsed.ids[1];
    const auto* end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data(), end, number);
    if (error == std::errc{} && stop == end) return number;
  }
  return fail(storage::malformed_key, {{"family", "entity"}, {"key", "not a held message"}});
}

}  // namespace ff::application_server
