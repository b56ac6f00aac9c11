#include "protocol/formatter/formatters.hpp"

#include "protocol/base/protobuf_wire.hpp"
#include "protocol/crypto/digest.hpp"

namespace ff::formatter {
namespace {

/// Kinds of newer versions do nothing here.
Kind kind_of(std::uint64_t number) noexcept {
  return number <= static_cast<std::uint64_t>(Kind::cayenne_lpp) ? static_cast<Kind>(number)
                                                                 : Kind::none;
}

ScriptKey key_of(const ApplicationId& application_id, const std::string& script) {
  Bytes both = to_owned(as_bytes(application_id.text()));
  // No identifier has a zero.
  both.push_back(0);
  append(both, as_bytes(script));
  return crypto::sha256(both);
}

}  // namespace

std::string_view to_string(Kind kind) noexcept {
  switch (kind) {
    case Kind::none:
      return "FORMATTER_NONE";
    case Kind::repository:
      return "FORMATTER_REPOSITORY";
    case Kind::grpc_service:
      return "FORMATTER_GRPC_SERVICE";
    case Kind::javascript:
      return "FORMATTER_JAVASCRIPT";
    case Kind::cayenne_lpp:
      return "FORMATTER_CAYENNELPP";
  }
  return "FORMATTER_NONE";
}

Formatter make_formatter(Kind kind, std::string parameter, const ApplicationId& application_id) {
  Formatter out{kind, {}, {}};
  if (kind != Kind::javascript) return out;
  out.key = key_of(application_id, parameter);
  out.script = std::make_shared<const std::string>(std::move(parameter));
  return out;
}

FormattersPtr parse_formatters(ByteView message, const ApplicationId& application_id) {
  struct {
    Kind kind = Kind::none;
    std::string parameter;
  } up, down;
  for (protobuf_wire::Reader reader(message); !reader.at_end();) {
    const auto field = reader.next();
    if (!field) return nullptr;
    const bool is_text = field->type == protobuf_wire::WireType::length_delimited;
    const bool is_number = field->type == protobuf_wire::WireType::varint;
    if (field->number == 1 && is_number) up.kind = kind_of(field->value);
    if (field->number == 2 && is_text) up.parameter = as_text(field->bytes);
    if (field->number == 3 && is_number) down.kind = kind_of(field->value);
    if (field->number == 4 && is_text) down.parameter = as_text(field->bytes);
  }
  return std::make_shared<const Formatters>(
      Formatters{make_formatter(up.kind, std::move(up.parameter), application_id),
                 make_formatter(down.kind, std::move(down.parameter), application_id)});
}

}  // namespace ff::formatter
