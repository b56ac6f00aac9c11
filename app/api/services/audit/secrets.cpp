#include "app/api/services/audit/secrets.hpp"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/descriptor.pb.h>
#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/io/zero_copy_stream_impl_lite.h>

#include <algorithm>
#include <array>
#include <mutex>
#include <set>
#include <unordered_map>
#include <vector>

namespace ff::api {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

/// Of strings, octets and maps.
constexpr std::array secret_names = std::to_array<std::string_view>({
    "access_token",
    "api_key",
    "app_key",
    "app_s_key",
    "app_s_key_encrypted",
    "auth_token",
    "authentication_code",
    "cert_key",
    "current_gateway_key",
    "downlink_api_key",
    "encrypted_key",
    "f_nwk_s_int_key",
    "headers",
    "invitation_token",
    "key",
    "new",
    "nwk_key",
    "nwk_s_enc_key",
    "old",
    "owner_token",
    "password",
    "qr_code",
    "refresh_token",
    "root_wor_s_key",
    "s_nwk_s_int_key",
    "secret",
    "secret_access_key",
    "session_secret",
    "session_token",
    "template_fields",
    "temporary_password",
    "tls_client_key",
    "token",
});
/// That are a secret as a whole. Packages keep their services' tokens in `data`, under names of
/// their own.
constexpr std::array secret_values = std::to_array<std::string_view>({
    "ttn.lorawan.v3.Secret.value",
    "ttn.lorawan.v3.EndDeviceAuthenticationCode.value",
    "ttn.lorawan.v3.OAuthAuthorizationCode.code",
    "ttn.lorawan.v3.ApplicationPackageAssociation.data",
    "ttn.lorawan.v3.ApplicationPackageDefaultAssociation.data",
});
/// Have such a name and are none.
constexpr std::array no_secrets = std::to_array<std::string_view>({
    "ttn.lorawan.v3.ApplicationWebhookTemplate.headers",
    "ttn.lorawan.v3.UserConsolePreferences.SortBy.api_key",
    "ttn.lorawan.v3.PacketBrokerAgentGatewayUplinkToken.token",
});

template <class Names>
bool has(const Names& names, std::string_view name) {
  return std::ranges::find(names, name) != names.end();
}

bool is_text(const FieldDescriptor& field) {
  return field.cpp_type() == FieldDescriptor::CPPTYPE_STRING || field.is_map();
}

bool holds_secrets(const Descriptor& type, std::set<const Descriptor*>& seen) {
  if (!seen.insert(&type).second) return false;
  for (int i = 0; i < type.field_count(); ++i) {
    const auto& field = *type.field(i);
    if (is_secret(field)) return true;
    const bool is_message = field.cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE;
    if (is_message && holds_secrets(*field.message_type(), seen)) return true;
  }
  return false;
}

/// Calls `found(message, field, path)` for every secret that is set.
template <class AnyMessage, class Found>
void walk(AnyMessage& message, const std::string& prefix, const Found& found) {
  const auto& reflection = *message.GetReflection();
  std::vector<const FieldDescriptor*> fields;
  reflection.ListFields(message, &fields);
  for (const auto* field : fields) {
    const auto path = prefix + field->name();
    if (is_secret(*field)) {
      found(message, *field, path);
      continue;
    }
    if (field->cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE) continue;
    const auto visit = [&](int i, const std::string& step) {
      if constexpr (std::is_const_v<AnyMessage>) {
        walk(i < 0 ? reflection.GetMessage(message, field)
                   : reflection.GetRepeatedMessage(message, field, i),
             step, found);
      } else {
        walk(i < 0 ? *reflection.MutableMessage(&message, field)
                   : *reflection.MutableRepeatedMessage(&message, field, i),
             step, found);
      }
    };
    if (!field->is_repeated()) visit(-1, path + ".");
    for (int i = 0; field->is_repeated() && i < reflection.FieldSize(message, field); ++i)
      visit(i, path + "[" + std::to_string(i) + "].");
  }
}

/// Equal messages have equal ones, whatever the order of their maps.
std::string deterministic_bytes(const Message& message) {
  std::string out;
  {
    google::protobuf::io::StringOutputStream stream(&out);
    google::protobuf::io::CodedOutputStream coded(&stream);
    coded.SetSerializationDeterministic(true);
    message.SerializeToCodedStream(&coded);
  }
  return out;
}

/// All that the field holds, as one text.
std::string bytes_of(const Message& message, const FieldDescriptor& field) {
  const auto& reflection = *message.GetReflection();
  if (!field.is_repeated()) {
    if (field.cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE)
      return deterministic_bytes(reflection.GetMessage(message, &field));
    return reflection.GetString(message, &field);
  }
  std::vector<std::string> entries;
  for (int i = 0; i < reflection.FieldSize(message, &field); ++i) {
    const bool is_entry = field.cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE;
    entries.push_back(is_entry
                          ? reflection.GetRepeatedMessage(message, &field, i).SerializeAsString()
                          : reflection.GetRepeatedString(message, &field, i));
  }
  // Entries of maps have no order.
  std::ranges::sort(entries);
  std::string out;
  for (const auto& entry : entries) out += std::to_string(entry.size()) + ":" + entry;
  return out;
}

}  // namespace

bool is_secret(const FieldDescriptor& field) {
  if (has(secret_values, field.full_name())) return true;
  if (!is_text(field) || field.containing_type()->options().map_entry()) return false;
  return has(secret_names, field.name()) && !has(no_secrets, field.full_name());
}

bool can_hold_secrets(const Descriptor& type) {
  static std::mutex mutex;
  static std::unordered_map<const Descriptor*, bool> known;
  const std::scoped_lock lock(mutex);
  const auto [place, is_new] = known.try_emplace(&type, false);
  if (is_new) {
    std::set<const Descriptor*> seen;
    place->second = holds_secrets(type, seen);
  }
  return place->second;
}

Secrets secrets_in(const Message& message) {
  Secrets out;
  walk(message, "", [&](const Message& holder, const FieldDescriptor& field, std::string path) {
    if (auto bytes = bytes_of(holder, field); !bytes.empty())
      out.emplace(std::move(path), std::move(bytes));
  });
  return out;
}

Secrets take_secrets(Message& message) {
  auto out = secrets_in(message);
  walk(message, "", [](Message& holder, const FieldDescriptor& field, const std::string&) {
    holder.GetReflection()->ClearField(&holder, &field);
  });
  return out;
}

std::string without_user_info(std::string_view text) {
  std::string out;
  for (;;) {
    const auto scheme = text.find("://");
    if (scheme == std::string_view::npos) return out.append(text);
    const auto start = scheme + 3;
    const auto end = std::min(text.find_first_of("/?# \t\r\n\"'", start), text.size());
    const auto at = text.substr(start, end - start).rfind('@');
    out.append(text.substr(0, start));
    if (at != std::string_view::npos) out.append("(hidden)");
    text.remove_prefix(at == std::string_view::npos ? start : start + at);
  }
}

}  // namespace ff::api
