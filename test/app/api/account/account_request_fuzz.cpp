// Whatever a client sends to the account pages before anyone is known: cookies, forms, redirects.
#include <cstdint>
#include <string_view>

#include "actors/identity_server/oauth/redirect.hpp"
#include "app/api/account/cookie.hpp"
#include "app/api/account/csrf.hpp"
#include "app/api/account/form.hpp"
#include "app/api/account/html.hpp"
#include "app/api/account/oidc.hpp"

namespace {

const ff::api::account::CookieSeal seal(ff::Bytes(64, 1), ff::Bytes(32, 2));

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace ff::api::account;
  namespace oauth = ff::identity_server::oauth;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto middle = text.find('\n');
  const auto first = text.substr(0, middle);
  const auto rest = middle == std::string_view::npos ? std::string_view() : text.substr(middle + 1);

  const ff::net::http::Headers headers{{"Cookie", std::string(text)}};
  if (const auto cookie = find_cookie(headers, "_session")) (void)seal.open("_session", *cookie);
  (void)parse_session(text);
  (void)is_csrf_token(first, rest);
  (void)parse_form("application/json", text);
  if (const auto form = parse_form("", text)) {
    // Nobody is sent anywhere else than to the own machine, and no header is split.
    const auto location = oauth::local_callback_location(form->fields());
    if (!location.starts_with("http://localhost:") ||
        location.find_first_of("\r\n") != std::string::npos)
      __builtin_trap();
  }
  const OidcSettings oidc{.issuer = "https://id.example.org", .client_id = "farfield"};
  ff::ignore(parse_id_token(text, oidc, "n", {}), "only crashes count");
  ff::ignore(parse_discovery(text, oidc), "only crashes count");
  ff::ignore(id_token_of(200, text), "only crashes count");
  (void)parse_attempt(text, {});
  if (const auto next = oauth::safe_next(first)) {
    if (next->starts_with("//") || next->find_first_of("\r\n\\") != std::string::npos)
      __builtin_trap();
  }
  if (oauth::matches_redirect(first, rest) &&
      rest.find_first_of("\r\n\\") != std::string_view::npos)
    __builtin_trap();
  if (escape_html(text).find_first_of("<>\"'") != std::string::npos) __builtin_trap();
  return 0;
}
