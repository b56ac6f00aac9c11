// What is set for all devices of an application: default formatters, and whether payloads stay
// encrypted. Not who listens to the application (link/). [spec application-server §2]
#pragma once

#include <memory>
#include <optional>

#include "protocol/base/bytes.hpp"
#include "protocol/base/result.hpp"
#include "protocol/formatter/formatters.hpp"
#include "storage/engine/engine.hpp"

namespace ff::application_server {

inline constexpr ErrorDef link_not_found{"pkg/redis", "not_found", Code::not_found,
                                         "entity not found"};

struct LinkSettings {
  /// ttn.lorawan.v3.MessagePayloadFormatters in wire form; nothing: none.
  std::optional<Bytes> default_formatters;
  std::optional<bool> skip_payload_crypto;
  /// farfield.v1.FormatterVectors in wire form: what the default formatters have to pass.
  std::optional<Bytes> formatter_vectors;
  bool operator==(const LinkSettings&) const = default;
};

/// ON-DISK: a sealed record of family `entity`. Golden test:
/// test/actors/application_server/link_settings/registry_test.cpp. Decoding is total on any bytes.
Bytes encode_link_settings(const LinkSettings& settings);
Result<LinkSettings> decode_link_settings(ByteView row);
Bytes link_settings_key(const ApplicationId& application_id);
storage::KeyRange link_settings_rows();
Result<ApplicationId> parse_link_settings_key(ByteView key);

/// The same, ready for use.
struct Link {
  LinkSettings settings;
  formatter::FormattersPtr formatters;  // null: none
};
using LinkPtr = std::shared_ptr<const Link>;
LinkPtr make_link(LinkSettings settings, const ApplicationId& application_id);

}  // namespace ff::application_server
