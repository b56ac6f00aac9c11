// Which fields of the API's messages hold keys, passwords and other secrets: what the audit log
// never shows, and whose leaving it records. Not who may read them; see base/rights.hpp.
#pragma once

#include <google/protobuf/message.h>

#include <map>
#include <string>
#include <string_view>

namespace ff::api {

/// By name, whatever the message: a new message with such a field is covered. Test:
/// test/app/api/services/audit/secrets_test.cpp has all fields of the API.
bool is_secret(const google::protobuf::FieldDescriptor& field);
/// Messages of the type can hold a secret, at any depth. Any thread.
bool can_hold_secrets(const google::protobuf::Descriptor& type);

/// Path and bytes of every secret that is set: `root_keys.app_key.key`, `api_keys[2].key`.
using Secrets = std::map<std::string, std::string, std::less<>>;
Secrets secrets_in(const google::protobuf::Message& message);
/// The same, and they are taken out.
Secrets take_secrets(google::protobuf::Message& message);

/// `text` without what stands between a scheme and a host: `https://name:password@host`.
std::string without_user_info(std::string_view text);

}  // namespace ff::api
