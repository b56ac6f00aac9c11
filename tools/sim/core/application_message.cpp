#include "tools/sim/core/application_message.hpp"

#include <charconv>
#include <initializer_list>

#include "protocol/base/base64.hpp"

namespace ff::sim {
namespace {

constexpr std::string_view application_mark = "{application_id}";
constexpr std::string_view device_mark = "{device_id}";

/// What follows `"name":` and blanks; empty if the name is not there.
std::string_view after_member(std::string_view json,
                              std::initializer_list<std::string_view> names) {
  for (const auto name : names) {
    const auto place = json.find(name);
    if (place == std::string_view::npos) continue;
    auto rest = json.substr(place + name.size());
    while (!rest.empty() && (rest[0] == ' ' || rest[0] == ':')) rest.remove_prefix(1);
    return rest;
  }
  return {};
}

}  // namespace

std::optional<ApplicationUplink> find_uplink(std::string_view json) {
  ApplicationUplink uplink;
  const auto message = json.find("\"uplink_message\"");
  if (message != std::string_view::npos) json.remove_prefix(message);
  auto data = after_member(json, {"\"frm_payload\"", "\"data\""});
  const auto f_cnt = after_member(json, {"\"f_cnt\"", "\"fCnt\""});
  if (message == std::string_view::npos && (data.empty() || f_cnt.empty())) return std::nullopt;
  std::from_chars(f_cnt.data(), f_cnt.data() + f_cnt.size(), uplink.f_cnt);
  if (!data.starts_with('"')) return uplink;
  data.remove_prefix(1);
  if (auto payload = base64_decode(data.substr(0, data.find('"')))) {
    uplink.payload = *std::move(payload);
  }
  return uplink;
}

TopicTemplate::TopicTemplate(std::string_view text, std::string_view application_id) {
  std::string topic(text);
  if (const auto place = topic.find(application_mark); place != std::string::npos) {
    topic.replace(place, application_mark.size(), application_id);
  }
  const auto place = topic.find(device_mark);
  prefix_ = topic.substr(0, place);
  if (place != std::string::npos) suffix_ = topic.substr(place + device_mark.size());
}

std::optional<std::string_view> TopicTemplate::device_id(std::string_view topic) const noexcept {
  if (topic.size() <= prefix_.size() + suffix_.size()) return std::nullopt;
  if (!topic.starts_with(prefix_) || !topic.ends_with(suffix_)) return std::nullopt;
  topic.remove_prefix(prefix_.size());
  topic.remove_suffix(suffix_.size());
  return topic;
}

}  // namespace ff::sim
