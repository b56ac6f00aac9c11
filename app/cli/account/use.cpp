#include "app/cli/account/use.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <fstream>
#include <future>

#include "app/cli/session/session.hpp"
#include "config/load/flat_yaml.hpp"
#include "net/runtime/runtime.hpp"
#include "net/stream/tcp.hpp"
#include "net/tls/context.hpp"
#include "net/tls/peer.hpp"
#include "protocol/base/base64.hpp"
#include "protocol/base/hex.hpp"
#include "protocol/crypto/md5.hpp"

namespace ff::cli {
namespace {

constexpr ErrorDef no_certificate{"cli", "no_certificate", Code::unavailable,
                                  "`{host}` has shown no certificate"};

struct Hosts {
  std::string identity;  ///< Of the identity server and OAuth.
  std::string cluster;   ///< Of all others.
};

bool is_hostname(std::string_view host) {
  return !host.empty() && host.size() <= 253 && host.front() != '-' &&
         std::ranges::all_of(host, [](unsigned char c) {
           return std::isalnum(c) != 0 || c == '-' || c == '.' || c == ':' || c == '[' || c == ']';
         });
}

/// The clusters of The Things Industries and Network have their identity server elsewhere.
Result<Hosts> hosts_of_host(const std::string& host) {
  constexpr std::string_view industries = ".cloud.thethings.industries";
  constexpr std::string_view network = ".cloud.thethings.network";
  if (host.ends_with(network)) return Hosts{"eu1" + std::string(network), host};
  if (!host.ends_with(industries)) return Hosts{host, host};
  const auto labels = host.substr(0, host.size() - industries.size());
  const auto dot = labels.find('.');
  if (dot == std::string::npos) return fail(missing_tenant_id, {{"host", host}});
  return Hosts{labels.substr(0, dot) + ".eu1" + std::string(industries), host};
}

/// `example.com:443` of an answer is no host name of a file.
std::string ca_file_name(const std::string& host) {
  const auto digest = crypto::md5(as_bytes(host));
  return "ca." + hex_lower(digest).substr(0, 6) + ".pem";
}

std::string pem_of(const Bytes& der) {
  const auto text = base64_encode(der);
  std::string out = "-----BEGIN CERTIFICATE-----\n";
  for (std::size_t at = 0; at < text.size(); at += 64) out += text.substr(at, 64) + "\n";
  return out + "-----END CERTIFICATE-----\n";
}

/// Closes what it was connected to; only the handshake was wanted.
class Ignore final : public net::StreamHandler {
 public:
  void on_data(ByteView) override {}
  void on_closed(net::CloseReason) override {}
};

using Peer = Result<std::shared_ptr<const net::tls::Peer>>;

Peer shake_hands(const std::string& host, std::uint16_t port) {
  FF_TRY(auto tls, net::tls::ClientContext::create({.alpn = {"h2"}, .insecure_skip_verify = true}));
  net::Runtime runtime;
  const auto network = net::make_tcp_network(runtime);
  runtime.start();
  const auto answered = std::make_shared<std::promise<Peer>>();
  network->connect(
      {.host = host, .port = port, .tls = tls},
      [answered](Result<std::shared_ptr<net::Stream>> stream) {
        answered->set_value(stream ? Peer((*stream)->tls_peer()) : fail(stream.error()));
        return std::make_shared<Ignore>();
      });
  auto peer = answered->get_future().get();
  runtime.stop();
  return peer;
}

/// Blind trust at first use, as the user has asked for: whoever answers now is believed.
Result<std::string> fetch_authorities(const std::string& host, std::uint16_t port) {
  FF_TRY(const auto peer, shake_hands(host, port));
  if (!peer || peer->certificates.empty()) return fail(no_certificate, {{"host", host}});
  const auto& chain = peer->certificates;
  // A certificate alone has signed itself.
  std::string pem;
  for (std::size_t i = chain.size() > 1 ? 1 : 0; i < chain.size(); ++i) pem += pem_of(chain[i]);
  return pem;
}

Status write_file(const std::filesystem::path& path, const std::string& text) {
  std::ofstream file(path, std::ios::binary | std::ios::trunc);
  file << text;
  file.flush();
  if (!file) return fail(fail_write, {{"path", path.string()}});
  return {};
}

Result<std::uint16_t> port_of(const Arguments& arguments, bool insecure) {
  const auto text = arguments.text("grpc-port");
  if (text.empty()) return static_cast<std::uint16_t>(insecure ? 1884 : 8884);
  std::uint16_t port = 0;
  const auto* end = text.data() + text.size();
  if (std::from_chars(text.data(), end, port).ptr != end || port == 0)
    return fail(invalid_option,
                {{"source", "--grpc-port"}, {"option", "grpc-port"}, {"allowed", "1 to 65535"}});
  return port;
}

Status use(Session& session, const Arguments& arguments) {
  UseOptions options;
  options.host = arguments.words.empty() ? arguments.text("host") : arguments.words.front();
  options.insecure = session.config().insecure;
  if (session.loaded().origins.at("oauth-server-address").starts_with("--"))
    options.oauth_server_address = session.config().oauth_server_address;
  FF_TRY(options.grpc_port, port_of(arguments, options.insecure));
  const auto folder = arguments.flag("user") ? session.surroundings().config
                                             : session.surroundings().working_directory;
  const auto path = folder / ".farfield-cli.yml";
  std::error_code error;
  if (std::filesystem::exists(path, error) && !arguments.flag("overwrite"))
    return fail(file_exists, {{"path", path.string()}});
  FF_CHECK(configuration_of_host(options));
  if (arguments.flag("fetch-ca")) {
    const auto ca = folder / ca_file_name(options.host);
    FF_TRY(const auto pem, fetch_authorities(options.host, options.grpc_port));
    FF_CHECK(write_file(ca, pem));
    options.ca = ca.string();
  } else if (session.loaded().origins.at("ca").starts_with("--")) {
    options.ca = std::filesystem::absolute(session.config().ca, error).string();
  }
  FF_TRY(const auto text, configuration_of_host(options));
  FF_CHECK(write_file(path, text));
  session.inform("configuration is in " + path.string());
  return {};
}

}  // namespace

Result<std::string> configuration_of_host(const UseOptions& options) {
  if (options.host.empty()) return fail(no_host);
  if (!is_hostname(options.host)) return fail(invalid_hostname, {{"host", options.host}});
  FF_TRY(const auto hosts, hosts_of_host(options.host));
  const auto port =
      ":" + std::to_string(options.grpc_port != 0
                               ? options.grpc_port
                               : static_cast<std::uint16_t>(options.insecure ? 1884 : 8884));
  const auto line = [](std::string_view key, const std::string& value) {
    return std::string(key) + ": " + config::yaml_quoted(value) + "\n";
  };
  auto out = line("credentials-id", options.host);
  out += line("oauth-server-address",
              !options.oauth_server_address.empty()
                  ? options.oauth_server_address
                  : (options.insecure ? "http://" : "https://") + hosts.identity + "/oauth");
  out += line("identity-server-grpc-address", hosts.identity + port);
  for (const auto* role : {"gateway-server", "network-server", "application-server", "join-server",
                           "device-claiming-server", "device-template-converter",
                           "qr-code-generator", "packet-broker-agent"})
    out += line(std::string(role) + "-grpc-address", hosts.cluster + port);
  if (options.insecure) out += "insecure: true\n";
  if (!options.ca.empty()) out += line("ca", options.ca);
  return out;
}

void add_use_command(Command& root) {
  Command command;
  command.name = "use";
  command.aliases = {"generate-configuration", "generate-cfg"};
  command.summary = "write a configuration file for a host";
  command.words = "HOST";
  command.words_max = 1;
  command.access = Access::none;
  command.flags = [] {
    return std::vector<Flag>{
        {"host", FlagKind::text, "HOST", "the same as the argument"},
        {"grpc-port", FlagKind::text, "NUMBER", "8884; 1884 without TLS"},
        {"fetch-ca", FlagKind::boolean, "", "trust whatever certificate the host shows now"},
        {"user", FlagKind::boolean, "", "into the user's folder of configuration, not here"},
        {"overwrite", FlagKind::boolean, "", "replace the file if it is there"}};
  };
  command.run = use;
  add_command(root, "", std::move(command));
}

}  // namespace ff::cli
