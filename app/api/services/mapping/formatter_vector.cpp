#include "app/api/services/mapping/formatter_vector.hpp"

#include <cmath>
#include <set>

#include "app/api/services/mapping/values.hpp"
#include "protocol/api_json/api_json.hpp"
#include "protocol/base/hex.hpp"

namespace ff::api {
namespace {

using farfield::v1::FormatterVector;
using google::protobuf::ListValue;
using google::protobuf::Struct;
using google::protobuf::Value;

constexpr ErrorDef field_value{"pkg/applicationserver", "field_value", Code::invalid_argument,
                               "invalid value of field `{field}`"};
constexpr int vectors_max = 100;
constexpr std::size_t size_max = std::size_t{256} << 10U;
constexpr std::size_t name_max = 64;
/// Of a payload in a message for people.
constexpr std::size_t shown_max = 300;

bool same(const Value& a, const Value& b);

bool same(const Struct& a, const Struct& b) {
  if (a.fields().size() != b.fields().size()) return false;
  for (const auto& [name, value] : a.fields()) {
    const auto found = b.fields().find(name);
    if (found == b.fields().end() || !same(value, found->second)) return false;
  }
  return true;
}

bool same(const ListValue& a, const ListValue& b) {
  if (a.values_size() != b.values_size()) return false;
  for (int i = 0; i < a.values_size(); ++i) {
    if (!same(a.values(i), b.values(i))) return false;
  }
  return true;
}

bool same(double a, double b) {
  return std::abs(a - b) <= 1e-9 * std::max(std::abs(a), std::abs(b));
}

bool same(const Value& a, const Value& b) {
  if (a.kind_case() != b.kind_case()) return false;
  switch (a.kind_case()) {
    case Value::kNumberValue:
      return same(a.number_value(), b.number_value());
    case Value::kStringValue:
      return a.string_value() == b.string_value();
    case Value::kBoolValue:
      return a.bool_value() == b.bool_value();
    case Value::kStructValue:
      return same(a.struct_value(), b.struct_value());
    case Value::kListValue:
      return same(a.list_value(), b.list_value());
    case Value::kNullValue:
    case Value::KIND_NOT_SET:
      return true;
  }
  return false;
}

template <class List>
std::string joined(const List& list) {
  std::string out;
  for (const auto& text : list) out += (out.empty() ? "" : ", ") + text;
  return out;
}

std::string shortened(std::string text) {
  if (text.size() > shown_max) text = text.substr(0, shown_max) + "…";
  return text;
}

std::string shown(const Struct& data) {
  return api_json::to_json(data).value_or("?");
}

Error failed(const FormatterVector& vector, std::string expected, std::string got) {
  return Error(formatter_vector_failed,
               {{"vector", vector.name()},
                {"function", farfield::v1::FormatterFunction_Name(vector.function())},
                {"expected", shortened(std::move(expected))},
                {"got", shortened(std::move(got))}});
}

/// Whether a failure is what the vector asks for.
std::optional<Error> judge_failure(const FormatterVector& vector, const Error& error) {
  const auto& errors = vector.function() == farfield::v1::ENCODE_DOWNLINK
                           ? vector.encoded().errors()
                           : vector.decoded().errors();
  if (errors.empty()) return failed(vector, "no failure", error.message()).caused_by(error);
  const auto expected = joined(errors);
  if (error.name() == "output_errors" && error.message() == expected) return std::nullopt;
  return failed(vector, "the errors " + expected, error.message()).caused_by(error);
}

template <class Frame>
std::optional<Error> judge_decoded(const FormatterVector& vector, const Result<Frame>& frame) {
  if (!frame) return judge_failure(vector, frame.error());
  const auto& expected = vector.decoded();
  if (!expected.errors().empty())
    return failed(vector, "the errors " + joined(expected.errors()),
                  shown(frame->decoded_payload()));
  if (!same(expected.data(), frame->decoded_payload()))
    return failed(vector, shown(expected.data()), shown(frame->decoded_payload()));
  const auto warnings = joined(frame->decoded_payload_warnings());
  if (joined(expected.warnings()) == warnings) return std::nullopt;
  return failed(vector, "the warnings `" + joined(expected.warnings()) + "`", "`" + warnings + "`");
}

std::string shown(const std::string& payload, std::uint32_t f_port) {
  return hex_lower(as_bytes(payload)) + " at port " + std::to_string(f_port);
}

std::optional<Error> judge_encoded(const FormatterVector& vector,
                                   const Result<pb::ApplicationDownlink>& frame) {
  if (!frame) return judge_failure(vector, frame.error());
  const auto& expected = vector.encoded();
  const auto got = shown(frame->frm_payload(), frame->f_port());
  if (!expected.errors().empty())
    return failed(vector, "the errors " + joined(expected.errors()), got);
  const auto f_port = expected.f_port() == 0 ? frame->f_port() : expected.f_port();
  if (expected.frm_payload() == frame->frm_payload() && f_port == frame->f_port())
    return std::nullopt;
  return failed(vector, shown(expected.frm_payload(), f_port), got);
}

}  // namespace

bool touches(const google::protobuf::FieldMask& mask, std::string_view path) {
  for (const std::string_view one : mask.paths()) {
    if (one == path || (one.starts_with(path) && one[path.size()] == '.')) return true;
  }
  return false;
}

Status check_vectors(const farfield::v1::FormatterVectors& vectors) {
  const auto wrong = [](const char* field) { return fail(field_value, {{"field", field}}); };
  if (vectors.vectors_size() > vectors_max || vectors.ByteSizeLong() > size_max)
    return wrong("vectors");
  std::set<std::string> names;
  for (const auto& vector : vectors.vectors()) {
    if (vector.name().empty() || vector.name().size() > name_max ||
        !names.insert(vector.name()).second)
      return wrong("vectors.name");
    if (!farfield::v1::FormatterFunction_IsValid(vector.function()))
      return wrong("vectors.function");
  }
  return {};
}

farfield::v1::FormatterVectors vectors_of(const std::optional<Bytes>& stored) {
  farfield::v1::FormatterVectors out;
  if (stored && !out.ParseFromString(text_of(*stored))) out.Clear();
  return out;
}

std::optional<Bytes> stored_vectors(const farfield::v1::FormatterVectors& vectors) {
  if (vectors.vectors().empty()) return std::nullopt;
  return bytes_of(vectors.SerializeAsString());
}

std::optional<ChosenFormatter> formatter_for(const FormatterVector& vector,
                                             const pb::MessagePayloadFormatters& formatters) {
  const bool is_up = vector.function() == farfield::v1::DECODE_UPLINK;
  const auto kind = is_up ? formatters.up_formatter() : formatters.down_formatter();
  if (kind == pb::FORMATTER_NONE) return std::nullopt;
  return ChosenFormatter{
      kind, is_up ? formatters.up_formatter_parameter() : formatters.down_formatter_parameter()};
}

std::optional<Error> verdict(const FormatterVector& vector,
                             const Result<pb::ApplicationUplink>& uplink) {
  return judge_decoded(vector, uplink);
}

std::optional<Error> verdict(const FormatterVector& vector,
                             const Result<pb::ApplicationDownlink>& downlink) {
  if (vector.function() == farfield::v1::ENCODE_DOWNLINK) return judge_encoded(vector, downlink);
  return judge_decoded(vector, downlink);
}

}  // namespace ff::api
