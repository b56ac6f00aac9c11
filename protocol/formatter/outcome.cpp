#include "protocol/formatter/outcome.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <cmath>

#include "protocol/base/printable.hpp"
#include "protocol/formatter/document.hpp"
#include "protocol/formatter/errors.hpp"
#include "protocol/formatter/normalized.hpp"

namespace ff::formatter {
namespace {

using boost::json::object;
using boost::json::value;

/// More of them help nobody.
constexpr std::size_t texts_max = 64;
constexpr std::size_t text_size_max = 1024;

tl::unexpected<Error> bad_output(std::string_view reason) {
  return fail(script_output, {{"reason", std::string(reason)}});
}

std::string shortened(std::string_view text) {
  return std::string(ff::shortened(text, text_size_max));
}

std::string joined(const std::vector<std::string>& texts) {
  std::string out;
  for (const auto& text : texts) {
    if (!out.empty()) out += ", ";
    out += text;
  }
  return out;
}

/// Why there is no result; nothing if there is one.
Status check_ending(const Answer& answer) {
  switch (answer.ending) {
    case Ending::done:
      return {};
    case Ending::no_output:
      return fail(no_script_output);
    case Ending::not_encodable:
      return fail(output_encoding, {{"errors", shortened(joined(answer.paths))}});
    case Ending::threw:
      return fail(script_failed, {{"message", shortened(answer.text)}});
    case Ending::timed_out:
      return fail(script_timeout);
    case Ending::out_of_memory:
      return fail(script_runtime, {{"message", "out of memory"}});
    case Ending::script_missing:
      return fail(script_runtime, {{"message", "the script is missing"}});
    case Ending::bad_output:
      return bad_output(shortened(answer.text));
  }
  return bad_output("unknown");
}

Result<object> result_object(std::string_view text) {
  if (text.size() > output_max) return bad_output("the result is too large");
  auto document = parse_document(text);
  if (!document) return bad_output("the result is no JSON");
  if (!document->is_object()) return bad_output("the result is no object");
  return std::move(document->get_object());
}

/// A list of texts; absent and null are none. Numbers and flags become text.
Result<std::vector<std::string>> texts(const object& from, boost::json::string_view name) {
  std::vector<std::string> out;
  const auto* list = from.if_contains(name);
  if (list == nullptr || list->is_null()) return out;
  if (!list->is_array()) return bad_output("`" + std::string(name) + "` is no list");
  for (const auto& item : list->get_array()) {
    if (item.is_object() || item.is_array())
      return bad_output("`" + std::string(name) + "` holds something else than text");
    if (out.size() >= texts_max) break;
    if (item.is_string()) {
      out.push_back(shortened({item.get_string().data(), item.get_string().size()}));
    } else {
      out.push_back(to_text(item));
    }
  }
  return out;
}

/// The errors that the script itself reports.
Status check_errors(const object& result) {
  FF_TRY(const auto errors, texts(result, "errors"));
  if (!errors.empty()) return fail(output_errors, {{"errors", joined(errors)}});
  return {};
}

/// `data` as text; empty when there is none.
Result<std::string> data_of(const object& result) {
  const auto* data = result.if_contains("data");
  if (data == nullptr || data->is_null()) return std::string();
  if (!data->is_object()) return bad_output("`data` is no object");
  return to_text(*data);
}

Result<Normalized> normalizer_output(std::string_view text) {
  FF_TRY(const auto result, result_object(text));
  FF_CHECK(check_errors(result));
  FF_TRY(auto warnings, texts(result, "warnings"));
  const auto* data = result.if_contains("data");
  Normalized out;
  if (data != nullptr) {
    FF_TRY(out, normalize(*data));
  }
  warnings.insert(warnings.end(), out.warnings.begin(), out.warnings.end());
  out.warnings = std::move(warnings);
  return out;
}

Result<std::uint8_t> octet(const value& item) {
  if (!item.is_number()) return bad_output("`bytes` holds something else than numbers");
  const auto number = std::trunc(item.to_number<double>());
  // As JavaScript's own conversion: beyond what integers hold there are no low bits.
  if (!(std::abs(number) < 9e15)) return std::uint8_t{0};
  return static_cast<std::uint8_t>(static_cast<std::int64_t>(number) & 0xFF);
}

Result<std::optional<std::uint8_t>> output_port(const object& result) {
  const auto* port = result.if_contains("fPort");
  if (port == nullptr || port->is_null()) return std::optional<std::uint8_t>();
  if (!port->is_number()) return bad_output("`fPort` is no number");
  const auto number = port->to_number<double>();
  if (!(number >= 0 && number <= 255) || number != std::trunc(number))
    return bad_output("`fPort` is no port");
  return std::optional(static_cast<std::uint8_t>(number));
}

}  // namespace

Result<DecodedUplink> decoded_uplink(const Answer& answer) {
  FF_CHECK(check_ending(answer));
  FF_TRY(const auto result, result_object(answer.text));
  FF_CHECK(check_errors(result));
  DecodedUplink out;
  FF_TRY(out.data_json, data_of(result));
  FF_TRY(out.warnings, texts(result, "warnings"));
  Result<Normalized> normalized;
  if (answer.normalized) {
    normalized = normalizer_output(*answer.normalized);
    if (!normalized) out.normalize_error = normalized.error();
  } else if (!out.data_json.empty()) {
    // A decoder may return measurements right away; if it does not, that is no failure.
    normalized = normalize(result.at("data"));
  }
  if (!normalized) return out;
  out.normalized_json = std::move(normalized->measurements);
  out.normalized_warnings = std::move(normalized->warnings);
  return out;
}

Result<EncodedDownlink> encoded_downlink(const Answer& answer) {
  FF_CHECK(check_ending(answer));
  FF_TRY(const auto result, result_object(answer.text));
  FF_CHECK(check_errors(result));
  EncodedDownlink out;
  FF_TRY(out.warnings, texts(result, "warnings"));
  FF_TRY(out.f_port, output_port(result));
  const auto* bytes = result.if_contains("bytes");
  if (bytes == nullptr || bytes->is_null()) return out;
  if (!bytes->is_array()) return bad_output("`bytes` is no list");
  for (const auto& item : bytes->get_array()) {
    FF_TRY(const auto one, octet(item));
    out.frm_payload.push_back(one);
  }
  return out;
}

Result<DecodedDownlink> decoded_downlink(const Answer& answer) {
  FF_CHECK(check_ending(answer));
  FF_TRY(const auto result, result_object(answer.text));
  FF_CHECK(check_errors(result));
  DecodedDownlink out;
  FF_TRY(out.data_json, data_of(result));
  FF_TRY(out.warnings, texts(result, "warnings"));
  return out;
}

std::uint8_t port_of(const EncodedDownlink& encoded, std::uint8_t asked) noexcept {
  if (encoded.f_port) return *encoded.f_port;
  return asked == 0 ? std::uint8_t{1} : asked;
}

}  // namespace ff::formatter
