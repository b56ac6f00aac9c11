#include "net/mqtt/topic.hpp"

#include <algorithm>

namespace ff::mqtt {
namespace {

constexpr std::string_view share_prefix = "$share/";

bool is_plausible_text(std::string_view text) noexcept {
  return !text.empty() && text.size() <= topic_size_max &&
         text.find('\0') == std::string_view::npos;
}

bool wildcards_stand_alone(std::string_view filter) noexcept {
  TopicLevels levels(filter);
  for (auto level = levels.next(); level;) {
    auto next = levels.next();
    if (has_wildcard(*level) && level->size() != 1) return false;
    if (*level == "#" && next) return false;
    level = next;
  }
  return true;
}

}  // namespace

std::optional<std::string_view> TopicLevels::next() noexcept {
  if (done_) return std::nullopt;
  auto slash = rest_.find('/');
  auto level = rest_.substr(0, slash);
  done_ = slash == std::string_view::npos;
  if (!done_) rest_.remove_prefix(slash + 1);
  return level;
}

std::size_t level_count(std::string_view topic) noexcept {
  return static_cast<std::size_t>(std::ranges::count(topic, '/')) + 1;
}

bool has_wildcard(std::string_view filter) noexcept {
  return filter.find_first_of("+#") != std::string_view::npos;
}

bool is_shared_filter(std::string_view filter) noexcept {
  return filter.starts_with(share_prefix);
}

std::optional<SharedFilter> split_shared_filter(std::string_view filter) noexcept {
  if (!is_shared_filter(filter)) return std::nullopt;
  filter.remove_prefix(share_prefix.size());
  auto slash = filter.find('/');
  if (slash == 0 || slash == std::string_view::npos || slash + 1 == filter.size())
    return std::nullopt;
  const SharedFilter parts{filter.substr(0, slash), filter.substr(slash + 1)};
  if (has_wildcard(parts.group) || !wildcards_stand_alone(parts.filter)) return std::nullopt;
  return parts;
}

bool is_valid_topic_name(std::string_view topic) noexcept {
  return is_plausible_text(topic) && !has_wildcard(topic);
}

bool is_valid_topic_filter(std::string_view filter) noexcept {
  if (!is_plausible_text(filter)) return false;
  return is_shared_filter(filter) ? split_shared_filter(filter).has_value()
                                  : wildcards_stand_alone(filter);
}

bool topic_matches(std::string_view filter, std::string_view topic) noexcept {
  if (topic.starts_with('$') && !filter.empty() && has_wildcard(filter.substr(0, 1))) return false;
  TopicLevels filter_levels(filter);
  TopicLevels topic_levels(topic);
  while (true) {
    auto wanted = filter_levels.next();
    if (wanted == "#") return true;
    auto level = topic_levels.next();
    if (!wanted || !level) return !wanted && !level;
    if (*wanted != "+" && *wanted != *level) return false;
  }
}

}  // namespace ff::mqtt
