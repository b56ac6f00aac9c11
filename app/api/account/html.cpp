#include "app/api/account/html.hpp"

#include <algorithm>

#include "protocol/base/assert.hpp"

namespace ff::api::account {
namespace {

bool is_name(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) {
    return (c >= 'a' && c <= 'z') || c == '_' || (c >= '0' && c <= '9');
  });
}

}  // namespace

std::string escape_html(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (const char c : text) {
    switch (c) {
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '&':
        out += "&amp;";
        break;
      case '"':
        out += "&quot;";
        break;
      case '\'':
        out += "&#39;";
        break;
      default:
        if (static_cast<unsigned char>(c) >= ' ' || c == '\n' || c == '\t') out.push_back(c);
    }
  }
  return out;
}

Html Html::text(std::string_view text) {
  Html out;
  out.markup_ = escape_html(text);
  return out;
}

Html HtmlTemplate::fill(std::initializer_list<HtmlValue> values) const {
  Html out;
  auto rest = text_;
  while (true) {
    const auto open = rest.find('{');
    out.markup_ += rest.substr(0, open);
    if (open == std::string_view::npos) return out;
    rest.remove_prefix(open + 1);
    const auto close = rest.find('}');
    const auto name = rest.substr(0, close);
    if (close == std::string_view::npos || !is_name(name)) {
      out.markup_.push_back('{');
      continue;
    }
    const auto* value =
        std::ranges::find_if(values, [&](const HtmlValue& one) { return one.name == name; });
    FF_ASSERT(value != values.end());
    if (const auto* html = std::get_if<Html>(&value->value)) {
      out += *html;
    } else {
      out.markup_ += escape_html(std::get<std::string>(value->value));
    }
    rest.remove_prefix(close + 1);
  }
}

std::string safe_link(std::string_view address) {
  const bool is_plain = std::ranges::all_of(
      address, [](char c) { return c > ' ' && c < 0x7f && c != '\\' && c != '"'; });
  const bool is_own = address.starts_with('/') && !address.starts_with("//");
  const bool is_web = address.starts_with("https://") || address.starts_with("http://");
  return std::string(is_plain && (is_own || is_web) ? address : "#");
}

}  // namespace ff::api::account
