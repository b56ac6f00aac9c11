#include "app/cli/output/table.hpp"

#include <algorithm>
#include <cctype>

namespace ff::cli {
namespace {

bool is_continuation(char character) {
  return (static_cast<unsigned char>(character) & 0xC0U) == 0x80U;
}

/// Characters of UTF-8.
std::size_t width(const std::string& text) {
  return static_cast<std::size_t>(
      std::ranges::count_if(text, [](char c) { return !is_continuation(c); }));
}

std::string cell(const std::string& text) {
  std::string out;
  std::size_t characters = 0;
  for (const char c : text) {
    if (!is_continuation(c) && ++characters > cell_width_max) {
      out += "…";
      break;
    }
    out += static_cast<unsigned char>(c) < 0x20 ? '?' : c;
  }
  return out;
}

/// `ids.device_id` is DEVICE_ID: the steps that only group are left out.
std::string title(std::string_view path) {
  while (true) {
    const auto dot = path.find('.');
    const auto step = path.substr(0, dot);
    if (dot == std::string_view::npos || !(step == "ids" || step.ends_with("_ids"))) break;
    path.remove_prefix(dot + 1);
  }
  std::string out = path.empty() ? "value" : std::string(path);
  std::ranges::transform(out, out.begin(),
                         [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  return out;
}

using Lines = std::vector<std::vector<std::string>>;

std::string aligned(const Lines& lines) {
  std::vector<std::size_t> widths(lines.front().size());
  for (const auto& line : lines) {
    for (std::size_t i = 0; i < line.size(); ++i) widths[i] = std::max(widths[i], width(line[i]));
  }
  std::string out;
  for (const auto& line : lines) {
    std::string text;
    for (std::size_t i = 0; i < line.size(); ++i) {
      text += line[i];
      if (i + 1 < line.size()) text.append(widths[i] - width(line[i]) + 2, ' ');
    }
    text.erase(text.find_last_not_of(' ') + 1);
    out += text + "\n";
  }
  return out;
}

}  // namespace

std::string table_text(const std::vector<FlatFields>& rows) {
  std::vector<std::string> paths;
  for (const auto& row : rows) {
    for (const auto& [path, text] : row) {
      if (std::ranges::find(paths, path) == paths.end()) paths.push_back(path);
    }
  }
  if (paths.empty()) return {};
  Lines lines(1);
  for (const auto& path : paths) lines.front().push_back(title(path));
  for (const auto& row : rows) {
    std::vector<std::string> line;
    for (const auto& path : paths) {
      const auto found = std::ranges::find(row, path, &FlatFields::value_type::first);
      line.push_back(found == row.end() ? "" : cell(found->second));
    }
    lines.push_back(std::move(line));
  }
  return aligned(lines);
}

}  // namespace ff::cli
