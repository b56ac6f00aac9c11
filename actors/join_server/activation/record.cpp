#include "actors/join_server/activation/record.hpp"

#include "storage/codec/envelope.hpp"
#include "storage/codec/fields.hpp"
#include "storage/keys/entity_keys.hpp"
#include "storage/keys/keys.hpp"

// ON-DISK: a number is never given to another member.

namespace ff::join_server::activation {

template <class Archive>
void fields(Archive& a, Settings& settings) {
  a(1, settings.kek_label);
  a(2, settings.kek.key);
  a(3, settings.kek.kek_label);
  a(4, settings.kek.encrypted_key);
  a(5, settings.home_net_id);
  a(6, settings.application_server_id);
}

namespace {

constexpr storage::ValueVersion settings_version = 1;

/// The row is whole; it is its key that can not be had.
bool is_sealed(const Error& error) {
  return !error.is(storage::malformed_record) && !error.is(storage::malformed_value) &&
         !error.is(storage::value_too_new);
}

}  // namespace

Bytes encode_settings(const Settings& settings, const storage::KeySeal* maybe_seal) {
  return storage::seal_record(settings_version, settings, maybe_seal);
}

Result<Settings> decode_settings(ByteView row, const storage::KeySeal* maybe_seal) {
  FF_TRY(const auto envelope, storage::unseal(row, settings_version));
  return storage::read_record<Settings>(envelope.body, maybe_seal);
}

Bytes settings_key(const ApplicationId& application) {
  return storage::entity_key(storage::EntityKind::activation_settings, {application.text()});
}

Result<SettingsMap> load_settings(const storage::Reader& store,
                                  const storage::KeySeal* maybe_seal) {
  SettingsMap out;
  Status status;
  const storage::Scan scan{.family = storage::Family::entity,
                           .range = storage::prefix_range(
                               storage::entity_prefix(storage::EntityKind::activation_settings))};
  FF_CHECK(store.scan(scan, [&](ByteView key, ByteView value) {
    const auto parsed = storage::parse_entity_key(key);
    auto settings = decode_settings(value, maybe_seal);
    if (!parsed) status = fail(parsed.error());
    if (!settings && !is_sealed(settings.error())) status = fail(settings.error());
    if (status) out.insert_or_assign(ApplicationId(parsed->ids.front()), std::move(settings));
    return status.has_value();
  }));
  FF_CHECK(status);
  return out;
}

}  // namespace ff::join_server::activation
