#include "app/cli/output/item_template.hpp"

#include <algorithm>
#include <cctype>

namespace ff::cli {
namespace {

std::string folded(std::string_view path) {
  std::string out;
  for (const unsigned char c : path) {
    if (c != '_') out += static_cast<char>(std::tolower(c));
  }
  return out;
}

bool is_path(std::string_view path) {
  return path.size() > 1 && path.front() == '.' && std::ranges::all_of(path, [](unsigned char c) {
           return std::isalnum(c) != 0 || c == '_' || c == '.' || c == '-';
         });
}

std::string_view trimmed(std::string_view text) {
  while (text.starts_with(' ')) text.remove_prefix(1);
  while (text.ends_with(' ')) text.remove_suffix(1);
  return text;
}

}  // namespace

Result<ItemTemplate> ItemTemplate::parse(std::string_view text) {
  ItemTemplate out;
  while (!text.empty()) {
    const auto open = std::min(text.find("{{"), text.size());
    if (open > 0) out.parts_.push_back({false, std::string(text.substr(0, open))});
    text.remove_prefix(open);
    if (text.empty()) break;
    const auto close = text.find("}}");
    const auto path =
        close == std::string_view::npos ? std::string_view() : trimmed(text.substr(2, close - 2));
    if (!is_path(path)) return fail(invalid_template, {{"part", text.substr(0, close)}});
    out.parts_.push_back({true, folded(path.substr(1))});
    text.remove_prefix(close + 2);
  }
  return out;
}

std::string ItemTemplate::render(const FlatFields& fields) const {
  std::string out;
  for (const auto& part : parts_) {
    if (!part.is_field) {
      out += part.text;
      continue;
    }
    for (const auto& [path, text] : fields) {
      if (folded(path) == part.text) out += text;
    }
  }
  return out;
}

}  // namespace ff::cli
