#include "actors/gateway_server/memory/record.hpp"

#include "storage/codec/envelope.hpp"
#include "storage/codec/fields.hpp"
#include "storage/keys/entity_keys.hpp"

// One table per struct: number, member. ON-DISK: a number is never given to another member. Structs
// of other modules are laid out by structs of this file, because another record may number their
// members differently.

namespace ff::gateway_server {
namespace {

constexpr storage::ValueVersion memory_version = 1;

struct StoredLocation {
  double latitude = 0;
  double longitude = 0;
  std::int32_t altitude_m = 0;
  std::int32_t accuracy_m = 0;
  LocationSource source = LocationSource::unknown;
};
template <class Archive>
void fields(Archive& a, StoredLocation& location) {
  a(1, location.latitude);
  a(2, location.longitude);
  a(3, location.altitude_m);
  a(4, location.accuracy_m);
  a(5, location.source);
}

struct StoredStatus {
  GatewayStatus status;
  std::vector<StoredLocation> antenna_locations;
};
template <class Archive>
void fields(Archive& a, StoredStatus& stored) {
  auto& status = stored.status;
  a(1, status.time);
  a(2, status.boot_time);
  a(3, status.versions);
  a(4, stored.antenna_locations);
  a(5, status.ip);
  a(6, status.metrics);
}

struct StoredSubBand {
  schedule::SubBandUsage usage;
};
template <class Archive>
void fields(Archive& a, StoredSubBand& stored) {
  a(1, stored.usage.limit.min);
  a(2, stored.usage.limit.max);
  a(3, stored.usage.limit.duty_cycle);
  a(4, stored.usage.utilization);
}

struct StoredEmission {
  schedule::PastEmission emission;
};
template <class Archive>
void fields(Archive& a, StoredEmission& stored) {
  a(1, stored.emission.starts);
  a(2, stored.emission.duration);
  a(3, stored.emission.frequency);
}

struct StoredCounter {
  CounterSample sample;
};
template <class Archive>
void fields(Archive& a, StoredCounter& stored) {
  a(1, stored.sample.counter_us);
  a(2, stored.sample.server);
}

struct StoredMemory {
  ConnectionStats stats;
  std::optional<StoredStatus> last_status;
  schedule::RoundTripStats round_trips;
  std::vector<StoredSubBand> sub_bands;
  std::vector<StoredEmission> emissions;
  UtcTime stored_at;
  std::optional<StoredCounter> counter;
};
template <class Archive>
void fields(Archive& a, StoredMemory& memory) {
  auto& stats = memory.stats;
  a(1, stats.connected_at);
  a(2, stats.disconnected_at);
  a(3, stats.protocol);
  a(4, stats.remote_address);
  a(5, stats.last_status_received_at);
  a(6, memory.last_status);
  a(7, stats.last_uplink_received_at);
  a(8, stats.uplink_count);
  a(9, stats.last_downlink_received_at);
  a(10, stats.downlink_count);
  a(11, stats.last_tx_acknowledgment_received_at);
  a(12, stats.tx_acknowledgment_count);
  a(13, memory.round_trips.min);
  a(14, memory.round_trips.max);
  a(15, memory.round_trips.median);
  a(16, memory.round_trips.count);
  a(17, memory.sub_bands);
  a(18, memory.emissions);
  a(19, memory.stored_at);
  a(20, memory.counter);
}

std::optional<StoredStatus> stored_status(const std::optional<GatewayStatus>& status) {
  if (!status) return std::nullopt;
  StoredStatus stored{*status, {}};
  for (const auto& at : status->antenna_locations) {
    stored.antenna_locations.push_back(
        {at.latitude, at.longitude, at.altitude_m, at.accuracy_m, at.source});
  }
  return stored;
}

std::optional<GatewayStatus> restored_status(std::optional<StoredStatus> stored) {
  if (!stored) return std::nullopt;
  auto status = std::move(stored->status);
  for (const auto& at : stored->antenna_locations) {
    status.antenna_locations.push_back(
        {at.latitude, at.longitude, at.altitude_m, at.accuracy_m, at.source});
  }
  return status;
}

}  // namespace

Bytes gateway_memory_key(const GatewayId& gateway_id) {
  return storage::entity_key(storage::EntityKind::gateway_memory, {gateway_id.text()});
}

Bytes encode_gateway_memory(const GatewayMemory& memory) {
  StoredMemory stored{
      .stats = memory.stats,
      .last_status = stored_status(memory.stats.last_status),
      .round_trips = memory.stats.round_trip_times.value_or(schedule::RoundTripStats{}),
      .sub_bands = {},
      .emissions = {},
      .stored_at = memory.stored_at,
      .counter = {}};
  for (const auto& usage : memory.stats.sub_bands) stored.sub_bands.push_back({usage});
  for (const auto& emission : memory.emissions) stored.emissions.push_back({emission});
  if (memory.counter) stored.counter = StoredCounter{*memory.counter};
  return storage::seal_record(memory_version, stored);
}

Result<GatewayMemory> decode_gateway_memory(ByteView row) {
  FF_TRY(const auto envelope, storage::unseal(row, memory_version));
  FF_TRY(auto stored, storage::read_record<StoredMemory>(envelope.body));
  GatewayMemory memory{std::move(stored.stats), {}, stored.stored_at};
  if (stored.counter) memory.counter = stored.counter->sample;
  memory.stats.last_status = restored_status(std::move(stored.last_status));
  if (stored.round_trips.count > 0) memory.stats.round_trip_times = stored.round_trips;
  for (const auto& [usage] : stored.sub_bands) memory.stats.sub_bands.push_back(usage);
  for (const auto& [emission] : stored.emissions) memory.emissions.push_back(emission);
  return memory;
}

}  // namespace ff::gateway_server
