#include "actors/application_server/frontend_mqtt/topics.hpp"

#include <algorithm>

#include "net/mqtt/topic.hpp"
#include "protocol/types/uid.hpp"

namespace ff::application_server {
namespace {

constexpr std::string_view root = "v3/";

std::string prefix_of(std::string_view uid) {
  return std::string(root) + std::string(uid) + '/';
}

}  // namespace

std::optional<ApplicationId> application_of(std::string_view username) {
  const auto id = parse_application_id(entity_id_of_uid(username));
  if (!id) return std::nullopt;
  return *id;
}

std::optional<std::string> rewrite_filter(std::string_view filter, std::string_view uid) {
  const auto own = prefix_of(uid);
  if (filter == "#" || filter == "v3/#") return own + '#';
  constexpr std::string_view any_application = "v3/+/";
  if (filter.starts_with(any_application)) {
    filter.remove_prefix(any_application.size());
  } else if (filter.starts_with(own)) {
    filter.remove_prefix(own.size());
  } else {
    return std::nullopt;
  }
  // Nothing is published there, and stored sessions know groups by such names.
  if (mqtt::is_shared_filter(filter)) return std::nullopt;
  return own + std::string(filter);
}

std::optional<std::string> shared_name(std::string_view filter, std::string_view uid) {
  const auto shared = mqtt::split_shared_filter(filter);
  if (!shared) return std::nullopt;
  const auto rewritten = rewrite_filter(shared->filter, uid);
  if (!rewritten) return std::nullopt;
  const auto head = filter.size() - shared->filter.size();
  return std::string(filter.substr(0, head)) + relative_filter(*rewritten, uid);
}

std::string relative_filter(std::string_view rewritten, std::string_view uid) {
  return std::string(rewritten.substr(std::min(prefix_of(uid).size(), rewritten.size())));
}

std::string up_topic(std::string_view uid, const DeviceId& device_id, UpKind kind) {
  auto topic = prefix_of(uid);
  topic += "devices/";
  topic += device_id.text();
  topic += '/';
  topic += topic_suffix(kind);
  return topic;
}

std::optional<DownlinkTopic> parse_downlink_topic(std::string_view topic, std::string_view uid) {
  const auto own = prefix_of(uid) + "devices/";
  if (!topic.starts_with(own)) return std::nullopt;
  topic.remove_prefix(own.size());
  const auto slash = topic.find('/');
  if (slash == std::string_view::npos) return std::nullopt;
  const auto id = parse_device_id(topic.substr(0, slash));
  const auto rest = topic.substr(slash);
  const bool replace = rest == "/down/replace";
  if (!id || (!replace && rest != "/down/push")) return std::nullopt;
  return DownlinkTopic{*id, replace};
}

}  // namespace ff::application_server
