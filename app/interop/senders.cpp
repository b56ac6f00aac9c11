#include "app/interop/senders.hpp"

#include <fstream>
#include <iterator>

#include "app/api/url.hpp"
#include "config/schema/type.hpp"
#include "protocol/base/base64.hpp"
#include "protocol/base/hex.hpp"
#include "protocol/types/identifiers.hpp"

namespace ff::interop {
namespace {

constexpr std::size_t header_size_max = std::size_t{32} << 10U;
constexpr std::size_t certificates_max = 16;

Error unusable(const std::string& sender, const std::filesystem::path& path,
               std::string_view reason) {
  return {unusable_authority, {{"sender", sender}, {"path", path.string()}, {"reason", reason}}};
}

/// Base64 of DER without its delimiters, several with commas; or whole PEM. Percent-encoded or not.
std::vector<Bytes> certificates_of_traefik(std::string_view value) {
  const auto text = api::percent_decode(value, false);
  if (!text) return {};
  if (text->find("BEGIN CERTIFICATE") != std::string::npos)
    return net::tls::certificates_of_pem(*text);
  std::vector<Bytes> out;
  std::string_view rest = *text;
  while (!rest.empty() && out.size() < certificates_max) {
    const auto end = std::min(rest.find(','), rest.size());
    auto der = base64_decode(rest.substr(0, end));
    if (!der || der->empty()) return {};
    out.push_back(*std::move(der));
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  return out;
}

/// The value of `key` in one element: `Hash=…;Cert="…";Chain="…"`.
std::string_view envoy_value(std::string_view element, std::string_view key) {
  auto at = element.find(key);
  while (at != std::string_view::npos && at != 0 && element[at - 1] != ';')
    at = element.find(key, at + 1);
  if (at == std::string_view::npos) return {};
  auto value = element.substr(at + key.size());
  if (!value.starts_with('"')) return value.substr(0, value.find(';'));
  value.remove_prefix(1);
  return value.substr(0, value.find('"'));
}

/// Elements of proxies one after another; the last is that of the one that speaks to us.
std::vector<Bytes> certificates_of_envoy(std::string_view value) {
  bool quoted = false;
  std::size_t begin = 0;
  for (std::size_t i = 0; i < value.size(); ++i) {
    if (value[i] == '"') quoted = !quoted;
    if (value[i] == ',' && !quoted) begin = i + 1;
  }
  const auto element = value.substr(begin);
  auto found = envoy_value(element, "Chain=");
  if (found.empty()) found = envoy_value(element, "Cert=");
  const auto pem = api::percent_decode(found, false);
  return pem ? net::tls::certificates_of_pem(*pem) : std::vector<Bytes>();
}

/// The first `length` bits.
std::uint64_t head_of(JoinEui join_eui, std::uint8_t length) {
  return length == 0 ? 0 : join_eui.value() >> (64U - length);
}

/// Whether it is meant as a prefix. An AS-ID may have a slash, too.
bool is_prefix(std::string_view sender) {
  const auto slash = sender.find('/');
  return slash != std::string_view::npos && parse_join_eui(sender.substr(0, slash));
}

}  // namespace

std::string canonical_sender(const std::string& sender) {
  const auto bytes = parse_hex(sender);
  return bytes && (bytes->size() == 3 || bytes->size() == 8) ? hex_upper(*bytes) : sender;
}

Result<Senders> Senders::load(const std::map<std::string, std::filesystem::path>& files) {
  Senders out;
  for (const auto& [sender, path] : files) {
    std::ifstream in(path);
    const std::string pem{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
    if (!in) return fail(unusable(sender, path, "can not be read"));
    auto roots = net::tls::TrustedRoots::parse(pem);
    if (!roots) return fail(unusable(sender, path, roots.error().message()));
    out.roots_pem_ += pem + "\n";
    if (!is_prefix(sender)) {
      out.roots_.insert_or_assign(canonical_sender(sender), *std::move(roots));
      continue;
    }
    const auto prefix = config::join_eui_prefix().read(sender);
    if (!prefix) return fail(unusable(sender, path, "the prefix has no length from 0 to 64"));
    out.prefixes_.insert_or_assign({prefix->length, head_of(prefix->join_eui, prefix->length)},
                                   *std::move(roots));
  }
  return out;
}

const net::tls::TrustedRoots* Senders::roots_of(const std::string& sender) const {
  const auto found = roots_.find(canonical_sender(sender));
  if (found != roots_.end()) return &found->second;
  const auto join_eui = parse_join_eui(sender);
  if (!join_eui) return nullptr;
  for (const auto& [prefix, roots] : prefixes_) {
    if (head_of(*join_eui, prefix.first) == prefix.second) return &roots;
  }
  return nullptr;
}

std::optional<std::vector<std::string>> Senders::authenticate(const std::string& sender,
                                                              const std::vector<Bytes>& chain,
                                                              UtcTime now) const {
  const auto* roots = roots_of(sender);
  if (roots == nullptr || !roots->verify(chain, now)) return std::nullopt;
  return net::tls::certificate_names(chain.front());
}

std::vector<Bytes> presented_chain(const net::http::Request& request,
                                   const std::vector<net::AddressBlock>& trusted) {
  if (request.is_tls()) return request.tls_peer->certificates;
  if (!net::holds(trusted, request.remote)) return {};
  const auto traefik = request.headers.value("X-Forwarded-Tls-Client-Cert");
  if (!traefik.empty() && traefik.size() <= header_size_max)
    return certificates_of_traefik(traefik);
  const auto envoy = request.headers.value("X-Forwarded-Client-Cert");
  if (!envoy.empty() && envoy.size() <= header_size_max) return certificates_of_envoy(envoy);
  return {};
}

}  // namespace ff::interop
