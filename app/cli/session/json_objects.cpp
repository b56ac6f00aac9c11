#include "app/cli/session/json_objects.hpp"

#include <algorithm>
#include <utility>

namespace ff::cli {

/// Brackets and commas between objects are those of the array around them.
void JsonObjects::skip_separators() {
  constexpr std::string_view separators = " \t\r\n,[]";
  if (at_ == 0 && text_.starts_with("\xEF\xBB\xBF")) at_ = 3;
  while (at_ < text_.size() && separators.find(text_[at_]) != std::string_view::npos) {
    if (text_[at_] == '\n') ++line_;
    ++at_;
  }
}

tl::unexpected<Error> JsonObjects::malformed(std::string_view reason) const {
  return fail(malformed_input, {{"line", line_}, {"reason", reason}});
}

std::size_t JsonObjects::object_end() const {
  std::size_t depth = 0;
  bool is_string = false;
  for (auto i = at_; i < text_.size(); ++i) {
    const char c = text_[i];
    if (is_string) {
      if (c == '\\') {
        ++i;
      } else if (c == '"') {
        is_string = false;
      }
    } else if (c == '"') {
      is_string = true;
    } else if (c == '{') {
      ++depth;
    } else if (c == '}' && --depth == 0) {
      return i + 1;
    }
  }
  return std::string_view::npos;
}

Result<std::optional<std::string_view>> JsonObjects::next() {
  line_ += std::exchange(object_lines_, 0);
  skip_separators();
  if (at_ >= text_.size()) return std::optional<std::string_view>();
  if (text_[at_] != '{') return malformed("an object is expected");
  const auto end = object_end();
  if (end == std::string_view::npos) return malformed("the object has no end");
  const auto object = text_.substr(at_, end - at_);
  at_ = end;
  object_lines_ = static_cast<std::size_t>(std::ranges::count(object, '\n'));
  return std::optional<std::string_view>(object);
}

}  // namespace ff::cli
