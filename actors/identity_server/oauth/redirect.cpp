#include "actors/identity_server/oauth/redirect.hpp"

#include <algorithm>
#include <array>
#include <charconv>

#include "actors/identity_server/oauth/errors.hpp"
#include "protocol/base/hex.hpp"

namespace ff::identity_server::oauth {
namespace {

constexpr std::size_t uri_max = 2048;
constexpr std::string_view default_local_port = "11885";

struct Uri {
  std::string scheme;  // lower case; empty: relative
  std::string authority;
  std::string path;
};

char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

std::string lower(std::string_view text) {
  std::string out(text);
  std::ranges::transform(out, out.begin(), [](char c) { return lower(c); });
  return out;
}

/// Browsers read backslashes as slashes and drop tabs and line ends.
bool is_plain(std::string_view text) {
  return text.size() <= uri_max && std::ranges::all_of(text, [](char c) {
           return c > ' ' && c < 0x7f && c != '\\' && c != '"' && c != '<' && c != '>';
         });
}

bool is_scheme(std::string_view text) {
  if (text.empty() || lower(text.front()) < 'a' || lower(text.front()) > 'z') return false;
  return std::ranges::all_of(text, [](char c) {
    return (lower(c) >= 'a' && lower(c) <= 'z') || (c >= '0' && c <= '9') || c == '+' || c == '-' ||
           c == '.';
  });
}

/// Also such that only some servers understand.
bool climbs(std::string_view path) {
  const auto text = lower(path);
  if (text.find("%2e") != std::string::npos || text.find("%2f") != std::string::npos ||
      text.find("%5c") != std::string::npos)
    return true;
  std::size_t from = 0;
  while (from <= text.size()) {
    const auto slash = std::min(text.find('/', from), text.size());
    const auto segment = std::string_view(text).substr(from, slash - from);
    if (segment == "." || segment == "..") return true;
    from = slash + 1;
  }
  return false;
}

constexpr std::array executed =
    std::to_array<std::string_view>({"javascript", "data", "vbscript", "file", "blob", "about"});

/// Nothing for what matches nothing.
std::optional<Uri> parse(std::string_view text) {
  if (text.empty() || !is_plain(text) || text.find('#') != std::string_view::npos)
    return std::nullopt;
  text = text.substr(0, text.find('?'));
  Uri out;
  const auto colon = text.find(':');
  if (colon != std::string_view::npos && is_scheme(text.substr(0, colon))) {
    out.scheme = lower(text.substr(0, colon));
    if (std::ranges::find(executed, out.scheme) != executed.end()) return std::nullopt;
    text.remove_prefix(colon + 1);
    if (!text.starts_with("//")) return std::nullopt;
    text.remove_prefix(2);
    const auto slash = std::min(text.find('/'), text.size());
    out.authority = lower(text.substr(0, slash));
    text.remove_prefix(slash);
    if (out.authority.empty() && out.scheme.starts_with("http")) return std::nullopt;
  } else if (text.starts_with("//") || colon != std::string_view::npos) {
    return std::nullopt;
  }
  if (climbs(text)) return std::nullopt;
  out.path = text;
  return out;
}

bool is_unreserved(char c) {
  return (lower(c) >= 'a' && lower(c) <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.' ||
         c == '_' || c == '~';
}

std::string escape(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (is_unreserved(c)) {
      out.push_back(c);
    } else {
      out += '%' + hex_upper(static_cast<unsigned char>(c), 2);
    }
  }
  return out;
}

std::string with_query(std::string address, const Parameters& parameters) {
  if (!parameters.empty()) address += '?' + encode_query(parameters);
  return address;
}

bool is_port(std::string_view text) {
  unsigned port = 0;
  const auto* end = text.data() + text.size();
  const auto [at, error] = std::from_chars(text.data(), end, port);
  return error == std::errc() && at == end && port > 0 && port <= 65'535;
}

}  // namespace

std::string encode_query(const Parameters& parameters) {
  std::string out;
  for (const auto& [name, value] : parameters) {
    if (!out.empty()) out.push_back('&');
    out += escape(name) + '=' + escape(value);
  }
  return out;
}

bool matches_redirect(std::string_view registered, std::string_view requested) {
  const auto base = parse(registered);
  const auto uri = parse(requested);
  if (!base || !uri || base->scheme != uri->scheme || base->authority != uri->authority)
    return false;
  if (base->path == uri->path) return true;
  const auto below = base->path.ends_with('/') ? base->path : base->path + '/';
  return uri->path.starts_with(below) && uri->path.find("//") == std::string::npos;
}

Result<std::string> choose_redirect(std::span<const std::string> registered,
                                    std::string_view requested) {
  if (registered.empty()) return fail(unauthorized_client);
  if (requested.empty() && registered.size() > 1) return fail(invalid_request);
  if (requested.empty()) requested = registered.front();
  const bool known = std::ranges::any_of(
      registered, [&](const std::string& one) { return matches_redirect(one, requested); });
  if (!known) return fail(invalid_redirect_uri);
  return std::string(requested.substr(0, requested.find('?')));
}

std::string redirect_location(std::string_view chosen, std::string_view mount,
                              const Parameters& parameters) {
  const bool has_scheme = chosen.find("://") != std::string_view::npos;
  const bool is_our_page = chosen.starts_with("/code") || chosen.starts_with("/local-callback");
  std::string address(chosen);
  if (is_our_page) {
    address = std::string(mount) + address;
  } else if (!has_scheme && !chosen.starts_with('/')) {
    address = std::string(mount) + '/' + address;
  }
  return with_query(std::move(address), parameters);
}

std::string local_callback_location(const Parameters& query) {
  std::string port(default_local_port);
  Parameters passed;
  for (const auto& [name, value] : query) {
    if (name != "port") {
      passed.emplace_back(name, value);
    } else if (is_port(value)) {
      port = value;
    }
  }
  return with_query("http://localhost:" + port + "/oauth/callback", passed);
}

std::optional<std::string> safe_next(std::string_view next) {
  if (!next.starts_with('/') || next.starts_with("//") || !is_plain(next)) return std::nullopt;
  if (climbs(next.substr(0, next.find('?')))) return std::nullopt;
  return std::string(next);
}

}  // namespace ff::identity_server::oauth
