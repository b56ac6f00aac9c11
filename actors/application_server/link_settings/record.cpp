#include "actors/application_server/link_settings/settings.hpp"
#include "storage/codec/envelope.hpp"
#include "storage/codec/fields.hpp"
#include "storage/keys/entity_keys.hpp"
#include "storage/keys/keys.hpp"

namespace ff::application_server {

/// ON-DISK: a number is never given to another member.
template <class Archive>
void fields(Archive& a, LinkSettings& settings) {
  a(1, settings.default_formatters);
  a(2, settings.skip_payload_crypto);
  a(3, settings.formatter_vectors);
}

namespace {

constexpr storage::ValueVersion link_version = 1;
using storage::EntityKind;

}  // namespace

Bytes encode_link_settings(const LinkSettings& settings) {
  return storage::seal_record(link_version, settings);
}

Result<LinkSettings> decode_link_settings(ByteView row) {
  FF_TRY(const auto envelope, storage::unseal(row, link_version));
  return storage::read_record<LinkSettings>(envelope.body);
}

Bytes link_settings_key(const ApplicationId& application_id) {
  return storage::entity_key(EntityKind::application_link, {application_id.text()});
}

storage::KeyRange link_settings_rows() {
  return storage::prefix_range(storage::entity_prefix(EntityKind::application_link));
}

Result<ApplicationId> parse_link_settings_key(ByteView key) {
  FF_TRY(auto parsed, storage::parse_entity_key(key));
  if (parsed.kind != EntityKind::application_link)
    return fail(storage::malformed_key, {{"family", "entity"}, {"key", "not a link"}});
  return ApplicationId(std::move(parsed.ids[0]));
}

LinkPtr make_link(LinkSettings settings, const ApplicationId& application_id) {
  auto link = std::make_shared<Link>(Link{std::move(settings), nullptr});
  if (const auto& formatters = link->settings.default_formatters)
    link->formatters = formatter::parse_formatters(*formatters, application_id);
  return link;
}

}  // namespace ff::application_server
