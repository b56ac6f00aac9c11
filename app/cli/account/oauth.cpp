#include "app/cli/account/oauth.hpp"

#include <boost/json/parse.hpp>

#include <algorithm>
#include <future>
#include <utility>
#include <vector>

#include "net/http_client/client.hpp"
#include "protocol/base/hex.hpp"

namespace ff::cli {
namespace {

namespace json = boost::json;
using net::http_client::ClientAnswer;

constexpr std::string_view client_id = "cli";
constexpr std::size_t answer_size_max = std::size_t{64} << 10U;

std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (std::isalnum(byte) != 0 || c == '-' || c == '_' || c == '.' || c == '~') {
      out += c;
    } else {
      out += "%" + hex_upper(byte, 2);
    }
  }
  return out;
}

using Fields = std::vector<std::pair<std::string_view, std::string_view>>;

std::string form_of(const Fields& fields) {
  std::string out;
  for (const auto& [name, value] : fields)
    out += (out.empty() ? "" : "&") + std::string(name) + "=" + escaped(value);
  return out;
}

/// The user names this server himself, so any address may be asked.
net::http_client::TargetPolicy everywhere() {
  std::vector<net::AddressBlock> blocks;
  for (const auto* text : {"0.0.0.0/0", "::/0"}) {
    if (auto block = net::AddressBlock::parse(text)) blocks.push_back(*block);
  }
  return net::http_client::TargetPolicy(std::move(blocks));
}

Result<ClientAnswer> post(const OAuthServer& server, const Fields& fields) {
  net::http_client::ClientOptions options;
  options.targets = everywhere();
  options.answer_size_max = answer_size_max;
  options.timeout = std::chrono::seconds{20};
  options.ca_file = server.ca;
  FF_TRY(const auto client, net::http_client::make_http_client(std::move(options)));
  net::http_client::ClientRequest request;
  request.url = server.address + "/token";
  request.headers = {{"Content-Type", "application/x-www-form-urlencoded"},
                     {"Accept", "application/json"}};
  request.body = std::make_shared<const Bytes>(to_owned(as_bytes(form_of(fields))));
  std::promise<Result<ClientAnswer>> answered;
  client->send(std::move(request),
               [&](Result<ClientAnswer> answer) { answered.set_value(std::move(answer)); });
  return answered.get_future().get();
}

Result<OAuthToken> ask(const OAuthServer& server, const Fields& fields, UtcTime now) {
  FF_TRY(const auto answer, post(server, fields));
  auto token = parse_token(answer.body, now);
  if (answer.status == 200 && token) return *std::move(token);
  json::error_code error;
  const auto body = json::parse(answer.body, error);
  const auto* message = error ? nullptr : body.find_pointer("/message", error);
  const auto reason = message != nullptr && message->is_string() ? std::string(message->as_string())
                                                                 : answer.body.substr(0, 200);
  return fail(oauth_refused, {{"status", answer.status}, {"reason", reason}});
}

std::string string_at(const json::value& value, const char* key) {
  const auto* found = value.as_object().if_contains(key);
  return found != nullptr && found->is_string() ? std::string(found->as_string()) : std::string();
}

}  // namespace

std::string authorize_url(const OAuthServer& server, std::string_view redirect_uri,
                          std::string_view state) {
  return server.address + "/authorize?" +
         form_of({{"client_id", client_id},
                  {"redirect_uri", redirect_uri},
                  {"response_type", "code"},
                  {"state", state}});
}

Result<OAuthToken> exchange_code(const OAuthServer& server, const std::string& code,
                                 std::string_view redirect_uri, UtcTime now) {
  return ask(server,
             {{"grant_type", "authorization_code"},
              {"code", code},
              {"redirect_uri", redirect_uri},
              {"client_id", client_id}},
             now);
}

Result<OAuthToken> refresh_token(const OAuthServer& server, const OAuthToken& token, UtcTime now) {
  FF_TRY(auto fresh, ask(server,
                         {{"grant_type", "refresh_token"},
                          {"refresh_token", token.refresh_token},
                          {"client_id", client_id}},
                         now));
  if (fresh.refresh_token.empty()) fresh.refresh_token = token.refresh_token;
  return fresh;
}

std::optional<OAuthToken> parse_token(std::string_view text, UtcTime now) {
  json::error_code error;
  const auto value = json::parse(json::string_view(text.data(), text.size()), error);
  if (error || !value.is_object()) return std::nullopt;
  OAuthToken token{string_at(value, "access_token"), string_at(value, "refresh_token"),
                   string_at(value, "token_type"), std::nullopt};
  if (token.access_token.empty()) return std::nullopt;
  constexpr std::int64_t lifetime_max = 10LL * 365 * 24 * 3600;
  const auto* lifetime = value.as_object().if_contains("expires_in");
  if (lifetime != nullptr && lifetime->is_int64() && lifetime->as_int64() > 0)
    token.expiry = now + std::chrono::seconds(std::min(lifetime->as_int64(), lifetime_max));
  return token;
}

std::string query_value(std::string_view query, std::string_view name) {
  while (!query.empty()) {
    const auto part = query.substr(0, query.find('&'));
    query.remove_prefix(std::min(part.size() + 1, query.size()));
    if (part.substr(0, part.find('=')) != name || part.size() <= name.size()) continue;
    std::string out;
    const auto text = part.substr(name.size() + 1);
    for (std::size_t i = 0; i < text.size(); ++i) {
      const auto code = text[i] == '%' ? parse_hex_number(text.substr(i + 1, 2), 2)
                                       : std::optional<std::uint64_t>();
      out += code ? static_cast<char>(*code) : text[i] == '+' ? ' ' : text[i];
      if (code) i += 2;
    }
    return out;
  }
  return {};
}

}  // namespace ff::cli
