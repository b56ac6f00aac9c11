#include "protocol/device_repository/document.hpp"

#include "protocol/device_repository/errors.hpp"
#include "protocol/device_repository/fields.hpp"
#include "protocol/types/identifiers.hpp"

namespace ff::device_repository {
namespace {

bool is_yaml(std::string_view path) noexcept {
  return path.ends_with(".yaml") || path.ends_with(".yml");
}

/// Octets that are no UTF-8 would end in messages of the API.
bool is_utf8(std::string_view text) noexcept {
  std::size_t more = 0;
  std::uint32_t point = 0;
  std::uint32_t least = 0;
  for (const char raw : text) {
    const auto octet = static_cast<unsigned char>(raw);
    if (more > 0) {
      if ((octet & 0xC0U) != 0x80U) return false;
      point = (point << 6U) | (octet & 0x3FU);
      if (--more > 0) continue;
      if (point < least || point > 0x10FFFF || (point >= 0xD800 && point <= 0xDFFF)) return false;
    } else if (octet >= 0x80) {
      if (octet >= 0xF8 || octet < 0xC0) return false;
      more = octet >= 0xF0 ? 3 : octet >= 0xE0 ? 2 : 1;
      least = more == 3 ? 0x10000 : more == 2 ? 0x800 : 0x80;
      point = octet & (0x3FU >> more);
    }
  }
  return more == 0;
}

Error wrong_file(std::string_view reason) {
  return Error(malformed_document, {{"field", "file"}, {"reason", reason}});
}

}  // namespace

bool is_document(std::string_view path) noexcept {
  if (!is_file_name(path)) return false;
  if (path == "index.yaml") return true;
  const auto slash = path.find('/');
  if (slash == std::string_view::npos || !is_valid_id(path.substr(0, slash))) return false;
  const auto rest = path.substr(slash + 1);
  if (is_yaml(rest)) return rest.find('/') == std::string_view::npos;
  return rest.ends_with(".js");
}

Result<Document> read_document(std::string_view path, std::string_view content) {
  if (!is_utf8(content)) return fail(wrong_file("not UTF-8"));
  if (!is_yaml(path)) {
    if (content.size() > script_size_max) return fail(wrong_file("too large"));
    return Document{DocumentKind::script, std::string(content), {}};
  }
  FF_TRY(const auto root, read_yaml_tree(content));
  if (root.kind != YamlNode::Kind::map) return fail(wrong_file("not a map"));
  if (path == "index.yaml") return read_brands(root);
  if (path.ends_with("/index.yaml")) return read_brand(root);
  if (root.find("macVersion") != nullptr) return read_profile(root);
  if (root.find("firmwareVersions") != nullptr) return read_model(root);
  for (const auto* name : {"uplinkDecoder", "downlinkDecoder", "downlinkEncoder"}) {
    if (root.find(name) != nullptr) return read_codec(root);
  }
  return fail(wrong_file("neither a model, a profile nor a codec"));
}

}  // namespace ff::device_repository
