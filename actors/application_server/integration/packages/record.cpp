#include "actors/application_server/integration/packages/record.hpp"

#include <charconv>

#include "storage/codec/envelope.hpp"
#include "storage/codec/fields.hpp"
#include "storage/keys/entity_keys.hpp"
#include "storage/keys/package_keys.hpp"

namespace ff::lora_cloud {

// ON-DISK: a number is never given to another member.
template <class Archive>
void fields(Archive& a, Reception& reception) {
  a(1, reception.gateway_id);
  a(2, reception.antenna_index);
  a(3, reception.fine_timestamp_ns);
  a(4, reception.rssi_dbm);
  a(5, reception.snr_db);
  a(6, reception.location.latitude);
  a(7, reception.location.longitude);
  a(8, reception.location.altitude_m);
  a(9, reception.location.accuracy_m);
  a(10, reception.location.source);
}

}  // namespace ff::lora_cloud

namespace ff::application_server::packages {

// ON-DISK: a number is never given to another member.
template <class Archive>
void fields(Archive& a, Association& association) {
  a(1, association.package_name);
  a(2, association.data);
  a(3, association.created_at);
  a(4, association.updated_at);
}

template <class Archive>
void fields(Archive& a, SeenFrame& seen) {
  a(1, seen.received_at);
  a(2, seen.f_cnt);
  a(3, seen.frame);
}

namespace {

using storage::EntityKind;

struct StoredFrames {
  SeenFrames frames;
};
template <class Archive>
void fields(Archive& a, StoredFrames& stored) {
  a(1, stored.frames);
}

constexpr storage::ValueVersion version = 1;
constexpr std::size_t f_port_digits = 3;

std::string f_port_text(std::uint8_t f_port) {
  auto digits = std::to_string(f_port);
  return std::string(f_port_digits - digits.size(), '0') + digits;
}

Error malformed(std::string_view what) {
  return Error(storage::malformed_key, {{"family", "entity"}, {"key", what}});
}

Result<std::uint8_t> parse_f_port(const std::string& text) {
  int number = 0;
  const auto* const end = text.data() + text.size();
  if (text.size() != f_port_digits || std::from_chars(text.data(), end, number).ptr != end)
    return fail(malformed("FPort"));
  if (number < 1 || number > 255) return fail(malformed("FPort"));
  return static_cast<std::uint8_t>(number);
}

}  // namespace

Bytes encode_association(const Association& association) {
  return storage::seal_record(version, association);
}

Result<Association> decode_association(ByteView row) {
  FF_TRY(const auto envelope, storage::unseal(row, version));
  return storage::read_record<Association>(envelope.body);
}

Bytes association_row_key(const AssociationKey& key) {
  const auto f_port = f_port_text(key.f_port);
  if (key.is_default())
    return storage::entity_key(EntityKind::package_default, {key.application_id.text(), f_port});
  return storage::entity_key(EntityKind::package_association,
                             {key.application_id.text(), key.device_id.text(), f_port});
}

/// The two kinds are neighbours.
storage::KeyRange association_rows() {
  return {storage::prefix_range(storage::entity_prefix(EntityKind::package_association)).first,
          storage::prefix_range(storage::entity_prefix(EntityKind::package_default)).last};
}

Result<AssociationKey> parse_association_row_key(ByteView key) {
  FF_TRY(auto parsed, storage::parse_entity_key(key));
  auto& ids = parsed.ids;
  if (parsed.kind == EntityKind::package_default) {
    FF_TRY(const auto f_port, parse_f_port(ids[1]));
    return AssociationKey{ApplicationId(std::move(ids[0])), {}, f_port};
  }
  if (parsed.kind != EntityKind::package_association)
    return fail(malformed("not a package association"));
  FF_TRY(const auto f_port, parse_f_port(ids[2]));
  return AssociationKey{ApplicationId(std::move(ids[0])), DeviceId(std::move(ids[1])), f_port};
}

Bytes encode_frames(const SeenFrames& frames) {
  return storage::seal_record(version, StoredFrames{frames});
}

Result<SeenFrames> decode_frames(ByteView row) {
  FF_TRY(const auto envelope, storage::unseal(row, version));
  FF_TRY(auto stored, storage::read_record<StoredFrames>(envelope.body));
  return std::move(stored.frames);
}

void put_frames(storage::WriteBatch& batch, const ApplicationId& application_id,
                const FrameHistory::Devices& changed) {
  for (const auto& [device_id, frames] : changed) {
    const auto key = storage::package_frames_key({application_id, device_id});
    if (frames.empty()) {
      batch.erase(storage::Family::entity, key);
    } else {
      batch.put(storage::Family::entity, key, encode_frames(frames));
    }
  }
}

integration::Consumer consumer_of(const ConsumerKey& key) {
  return {key.application_id, "package/" + std::string(info_of(key.package).name)};
}

}  // namespace ff::application_server::packages
