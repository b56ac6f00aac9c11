#include "actors/application_server/integration/webhook/url.hpp"

#include <algorithm>
#include <charconv>
#include <vector>

namespace ff::application_server::webhook {
namespace {

/// [RFC 6570 appendix A]
struct Operator {
  char sign = 0;
  std::string_view first;
  char separator = ',';
  bool named = false;
  std::string_view if_empty;
  bool reserved = false;
};
constexpr Operator operators[] = {
    {'+', "", ',', false, "", true},   {'#', "#", ',', false, "", true},
    {'.', ".", '.', false, "", false}, {'/', "/", '/', false, "", false},
    {';', ";", ';', true, "", false},  {'?', "?", '&', true, "=", false},
    {'&', "&", '&', true, "=", false},
};

bool is_alphanumeric(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}
bool is_unreserved(char c) {
  return is_alphanumeric(c) || std::string_view("-._~").find(c) != std::string_view::npos;
}
bool is_reserved(char c) {
  return std::string_view(":/?#[]@!$&'()*+,;=").find(c) != std::string_view::npos;
}
bool is_hex(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

void append_encoded(std::string& out, std::string_view text, bool allow_reserved) {
  constexpr std::string_view digits = "0123456789ABCDEF";
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    // A triplet that is encoded already is left alone where reserved characters are.
    const bool is_triplet = allow_reserved && c == '%' && i + 2 < text.size() &&
                            is_hex(text[i + 1]) && is_hex(text[i + 2]);
    if (is_unreserved(c) || is_triplet || (allow_reserved && is_reserved(c))) {
      out += c;
      continue;
    }
    const auto byte = static_cast<unsigned char>(c);
    out += '%';
    out += digits[byte >> 4U];
    out += digits[byte & 15U];
  }
}

struct Variable {
  std::string_view name;
  std::size_t length_max = std::string_view::npos;
};

/// `name`, `name:3`, `name*`.
std::optional<Variable> parse_variable(std::string_view text) {
  Variable out{text};
  if (text.ends_with('*')) {
    out.name.remove_suffix(1);
  } else if (const auto colon = text.find(':'); colon != std::string_view::npos) {
    const auto digits = text.substr(colon + 1);
    const auto* end = digits.data() + digits.size();
    const auto [stop, error] = std::from_chars(digits.data(), end, out.length_max);
    if (error != std::errc{} || stop != end || out.length_max > 9999) return std::nullopt;
    out.name = text.substr(0, colon);
  }
  const auto is_name = [](char c) {
    return is_alphanumeric(c) || c == '_' || c == '.' || c == '%';
  };
  if (out.name.empty() || !std::ranges::all_of(out.name, is_name)) return std::nullopt;
  return out;
}

void append_value(std::string& out, const Operator& op, const Variable& variable,
                  std::string_view value) {
  if (op.named) {
    out += variable.name;
    if (value.empty()) {
      out += op.if_empty;
      return;
    }
    out += '=';
  }
  append_encoded(out, value.substr(0, variable.length_max), op.reserved);
}

Status append_expression(std::string& out, std::string_view expression, const Lookup& lookup) {
  Operator op;
  if (!expression.empty()) {
    const auto* found = std::ranges::find(operators, expression.front(), &Operator::sign);
    if (found != std::end(operators)) {
      op = *found;
      expression.remove_prefix(1);
    }
  }
  bool first = true;
  while (true) {
    const auto comma = expression.find(',');
    const auto variable = parse_variable(expression.substr(0, comma));
    if (!variable) return fail(malformed_template, {{"reason", "variable"}});
    if (const auto value = lookup(variable->name)) {
      if (std::exchange(first, false)) {
        out += op.first;
      } else {
        out += op.separator;
      }
      append_value(out, op, *variable, *value);
    }
    if (comma == std::string_view::npos) return {};
    expression.remove_prefix(comma + 1);
  }
}

bool is_absolute(std::string_view url) {
  const auto colon = url.find("://");
  return colon != std::string_view::npos && colon > 0 &&
         std::ranges::all_of(url.substr(0, colon), [](char c) {
           return is_alphanumeric(c) || c == '+' || c == '-' || c == '.';
         });
}

/// Where the path begins: behind scheme and authority.
std::size_t path_begin(std::string_view url) {
  const auto colon = url.find("://");
  const auto from = colon == std::string_view::npos ? 0 : colon + 3;
  return std::min(url.find_first_of("/?#", from), url.size());
}

}  // namespace

Result<std::string> expand(std::string_view text, const Lookup& lookup) {
  std::string out;
  while (!text.empty()) {
    const auto open = std::min(text.find('{'), text.size());
    const auto literal = text.substr(0, open);
    if (literal.find('}') != std::string_view::npos)
      return fail(malformed_template, {{"reason", "brace without a beginning"}});
    append_encoded(out, literal, true);
    text.remove_prefix(open);
    if (text.empty()) break;
    const auto close = text.find('}');
    if (close == std::string_view::npos)
      return fail(malformed_template, {{"reason", "brace without an end"}});
    FF_CHECK(append_expression(out, text.substr(1, close - 1), lookup));
    text.remove_prefix(close + 1);
  }
  return out;
}

bool has_variables(std::string_view text) noexcept {
  return text.find('{') != std::string_view::npos;
}

std::string join_url(std::string_view base, std::string_view path) {
  path.remove_prefix(std::min(path.find_first_not_of('/'), path.size()));
  path = path.substr(0, path.find('#'));
  base = base.substr(0, base.find('#'));
  if (is_absolute(path)) return std::string(path);
  if (path.empty()) return std::string(base);
  std::string out(base.substr(0, std::min(base.find('?', path_begin(base)), base.size())));
  if (path.front() != '?' && !out.ends_with('/')) out += '/';
  out += path;
  return out;
}

std::string redacted(std::string_view url) {
  const auto end = url.find_first_of("?#");
  url = url.substr(0, end);
  const auto colon = url.find("://");
  if (colon == std::string_view::npos) return std::string(url);
  const auto authority = url.substr(colon + 3, path_begin(url) - colon - 3);
  const auto at = authority.rfind('@');
  std::string out(url.substr(0, colon + 3));
  out += at == std::string_view::npos ? url.substr(colon + 3) : url.substr(colon + 4 + at);
  return out;
}

}  // namespace ff::application_server::webhook
