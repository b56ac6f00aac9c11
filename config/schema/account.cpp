// `is.oauth.*`, `is.email.*` and what else the account pages are set with. Names and defaults are
// the reference's where it has the setting; `is.login-throttle.*` and `is.oidc.*` are our own.
// [spec configuration-and-metrics, shared/api/config.tsv]
#include <algorithm>

#include "config/schema/schema.hpp"
#include "protocol/base/hex.hpp"

namespace ff::config {
namespace {

constexpr Duration day = std::chrono::hours{24};

bool is_plain(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c < 0x7f; });
}

Type<std::string> text_of(std::string allowed, std::function<bool(std::string_view)> is_allowed) {
  return {std::move(allowed),
          [is_allowed = std::move(is_allowed)](std::string_view text) {
            return is_allowed(text) ? std::optional(std::string(text)) : std::nullopt;
          },
          [](const std::string& value) { return value; }};
}

/// What may stand in a mail's header.
Type<std::string> email_address() {
  return text_of("an email address", [](std::string_view text) {
    const auto at = text.find('@');
    return at != 0 && at != std::string_view::npos && at + 1 != text.size() && is_plain(text) &&
           text.size() <= 254;
  });
}

/// One line for people.
Type<std::string> line() {
  return text_of("one line of text", [](std::string_view text) {
    return text.size() <= 200 && std::none_of(text.begin(), text.end(), [](char c) {
             return static_cast<unsigned char>(c) < ' ' || c == 0x7f;
           });
  });
}

/// Where the pages are: `/oauth`.
Type<std::string> mount_path() {
  return text_of("a path like /oauth", [](std::string_view text) {
    const auto is_path_character = [](char c) {
      return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '/';
    };
    return text.size() >= 2 && text.size() <= 64 && text.front() == '/' && text.back() != '/' &&
           text.find("//") == std::string_view::npos && !text.starts_with("/api") &&
           std::all_of(text.begin(), text.end(), is_path_character);
  });
}

/// A part of a file's name in a URL.
Type<std::string> icon_prefix() {
  return text_of("letters, digits, - and _", [](std::string_view text) {
    return std::all_of(text.begin(), text.end(), [](char c) {
      return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
             c == '-' || c == '_';
    });
  });
}

/// So many bytes in hex, or nothing.
Type<std::string> hex_key(std::size_t bytes, std::size_t or_bytes) {
  auto type =
      text_of("a key in hex: " + std::to_string(bytes) +
                  (bytes == or_bytes ? "" : " or " + std::to_string(or_bytes)) + " bytes, or empty",
              [=](std::string_view text) {
                const auto key = parse_hex(text);
                return key && (key->empty() || key->size() == bytes || key->size() == or_bytes);
              });
  type.secret = true;
  return type;
}

std::vector<Knob> oauth_knobs() {
  return {
      {"http.cookie.hash-key",
       "What cookies are signed with; empty: made at the first start and kept in the data "
       "directory.",
       "", one(hex_key(32, 64), FF_PLACE(http.cookie.hash_key))},
      {"http.cookie.block-key", "What cookies are encrypted with; likewise.", "",
       one(hex_key(32, 32), FF_PLACE(http.cookie.block_key))},
      {"is.oauth.mount", "Path of the account pages and the authorization server.", "/oauth",
       one(mount_path(), FF_PLACE(is.oauth.mount))},
      {"is.oauth.ui.canonical-url", "Where users reach the account pages.",
       "http://localhost:1885/oauth", one(web_address(), FF_PLACE(is.oauth.canonical_url))},
      {"is.oauth.ui.site-name", "Name of the network, on the account pages.", "Farfield",
       one(line(), FF_PLACE(is.oauth.site_name))},
      {"is.oauth.ui.title", "Title of the account pages.", "Account",
       one(line(), FF_PLACE(is.oauth.title))},
      {"is.oauth.ui.sub-title", "More of the network's name, on the account pages.", "",
       one(line(), FF_PLACE(is.oauth.sub_title))},
      {"is.oauth.ui.descriptions", "What the account pages are, for previews of links to them.", "",
       one(line(), FF_PLACE(is.oauth.description))},
      {"is.oauth.ui.theme-color", "Color of browsers around the account pages, as in CSS.", "",
       one(line(), FF_PLACE(is.oauth.theme_color))},
      {"is.oauth.ui.branding-base-url",
       "Folder with the icon of the account pages, favicon.ico behind is.oauth.ui.icon-prefix; "
       "empty: they have none.",
       "", one(web_address(), FF_PLACE(is.oauth.branding_url))},
      {"is.oauth.ui.icon-prefix", "How names of icons begin.", "oauth-",
       one(icon_prefix(), FF_PLACE(is.oauth.icon_prefix))},
      {"is.oauth.ui.documentation-base-url",
       "Documentation, as a link on the account pages; empty: no link.", "",
       one(web_address(), FF_PLACE(is.oauth.documentation_url))},
      {"is.oauth.ui.status-page-base-url",
       "What says how the network is, as a link on the account pages; empty: no link.", "",
       one(web_address(), FF_PLACE(is.oauth.status_page_url))},
      {"is.oauth.ui.is.base-url", "The API as browsers on the account pages reach it.",
       "http://localhost:1885/api/v3", one(web_address(), FF_PLACE(is.oauth.api_url))},
      {"is.oauth.ui.console-url", "The console, as a link on the account pages; empty: no link.",
       "", one(web_address(), FF_PLACE(is.oauth.console_url))},
  };
}

std::vector<Knob> login_knobs() {
  const auto attempts = count<std::uint32_t>(0, 1'000'000);
  return {
      {"is.login-throttle.attempts-per-account",
       "Failed logins of an account within the window, from all addresses, before more are "
       "refused; 0: any number.",
       "10", one(attempts, FF_PLACE(is.login_throttle.attempts_per_account))},
      {"is.login-throttle.attempts-per-address",
       "Failed logins from an address within the window, before more are refused; 0: any number.",
       "100", one(attempts, FF_PLACE(is.login_throttle.attempts_per_address))},
      {"is.login-throttle.window", "How long a failed login counts.", "15m",
       one(duration(std::chrono::seconds{1}, day), FF_PLACE(is.login_throttle.window))},
      {"is.oidc.name", "Name of an OpenID Connect provider, on the login page.", "Single sign-on",
       one(line(), FF_PLACE(is.oidc.name))},
      {"is.oidc.issuer", "The provider's issuer URL; empty: users log in here alone.", "",
       one(web_address(), FF_PLACE(is.oidc.issuer))},
      {"is.oidc.client-id", "Our client id at the provider.", "",
       one(line(), FF_PLACE(is.oidc.client_id))},
      {"is.oidc.client-secret", "Our secret at the provider; empty: a public client.", "",
       one(secret(), FF_PLACE(is.oidc.client_secret))},
      {"is.oidc.allow-registrations",
       "Who logs in at the provider for the first time gets a new account; otherwise accounts are "
       "connected by their owners.",
       "false", one(flag(), FF_PLACE(is.oidc.allow_registrations))},
      {"is.oidc.ca",
       "PEM file of authorities whose certificates the provider may have; empty: "
       "the system's.",
       "", one(path_or_nothing(), FF_PLACE(is.oidc.ca))},
  };
}

std::vector<Knob> email_knobs() {
  return {
      {"is.email.provider",
       "How mail to users is sent: smtp, or dir, which writes files; empty: dir if is.email.dir is "
       "set, else no mail.",
       "",
       one(choice<MailProvider>({{"", MailProvider::none},
                                 {"dir", MailProvider::dir},
                                 {"smtp", MailProvider::smtp}}),
           FF_PLACE(is.email.provider))},
      {"is.email.dir", "Directory where mail to users is written, a file each.", "",
       one(path_or_nothing(), FF_PLACE(is.email.directory))},
      {"is.email.sender-name", "Name of the sender of mail to users.", "",
       one(line(), FF_PLACE(is.email.sender_name))},
      {"is.email.sender-address", "Sender of mail to users.", "noreply@localhost",
       one(email_address(), FF_PLACE(is.email.sender_address))},
      {"is.email.smtp.address",
       "Mail server; port 465 speaks TLS at once, others by STARTTLS where the server offers it.",
       "", one(server_address(), FF_PLACE(is.email.smtp.address))},
      {"is.email.smtp.username",
       "User at the mail server; empty: none. With a user, TLS is "
       "demanded of servers that are not on this machine.",
       "", one(line(), FF_PLACE(is.email.smtp.username))},
      {"is.email.smtp.password", "The user's password.", "",
       one(secret(), FF_PLACE(is.email.smtp.password))},
      {"is.email.smtp.connections", "Connections to the mail server at a time; 0: one.", "0",
       one(count<std::uint32_t>(0, 16), FF_PLACE(is.email.smtp.connections))},
      {"is.email.network.name", "Name of the network, in mails.", "Farfield",
       one(line(), FF_PLACE(is.email.network_name))},
      {"is.email.network.identity-server-url", "The account pages, as mails link to them.",
       "http://localhost:1885/oauth", one(web_address(), FF_PLACE(is.email.account_url))},
      {"is.email.network.console-url", "The console, as mails link to it.",
       "http://localhost:1885/console", one(web_address(), FF_PLACE(is.email.console_url))},
  };
}

}  // namespace

std::vector<Knob> account_knobs() {
  auto all = oauth_knobs();
  for (auto* more : {login_knobs, email_knobs}) {
    for (auto& row : more()) all.push_back(std::move(row));
  }
  return all;
}

}  // namespace ff::config
