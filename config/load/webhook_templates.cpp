#include "config/load/webhook_templates.hpp"

#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <array>
#include <fstream>
#include <iterator>
#include <optional>

namespace ff::config {
namespace {

/// A template is a page of text; this is against files that are something else.
constexpr std::size_t file_size_max = std::size_t{64} << 10U;
constexpr std::size_t templates_max = 1000;

constexpr std::array<std::string_view, 11> kinds{
    "uplink-message",  "uplink-normalized", "join-accept",
    "downlink-ack",    "downlink-nack",     "downlink-sent",
    "downlink-failed", "downlink-queued",   "downlink-queue-invalidated",
    "location-solved", "service-data"};

/// Throws std::runtime_error for what does not fit; the reader below catches.
std::string text_of(const YAML::Node& map, const char* key, std::size_t size_max) {
  const auto node = map[key];
  if (!node || node.IsNull()) return {};
  if (!node.IsScalar()) throw std::runtime_error(std::string(key) + " is not a text");
  auto text = node.Scalar();
  if (text.size() > size_max) throw std::runtime_error(std::string(key) + " is too long");
  return text;
}

bool flag_of(const YAML::Node& map, const char* key) {
  const auto node = map[key];
  return node && node.as<bool>();
}

std::map<std::string, std::string> map_of(const YAML::Node& map, const char* key,
                                          std::size_t size_max) {
  std::map<std::string, std::string> out;
  const auto node = map[key];
  if (!node || node.IsNull()) return out;
  if (!node.IsMap()) throw std::runtime_error(std::string(key) + " is not a map");
  for (const auto& entry : node) {
    const auto name = entry.first.as<std::string>();
    out.insert_or_assign(name, text_of(node, name.c_str(), size_max));
  }
  return out;
}

WebhookTemplateField field_of(const YAML::Node& node) {
  return {.id = text_of(node, "id", 36),
          .name = text_of(node, "name", 20),
          .description = text_of(node, "description", 100),
          .secret = flag_of(node, "secret"),
          .default_value = text_of(node, "default-value", 100),
          .optional = flag_of(node, "optional")};
}

bool is_id(std::string_view text) {
  const auto is_letter = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
  };
  return text.size() >= 3 && text.size() <= 36 && std::ranges::all_of(text, is_letter);
}

WebhookTemplate template_of(const YAML::Node& root) {
  if (!root.IsMap()) throw std::runtime_error("not a map");
  WebhookTemplate out{.id = text_of(root, "template-id", 36),
                      .name = text_of(root, "name", 20),
                      .description = text_of(root, "description", 100),
                      .logo_url = text_of(root, "logo-url", 1024),
                      .info_url = text_of(root, "info-url", 1024),
                      .documentation_url = text_of(root, "documentation-url", 1024),
                      .base_url = text_of(root, "base-url", 1024),
                      .headers = map_of(root, "headers", 256),
                      .format = text_of(root, "format", 20),
                      .create_downlink_api_key = flag_of(root, "create-downlink-api-key"),
                      .paths = map_of(root, "paths", 64)};
  if (!is_id(out.id)) throw std::runtime_error("template-id is not an id");
  for (const auto& [kind, path] : out.paths) {
    if (std::ranges::find(kinds, kind) == kinds.end())
      throw std::runtime_error("unknown path " + kind);
  }
  for (const auto& node : root["fields"]) out.fields.push_back(field_of(node));
  for (const auto& node : root["field-mask"]) out.field_mask.push_back(node.as<std::string>());
  return out;
}

std::optional<std::string> read_file(const std::filesystem::path& path) {
  std::error_code error;
  const auto size = std::filesystem::file_size(path, error);
  if (error || size > file_size_max) return std::nullopt;
  std::ifstream in(path);
  std::string text{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
  return in ? std::optional(std::move(text)) : std::nullopt;
}

Error malformed(std::string_view file, std::string_view reason) {
  return Error(malformed_webhook_template, {{"file", file}, {"reason", reason}});
}

Result<std::vector<std::string>> read_list(std::string_view text) {
  try {
    const auto root = YAML::Load(std::string(text));
    std::vector<std::string> ids;
    if (!root.IsSequence()) return fail(malformed("templates.yml", "not a list"));
    for (const auto& node : root) ids.push_back(node.as<std::string>());
    if (ids.size() > templates_max) return fail(malformed("templates.yml", "too long"));
    return ids;
  } catch (const std::exception& problem) {
    return fail(malformed("templates.yml", problem.what()));
  }
}

}  // namespace

Result<WebhookTemplate> read_webhook_template(std::string_view text, std::string_view file) {
  try {
    return template_of(YAML::Load(std::string(text)));
  } catch (const std::exception& problem) {
    return fail(malformed(file, problem.what()));
  }
}

std::vector<WebhookTemplate> load_webhook_templates(
    const std::filesystem::path& directory, const std::string& logo_base_url,
    const std::function<void(const Error&)>& report) {
  std::vector<WebhookTemplate> out;
  if (directory.empty()) return out;
  const auto list = read_file(directory / "templates.yml");
  if (!list) return out;
  const auto ids = read_list(*list);
  if (!ids) {
    report(ids.error());
    return out;
  }
  for (const auto& id : *ids) {
    const auto file = id + ".yml";
    const auto text = is_id(id) ? read_file(directory / file) : std::nullopt;
    auto read = text ? read_webhook_template(*text, file)
                     : Result<WebhookTemplate>(fail(malformed(file, "can not be read")));
    if (!read) {
      report(read.error());
      continue;
    }
    const bool is_relative =
        !read->logo_url.empty() && read->logo_url.find("://") == std::string::npos;
    if (is_relative && !logo_base_url.empty())
      read->logo_url = logo_base_url + "/" + read->logo_url;
    out.push_back(*std::move(read));
  }
  return out;
}

}  // namespace ff::config
