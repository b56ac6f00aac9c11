// The files of the public LoRaWAN device repository as documents: what kind a file is of, and what
// it says as JSON in the form of the API, so that nobody takes YAML apart twice.
// [spec devices-repository-templates-qr §1.1 to §1.3] Not which documents belong together: see
// catalogue.hpp.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/base/result.hpp"
#include "protocol/device_repository/yaml_tree.hpp"

namespace ff::device_repository {

/// ON-DISK: values are never reused.
enum class DocumentKind : std::uint8_t {
  brands = 1,   ///< `index.yaml`: {"brands": [EndDeviceBrand]}, drafts left out
  brand = 2,    ///< `<brand>/index.yaml`: {"models": [id], "profiles": {vendor profile id: …}}
  model = 3,    ///< `<brand>/<model>.yaml`: EndDeviceModel without its ids
  profile = 4,  ///< {"end_device": EndDevice, "paths": [path]}, or with "phy_version": unknown
  codec = 5,   ///< {"uplink_decoder": {"file", "examples"}, "downlink_decoder", "downlink_encoder"}
  script = 6,  ///< `<brand>/<file>.js`, as it is
};

struct Document {
  DocumentKind kind = DocumentKind::script;
  std::string body;
  /// What was left out, and why.
  std::vector<std::string> warnings;
};

/// Bytes of a script; farfield-codec takes it with its input in one frame.
inline constexpr std::size_t script_size_max = std::size_t{1} << 20U;

/// Whether a file below `vendor/` is one of ours by its name: `index.yaml`, `<brand>/<name>.yaml`,
/// `<brand>/<name>.js`, scripts in folders too.
bool is_document(std::string_view path) noexcept;

/// `path`: below `vendor/`; is_document(). Total on any content. Error: malformed_document.
Result<Document> read_document(std::string_view path, std::string_view content);

// One kind each; read_document() finds out which.
Result<Document> read_brands(const YamlNode& root);
Result<Document> read_brand(const YamlNode& root);
Result<Document> read_model(const YamlNode& root);
Result<Document> read_profile(const YamlNode& root);
Result<Document> read_codec(const YamlNode& root);

}  // namespace ff::device_repository
