// What the API answers, made of documents: templates, the functions of codecs, addresses of
// pictures. JSON in the form of the API throughout. [spec devices-repository-templates-qr §1.2,
// §1.3]
#pragma once

#include <string>
#include <string_view>

#include "protocol/base/result.hpp"
#include "protocol/types/application_messages.hpp"

namespace ff::device_repository {

/// An EndDeviceTemplate: `profile` is a document's body. `product` without a model: the profile is
/// all that is known. Error: regional_parameters_version.
Result<std::string> make_template(std::string_view profile, const DeviceVersionIds& product,
                                  bool has_codec);

enum class CodecFunction : std::uint8_t { decode_uplink, decode_downlink, encode_downlink };

struct CodecPart {
  std::string file;      // below the vendor's folder
  std::string examples;  // a JSON list
};
/// `codec` is a document's body. Errors: no_decoder, no_encoder, with `codec_id`.
Result<CodecPart> part_of(std::string_view codec, CodecFunction function,
                          const std::string& codec_id);

/// `document` of a brand or model with whole addresses for its pictures: `<base>/vendor/<brand>/…`.
/// As it is when `base` is empty.
std::string with_pictures(const std::string& document, const std::string& brand_id,
                          const std::string& base);

}  // namespace ff::device_repository
