// MQTT topic names and filters: what is valid and what matches what.
// Not for many filters at once; see topic_tree.hpp.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

namespace ff::mqtt {

/// Deepest topic or filter this server works with. The standard has no bound; a tree wants one.
inline constexpr std::size_t topic_levels_max = 64;
/// Bytes of the longest topic or filter of the standard [MQTT-5 §4.7.3].
inline constexpr std::size_t topic_size_max = 65'535;

/// Walks the levels of a topic or filter, which must outlive it: `a//b` has the levels `a`, `` and
/// `b`.
class TopicLevels {
 public:
  explicit TopicLevels(std::string_view topic) noexcept : rest_(topic) {}
  /// Nothing after the last level.
  std::optional<std::string_view> next() noexcept;

 private:
  std::string_view rest_;
  bool done_ = false;
};

/// At least 1, also for an empty text.
std::size_t level_count(std::string_view topic) noexcept;

/// Not empty, not too long, without wildcards and U+0000 [MQTT-5 §4.7.1, §4.7.3]. That the text is
/// UTF-8 is the decoder's to check.
bool is_valid_topic_name(std::string_view topic) noexcept;

/// As a name, but `+` may be a whole level and `#` the whole last level [MQTT-5 §4.7.1].
/// A shared subscription must be valid in both its parts.
bool is_valid_topic_filter(std::string_view filter) noexcept;

/// `$share/{group}/{filter}` [MQTT-5 §4.8.2].
bool is_shared_filter(std::string_view filter) noexcept;
/// The two parts of a shared filter. Nothing for other filters, and for one that is not valid.
struct SharedFilter {
  std::string_view group;
  std::string_view filter;
};
std::optional<SharedFilter> split_shared_filter(std::string_view filter) noexcept;
bool has_wildcard(std::string_view filter) noexcept;

/// Whether the valid, not shared `filter` matches the valid `topic`. `a/#` matches `a` too; a
/// wildcard at the first level matches no topic that begins with `$` [MQTT-5 §4.7.2].
bool topic_matches(std::string_view filter, std::string_view topic) noexcept;

}  // namespace ff::mqtt
