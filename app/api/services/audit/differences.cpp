#include "app/api/services/audit/differences.hpp"

#include <boost/json.hpp>
#include <memory>
#include <set>

#include "app/api/services/audit/secrets.hpp"
#include "protocol/api_json/api_json.hpp"
#include "protocol/base/hex.hpp"
#include "protocol/crypto/digest.hpp"

namespace ff::api {
namespace {

using google::protobuf::Message;
namespace json = boost::json;

/// Bytes of a request, as protobuf; its JSON is longer than value_size_max then.
constexpr std::size_t request_size_max = 65'536;

/// A message without its secrets, and those.
struct Shown {
  json::value value;
  Secrets secrets;
};

void hide_user_info(json::value& value) {
  if (auto* text = value.if_string()) {
    if (text->find("://") != json::string::npos)
      *text = without_user_info(std::string_view(text->data(), text->size()));
  } else if (auto* list = value.if_array()) {
    for (auto& one : *list) hide_user_info(one);
  } else if (auto* object = value.if_object()) {
    for (auto& member : *object) hide_user_info(member.value());
  }
}

Shown shown(const Message* maybe_message) {
  Shown out;
  if (maybe_message == nullptr) return out;
  const std::unique_ptr<Message> copy(maybe_message->New());
  copy->CopyFrom(*maybe_message);
  out.secrets = take_secrets(*copy);
  const auto text = api_json::to_json(*copy);
  json::error_code error;
  if (text) out.value = json::parse(*text, error);
  hide_user_info(out.value);
  return out;
}

std::string text_of(const json::value& value) {
  if (value.is_null()) return {};
  auto text = json::serialize(value);
  if (text.size() <= value_size_max) return text;
  return R"({"omitted_bytes":)" + std::to_string(text.size()) + R"(,"sha256":")" +
         hex_lower(crypto::sha256(as_bytes(text))) + "\"}";
}

class Comparison {
 public:
  explicit Comparison(std::string entity) : entity_(std::move(entity)) {}

  void compare(const std::string& path, const json::value& before, const json::value& after) {
    if (before == after || path == "updated_at") return;
    const auto* old_members = before.if_object();
    const auto* new_members = after.if_object();
    // An object that comes or goes is shown by its members.
    const bool goes_deeper = (old_members || before.is_null()) && (new_members || after.is_null());
    if (!goes_deeper) return add({entity_, path, text_of(before), text_of(after), false});
    std::set<std::string> names;
    for (const auto* members : {old_members, new_members}) {
      if (members == nullptr) continue;
      for (const auto& member : *members) names.emplace(member.key());
    }
    // One that has no members, and so would not be shown.
    if (names.empty()) return add({entity_, path, text_of(before), text_of(after), false});
    for (const auto& name : names) {
      auto member = path;
      if (!member.empty()) member += '.';
      member += name;
      compare(member, member_of(old_members, name), member_of(new_members, name));
    }
  }

  void compare(const Secrets& before, const Secrets& after) {
    std::set<std::string> paths;
    for (const auto& [path, value] : before) paths.insert(path);
    for (const auto& [path, value] : after) paths.insert(path);
    for (const auto& path : paths) {
      const auto old_secret = before.find(path);
      const auto new_secret = after.find(path);
      const bool was = old_secret != before.end();
      const bool is = new_secret != after.end();
      if (was && is && old_secret->second == new_secret->second) continue;
      // That there is one is no secret.
      add({entity_, path, was ? "\"(secret)\"" : "", is ? "\"(secret)\"" : "", true});
    }
  }

  std::vector<audit::Change> take() {
    if (left_out_ > 0)
      changes_.push_back(
          {entity_, "", "", R"({"omitted_changes":)" + std::to_string(left_out_) + "}", false});
    return std::move(changes_);
  }

 private:
  static json::value member_of(const json::object* maybe_members, const std::string& name) {
    const auto* found = maybe_members != nullptr ? maybe_members->if_contains(name) : nullptr;
    return found != nullptr ? *found : json::value();
  }

  void add(audit::Change change) {
    if (changes_.size() < changes_max) {
      changes_.push_back(std::move(change));
    } else {
      ++left_out_;
    }
  }

  std::string entity_;
  std::vector<audit::Change> changes_;
  std::size_t left_out_ = 0;
};

}  // namespace

std::vector<audit::Change> differences(const std::string& entity, const Message* before,
                                       const Message* after) {
  const auto old_state = shown(before);
  const auto new_state = shown(after);
  Comparison comparison(entity);
  comparison.compare("", old_state.value, new_state.value);
  comparison.compare(old_state.secrets, new_state.secrets);
  return comparison.take();
}

std::string shown_json(const Message& message) {
  // What would not be shown need not be made: an import of devices has hundreds of kilobytes.
  if (const auto size = message.ByteSizeLong(); size > request_size_max)
    return R"({"omitted_bytes":)" + std::to_string(size) + "}";
  const auto text = text_of(shown(&message).value);
  return text == "{}" ? std::string() : text;
}

}  // namespace ff::api
