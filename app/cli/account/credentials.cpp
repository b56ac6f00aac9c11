#include "app/cli/account/credentials.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <iterator>

#include <fcntl.h>
#include <unistd.h>

namespace ff::cli {
namespace {

namespace json = boost::json;

std::string text_of(const json::object& object, std::string_view key) {
  const auto* value = object.if_contains(json::string_view(key.data(), key.size()));
  return value != nullptr && value->is_string() ? std::string(value->as_string()) : std::string();
}

Credentials parse(const json::object& slot) {
  Credentials out;
  out.api_key = text_of(slot, "api_key");
  if (const auto* value = slot.if_contains("oauth_token"); value != nullptr && value->is_object()) {
    const auto& token = value->as_object();
    out.token = OAuthToken{text_of(token, "access_token"), text_of(token, "refresh_token"),
                           text_of(token, "token_type"), parse_rfc3339(text_of(token, "expiry"))};
  }
  if (const auto* hosts = slot.if_contains("hosts"); hosts != nullptr && hosts->is_array()) {
    for (const auto& host : hosts->as_array()) {
      if (host.is_string()) out.hosts.emplace_back(host.as_string());
    }
  }
  return out;
}

void put(const Credentials& credentials, json::object& slot) {
  slot.erase("api_key");
  slot.erase("oauth_token");
  slot.erase("hosts");
  if (!credentials.api_key.empty()) slot["api_key"] = credentials.api_key;
  if (credentials.token) {
    const auto& token = *credentials.token;
    json::object value = {{"access_token", token.access_token},
                          {"token_type", token.token_type},
                          {"refresh_token", token.refresh_token}};
    if (token.expiry) value["expiry"] = to_rfc3339(*token.expiry);
    slot["oauth_token"] = std::move(value);
  }
  if (credentials.hosts.empty()) return;
  json::array hosts;
  for (const auto& host : credentials.hosts) hosts.emplace_back(json::string(host));
  slot["hosts"] = std::move(hosts);
}

json::object load(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  json::error_code error;
  auto value = json::parse(text, error);
  return error || !value.is_object() ? json::object() : std::move(value.as_object());
}

/// The slot's object; made when it is missing.
json::object& slot_of(json::object& root, const std::string& id) {
  if (id.empty()) return root;
  auto& by_id = root["by_id"];
  if (!by_id.is_object()) by_id = json::object();
  auto& slot = by_id.as_object()[id];
  if (!slot.is_object()) slot = json::object();
  return slot.as_object();
}

/// A file that others can read is not made even for a moment.
Status save(const std::filesystem::path& path, const std::string& text) {
  const auto failed = [&](const char* reason) {
    return fail(unwritable_cache, {{"path", path.string()}, {"reason", reason}});
  };
  const auto folder = path.parent_path();
  std::error_code error;
  if (!std::filesystem::exists(folder, error)) {
    std::filesystem::create_directories(folder, error);
    std::filesystem::permissions(folder, std::filesystem::perms::owner_all, error);
  }
  const auto next = path.string() + "." + std::to_string(getpid());
  const int file = open(next.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  if (file < 0) return failed(std::strerror(errno));
  const bool is_written =
      write(file, text.data(), text.size()) == static_cast<ssize_t>(text.size());
  close(file);
  if (is_written && std::rename(next.c_str(), path.c_str()) == 0) return {};
  unlink(next.c_str());
  return failed(std::strerror(errno));
}

}  // namespace

const std::string& Credentials::bearer() const {
  static const std::string none;
  if (!api_key.empty()) return api_key;
  return token ? token->access_token : none;
}

Credentials CredentialsFile::read(const std::string& id) const {
  auto root = load(path_);
  return parse(slot_of(root, id));
}

Status CredentialsFile::write(const std::string& id, const Credentials& credentials) const {
  auto root = load(path_);
  put(credentials, slot_of(root, id));
  return save(path_, json::serialize(root) + "\n");
}

}  // namespace ff::cli
