#include "config/load/interop.hpp"

#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <optional>

#include "config/load/interop_nodes.hpp"
#include "config/schema/type.hpp"
#include "protocol/base/hex.hpp"

namespace ff::config {

using namespace detail;  // NOLINT(google-build-using-namespace): readers of nodes.

namespace {

/// Against files that are something else.
constexpr std::size_t file_size_max = std::size_t{64} << 10U;
constexpr std::size_t servers_max = 256;
constexpr std::size_t prefixes_max = 4096;

}  // namespace

void detail::only_keys(const YAML::Node& map, std::initializer_list<std::string_view> known) {
  if (!map.IsMap()) throw Failure("a map is expected");
  for (const auto& entry : map) {
    const auto key = entry.first.as<std::string>();
    if (std::ranges::find(known, key) == known.end()) throw Failure("unknown key " + key);
  }
}

std::string detail::text_of(const YAML::Node& map, const char* key, std::string otherwise) {
  const auto node = map[key];
  if (!node || node.IsNull()) return otherwise;
  if (!node.IsScalar()) throw Failure(std::string(key) + " is not a text");
  return node.Scalar();
}

std::string detail::path_of(const YAML::Node& map, const char* key) {
  auto path = text_of(map, key);
  while (path.starts_with('/')) path.erase(0, 1);
  return path;
}

namespace {

std::filesystem::path file_of(const YAML::Node& map, const char* key,
                              const std::filesystem::path& directory) {
  const auto text = text_of(map, key);
  return text.empty() ? std::filesystem::path() : directory / text;
}

void read_paths(const YAML::Node& node, InteropJoinServer& out) {
  if (!node) return;
  only_keys(node, {"join", "rejoin", "app-s-key", "home-ns"});
  out.join_path = path_of(node, "join");
  out.rejoin_path = path_of(node, "rejoin");
  out.app_s_key_path = path_of(node, "app-s-key");
  out.home_ns_path = path_of(node, "home-ns");
}

void read_access(const YAML::Node& root, const std::filesystem::path& directory,
                 InteropJoinServer& out) {
  if (const auto headers = root["headers"]) {
    if (!headers.IsMap()) throw Failure("headers is not a map");
    for (const auto& entry : headers)
      out.headers.insert_or_assign(entry.first.as<std::string>(), entry.second.as<std::string>());
  }
  if (const auto basic = root["basic-auth"]) {
    only_keys(basic, {"username", "password"});
    out.username = text_of(basic, "username");
    out.password = text_of(basic, "password");
  }
  if (const auto tls = root["tls"]) {
    only_keys(tls, {"root-ca", "source", "certificate", "key"});
    const auto source = text_of(tls, "source", "file");
    if (source != "file" && !source.empty()) throw Failure("tls.source can only be file");
    out.root_ca = file_of(tls, "root-ca", directory);
    out.certificate = file_of(tls, "certificate", directory);
    out.key = file_of(tls, "key", directory);
    if (out.certificate.empty() != out.key.empty())
      throw Failure("tls.certificate and tls.key go together");
  }
}

/// Host, scheme and port, TLS, headers and credentials.
InteropJoinServer way_of(const YAML::Node& root, const std::filesystem::path& directory) {
  InteropJoinServer out;
  out.fqdn = text_of(root, "fqdn");
  out.dns = text_of(root, "dns");
  if (out.fqdn.empty() == out.dns.empty()) throw Failure("either fqdn or dns is needed");
  out.scheme = text_of(root, "scheme", "https");
  if (out.scheme != "https" && out.scheme != "http") throw Failure("scheme is not https or http");
  out.port = out.scheme == "https" ? 443 : 80;
  if (root["port"]) out.port = root["port"].as<std::uint16_t>();
  read_access(root, directory, out);
  return out;
}

}  // namespace

InteropJoinServer detail::access_of(const YAML::Node& root,
                                    const std::filesystem::path& directory) {
  auto out = way_of(root, directory);
  const auto protocol = text_of(root, "protocol");
  if (protocol != "BI1.0" && protocol != "BI1.1") throw Failure("protocol is not BI1.0 or BI1.1");
  out.protocol = protocol == "BI1.0" ? InteropProtocol::bi_1_0 : InteropProtocol::bi_1_1;
  if (root["asynchronous"]) out.asynchronous = root["asynchronous"].as<bool>();
  const auto ns_id = text_of(root, "sender-ns-id");
  if (!ns_id.empty()) {
    const auto number = parse_hex_number(ns_id, 16);
    if (!number) throw Failure("sender-ns-id is not 16 hex digits");
    if (out.protocol == InteropProtocol::bi_1_0) throw Failure("BI1.0 has no sender-ns-id");
    out.sender_ns_id = hex_upper(*number, 16);
  }
  return out;
}

namespace {

InteropJoinServer server_of(const YAML::Node& root, const std::filesystem::path& directory) {
  only_keys(root, {"fqdn", "dns", "port", "scheme", "protocol", "paths", "headers", "basic-auth",
                   "tls", "sender-ns-id", "asynchronous"});
  auto out = detail::access_of(root, directory);
  read_paths(root["paths"], out);
  return out;
}

}  // namespace

Error detail::malformed(std::string_view file, std::string_view reason) {
  return Error(malformed_interop, {{"file", file}, {"reason", reason}});
}

Result<std::string> detail::read_file(const std::filesystem::path& path) {
  std::error_code error;
  const auto size = std::filesystem::file_size(path, error);
  std::ifstream in(path);
  std::string text{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
  if (error || size > file_size_max || !in)
    return fail(malformed(path.string(), "can not be read"));
  return text;
}

namespace {

/// A row of `join-servers`, and the file it names.
struct Listed {
  std::string file;
  std::vector<JoinEuiPrefix> join_euis;
  bool for_network_server = true;
  bool for_application_server = true;
};

void read_components(const YAML::Node& node, Listed& out) {
  if (!node) return;
  const auto names = node.as<std::vector<std::string>>();
  const auto has = [&](const char* name) { return std::ranges::find(names, name) != names.end(); };
  out.for_network_server = has("ns");
  out.for_application_server = has("as");
}

Listed listed_of(const YAML::Node& row) {
  only_keys(row, {"file", "components", "join-euis"});
  Listed out;
  out.file = text_of(row, "file");
  if (out.file.empty()) throw Failure("a join server without file");
  read_components(row["components"], out);
  const auto type = join_eui_prefix();
  for (const auto& node : row["join-euis"]) {
    const auto prefix = type.read(node.as<std::string>());
    if (!prefix || out.join_euis.size() >= prefixes_max)
      throw Failure("join-euis takes " + type.allowed);
    out.join_euis.push_back(*prefix);
  }
  return out;
}

Result<std::vector<Listed>> read_list(const std::string& text, std::string_view file) {
  try {
    const auto root = YAML::Load(text);
    only_keys(root, {"join-servers", "roaming-partners"});
    std::vector<Listed> out;
    for (const auto& row : root["join-servers"]) out.push_back(listed_of(row));
    if (out.size() > servers_max) return fail(malformed(file, "too many join servers"));
    return out;
  } catch (const std::exception& problem) {
    return fail(malformed(file, problem.what()));
  }
}

}  // namespace

Result<InteropJoinServer> read_interop_join_server(std::string_view text, std::string_view file,
                                                   const std::filesystem::path& directory) {
  try {
    auto out = server_of(YAML::Load(std::string(text)), directory);
    out.name = file;
    return out;
  } catch (const std::exception& problem) {
    return fail(malformed(file, problem.what()));
  }
}

Result<std::vector<InteropJoinServer>> load_interop_join_servers(
    const std::filesystem::path& directory) {
  const auto list = directory / "config.yml";
  FF_TRY(const auto text, read_file(list));
  FF_TRY(auto rows, read_list(text, list.string()));
  std::vector<InteropJoinServer> out;
  for (auto& row : rows) {
    const auto path = directory / row.file;
    FF_TRY(const auto own, read_file(path));
    FF_TRY(auto server, read_interop_join_server(own, path.string(), path.parent_path()));
    server.join_euis = std::move(row.join_euis);
    server.for_network_server = row.for_network_server;
    server.for_application_server = row.for_application_server;
    out.push_back(std::move(server));
  }
  return out;
}

namespace {

InteropAnswers answers_of(const std::filesystem::path& path) {
  const auto text = read_file(path);
  if (!text) throw Failure(text.error().message());
  const auto root = YAML::Load(*text);
  only_keys(root, {"fqdn", "port", "scheme", "path", "headers", "basic-auth", "tls"});
  InteropAnswers out{way_of(root, path.parent_path()), detail::path_of(root, "path")};
  out.access.name = path.string();
  return out;
}

/// A PEM file; or a map of it and of the file that says where answers go.
InteropSender sender_of(const YAML::Node& node, const std::filesystem::path& directory) {
  if (node.IsScalar()) return {directory / node.as<std::string>(), {}};
  only_keys(node, {"ca", "answers"});
  InteropSender out;
  out.authorities = file_of(node, "ca", directory);
  if (out.authorities.empty()) throw Failure("a sender without ca");
  const auto answers = file_of(node, "answers", directory);
  if (!answers.empty()) out.answers = answers_of(answers);
  return out;
}

}  // namespace

Result<InteropSenders> load_interop_senders(const std::filesystem::path& directory) {
  const auto list = directory / "config.yml";
  FF_TRY(const auto text, read_file(list));
  try {
    InteropSenders out;
    const auto root = YAML::Load(text);
    if (!root.IsMap()) throw Failure("a map of senders is expected");
    for (const auto& entry : root)
      out.insert_or_assign(entry.first.as<std::string>(), sender_of(entry.second, directory));
    return out;
  } catch (const std::exception& problem) {
    return fail(malformed(list.string(), problem.what()));
  }
}

}  // namespace ff::config
