#include "app/api/services/mapping/link.hpp"

#include "app/api/services/mapping/values.hpp"
#include "protocol/api_rules/api_rules.hpp"
#include "protocol/field_mask/field_mask.hpp"

namespace ff::api {
namespace {

constexpr ErrorDef field_value{"pkg/applicationserver", "field_value", Code::invalid_argument,
                               "invalid value of field `{field}`"};
constexpr ErrorDef formatter_script_too_large{"pkg/applicationserver", "formatter_script_too_large",
                                              Code::invalid_argument, "formatter script too large"};

/// The reference's rule of the field, which holds unless the setting allows more.
constexpr std::size_t reference_size_max = 40'960;

Status check_script(const std::string& script, const char* field, std::size_t size_max) {
  if (script.size() <= size_max) return {};
  if (size_max <= reference_size_max && script.size() > reference_size_max) {
    return fail(api_rules::validation, {{"field", field},
                                        {"reason", "value length must be at most 40960 runes"},
                                        {"name", "MessagePayloadFormatters"}});
  }
  return fail(Error(field_value, {{"field", field}})
                  .caused_by(Error(formatter_script_too_large,
                                   {{"size", script.size()}, {"max_size", size_max}})));
}

}  // namespace

pb::ApplicationLink to_proto(const application_server::LinkSettings& settings) {
  pb::ApplicationLink out;
  if (settings.default_formatters &&
      !out.mutable_default_formatters()->ParseFromString(text_of(*settings.default_formatters)))
    out.clear_default_formatters();
  if (settings.skip_payload_crypto)
    out.mutable_skip_payload_crypto()->set_value(*settings.skip_payload_crypto);
  return out;
}

Status check_scripts(const pb::MessagePayloadFormatters& formatters, std::size_t size_max) {
  FF_CHECK(check_script(formatters.up_formatter_parameter(), "formatters.up_formatter_parameter",
                        size_max));
  return check_script(formatters.down_formatter_parameter(), "formatters.down_formatter_parameter",
                      size_max);
}

Result<application_server::LinkSettings> change_link(
    const application_server::LinkSettings* current, const pb::ApplicationLink& requested,
    std::span<const std::string> paths, std::size_t script_size_max) {
  FF_CHECK(check_scripts(requested.default_formatters(), script_size_max));
  auto link = current ? to_proto(*current) : pb::ApplicationLink();
  FF_CHECK(field_mask::copy(requested, paths, link));
  application_server::LinkSettings out;
  if (current) out.formatter_vectors = current->formatter_vectors;
  if (link.has_default_formatters())
    out.default_formatters = bytes_of(link.default_formatters().SerializeAsString());
  if (link.has_skip_payload_crypto()) out.skip_payload_crypto = link.skip_payload_crypto().value();
  return out;
}

}  // namespace ff::api
